#pragma once
// One try to deliver a message, and what follows when it fails:
//
//   webhook   2xx  delivered      408, 429, 5xx, no answer  again      any other status  given up
//   e-mail    2yz  delivered      4yz, no answer            again      5yz               given up
//
// A redirect is a failure: whoever owns the other end must not choose where secrets go.
// On worker threads. Private to this folder.

#include <optional>
#include <string>

#include "base/time.h"
#include "net/cancel.h"
#include "net/problem.h"
#include "ports/notifier.h"

namespace takt::notify {

struct Attempt {
  enum class Result { delivered, again, given_up } result = Result::given_up;
  std::string error;
  std::optional<Duration> retry_after;  // as the other end wants it
};

struct AttemptLimits {
  Duration timeout;
  std::string ca_file;  // trusted instead of what the machine trusts
};

/// What must hold for all tries is in the message, so that they are the same to the byte.
Attempt by_webhook(const ports::Message& message, const core::Webhook& to,
                   const AttemptLimits& limits, const net::Cancel& cancel);

Attempt by_email(const ports::Message& message, const core::Email& to, const AttemptLimits& limits,
                 const net::Cancel& cancel);

/// The kind of failure that net tells.
Attempt failed(const net::Problem& problem);

}  // namespace takt::notify
