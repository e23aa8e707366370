#include "daemon/pinger.h"

#include <utility>

namespace takt::daemon {
namespace {

/// Without the URL: its password or its path is what makes it the fleet's own.
std::string words_of_call(const core::Measurement& answer) {
  const auto* ok = std::get_if<bool>(&answer);
  if (ok == nullptr) return "the ping URL could not be called: " + core::words_of(answer);
  return *ok ? "the ping URL answers again"
             : "the ping URL does not answer, or not with a status of 200 to 299";
}

}  // namespace

Pinger::Pinger(boost::asio::io_context& io, ports::ProbeRunner& probes, Facts facts,
               std::function<void(core::Event)> tell)
    : probes_(probes), facts_(std::move(facts)), tell_(std::move(tell)), timer_(io) {}

void Pinger::begin() {
  if (!waiting_ && !stopped_) look();
}

void Pinger::stop() {
  stopped_ = true;
  timer_.cancel();
}

void Pinger::wait() {
  waiting_ = true;
  timer_.expires_after(kEvery);
  timer_.async_wait([this](const boost::system::error_code& error) {
    waiting_ = false;
    if (!error && !stopped_) look();
  });
}

void Pinger::look() {
  const std::string url = facts_.url();
  if (url.empty()) return;
  wait();
  if (calling_ || !facts_.all_is_well()) return;
  calling_ = true;
  core::ProbeSpec probe;
  probe.name = "ping";
  probe.of = core::HttpProbe{.url = url};
  probes_.measure(probe, {}, facts_.now(), [this](core::Measurement answer) {
    calling_ = false;
    if (stopped_) return;
    const auto* ok = std::get_if<bool>(&answer);
    tell_(core::SurroundingsChanged{"ping", ok != nullptr && *ok, words_of_call(answer)});
  });
}

}  // namespace takt::daemon
