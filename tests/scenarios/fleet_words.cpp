#include "scenarios/fleet_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <sstream>
#include <stdexcept>

#include "scenarios/health_words.h"

namespace takt::scenarios {
namespace {

[[noreturn]] void reject(const std::string& what) { throw std::invalid_argument(what); }

std::vector<std::string> split(const std::string& text, char at) {
  std::vector<std::string> parts;
  std::istringstream stream{text};
  for (std::string part; std::getline(stream, part, at);) parts.push_back(part);
  return parts;
}

Duration duration(const std::string& text) {
  const auto parsed = parse_duration(text);
  if (!parsed) reject(fmt::format("'{}' {}", text, parsed.error()));
  return *parsed;
}

template <class E>
E enumerator(const std::string& text) {
  const auto value = from_word<E>(text);
  if (!value) reject(fmt::format("'{}' is none of the words", text));
  return *value;
}

core::Schedule every_of(const std::string& text) {
  const auto dots = text.find("..");
  if (dots == std::string::npos) return core::Every{duration(text), std::nullopt};
  return core::EveryBetween{duration(text.substr(0, dots)), duration(text.substr(dots + 2)), {}};
}

void set_offset(core::Schedule& schedule, Duration offset) {
  if (auto* every = std::get_if<core::Every>(&schedule)) every->offset = offset;
  if (auto* range = std::get_if<core::EveryBetween>(&schedule)) range->offset = offset;
}

/// The start of every scenario; times in words count from it.
constexpr WallTime kStart{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}};

core::CronRule& rule_of(core::JobSpec& job, std::shared_ptr<core::CronRule>& copy) {
  const auto* cron = std::get_if<core::Cron>(&job.schedule);
  if (cron == nullptr) reject("cron comes before what is said about it");
  copy = std::make_shared<core::CronRule>(*cron->rule);
  return *copy;
}

/// Changes a copy of the job's rule, which others may share.
template <class Change>
void change_rule(core::JobSpec& job, Change change) {
  std::shared_ptr<core::CronRule> copy;
  change(rule_of(job, copy));
  job.schedule = core::Cron{std::move(copy)};
}

/// "30_2_*_*_*"
void set_cron(core::JobSpec& job, std::string text) {
  std::ranges::replace(text, '_', ' ');
  const auto fields = core::parse_cron(text, job.name);
  if (!fields) reject(fmt::format("'{}' {}", text, fields.error().message));
  job.schedule = core::Cron{
      std::make_shared<core::CronRule>(core::make_cron_rule(*fields, core::Zone::utc()))};
}

/// "1d2h>1h,3d2h>0s": the offset from UTC changes to 1 h 26 hours after the start, and back later.
void set_zone(core::JobSpec& job, const std::string& text) {
  std::vector<core::ZoneChange> changes;
  for (const std::string& part : split(text, ',')) {
    const auto arrow = part.find('>');
    if (arrow == std::string::npos) reject("a change of the zone is when>offset");
    changes.push_back(
        {std::chrono::floor<std::chrono::seconds>(kStart + signed_duration(part.substr(0, arrow))),
         std::chrono::floor<std::chrono::seconds>(signed_duration(part.substr(arrow + 1)))});
  }
  change_rule(job, [&](core::CronRule& rule) {
    rule.zone = std::make_shared<core::Zone>("here", std::chrono::seconds{0}, changes);
  });
}

void set_retry_on(core::RetryPolicy& policy, const std::string& text) {
  policy.on.clear();
  for (const std::string& part : split(text, ',')) {
    if (const auto outcome = from_word<core::Outcome>(part)) {
      policy.on.push_back(*outcome);
    } else {
      policy.on_exit_codes.push_back(std::stoi(part));
    }
  }
}

/// name:type:default[:min:max]
core::Param param_of(const std::string& text) {
  const auto parts = split(text, ':');
  if (parts.size() < 3) reject("a param is name:type:default[:min:max]");
  core::Param param{parts[0], enumerator<core::ParamType>(parts[1]), parts[2], {}, {}};
  if (parts.size() > 3) param.min = std::stod(parts[3]);
  if (parts.size() > 4) param.max = std::stod(parts[4]);
  return param;
}

/// job:fresh:wait:on_timeout; "-" or nothing: the default
core::Need need_of(const std::string& text) {
  const auto parts = split(text, ':');
  core::Need need;
  need.job = parts.at(0);
  const auto given = [&](std::size_t at) { return parts.size() > at && parts[at] != "-"; };
  if (given(1)) need.fresh = duration(parts[1]);
  if (given(2)) need.wait = duration(parts[2]);
  if (given(3)) need.on_timeout = enumerator<core::OnTimeout>(parts[3]);
  return need;
}

void add_need(core::JobSpec& job, const std::string& text) {
  core::Needs needs = *job.needs;
  needs.push_back(need_of(text));
  job.needs = std::move(needs);
}

/// name:weight,name:weight
core::Uses uses_of(const core::FleetSpec& fleet, const std::string& text) {
  std::vector<std::pair<std::string, std::string>> named;
  for (const std::string& part : split(text, ',')) {
    const auto words = split(part, ':');
    named.emplace_back(words.at(0), words.at(1));
  }
  core::Uses uses = core::uses_named(fleet.pools, named);
  if (uses.size() != named.size()) reject(fmt::format("'{}' names a pool that is not there", text));
  return uses;
}

core::MemoryLimit percent(const std::string& text) {
  return core::UsedRatio{std::stod(text) / 100};
}

using Setter = std::function<void(core::JobSpec&, const std::string&)>;

const std::map<std::string, Setter>& setters() {
  using Job = core::JobSpec;
  using Text = std::string;
  static const std::map<std::string, Setter> kSetters{
      {"every", [](Job& j, const Text& v) { j.schedule = every_of(v); }},
      {"cron", [](Job& j, const Text& v) { set_cron(j, v); }},
      {"zone", [](Job& j, const Text& v) { set_zone(j, v); }},
      {"dst_gap",
       [](Job& j, const Text& v) {
         change_rule(j, [&](core::CronRule& r) { r.gap = enumerator<core::DstGap>(v); });
       }},
      {"dst_overlap",
       [](Job& j, const Text& v) {
         change_rule(j, [&](core::CronRule& r) { r.overlap = enumerator<core::DstOverlap>(v); });
       }},
      {"at", [](Job& j, const Text& v) { j.schedule = core::At{kStart + signed_duration(v)}; }},
      {"after", [](Job& j, const Text& v) { j.schedule = core::After{duration(v)}; }},
      {"offset", [](Job& j, const Text& v) { set_offset(j.schedule, duration(v)); }},
      {"jitter", [](Job& j, const Text& v) { j.jitter = duration(v); }},
      {"start_within", [](Job& j, const Text& v) { j.start_within = duration(v); }},
      {"catchup", [](Job& j, const Text& v) { j.catchup = enumerator<core::Catchup>(v); }},
      {"catchup_max", [](Job& j, const Text& v) { j.catchup_max = std::stoi(v); }},
      {"priority", [](Job& j, const Text& v) { j.priority = enumerator<core::Priority>(v); }},
      {"enabled", [](Job& j, const Text& v) { j.enabled = v == "true"; }},
      {"critical", [](Job& j, const Text& v) { j.critical = v == "true"; }},
      {"overlap", [](Job& j, const Text& v) { j.overlap = enumerator<core::Overlap>(v); }},
      {"delivery", [](Job& j, const Text& v) { j.delivery = enumerator<core::Delivery>(v); }},
      {"retries", [](Job& j, const Text& v) { j.retry.retries = std::stoi(v); }},
      {"retry_on", [](Job& j, const Text& v) { set_retry_on(j.retry, v); }},
      {"timeout", [](Job& j, const Text& v) { j.timeout = duration(v); }},
      {"kill_grace", [](Job& j, const Text& v) { j.kill_grace = duration(v); }},
      {"hung_after", [](Job& j, const Text& v) { j.hung_after = duration(v); }},
      {"beat_within", [](Job& j, const Text& v) { j.beat_within = duration(v); }},
      {"stale_after", [](Job& j, const Text& v) { j.stale_after = duration(v); }},
      {"late_after", [](Job& j, const Text& v) { j.late_after = duration(v); }},
      {"quarantine_after", [](Job& j, const Text& v) { j.quarantine_after = std::stoi(v); }},
      {"expect", [](Job& j, const Text& v) { j.expect = duration(v); }},
      {"needs", [](Job& j, const Text& v) { add_need(j, v); }},
      {"problem", [](Job& j, const Text& v) { j.problem = v; }},
      {"param", [](Job& j, const Text& v) { j.params.push_back(param_of(v)); }},
  };
  return kSetters;
}

std::pair<std::string, std::string> key_value(const std::string& text) {
  const auto equals = text.find('=');
  if (equals == std::string::npos) reject(fmt::format("'{}' is not key=value", text));
  return {text.substr(0, equals), text.substr(equals + 1)};
}

}  // namespace

