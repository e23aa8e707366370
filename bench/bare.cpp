#include "bare.h"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace takt::bench {
namespace {

const std::vector<std::string> kEnvironment = {"PATH=/usr/bin:/bin", "HOME=/root", "LANG=C.UTF-8"};

}  // namespace

void give_up(const std::string& why) {
  std::fprintf(stderr, "bench: %s\n", why.c_str());
  std::exit(1);
}

struct Bare::Child {
  exec::Spawned process;
  std::array<exec::Descriptor, 2> streams;
  int open = 2;
};

Bare::Bare(std::vector<std::string> argv)
    : plan_{.program = argv.front(), .argv = argv, .environment = kEnvironment, .cwd = "/"},
      nothing_(exec::above_standard(exec::Descriptor{::open("/dev/null", O_RDWR | O_CLOEXEC)})),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (!nothing_ || !epoll_) give_up("no descriptors");
  plan_.files[0] = plan_.files[3] = nothing_.get();
}

void Bare::set_environment(std::vector<std::string> extra) {
  plan_.environment = kEnvironment;
  for (std::string& entry : extra) plan_.environment.push_back(std::move(entry));
}

Bare::Child Bare::start() {
  auto out = exec::make_pipe();
  auto err = exec::make_pipe();
  if (!out || !err) give_up("no pipes");
  plan_.files[1] = out->write.get();
  plan_.files[2] = err->write.get();
  auto process = spawner_.spawn(plan_);
  if (!process) give_up(process.error().text);
  return {.process = *std::move(process), .streams = {std::move(out->read), std::move(err->read)}};
}

void Bare::run(int runs, int in_flight) {
  std::vector<Child> children(static_cast<std::size_t>(in_flight));
  std::vector<std::size_t> free(children.size());
  for (std::size_t i = 0; i < free.size(); ++i) free[i] = i;
  std::array<epoll_event, 64> ready{};
  std::array<char, 4096> bytes{};
  for (int begun = 0, ended = 0; ended < runs;) {
    while (begun < runs && !free.empty()) {
      const std::size_t place = free.back();
      free.pop_back();
      children[place] = start();
      for (std::size_t stream = 0; stream < 2; ++stream) {
        epoll_event event{.events = EPOLLIN, .data = {.u64 = place * 2 + stream}};
        ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, children[place].streams[stream].get(), &event);
      }
      ++begun;
    }
    const int count = ::epoll_wait(epoll_.get(), ready.data(), static_cast<int>(ready.size()), -1);
    for (int i = 0; i < count; ++i) {
      const std::uint64_t which = ready[static_cast<std::size_t>(i)].data.u64;
      Child& child = children[which / 2];
      exec::Descriptor& stream = child.streams[which % 2];
      if (::read(stream.get(), bytes.data(), bytes.size()) > 0) continue;
      stream.reset();
      if (--child.open > 0) continue;
      siginfo_t info{};
      ::waitid(P_PIDFD, static_cast<id_t>(child.process.pidfd.get()), &info, WEXITED);
      if (info.si_status != 0) give_up("a bare run failed");
      free.push_back(which / 2);
      ++ended;
    }
  }
}

}  // namespace takt::bench
