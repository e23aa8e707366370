#include "scenarios/health_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <stdexcept>

#include "scenarios/fleet_words.h"

namespace takt::scenarios {
namespace {

[[noreturn]] void reject(const std::string& what) { throw std::invalid_argument(what); }

std::pair<std::string, std::string> key_value(const std::string& text) {
  const auto equals = text.find('=');
  if (equals == std::string::npos) return {text, ""};
  return {text.substr(0, equals), text.substr(equals + 1)};
}

std::vector<std::string> parts_of(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::size_t from = 0;
  for (std::size_t at = text.find(separator); at != std::string::npos;
       at = text.find(separator, from)) {
    parts.push_back(text.substr(from, at - from));
    from = at + 1;
  }
  parts.push_back(text.substr(from));
  return parts;
}

template <class E>
E enumerator(const std::string& text) {
  const auto value = from_word<E>(text);
  if (!value) reject(fmt::format("'{}' is none of the words", text));
  return *value;
}

template <class List>
std::uint32_t place_of(const List& list, const std::string& name) {
  for (std::uint32_t i = 0; i < list.size(); ++i) {
    if (list[i].name == name) return i;
  }
  reject(fmt::format("there is no '{}'", name));
}

core::RunJob run_of(const std::string& value) {
  const auto parts = parts_of(value, ':');
  core::RunJob run;
  run.job = parts[0];
  if (parts.size() > 1) run.priority = enumerator<core::Priority>(parts[1]);
  return run;
}

void set_probe_key(core::ProbeSpec& probe, const std::string& key, const std::string& value) {
  if (key == "job") {
    probe.of = core::JobProbe{value};
  } else if (key == "pool") {
    probe.of = core::PoolProbe{value};
  } else if (key == "memory") {
    probe.of = core::MemoryProbe{};
  } else if (key == "fresh") {
    probe.condition = core::Fresh{signed_duration(value)};
  } else if (key == "at_least") {
    probe.condition = core::AtLeast{std::stod(value)};
  } else if (key == "at_most") {
    probe.condition = core::AtMost{std::stod(value)};
  } else if (key == "equals") {
    probe.condition = core::Equals{value};
  } else if (key == "succeeds") {
    probe.condition = core::Succeeds{};
  } else if (key == "for") {
    probe.lasting = signed_duration(value);
  } else if (key == "cooldown") {
    probe.cooldown = signed_duration(value);
  } else if (key == "run") {
    probe.otherwise.emplace_back(run_of(value));
  } else if (key == "sql") {
    probe.otherwise.emplace_back(core::RunSql{"update"});
  } else if (key == "command") {
    probe.otherwise.emplace_back(core::RunCommand{std::make_shared<core::Command>()});
  } else if (key == "event") {
    probe.otherwise.emplace_back(core::TellEvent{enumerator<core::Severity>(value)});
  } else {
    reject(fmt::format("a probe has no key '{}'", key));
  }
}

std::vector<core::ContactIndex> contacts_named(const core::FleetSpec& fleet,
                                               const std::string& names) {
  std::vector<core::ContactIndex> places;
  for (const std::string& name : parts_of(names, ',')) {
    places.push_back(place_of(fleet.contacts, name));
  }
  return places;
}

}  // namespace

void add_probe(core::FleetSpec& fleet, const std::vector<std::string>& words) {
  core::ProbeSpec probe;
  probe.name = words.at(1);
  probe.of = core::SqlProbe{"select"};
  for (std::size_t i = 2; i < words.size(); ++i) {
    const auto [key, value] = key_value(words[i]);
    set_probe_key(probe, key, value);
  }
  fleet.health[place_of(fleet.health, words.at(0))].probes.push_back(std::move(probe));
}

core::ContactSpec contact_of(const std::vector<std::string>& words) {
  core::ContactSpec contact;
  contact.name = words.at(0);
  for (std::size_t i = 1; i < words.size(); ++i) {
    const auto [key, value] = key_value(words[i]);
    if (key == "after") {
      contact.after = std::stoi(value);
    } else if (key == "nag") {
      contact.nag = signed_duration(value);
    } else {
      reject(fmt::format("a contact has no key '{}'", key));
    }
  }
  return contact;
}

bool set_health_key(const core::FleetSpec& fleet, core::JobSpec& job, const std::string& key,
                    const std::string& value) {
  core::Tells tells = *job.tells;
  if (key == "builtin") {
    const auto parts = parts_of(value, ':');
    job.builtin = enumerator<core::Builtin>(parts[0]);
    if (parts.size() > 1) job.health = place_of(fleet.health, parts[1]);
    return true;
  }
  if (key == "on_failure") {
    tells.on_failure = contacts_named(fleet, value);
  } else if (key == "on_recovery") {
    tells.on_recovery = contacts_named(fleet, value);
  } else {
    return false;
  }
  job.tells = std::move(tells);
  return true;
}

core::Measurement measurement_of(const std::string& text, WallTime now) {
  if (text == "unknown") return core::Unknown{"no such table: content"};
  if (text == "nothing") return core::Absent{};
  if (text == "true" || text == "false") return text == "true";
  if (text.starts_with("ago:")) return format_rfc3339(now - signed_duration(text.substr(4)));
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc{} && end == text.data() + text.size()) return number;
  return text;
}

std::vector<core::Measurement> measurements_of(const core::HealthSpec& check,
                                               const std::vector<std::string>& words,
                                               WallTime now) {
  std::vector<core::Measurement> measured(check.probes.size(),
                                          core::Unknown{"the scenario does not say"});
  for (const std::string& word : words) {
    const auto [name, value] = key_value(word);
    measured[place_of(check.probes, name)] = measurement_of(value, now);
  }
  return measured;
}

}  // namespace takt::scenarios
