#pragma once
// What a probe measures, by its kind; and what holds for all of them: a number is finite, a text is
// short enough to be kept, and an exception is an answer too.
// Private to this folder. On worker threads.

#include <string>

#include "base/time.h"
#include "core/health.h"
#include "probe/limits.h"

namespace takt::probe {

struct Question {
  const core::ProbeSpec& probe;
  const std::string& database;
  WallTime now;  // fleet time
  const std::string& ca_file;
};

core::Measurement measurement_of(const Question& question, const Limits& limits);

/// Longest text that a condition reads.
inline constexpr std::size_t kTextBytesMax = 64 << 10;

}  // namespace takt::probe
