#include "cli/interrupt.h"

#include <poll.h>
#include <unistd.h>

#include <csignal>

#include "cli/exit_code.h"

namespace takt::cli {
namespace {

// Written by the signal handler: nothing else may be touched there.
volatile std::sig_atomic_t only_noted = 0;
volatile std::sig_atomic_t noted = 0;

void on_interrupt(int) {
  if (only_noted == 0) ::_exit(static_cast<int>(Exit::interrupted));
  noted = 1;
}

}  // namespace

void end_on_interrupt() {
  struct sigaction action{};
  action.sa_handler = on_interrupt;
  ::sigaction(SIGINT, &action, nullptr);  // no SA_RESTART: sleeping ends
}

NotedInterrupts::NotedInterrupts() {
  noted = 0;
  only_noted = 1;
}

NotedInterrupts::~NotedInterrupts() { only_noted = 0; }

bool NotedInterrupts::happened() const { return noted != 0; }

bool sleep_unless_interrupted(Duration time) {
  pollfd out{.fd = STDOUT_FILENO, .events = 0, .revents = 0};
  const int wait_ms = static_cast<int>(time.count());
  if (::poll(&out, 1, wait_ms) <= 0) return true;
  if ((out.revents & POLLERR) != 0) return false;
  ::poll(nullptr, 0, wait_ms);  // stdout is closed, or something else than a pipe: no news
  return true;
}

}  // namespace takt::cli
