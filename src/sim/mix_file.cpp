#include "sim/mix_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <span>
#include <utility>

#include "fleet/complaints.h"
#include "fleet/quote.h"
#include "fleet/read.h"
#include "fleet/source.h"
#include "fleet/syntax.h"

namespace takt::sim {
namespace {

using fleet::Complaints;
using fleet::Item;

constexpr int kPerDayMax = 10'000;
constexpr int kWeightMax = 1'000;
constexpr fleet::Shape kPerDay = fleet::shape::integer(0, kPerDayMax);
constexpr fleet::Shape kWeight = fleet::shape::integer(0, kWeightMax);
constexpr fleet::Shape kChance = fleet::shape::number(0, 1);
constexpr fleet::Shape kLimit = fleet::shape::kPositiveDuration;

constexpr std::array<std::string_view, 4> kKeys{"per_day", "failure_chance", "weight", "limits"};

struct Limit {
  std::string_view name;
  Duration Mix::* value;
};
constexpr std::array kLimits{Limit{"downtime_median", &Mix::downtime_median},
                             Limit{"freeze_max", &Mix::freeze_max},
                             Limit{"pause_max", &Mix::pause_max},
                             Limit{"suspend_median", &Mix::suspend_median},
                             Limit{"suspend_max", &Mix::suspend_max},
                             Limit{"long_suspend_max", &Mix::long_suspend_max},
                             Limit{"outage_max", &Mix::outage_max},
                             Limit{"long_outage_max", &Mix::long_outage_max},
                             Limit{"step_max", &Mix::step_max},
                             Limit{"leap_max", &Mix::leap_max},
                             Limit{"pressure_max", &Mix::pressure_max}};

void complain_unknown(const toml::key& key, std::string_view where,
                      std::span<const std::string_view> known, Complaints& complaints) {
  complaints.error(fleet::position_of(key),
                   fmt::format("unknown key {}{}", fleet::quote_name(key.str()), where),
                   fleet::did_you_mean(key.str(), known));
}

Item item_of(const toml::key& key, const toml::node& node, const fleet::Shape& shape) {
  return {std::string{key.str()}, &shape, &node, fleet::position_of(key), fleet::position_of(node)};
}

const toml::table* table_of(const toml::key& key, const toml::node& node, Complaints& complaints) {
  if (node.is_table()) return node.as_table();
  complaints.error(fleet::position_of(key),
                   fmt::format("{} must be a table, not {}", key.str(), fleet::found_in(node)));
  return nullptr;
}

void read_weights(const toml::table& table, Mix& mix, Complaints& complaints) {
  std::array<bool, kFaultKinds> is_named{};
  std::optional<int> others;
  std::vector<std::string_view> known(kWords<Fault>.begin(), kWords<Fault>.end());
  known.push_back("others");
  for (const auto& [key, node] : table) {
    const auto fault = from_word<Fault>(key.str());
    if (!fault && key.str() != "others") {
      complain_unknown(key, " in [weight]", known, complaints);
      continue;
    }
    const auto weight = fleet::read_integer(item_of(key, node, kWeight), complaints);
    if (!weight) continue;
    if (!fault) {
      others = static_cast<int>(*weight);
      continue;
    }
    is_named[static_cast<std::size_t>(*fault)] = true;
    mix.weight_of(*fault) = static_cast<int>(*weight);
  }
  for (std::size_t kind = 0; others && kind < is_named.size(); ++kind) {
    if (!is_named[kind]) mix.weight[kind] = *others;
  }
}

void read_limits(const toml::table& table, Mix& mix, Complaints& complaints) {
  std::vector<std::string_view> known;
  for (const Limit& limit : kLimits) known.push_back(limit.name);
  for (const auto& [key, node] : table) {
    const auto* limit = std::ranges::find(kLimits, key.str(), &Limit::name);
    if (limit == kLimits.end()) {
      complain_unknown(key, " in [limits]", known, complaints);
    } else if (const auto value = fleet::read_duration(item_of(key, node, kLimit), complaints)) {
      mix.*(limit->value) = *value;
    }
  }
}

Mix read_table(const toml::table& table, Complaints& complaints) {
  Mix mix;
  for (const auto& [key, node] : table) {
    if (key.str() == "per_day") {
      const auto count = fleet::read_integer(item_of(key, node, kPerDay), complaints);
      if (count) mix.per_day = static_cast<int>(*count);
    } else if (key.str() == "failure_chance") {
      const auto chance = fleet::read_number(item_of(key, node, kChance), complaints);
      if (chance) mix.failure_chance = *chance;
    } else if (key.str() == "weight") {
      if (const auto* weights = table_of(key, node, complaints)) {
        read_weights(*weights, mix, complaints);
      }
    } else if (key.str() == "limits") {
      if (const auto* limits = table_of(key, node, complaints)) {
        read_limits(*limits, mix, complaints);
      }
    } else {
      complain_unknown(key, "", kKeys, complaints);
    }
  }
  return mix;
}

}  // namespace

std::expected<Mix, std::vector<fleet::Problem>> read_mix(std::string_view text,
                                                         const std::string& file) {
  const auto source = std::make_shared<const fleet::Source>(file, text);
  Complaints complaints({source});
  Mix mix;
  if (const auto table = fleet::parse_toml(*source, complaints)) {
    mix = read_table(*table, complaints);
  }
  if (complaints.has_errors()) return std::unexpected(complaints.take());
  return mix;
}

}  // namespace takt::sim
