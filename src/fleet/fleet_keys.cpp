// [fleet]: the fleet as a whole.

#include <fmt/format.h>

#include <array>
#include <string>
#include <utility>

#include "fleet/command_key.h"
#include "fleet/description.h"
#include "fleet/names.h"
#include "fleet/quote.h"
#include "fleet/url_key.h"

namespace takt::fleet {
namespace {

using core::FleetSpec;

void decode_name(const Item& item, FleetDraft& draft, Complaints& complaints) {
  const auto* name = item.node->as_string();
  if (name == nullptr) return complain_type(item, item.shape->expected, complaints);
  if (const auto valid = valid_name(name->get()); !valid) {
    return complaints.error(
        item.at, fmt::format("the fleet's name {} {}", quote_value(name->get()), valid.error()));
  }
  draft.spec.name = name->get();
}

void decode_timezone(const Item& item, FleetDraft& draft, Complaints& complaints) {
  const auto* zone = item.node->as_string();
  if (zone == nullptr) return complain_type(item, item.shape->expected, complaints);
  const Zones::Found& found = draft.wall->zones().find(zone->get());
  if (!found) return complaints.error(item.at, found.error().message, found.error().hint);
  draft.spec.timezone = zone->get();
  draft.zone = *found;
}

void decode_listen(const Item& item, FleetDraft&, Complaints& complaints) {
  const auto* address = item.node->as_string();
  if (address == nullptr) return complain_type(item, item.shape->expected, complaints);
  if (address->get() == "off") return;
  complaints.error(item.at,
                   fmt::format("listen = {} is not supported yet", quote_value(address->get())),
                   R"(leave it out or write "off")");
}

void decode_cleanup(const Item& item, FleetDraft& draft, Complaints& complaints) {
  draft.spec.cleanup = read_command_in(draft.folder, item, complaints);
  draft.cleanup_at = item.at;
}

void decode_ping(const Item& item, FleetDraft& draft, Complaints& complaints) {
  if (auto url = read_url(item, complaints)) draft.spec.ping = *std::move(url);
}

constexpr auto kName = R"({"$ref": "#/$defs/name"})";

constexpr std::array<Key<FleetDraft>, 9> kFleet{{
    {{"name", shape::custom("name", "a string", kName), "name of the file",
      "what the fleet is called"},
     decode_name},
    {{"timezone",
      shape::custom("time zone", "a string like \"Europe/Berlin\"", R"({"type": "string"})"), "UTC",
      "IANA name of the zone that cron schedules follow"},
     decode_timezone},
    {{"state_dir", shape::kPath, "state/NAME",
      "database, logs and socket; relative to the file's folder, mode 0700"},
     store_path<&FleetSpec::state_dir>},
    {{.name = "store",
      .shape = shape::later("postgres:// URL"),
      .fallback = "none",
      .meaning = "several nodes share this database; without it SQLite in state_dir",
      .supported = false}},
    {{"listen", shape::custom("address", R"("off" or an address)", R"({"const": "off"})"), "off",
      "address of API and dashboard; only \"off\" is supported yet"},
     decode_listen},
    {{"ageing", shape::kPositiveDuration, "10m",
      "one priority class of rank is worth this much waiting"},
     store_duration<&FleetSpec::ageing>},
    {{"cleanup", shape::kCommand, "none",
      "run when memory is critical, in the file's folder: a string for /bin/sh -c, or program and "
      "arguments"},
     decode_cleanup},
    {{"max_running", shape::integer(1, 100'000), "1000", "attempts alive at once"},
     store_integer<&FleetSpec::max_running>},
    {{"ping", shape::kUrl, "none",
      "called every minute while all is well, so that somebody outside notices when it is not"},
     decode_ping},
}};

}  // namespace

const KeyTable<FleetDraft>& fleet_keys() {
  static const KeyTable<FleetDraft> keys{{section<FleetDraft>("", kFleet)}};
  return keys;
}

}  // namespace takt::fleet
