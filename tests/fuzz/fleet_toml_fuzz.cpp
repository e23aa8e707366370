// The fleet file: any text is decoded, to a spec or to errors, never to both; every complaint can be
// shown and stands within the text; what is said about a valid fleet can be said.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "fleet/load.h"
#include "fleet/preflight.h"

namespace {

void demand(bool holds) {
  if (!holds) std::abort();
}

bool is_printable(std::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7F) return false;
  }
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using takt::fleet::Problem;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto loaded = takt::fleet::decode(text, "/srv/fleet.toml");
  bool has_error = false;
  for (const Problem& problem : loaded.problems) {
    has_error = has_error || problem.severity == Problem::Severity::error;
    demand(problem.line >= 0 && static_cast<std::size_t>(problem.line) <= size + 1);
    demand(is_printable(render(problem)));
  }
  demand(loaded.spec.has_value() != has_error);
  if (loaded.spec) {
    for (const Problem& problem : advise(*loaded.spec, loaded.where)) {
      demand(is_printable(render(problem)));
    }
  }
  return 0;
}
