#include "chaos/told.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdlib>
#include <string_view>

#include "desk/failed.h"

namespace bot::chaos {
namespace {

std::string_view from_env(const char* name) {
  const char* text = std::getenv(name);
  return text == nullptr ? "" : text;
}

template <class Number>
Number number_from_env(const char* name) {
  const std::string_view text = from_env(name);
  Number value{};
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc{} || end != text.data() + text.size()) {
    throw Failed(fmt::format("{} '{}' is not a number", name, text));
  }
  return value;
}

}  // namespace

std::optional<Told> told_by_takt() {
  for (const char* name : {"TAKT_JOB", "TAKT_RUN_ID", "TAKT_ATTEMPT"}) {
    if (from_env(name).empty()) return std::nullopt;
  }
  Told told{.job = std::string{from_env("TAKT_JOB")},
            .run = number_from_env<std::int64_t>("TAKT_RUN_ID"),
            .attempt = number_from_env<int>("TAKT_ATTEMPT"),
            .now = fleet_now(),
            .slot = std::nullopt};
  if (const auto slot = from_env("TAKT_SLOT"); !slot.empty()) told.slot = parse_time(slot);
  return told;
}

}  // namespace bot::chaos
