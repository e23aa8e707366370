#pragma once
// Pinger: the dead man's switch. Calls the fleet's `ping` URL once a minute of wall time while all is well,
// and not while it is not: whoever watches from outside learns from the silence. That a call fails is told
// as an event, once. Loop's thread.

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <string>

#include "core/event.h"
#include "ports/probe_runner.h"

namespace takt::daemon {

class Pinger {
 public:
  static constexpr std::chrono::seconds kEvery{60};

  struct Facts {
    std::function<std::string()> url;  // empty: nobody is called
    std::function<bool()> all_is_well;
    std::function<WallTime()> now;
  };
  Pinger(boost::asio::io_context& io, ports::ProbeRunner& probes, Facts facts,
         std::function<void(core::Event)> tell);

  /// The fleet is ready, or its file has changed: the first call to a URL comes at once. A fleet without
  /// one costs nothing.
  void begin();
  void stop();

 private:
  void look();
  void wait();

  ports::ProbeRunner& probes_;
  Facts facts_;
  std::function<void(core::Event)> tell_;
  boost::asio::steady_timer timer_;
  bool waiting_ = false;
  bool calling_ = false;
  bool stopped_ = false;
};

}  // namespace takt::daemon
