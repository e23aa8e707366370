// takt import: a crontab, or timers of systemd, as a fleet file on stdout. Needs no daemon and no fleet.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>

#include "api/render.h"
#include "cli/import_files.h"
#include "cli/verbs.h"
#include "fleet/load.h"
#include "fleet/quote.h"
#include "fleet/suggest.h"
#include "fleet/timezone.h"
#include "imports/crontab.h"
#include "imports/systemd.h"

namespace takt::cli {
namespace {

namespace fs = std::filesystem;
using imports::Imported;

constexpr std::array<std::string_view, 2> kKinds{"crontab", "systemd"};
constexpr std::size_t kShownMax = 50;

constexpr std::array kOptions{
    OptionSpec{"--tz", "Z",
               "the time zone that the schedules follow; default that of this machine"},
    OptionSpec{
        "--user-field", "",
        "crontab: a user stands in front of the command, as in /etc/crontab and /etc/cron.d, "
        "which are known by their path"},
    OptionSpec{"--home", "DIR", "crontab of a user: where its jobs run; default $HOME"},
    OptionSpec{
        "--offsets", "keep|plan",
        "crontab: keep the minute of jobs that come at one pace, or let takt plan it; default "
        "keep"}};

std::expected<std::string, Failure> zone_of(Console& console, const Arguments& arguments) {
  auto name = arguments.text("tz");
  const bool said = name.has_value();
  if (!name) name = machine_timezone();
  if (!name) {
    console.talk(
        "nothing says which time zone this machine has: UTC is assumed; --tz says another");
    return "UTC";
  }
  fleet::Zones zones;
  const auto& zone = zones.find(*name);
  if (zone) return *name;
  return std::unexpected(usage_error(
      fmt::format("{}: {}", said ? "--tz" : "the zone of this machine", zone.error().message),
      said ? zone.error().hint : "say it with --tz"));
}

std::expected<Imported, Failure> import_crontab(const Arguments& arguments, std::string zone) {
  const auto& path = arguments.positional(1);
  const auto text = read_import(path);
  if (!text) return std::unexpected(text.error());
  const auto offsets = arguments.text("offsets").value_or("keep");
  if (offsets != "keep" && offsets != "plan") {
    return std::unexpected(usage_error(
        fmt::format("--offsets {} is unknown", fleet::quote_name(offsets)), "one of keep, plan"));
  }
  const char* own = std::getenv("HOME");
  const auto home = arguments.text("home").value_or(own == nullptr ? "" : own);
  imports::CrontabOptions options{
      .file = path == "-" ? "stdin" : path,
      .user_field = arguments.has("user-field") || imports::has_user_field(path),
      .timezone = std::move(zone),
      .plan_offsets = offsets == "plan",
      .home_of = [home](std::string_view user) {
        if (!user.empty()) return home_folder(std::string{user});
        return home.empty() ? std::nullopt : std::optional{home};
      }};
  return imports::import_crontab(*text, options);
}

/// Of what `systemctl cat` printed.
Imported import_listing(const std::string& text, imports::SystemdOptions options) {
  const auto units = imports::units_of_listing(text);
  std::vector<std::string> timers;
  for (const auto& unit : units) {
    const bool listed = std::ranges::find(timers, unit.name) != timers.end();
    if (unit.name.ends_with(".timer") && !listed) timers.push_back(unit.name);
  }
  options.unit_texts = [&units](std::string_view name) {
    std::vector<imports::UnitText> texts;
    for (const auto& unit : units) {
      if (unit.name == name) texts.push_back(unit.text);
    }
    return texts;
  };
  return imports::import_timers(timers, options);
}

std::expected<Imported, Failure> import_folder(const fs::path& path,
                                               imports::SystemdOptions options) {
  std::error_code ignored;  // what is no folder is read as a file, and its absence told
  const bool whole = fs::is_directory(path, ignored);
  const UnitFolder folder(whole ? path : path.has_parent_path() ? path.parent_path() : ".");
  std::vector<std::string> timers{path.filename()};
  if (whole) {
    auto all = folder.timers();
    if (!all) return std::unexpected(all.error());
    timers = std::move(*all);
  } else if (path.extension() != ".timer") {
    return std::unexpected(
        usage_error(fmt::format("{} is no timer", fleet::quote_path(path.native())),
                    "name a .timer file, or a folder that has some"));
  }
  std::vector<Failure> problems;
  if (!whole && folder.texts(timers.front(), problems).empty()) {
    if (!problems.empty()) return std::unexpected(problems.front());
    const auto text = read_import(path);  // says why it is not there
    if (!text) return std::unexpected(text.error());
  }
  options.unit_texts = [&](std::string_view name) { return folder.texts(name, problems); };
  auto imported = imports::import_timers(timers, options);
  if (!problems.empty()) return std::unexpected(problems.front());
  return imported;
}

std::expected<Imported, Failure> import_systemd(const Arguments& arguments, std::string zone) {
  for (const auto* key : {"user-field", "home", "offsets"}) {
    if (!arguments.has(key)) continue;
    return std::unexpected(usage_error(fmt::format("--{} goes with crontab", key), "leave it out"));
  }
  const auto& path = arguments.positional(1);
  imports::SystemdOptions options{
      .file = path == "-" ? "stdin" : path, .timezone = std::move(zone), .unit_texts = {}};
  if (path != "-") return import_folder(path, std::move(options));
  const auto text = read_import(path);
  if (!text) return std::unexpected(text.error());
  return import_listing(*text, std::move(options));
}

void print(Console& console, const Imported& imported) {
  if (console.json) {
    console.print_json({{"toml", imported.toml},
                        {"jobs", imported.jobs},
                        {"problems", api::problems(imported.warnings)}});
    return;
  }
  console.out << imported.toml;
  const auto shown = std::min(imported.warnings.size(), kShownMax);
  for (std::size_t i = 0; i < shown; ++i) console.err << fleet::render(imported.warnings[i]);
  if (shown < imported.warnings.size()) {
    console.talk(fmt::format("{} more are not shown; they stand in the fleet file as comments",
                             imported.warnings.size() - shown));
  }
}

/// What comes out is loaded before anybody else has to.
Result checked(const Imported& imported) {
  const auto loaded = fleet::decode(imported.toml, "fleet.toml");
  if (loaded.spec) return Exit::ok;
  Failure failure{.exit = Exit::failed,
                  .what = "the fleet file that was made is not valid",
                  .where = "import",
                  .hint = "this is a defect of takt",
                  .details = {},
                  .gates = {}};
  for (const auto& problem : loaded.problems) failure.details += fleet::render(problem);
  return std::unexpected(std::move(failure));
}

Result run(Context& context, const Arguments& arguments) {
  const auto& kind = arguments.positional(0);
  if (std::ranges::find(kKinds, kind) == kKinds.end()) {
    const auto near = fleet::nearest(kind, kKinds);
    return std::unexpected(
        usage_error("nothing is imported from " + fleet::quote_name(kind),
                    near ? "did you mean '" + *near + "'?" : "one of crontab, systemd"));
  }
  auto& console = context.console();
  auto zone = zone_of(console, arguments);
  if (!zone) return std::unexpected(zone.error());
  const auto imported = kind == "crontab" ? import_crontab(arguments, std::move(*zone))
                                          : import_systemd(arguments, std::move(*zone));
  if (!imported) return std::unexpected(imported.error());
  const auto result = checked(*imported);
  if (result) print(console, *imported);
  return result;
}

}  // namespace

Verb import_verb() {
  return {
      "import",    Needs::nothing,
      "KIND FILE", "a fleet file out of a crontab or of systemd timers; KIND is crontab or systemd",
      kOptions,    run};
}

}  // namespace takt::cli
