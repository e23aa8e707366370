#pragma once
// TAKT_ASSERT: broken invariants of takt itself, on in every build. A daemon that fails one stops at
// once and is rebuilt from its store by the next start; bad input and failing disks are never asserts.

namespace takt {

/// Writes `file:line: expression (text)` to stderr and aborts.
[[noreturn]] void assert_failed(const char* expression, const char* file, int line,
                                const char* text);

}  // namespace takt

#define TAKT_ASSERT(condition, text) \
  ((condition) ? static_cast<void>(0) : ::takt::assert_failed(#condition, __FILE__, __LINE__, text))
