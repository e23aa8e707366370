// Crontabs: any text becomes a fleet file that loads, with the jobs that it claims to have; warnings
// stand within the text.
//
// Input: one byte of choices, then the crontab.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "fleet/load.h"
#include "imports/crontab.h"

namespace {

void demand(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return -1;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  takt::imports::CrontabOptions options{.file = "crontab"};
  options.user_field = (data[0] & 1U) != 0;
  options.plan_offsets = (data[0] & 2U) != 0;
  const auto imported = takt::imports::import_crontab(text, options);
  for (const auto& problem : imported.warnings) {
    demand(problem.line >= 0 && static_cast<std::size_t>(problem.line) <= size + 1);
    demand(!problem.message.empty());
  }
  const auto loaded = takt::fleet::decode(imported.toml, "/srv/fleet.toml");
  demand(loaded.spec.has_value());
  demand(loaded.spec->jobs.size() == imported.jobs);
  return 0;
}
