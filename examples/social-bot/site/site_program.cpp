#include "site/site_program.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdio>
#include <optional>

#include "desk/failed.h"
#include "desk/file_lock.h"
#include "desk/port_file.h"
#include "site/feed_site.h"
#include "site/http_server.h"

namespace bot::site {
namespace {

struct Settings {
  std::uint16_t port = 0;
  std::uint64_t seed = 1;
  std::string port_file = default_port_file();
  std::string database = "site.db";
};

template <class Number>
Number number_of(const std::string& name, const std::string& text) {
  Number value{};
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc{} || end != text.data() + text.size()) {
    throw Failed(fmt::format("{} '{}' is not a number in its range", name, text));
  }
  return value;
}

Settings settings_of(std::span<const std::string> arguments) {
  Settings settings;
  for (std::size_t i = 0; i < arguments.size(); i += 2) {
    const std::string& name = arguments[i];
    if (i + 1 == arguments.size()) throw Failed(fmt::format("{} needs a value", name));
    const std::string& value = arguments[i + 1];
    if (name == "--port") {
      settings.port = number_of<std::uint16_t>(name, value);
    } else if (name == "--seed") {
      settings.seed = number_of<std::uint64_t>(name, value);
    } else if (name == "--port-file") {
      settings.port_file = value;
    } else if (name == "--db") {
      settings.database = value;
    } else {
      throw Failed(fmt::format("site knows --port, --port-file, --db and --seed, not '{}'", name));
    }
  }
  return settings;
}

/// The time that a job told; nullopt when it told none.
std::optional<Time> time_told(const HttpQuestion& asked) {
  const std::string& text = asked.fleet_now;
  std::int64_t seconds = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (problem != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return from_unix(seconds);
}

}  // namespace

void run_site(std::span<const std::string> arguments, const std::function<bool(Time)>& is_open) {
  const Settings settings = settings_of(arguments);
  const FileLock only_site(settings.database + "-site", FileLock::Wait::kNot);
  const std::string key = random_key();
  FeedSite site(settings.seed, settings.database, key);
  const auto listening = [&](std::uint16_t port) {
    write_port_file(settings.port_file, {port, key});
    fmt::print("feed site on http://127.0.0.1:{}/ (database {})\n", port, settings.database);
    std::fflush(stdout);
  };
  serve_http(settings.port, listening, [&](const HttpQuestion& asked) {
    try {
      const auto now = asked.site_key == key ? time_told(asked) : std::nullopt;
      if (now && !is_open(*now)) return HttpReply{503, R"({"error": "closed for a while"})"};
      return site.answer(asked);
    } catch (const Failed& failed) {
      fmt::print(stderr, "feed site: {} {}: {}\n", asked.method, asked.target, failed.what());
      return HttpReply{500, R"({"error": "the site is in trouble"})"};
    }
  });
  std::remove(settings.port_file.c_str());
  fmt::print("feed site closed\n");
}

}  // namespace bot::site
