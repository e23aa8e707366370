#include "base/assert.h"

#include <cstdio>
#include <cstdlib>

namespace takt {

void assert_failed(const char* expression, const char* file, int line, const char* text) {
  std::fprintf(stderr, "takt: broken invariant at %s:%d: %s (%s)\n", file, line, expression, text);
  std::abort();
}

}  // namespace takt
