#include "daemon/messenger.h"

#include <fmt/format.h>

namespace takt::daemon {

Messenger::Messenger(OwnPrograms& programs, ports::Notifier& notifier,
                     std::function<Environment(const ports::Message&)> environment_of,
                     std::function<void(core::Event)> tell)
    : programs_(programs),
      notifier_(notifier),
      environment_of_(std::move(environment_of)),
      tell_(std::move(tell)) {}

void Messenger::send(core::SendNotices order, const std::string& fleet, WallTime now) {
  core::NoticesEnded ended;
  for (const core::NoticeRow& row : order.notices) ended.notices.push_back(row.notice);
  for (const NoticeId id : order.left_out) ended.notices.push_back(id);
  ports::Message message{fleet, now, std::move(order.contact), std::move(order.notices),
                         order.left_out.size()};
  const auto* command = std::get_if<core::NotifyCommand>(&message.contact.by);
  if (command == nullptr) {
    notifier_.send(std::move(message), [this, ended](ports::Notifier::Delivery delivery) mutable {
      ended.ok = delivery.ok;
      ended.tries = delivery.tries;
      ended.error = std::move(delivery.error);
      tell_(std::move(ended));
    });
    return;
  }
  programs_.run({command->command, "_notify", environment_of_(message), kCommandPatience, now},
                [this, ended](const OwnPrograms::Outcome& outcome) mutable {
                  ended.ok = outcome.trouble.empty() && outcome.end.exit_code == 0;
                  if (!outcome.trouble.empty()) {
                    ended.error = outcome.trouble;
                  } else if (!ended.ok) {
                    ended.error = fmt::format("it ended with exit code {}; its output is in {}",
                                              *outcome.end.exit_code, outcome.log_file);
                  }
                  tell_(std::move(ended));
                });
}

}  // namespace takt::daemon