core::JobSpec job_of(const core::FleetSpec& fleet, const std::vector<std::string>& words) {
  if (words.empty()) reject("a job needs a name");
  core::JobSpec job;
  job.name = words.front();
  for (std::size_t i = 1; i < words.size(); ++i) {
    const auto [key, value] = key_value(words[i]);
    if (key == "uses") {
      job.uses = uses_of(fleet, value);
      continue;
    }
    if (set_health_key(fleet, job, key, value)) continue;
    const auto setter = setters().find(key);
    if (setter == setters().end()) reject(fmt::format("a job has no key '{}'", key));
    setter->second(job, value);
  }
  return job;
}

core::PoolSpec pool_of(const std::vector<std::string>& words) {
  core::PoolSpec pool;
  pool.name = words.at(0);
  for (std::size_t i = 1; i < words.size(); ++i) {
    const auto [key, value] = key_value(words[i]);
    if (key == "slots") {
      pool.slots = std::stoi(value);
    } else if (key == "reserve") {
      const auto parts = split(value, ':');
      pool.reserve[static_cast<std::size_t>(enumerator<core::Priority>(parts.at(0)))] =
          std::stoi(parts.at(1));
    } else {
      reject(fmt::format("a pool has no key '{}'", key));
    }
  }
  return pool;
}

double read_fleet(core::FleetSpec& fleet, const std::vector<std::string>& words) {
  double speed = 1;
  for (const std::string& text : words) {
    const auto [key, value] = key_value(text);
    if (key == "max_running") {
      fleet.max_running = std::stoi(value);
    } else if (key == "ageing") {
      fleet.ageing = duration(value);
    } else if (key == "name") {
      fleet.name = value;
    } else if (key == "state_dir") {
      fleet.state_dir = value;
    } else if (key == "timezone") {
      fleet.timezone = value;
    } else if (key == "high") {
      fleet.memory.high = percent(value);
    } else if (key == "critical") {
      fleet.memory.critical = percent(value);
    } else if (key == "speed") {
      speed = std::stod(value);
    } else {
      reject(fmt::format("a fleet has no key '{}'", key));
    }
  }
  return speed;
}

Duration signed_duration(const std::string& text) {
  const bool negative = text.starts_with('-');
  const bool has_sign = negative || text.starts_with('+');
  const Duration size = duration(has_sign ? text.substr(1) : text);
  return negative ? -size : size;
}

}  // namespace takt::scenarios
