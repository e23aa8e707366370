// SQL of a fleet file, as it is taken apart for PostgreSQL: every statement found is found again, as
// itself and as one, and none contains `:now` where a parameter can stand.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "probe/sql_text.h"

namespace {

void demand(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const auto& statement : takt::probe::statements_of(text)) {
    demand(!statement.text.empty());
    const auto again = takt::probe::statements_of(statement.text);
    demand(again.size() == 1 && again[0].text == statement.text && !again[0].uses_now);
  }
  return 0;
}
