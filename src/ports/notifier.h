#pragma once
// Port Notifier: sends a message to somebody outside: tried again a few times, with growing waits, in a
// bounded queue, each try limited in time. The answer comes on the loop's thread, exactly once.

#include <functional>
#include <string>
#include <vector>

#include "core/contact.h"
#include "core/rows.h"

namespace takt::ports {

/// What a contact is told at once.
struct Message {
  std::string fleet;
  WallTime now;  // fleet time
  core::ContactSpec contact;
  std::vector<core::NoticeRow> notices;  // at least one
  std::size_t left_out = 0;              // so many more have no room in it
};

class Notifier {
 public:
  virtual ~Notifier() = default;

  struct Delivery {
    bool ok = false;
    int tries = 1;
    std::string error;  // of the last try
  };
  using Delivered = std::function<void(Delivery)>;
  /// By webhook or e-mail. Never blocks; a full queue is answered as a failure.
  virtual void send(Message message, Delivered done) = 0;

  /// Gives up whatever is under way or waits: the answers come as failures.
  virtual void cancel() = 0;
};

}  // namespace takt::ports
