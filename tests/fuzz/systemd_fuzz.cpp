// Units of systemd: any two texts, as a timer and its service, become a fleet file that loads.
//
// Input: the timer, a NUL, the service; or what `systemctl cat` prints.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "fleet/load.h"
#include "imports/systemd.h"

namespace {

using takt::imports::UnitText;

void demand(bool holds) {
  if (!holds) std::abort();
}

void check(const std::vector<std::string>& timers,
           const std::function<std::vector<UnitText>(std::string_view)>& texts) {
  const takt::imports::SystemdOptions options{
      .file = "timers", .timezone = "UTC", .unit_texts = texts};
  const auto imported = takt::imports::import_timers(timers, options);
  const auto loaded = takt::fleet::decode(imported.toml, "/srv/fleet.toml");
  demand(loaded.spec.has_value());
  demand(loaded.spec->jobs.size() == imported.jobs);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto end = text.find('\0');
  const std::string timer{text.substr(0, end)};
  const std::string service{end == std::string_view::npos ? std::string_view{}
                                                          : text.substr(end + 1)};
  check({"x@y.timer"}, [&](std::string_view name) -> std::vector<UnitText> {
    if (name.ends_with(".timer")) return {{"x.timer", timer}};
    return {{"x.service", service}};
  });
  const auto listed = takt::imports::units_of_listing(text);
  std::vector<std::string> timers;
  for (const auto& unit : listed) timers.push_back(unit.name);
  check(timers, [&](std::string_view name) {
    std::vector<UnitText> texts;
    for (const auto& unit : listed) {
      if (unit.name == name) texts.push_back(unit.text);
    }
    return texts;
  });
  return 0;
}
