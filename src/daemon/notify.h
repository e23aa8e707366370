#pragma once
// Word to systemd, when it started the daemon (NOTIFY_SOCKET); otherwise nothing happens.

#include <string>

namespace takt::daemon {

void notify_ready(const std::string& status);
void notify_stopping();

}  // namespace takt::daemon
