#include "desk/fleet_time.h"

#include <fmt/format.h>
#include <time.h>

#include <cstdlib>

#include "desk/failed.h"

namespace bot {

Time parse_time(std::string_view text) {
  const std::string whole{text};
  std::tm parts{};
  const char* rest = ::strptime(whole.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
  if (rest != nullptr && *rest == '.') {
    do {
      ++rest;
    } while (*rest >= '0' && *rest <= '9');
  }
  if (rest == nullptr || std::string_view{rest} != "Z") {
    throw Failed(fmt::format("'{}' is not a time like 2026-03-08T06:30:00.000Z", text));
  }
  return from_unix(::timegm(&parts));
}

Time fleet_now() {
  const char* text = std::getenv("TAKT_NOW");
  if (text != nullptr && *text != '\0') return parse_time(text);
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

std::string clock_face(Time at) {
  const std::chrono::hh_mm_ss of_day{at - std::chrono::floor<std::chrono::days>(at)};
  return fmt::format("{:02}:{:02}", of_day.hours().count(), of_day.minutes().count());
}

}  // namespace bot
