#include "daemon/cleanup.h"

#include <fmt/format.h>

#include <boost/asio/post.hpp>
#include <utility>

#include "base/state_dir.h"

namespace takt::daemon {
namespace {

constexpr const char* kAction = "cleanup command";

ports::Launch launch_of(const core::FleetSpec& spec, WallTime now) {
  ports::Launch launch;
  launch.token = Cleanup::kToken;
  launch.job = "cleanup";
  launch.command = spec.cleanup;
  launch.log_file = cleanup_log_file(spec.state_dir, now).native();
  launch.kill_grace = Duration{0};
  launch.takt_env = {{"TAKT_NOW", format_rfc3339(now)},
                     {"TAKT_SOCKET", socket_file(spec.state_dir).native()}};
  return launch;
}

std::string how_it_ended(const core::ProcessEnd& end, bool overdue, bool stopping) {
  if (overdue) return fmt::format("killed after {} s", Cleanup::kPatience.count());
  if (stopping) return "killed, since the daemon stops";
  if (end.spawn_errno) return end.error;
  if (end.signal) return fmt::format("killed by signal {}", *end.signal);
  if (end.exit_code) return fmt::format("ended with exit code {}", *end.exit_code);
  return "its end is not known";
}

}  // namespace

Cleanup::Cleanup(boost::asio::io_context& io, Read read, Told told)
    : io_(io), patience_(io), read_(std::move(read)), told_(std::move(told)) {}

void Cleanup::connect(ports::Launcher& launcher, const core::FleetSpec& spec) {
  launcher_ = &launcher;
  if (!spec.cleanup) return;
  leftover_ = true;
  launcher_->kill_leftover(core::AttemptRow{.token = kToken});
}

void Cleanup::begin(const core::FleetSpec& spec, WallTime now) {
  before_ = read_();
  if (!spec.cleanup) {
    return tell_later({.action = "none",
                       .text = "the fleet has no cleanup command",
                       .before = before_,
                       .after = before_,
                       .last = true});
  }
  if (stopping_ || running_) {
    return tell_later({.action = kAction,
                       .ok = false,
                       .text = stopping_ ? "not started, since the daemon stops" : "it still runs",
                       .before = before_,
                       .after = before_,
                       .last = true});
  }
  running_ = true;
  launch_ = launch_of(spec, now);
  if (!leftover_) start();
}

void Cleanup::start() {
  overdue_ = false;
  began_ = std::chrono::steady_clock::now();
  launcher_->start(launch_);
  patience_.expires_after(kPatience);
  patience_.async_wait([this](const boost::system::error_code& error) {
    if (error || !running_) return;
    overdue_ = true;
    launcher_->kill(kToken, Duration{0});
  });
}

void Cleanup::stop() {
  stopping_ = true;
  if (!running_) return;
  if (leftover_) {
    running_ = false;  // it had not been started
  } else {
    launcher_->kill(kToken, Duration{0});
  }
}

void Cleanup::leftover_gone() {
  leftover_ = false;
  if (running_) start();
}

void Cleanup::ended(const core::ProcessEnd& end) {
  running_ = false;
  patience_.cancel();
  const auto took = std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - began_);
  std::string text = how_it_ended(end, overdue_, stopping_);
  if (!end.spawn_errno) {
    text += fmt::format(" after {}; its output is in {}", format_duration(took), launch_.log_file);
  }
  told_({.action = kAction,
         .ok = end.exit_code == 0,
         .text = std::move(text),
         .before = before_,
         .after = read_(),
         .last = true});
}

void Cleanup::tell_later(core::CleanedUp event) {
  boost::asio::post(io_, [this, event = std::move(event)] { told_(event); });
}

}  // namespace takt::daemon
