#pragma once
// Beat: a sign of life that a job gives while it runs, with how far it is and what it does. Said
// with `takt beat`, or as a line to the descriptor in TAKT_FD:
//
//   line                  progress   note
//   beat                  unchanged  unchanged
//   beat 42               42         unchanged
//   beat 42 half way      42         half way
//   beat half way         unchanged  half way
//
// The word "beat" may be left out, "42%" is 42 and 42.7 is 42. Any line is a sign of life; what is
// no number from 0 to 100 is the note.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace takt::core {

inline constexpr std::size_t kNoteBytesMax = 200;

struct Beat {
  std::optional<int> progress;      // 0..100; none: what was said before stands
  std::optional<std::string> note;  // clean, at most kNoteBytesMax bytes; none: the same
  friend bool operator==(const Beat&, const Beat&) = default;

  /// A later beat replaces what it says anew.
  void take(const Beat& later);
};

/// "0".."100", with a fraction (cut off) or a percent sign if one likes; nullopt for anything else.
std::optional<int> parse_progress(std::string_view text);

/// Text from outside as a note: control characters become blanks, blanks at the ends go, and it is
/// cut to kNoteBytesMax bytes, between characters of UTF-8.
std::string clean_note(std::string_view text);

/// A line without its newline. Total: every line is a beat.
Beat parse_beat(std::string_view line);

}  // namespace takt::core
