#pragma once
// People: how durations, times and words are shown to people. Colour never stands alone: each word has
// a glyph, and the word itself is always there.

#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace takt::cli {

enum class Paint { plain, green, red, yellow, blue, dim };

/// "250ms" "4.2s" "42s" "3m12s" "2h05m" "3d4h"; with '-' in front when negative.
std::string friendly(Duration duration);
/// friendly, or "-" when there is none.
std::string friendly(const std::optional<Duration>& duration);

/// "2026-03-08 06:30:00Z", or "-": UTC, whole seconds.
std::string clock_time(const std::optional<WallTime>& at);

/// "in 3m12s", "2m ago", "now", or "-".
std::string relative(const std::optional<WallTime>& at, WallTime now);

struct Mark {
  std::string_view glyph;
  Paint paint;
};

/// The glyph and colour of a state, outcome, disposition, gate answer or severity.
Mark mark_of(std::string_view word);

/// "✓ ok": glyph and word; "-" for an empty word.
std::string marked(std::string_view word);

/// `text` in colour, when `color`.
std::string painted(std::string_view text, Paint paint, bool color);

}  // namespace takt::cli
