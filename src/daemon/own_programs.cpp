#include "daemon/own_programs.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/post.hpp>

#include "base/state_dir.h"

namespace takt::daemon {

struct OwnPrograms::Work {
  Work(boost::asio::io_context& io, Program wanted, Told heard)
      : program(std::move(wanted)), told(std::move(heard)), clock(io) {}

  Program program;
  Told told;
  boost::asio::steady_timer clock;
  std::string log_file;
  Id id = 0;
  int place = -1;
  bool overdue = false;
};

namespace {

std::string trouble_of(const core::ProcessEnd& end) {
  if (end.spawn_errno) return end.error;
  if (end.signal) return fmt::format("killed by signal {}", *end.signal);
  return end.exit_code ? std::string{} : "its end is not known";
}

}  // namespace

OwnPrograms::~OwnPrograms() = default;

void OwnPrograms::connect(ports::Launcher& launcher, std::string state_dir) {
  launcher_ = &launcher;
  state_dir_ = std::move(state_dir);
  for (int place = 0; place < kPlaces; ++place) {
    places_[static_cast<std::size_t>(place)].leftover = true;
    launcher_->kill_leftover(core::AttemptRow{.token = Token{kFirstToken + place}});
  }
}

OwnPrograms::Id OwnPrograms::run(Program program, Told told) {
  auto work = std::make_shared<Work>(io_, std::move(program), std::move(told));
  const Id id = work->id = ++last_id_;
  if (stopping_ || waiting_.size() >= kWaitingMax) {
    tell_later(work,
               {.trouble = stopping_ ? "the daemon stops" : "too many programs wait to be run"});
    return id;
  }
  work->clock.expires_after(work->program.timeout);
  work->clock.async_wait([this, work](const boost::system::error_code& error) {
    if (!error) time_is_over(work);
  });
  waiting_.push_back(std::move(work));
  place_waiting();
  return id;
}

void OwnPrograms::cancel(Id id) {
  const auto is_it = [id](const std::shared_ptr<Work>& work) { return work && work->id == id; };
  const auto waits = std::ranges::find_if(waiting_, is_it);
  if (waits != waiting_.end()) {
    const auto work = std::move(*waits);
    work->clock.cancel();
    waiting_.erase(waits);
    tell_later(work, {.trouble = "it was cancelled"});
    return;
  }
  const auto place = std::ranges::find_if(places_, is_it, &Place::work);
  if (place != places_.end()) launcher_->kill(Token{kFirstToken + place->work->place}, Duration{0});
}

void OwnPrograms::place_waiting() {
  for (int place = 0; place < kPlaces && !waiting_.empty(); ++place) {
    const Place& here = places_[static_cast<std::size_t>(place)];
    if (here.work || here.leftover) continue;
    auto work = std::move(waiting_.front());
    waiting_.pop_front();
    start(place, std::move(work));
  }
}

void OwnPrograms::start(int place, std::shared_ptr<Work> work) {
  const Program& program = work->program;
  ports::Launch launch;
  launch.token = Token{kFirstToken + place};
  launch.job = program.folder;
  launch.command = program.command;
  launch.log_file = own_log_file(state_dir_, program.folder, program.now, work->id).native();
  launch.kill_grace = Duration{0};
  launch.takt_env = program.env;
  launch.takt_env.emplace_back("TAKT_NOW", format_rfc3339(program.now));
  launch.takt_env.emplace_back("TAKT_SOCKET", socket_file(state_dir_).native());
  work->place = place;
  work->log_file = launch.log_file;
  places_[static_cast<std::size_t>(place)].work = std::move(work);
  launcher_->start(std::move(launch));
}

void OwnPrograms::time_is_over(const std::shared_ptr<Work>& work) {
  work->overdue = true;
  if (work->place >= 0) {
    launcher_->kill(Token{kFirstToken + work->place}, Duration{0});
    return;
  }
  std::erase(waiting_, work);
  tell_later(work, {.trouble = fmt::format("there was no room for it within {}",
                                           format_duration(work->program.timeout))});
}

void OwnPrograms::stop() {
  stopping_ = true;
  for (const auto& work : std::exchange(waiting_, {})) {
    work->clock.cancel();
    tell_later(work, {.trouble = "the daemon stops"});
  }
  for (int place = 0; place < kPlaces; ++place) {
    if (!places_[static_cast<std::size_t>(place)].work) continue;
    launcher_->kill(Token{kFirstToken + place}, Duration{0});
  }
}

bool OwnPrograms::is_idle() const {
  return waiting_.empty() &&
         std::ranges::none_of(places_, [](const Place& place) { return place.work != nullptr; });
}

void OwnPrograms::ended(Token token, const core::ProcessEnd& end) {
  Place& place = places_[static_cast<std::size_t>(token.value - kFirstToken)];
  const auto work = std::exchange(place.work, nullptr);
  if (!work) return;
  work->clock.cancel();
  Outcome outcome{end, trouble_of(end), work->log_file};
  if (work->overdue && !end.by_itself) {
    outcome.trouble = fmt::format("killed after {}", format_duration(work->program.timeout));
  }
  tell_later(work, std::move(outcome));
  if (!stopping_) place_waiting();
}

void OwnPrograms::leftover_gone(Token token) {
  places_[static_cast<std::size_t>(token.value - kFirstToken)].leftover = false;
  place_waiting();
}

void OwnPrograms::tell_later(const std::shared_ptr<Work>& work, Outcome outcome) {
  boost::asio::post(io_, [work, outcome = std::move(outcome)] {
    if (const Told told = std::exchange(work->told, nullptr)) told(outcome);
  });
}

}  // namespace takt::daemon
