#include "daemon/notify.h"

#include <systemd/sd-daemon.h>

namespace takt::daemon {

// A manager that does not listen is no reason not to run: the results are of no use to anyone.

void notify_ready(const std::string& status) {
  static_cast<void>(sd_notify(0, ("READY=1\nSTATUS=" + status).c_str()));
}

void notify_stopping() { static_cast<void>(sd_notify(0, "STOPPING=1")); }

}  // namespace takt::daemon
