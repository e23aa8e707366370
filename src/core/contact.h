#pragma once
// Contact: somebody outside who is told when a job fails, comes back, is quarantined, or a probe fails.
// `notify.NAME` of the fleet file; jobs name them in on_failure and on_recovery. What is told, and when,
// is decided in core/notices.h; how it is sent is the shell's.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/time.h"
#include "base/words.h"

namespace takt::core {

struct Command;

/// Position of a contact in its FleetSpec.
using ContactIndex = std::uint32_t;

/// A POST of the documented JSON.
struct Webhook {
  std::string url;  // http or https
  friend bool operator==(const Webhook&, const Webhook&) = default;
};
/// The JSON in TAKT_NOTICE_JSON, and what matters most of it in the other TAKT_NOTICE_*.
struct NotifyCommand {
  std::shared_ptr<const Command> command;  // never null
  friend bool operator==(const NotifyCommand& a, const NotifyCommand& b);
};
struct Email {
  std::string
      smtp;  // smtp://host:port (STARTTLS where it is offered; required with a user) or smtps://
  std::string from;
  std::vector<std::string> to;
  std::string user;           // empty: none
  std::string password_file;  // absolute; empty: none
  friend bool operator==(const Email&, const Email&) = default;
};

struct ContactSpec {
  std::string name;
  std::variant<Webhook, NotifyCommand, Email> by;
  std::string secret;           // key of the HMAC-SHA256 of the payload; empty: not signed
  std::optional<Duration> nag;  // told again each time this has passed and it has not recovered
  int after = 1;                // failures in a row
  friend bool operator==(const ContactSpec&, const ContactSpec&) = default;
};

/// Whom a job tells.
struct Tells {
  std::vector<ContactIndex> on_failure;
  std::vector<ContactIndex> on_recovery;
  bool empty() const { return on_failure.empty() && on_recovery.empty(); }
  friend bool operator==(const Tells&, const Tells&) = default;
};

/// What a notice tells.
enum class NoticeKind {
  failed,       // a job's failures in a row reached `after`
  stuck,        // the watchdog: no success for too long
  overdue,      // the watchdog: a slot unanswered for too long
  quarantined,  // a crash loop was stopped
  probe,        // a probe of a health check fails
  escalated,    // its remedies did not help three times: nobody mends it any more
  recovered,    // the job, or the probe, is well again
  test          // somebody asked for it
};

}  // namespace takt::core

namespace takt {

template <>
inline constexpr std::array<std::string_view, 8> kWords<core::NoticeKind>{
    "failed", "stuck", "overdue", "quarantined", "probe", "escalated", "recovered", "test"};

}  // namespace takt
