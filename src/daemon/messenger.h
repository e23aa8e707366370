#pragma once
// Messenger: carries out core::SendNotices. Webhooks and mails are the Notifier's; a contact's command is a
// program of the daemon's own, which gets the message in its environment. Each is answered by NoticesEnded.
// Loop's thread.

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "core/effect.h"
#include "core/event.h"
#include "daemon/own_programs.h"
#include "ports/notifier.h"

namespace takt::daemon {

class Messenger {
 public:
  static constexpr std::chrono::seconds kCommandPatience{60};

  using Environment = std::vector<std::pair<std::string, std::string>>;
  /// `environment_of`: what a command is told of a message.
  Messenger(OwnPrograms& programs, ports::Notifier& notifier,
            std::function<Environment(const ports::Message&)> environment_of,
            std::function<void(core::Event)> tell);

  void send(core::SendNotices order, const std::string& fleet, WallTime now);

 private:
  OwnPrograms& programs_;
  ports::Notifier& notifier_;
  std::function<Environment(const ports::Message&)> environment_of_;
  std::function<void(core::Event)> tell_;
};

}  // namespace takt::daemon
