#include "daemon/console.h"

#include <fmt/format.h>

#include <boost/json.hpp>

namespace takt::daemon {
namespace {

/// SGR codes: none, grey, green, yellow, red, bold.
enum class Tone { plain, dim, good, warn, bad, strong };

const char* sgr(Tone tone) {
  switch (tone) {
    case Tone::plain:
      return "";
    case Tone::dim:
      return "\x1b[2m";
    case Tone::good:
      return "\x1b[32m";
    case Tone::warn:
      return "\x1b[33m";
    case Tone::bad:
      return "\x1b[31m";
    case Tone::strong:
      return "\x1b[1m";
  }
  return "";
}

/// Texts hold what jobs and people wrote: nothing of it may drive the terminal.
std::string harmless(const std::string& text) {
  std::string clean;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) {
      clean += fmt::format("\\x{:02x}", byte);
    } else {
      clean += c;
    }
  }
  return clean;
}

Tone tone_of(core::Severity severity) {
  switch (severity) {
    case core::Severity::info:
      return Tone::strong;
    case core::Severity::warning:
      return Tone::warn;
    case core::Severity::error:
      return Tone::bad;
  }
  return Tone::plain;
}

}  // namespace

struct Console::Line {
  WallTime at;
  const char* glyph;
  std::string_view what;
  std::string job;
  std::string text;
  Tone tone = Tone::plain;
};

Console::Console(std::FILE* out, bool color, bool json) : out_(out), color_(color), json_(json) {}

void Console::say(WallTime at, const std::string& text) {
  print({at, "·", "takt", "", text, Tone::dim});
}

void Console::print(const Line& line) {
  std::string text;
  if (json_) {
    const boost::json::object object{{"at", format_rfc3339(line.at)},
                                     {"what", line.what},
                                     {"job", line.job},
                                     {"text", line.text}};
    text = boost::json::serialize(object) + "\n";
  } else {
    const std::string time = format_rfc3339(line.at).substr(11, 8);
    const std::string body =
        fmt::format("{} {:<9} {:<22} {}", line.glyph, line.what, line.job, harmless(line.text));
    text = color_ ? fmt::format("{} {}{}\x1b[0m\n", time, sgr(line.tone), body)
                  : fmt::format("{} {}\n", time, body);
  }
  out_.write(std::move(text));
}

void Console::show(const core::Batch& batch) {
  for (const core::Row& row : batch.rows) {
    if (const auto* attempt = std::get_if<core::AttemptRow>(&row)) show_attempt(*attempt);
  }
  for (const core::Row& row : batch.rows) {
    if (const auto* run = std::get_if<core::RunRow>(&row)) show_run(*run, batch.fleet.clock);
    if (const auto* slots = std::get_if<core::SlotsRow>(&row)) show_slots(*slots);
    if (const auto* event = std::get_if<core::EventRow>(&row)) show_event(*event);
  }
}

void Console::show_attempt(const core::AttemptRow& attempt) {
  const std::string which =
      attempt.attempt == 1 ? fmt::format("run {}", attempt.run.value)
                           : fmt::format("run {} attempt {}", attempt.run.value, attempt.attempt);
  if (!attempt.outcome) {
    if (attempt.process.pid == 0) return;
    print({attempt.started_at, "▶", "started", attempt.job,
           fmt::format("{} (pid {})", which, attempt.process.pid), Tone::dim});
    return;
  }
  const Duration took = *attempt.ended_at - attempt.started_at;
  std::string detail;
  if (attempt.exit_code && *attempt.exit_code != 0)
    detail = fmt::format(", exit {}", *attempt.exit_code);
  if (attempt.signal) detail += fmt::format(", signal {}", *attempt.signal);
  if (!attempt.error.empty()) detail += ", " + attempt.error;
  const bool ok = *attempt.outcome == core::Outcome::ok;
  print({*attempt.ended_at, ok ? "✓" : "✗", word(*attempt.outcome), attempt.job,
         fmt::format("{} after {}{}", which, format_duration(took), detail),
         ok ? Tone::good : Tone::bad});
}

void Console::show_run(const core::RunRow& run, WallTime at) {
  if (run.state == core::RunState::retrying && run.retry_at && *run.retry_at > at) {
    print({at, "↻", "retry", run.job,
           fmt::format("run {} tries again at {}", run.run.value,
                       format_rfc3339(*run.retry_at).substr(11, 8)),
           Tone::warn});
  }
  if (run.disposition == core::Disposition::skipped) {
    print({*run.ended_at, "–", "skipped", run.job,
           fmt::format("run {} ({})", run.run.value, run.reason ? word(*run.reason) : ""),
           Tone::warn});
  }
}

void Console::show_slots(const core::SlotsRow& slots) {
  const SlotNumber count = slots.last - slots.first + 1;
  std::string text = fmt::format("slot of {}", format_rfc3339(slots.last_at).substr(11, 8));
  if (count > 1) text = fmt::format("{} slots up to {}", count, format_rfc3339(slots.last_at));
  if (slots.reason) text += fmt::format(" ({})", word(*slots.reason));
  if (slots.run) text += fmt::format(", into run {}", slots.run->value);
  print({slots.decided_at, "–", word(slots.disposition), slots.job, text, Tone::warn});
}

void Console::show_event(const core::EventRow& event) {
  print({event.at, event.severity == core::Severity::info ? "●" : "!", word(event.kind), event.job,
         event.text, tone_of(event.severity)});
}

}  // namespace takt::daemon
