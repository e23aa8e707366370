// takt up: runs the fleet in the foreground.

#include <array>

#include "api/render.h"
#include "cli/verbs.h"
#include "daemon/up.h"
#include "fleet/load.h"
#include "fleet/preflight.h"

namespace takt::cli {
namespace {

constexpr double kSpeedMax = 10'000;

constexpr std::array kOptions{
    OptionSpec{"--speed", "N", "run fleet time N times as fast as the wall"},
    OptionSpec{"--for", "D", "shut down by itself after that long (wall time), and sum up"}};

std::expected<double, Failure> speed_of(const Arguments& arguments) {
  const auto speed = arguments.real("speed");
  if (!speed) return std::unexpected(speed.error());
  const double value = speed->value_or(1);
  if (value > 0 && value <= kSpeedMax) return value;
  return std::unexpected(usage_error("--speed must be above 0 and at most 10000",
                                     "for example --speed 60: an hour of the fleet a minute"));
}

/// What the machine lacks: said now, since the jobs that need it will not run.
void warn(const std::vector<fleet::Problem>& problems, Console& console) {
  for (const auto& problem : problems) console.err << fleet::render(problem);
  console.err << std::flush;
}

/// The fleet, and nothing else of its file: the daemon outlives it by months.
std::expected<core::FleetSpec, Failure> load_and_warn(Context& context, fleet::FilesRead& read) {
  auto loaded = fleet::load(context.fleet_file(), {.trust_file = context.common().trust_file});
  if (!loaded.spec) return std::unexpected(context.spec().error());
  auto& console = context.console();
  warn(loaded.problems, console);
  warn(fleet::preflight(*loaded.spec, loaded.where), console);
  console.out.flush();
  read = std::move(loaded.read);
  return *std::move(loaded.spec);
}

Result run(Context& context, const Arguments& arguments) {
  const auto speed = speed_of(arguments);
  if (!speed) return std::unexpected(speed.error());
  const auto length = arguments.duration("for");
  if (!length) return std::unexpected(length.error());

  auto& console = context.console();
  daemon::UpOptions options{.fleet_file = std::filesystem::absolute(context.fleet_file()),
                            .trust_file = context.common().trust_file,
                            .speed = *speed,
                            .run_for = *length,
                            .json = console.json,
                            .color = console.color};
  auto spec = load_and_warn(context, options.read);
  if (!spec) return std::unexpected(spec.error());
  options.spec = *std::move(spec);
  const auto state_dir = options.spec.state_dir;
  const auto exit = static_cast<Exit>(daemon::run_up(std::move(options)));
  if (exit == Exit::refused && console.json) {  // said in words on stderr already
    console.print_json(api::error("the state_dir is taken", state_dir,
                                  "takt status tells whether a daemon runs there"));
  }
  return exit;
}

}  // namespace

Verb up_verb() { return {"up", Needs::file, "", "run the fleet in the foreground", kOptions, run}; }

}  // namespace takt::cli
