#pragma once
// OwnWork: what the daemon does besides running the fleet's programs: builtin jobs, messages to contacts, and
// the ping; put together, with the programs that they run. Loop's thread.

#include <boost/asio/io_context.hpp>
#include <functional>
#include <utility>

#include "daemon/builtins.h"
#include "daemon/messenger.h"
#include "daemon/own_programs.h"
#include "daemon/pinger.h"
#include "ports/notifier.h"
#include "ports/probe_runner.h"

namespace takt::daemon {

class OwnWork {
 public:
  struct Outside {
    ports::ProbeRunner& probes;
    ports::Notifier& notifier;
    std::function<Messenger::Environment(const ports::Message&)> environment_of;
    Chores chores;
  };
  OwnWork(boost::asio::io_context& io, Outside outside, const Builtins::Facts& facts,
          Pinger::Facts pinged, const std::function<void(core::Event)>& tell)
      : programs(io),
        builtins(io, programs, outside.probes, std::move(outside.chores), facts, tell),
        messenger(programs, outside.notifier, std::move(outside.environment_of), tell),
        pinger(io, outside.probes, std::move(pinged), tell),
        probes_(outside.probes),
        notifier_(outside.notifier) {}

  /// The daemon shuts down: what is under way outside is given up; ends are still told.
  void give_up() {
    pinger.stop();
    programs.stop();
    probes_.cancel();
    notifier_.cancel();
  }

  OwnPrograms programs;
  Builtins builtins;
  Messenger messenger;
  Pinger pinger;

 private:
  ports::ProbeRunner& probes_;
  ports::Notifier& notifier_;
};

}  // namespace takt::daemon
