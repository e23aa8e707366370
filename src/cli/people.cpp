#include "cli/people.h"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace takt::cli {
namespace {

using namespace std::chrono_literals;

constexpr std::array<std::pair<std::string_view, Mark>, 29> kMarks{{
    {"normal", {"✓", Paint::green}},
    {"high", {"!", Paint::yellow}},
    {"ok", {"✓", Paint::green}},
    {"pass", {"✓", Paint::green}},
    {"ran", {"✓", Paint::green}},
    {"running", {"▶", Paint::blue}},
    {"waiting", {"…", Paint::yellow}},
    {"hold", {"…", Paint::yellow}},
    {"retrying", {"↻", Paint::yellow}},
    {"idle", {"·", Paint::dim}},
    {"not_asked", {"·", Paint::dim}},
    {"info", {"·", Paint::dim}},
    {"ended", {"·", Paint::plain}},
    {"paused", {"‖", Paint::yellow}},
    {"disabled", {"○", Paint::dim}},
    {"quarantined", {"⊘", Paint::red}},
    {"skip", {"»", Paint::yellow}},
    {"skipped", {"»", Paint::yellow}},
    {"coalesced", {"≡", Paint::dim}},
    {"missed", {"!", Paint::red}},
    {"cancelled", {"⊗", Paint::yellow}},
    {"warning", {"!", Paint::yellow}},
    {"error", {"✗", Paint::red}},
    {"stuck", {"✗", Paint::red}},
    {"overdue", {"!", Paint::red}},
    {"lost", {"?", Paint::red}},
    {"pending", {"…", Paint::yellow}},
    {"unknown", {"?", Paint::yellow}},
    {"", {"·", Paint::dim}},
}};

/// The number that goes in front of a colour's "m".
int colour_number(Paint paint) {
  switch (paint) {
    case Paint::plain:
      return 0;
    case Paint::green:
      return 32;
    case Paint::red:
      return 31;
    case Paint::yellow:
      return 33;
    case Paint::blue:
      return 34;
    case Paint::dim:
      return 2;
  }
  return 0;
}

std::string friendly_positive(Duration d) {
  const auto ms = d.count();
  if (d < 1s) return fmt::format("{}ms", ms);
  if (d < 10s) return fmt::format("{}.{}s", ms / 1000, ms % 1000 / 100);
  const auto seconds = ms / 1000;
  if (d < 1min) return fmt::format("{}s", seconds);
  if (d < 1h) return fmt::format("{}m{:02}s", seconds / 60, seconds % 60);
  if (d < 24h) return fmt::format("{}h{:02}m", seconds / 3600, seconds / 60 % 60);
  return fmt::format("{}d{:02}h", seconds / 86400, seconds / 3600 % 24);
}

}  // namespace

std::string friendly(Duration duration) {
  return duration < 0ms ? "-" + friendly_positive(-duration) : friendly_positive(duration);
}

std::string friendly(const std::optional<Duration>& duration) {
  return duration ? friendly(*duration) : "-";
}

std::string clock_time(const std::optional<WallTime>& at) {
  if (!at) return "-";
  auto text = format_rfc3339(*at);  // 2026-03-08T06:30:00.000Z
  text[10] = ' ';
  text.replace(19, 5, "Z");
  return text;
}

std::string relative(const std::optional<WallTime>& at, WallTime now) {
  if (!at) return "-";
  if (*at == now) return "now";
  return *at > now ? "in " + friendly(*at - now) : friendly(now - *at) + " ago";
}

Mark mark_of(std::string_view word) {
  for (const auto& [known, mark] : kMarks) {
    if (known == word) return mark;
  }
  return {"✗", Paint::red};  // failed, timeout, hung, oom, ...: every other way to end
}

std::string marked(std::string_view word) {
  if (word.empty()) return "-";
  return fmt::format("{} {}", mark_of(word).glyph, word);
}

std::string painted(std::string_view text, Paint paint, bool color) {
  if (!color || paint == Paint::plain) return std::string(text);
  return fmt::format("\x1b[{}m{}\x1b[0m", colour_number(paint), text);
}

}  // namespace takt::cli
