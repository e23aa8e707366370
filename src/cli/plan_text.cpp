#include "cli/plan_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "cli/people.h"
#include "cli/table.h"

namespace takt::cli {
namespace {

constexpr std::size_t kCollisionsShown = 10;
constexpr std::int64_t kColumns = 72;
constexpr std::int64_t kAxisMarks = 4;
constexpr std::string_view kDigits = ".123456789abcdefghijklmnopqrstuvwxyz";

std::string time_text(Duration at) { return at == Duration{0} ? "0s" : friendly(at); }

Cell over_cell(Duration over) {
  return {time_text(over), over > Duration{0} ? Paint::red : Paint::plain};
}

std::string pool_table(const core::FleetSpec& spec, const core::FleetPlan& plan, bool color) {
  Table table({{"POOL"},
               {"SLOTS", Align::right},
               {"LOWER BOUND", Align::right},
               {"PEAK WRITTEN", Align::right},
               {"OVER WRITTEN", Align::right},
               {"PEAK PLANNED", Align::right},
               {"OVER PLANNED", Align::right}});
  for (const core::PoolPlan& pool : plan.pools) {
    const auto& written = pool.as_written.figures;
    const auto& planned = pool.planned.figures;
    table.add({{spec.pools[pool.pool].name},
               {std::to_string(spec.pools[pool.pool].slots)},
               {std::to_string(pool.lower_bound_peak)},
               {std::to_string(written.peak)},
               over_cell(written.over),
               {std::to_string(planned.peak)},
               over_cell(planned.over)});
  }
  return table.render(color);
}

std::string offset_table(const core::FleetSpec& spec, const core::FleetPlan& plan, bool color) {
  Table table({{"JOB"}, {"SCHEDULE"}, {"WRITTEN", Align::right}, {"PLANNED", Align::right}});
  for (const core::PlannedOffset& offset : plan.offsets) {
    if (!offset.is_chosen) continue;
    const core::JobSpec& job = spec.jobs[offset.job];
    const bool moves = offset.written && *offset.written != offset.planned;
    table.add({{job.name},
               {core::planned_for(job)},
               {offset.written ? format_duration(*offset.written) : "auto"},
               {format_duration(offset.planned), moves ? Paint::yellow : Paint::plain}});
  }
  return table.empty() ? "" : "\n" + table.render(color);
}

std::string names(const core::FleetSpec& spec, const std::vector<JobIndex>& jobs) {
  std::string text;
  for (const JobIndex job : jobs) text += (text.empty() ? "" : ", ") + spec.jobs[job].name;
  return text;
}

std::string collisions(const core::FleetSpec& spec, const core::PoolPlan& pool,
                       const core::PoolOutlook& outlook, std::string_view which, bool color) {
  if (outlook.collisions.empty()) return {};
  const core::PoolSpec& of = spec.pools[pool.pool];
  std::string text = fmt::format("\nCollisions in {}, {}:\n", of.name, which);
  Table table({{"AT", Align::right}, {"FOR", Align::right}, {"UNITS", Align::right}, {"JOBS"}});
  for (std::size_t i = 0; i < std::min(outlook.collisions.size(), kCollisionsShown); ++i) {
    const core::Collision& collision = outlook.collisions[i];
    table.add({{time_text(collision.from)},
               {friendly(collision.until - collision.from)},
               {fmt::format("{} of {}", collision.peak, of.slots)},
               {names(spec, collision.jobs)}});
  }
  text += table.render(color);
  const std::size_t known = outlook.collisions.size();
  if (known > kCollisionsShown) {
    text += fmt::format("and {} more, which --json lists\n", known - kCollisionsShown);
  }
  return text;
}

/// The most in use within each column.
std::array<std::int64_t, kColumns> columns_of(const std::vector<core::UseStep>& use,
                                              Duration horizon) {
  std::array<std::int64_t, kColumns> most{};
  for (std::size_t step = 0; step < use.size(); ++step) {
    const Duration until = step + 1 < use.size() ? use[step + 1].at : horizon;
    const std::int64_t first = use[step].at.count() * kColumns / horizon.count();
    const std::int64_t last = (until.count() * kColumns - 1) / horizon.count();
    for (std::int64_t column = first; column <= std::min(last, kColumns - 1); ++column) {
      auto& value = most[static_cast<std::size_t>(column)];
      value = std::max(value, use[step].units);
    }
  }
  return most;
}

std::string row(std::string_view label, const core::PoolOutlook& outlook, int slots,
                Duration horizon, bool color) {
  std::string digits;
  std::string marks;
  bool is_over = false;
  for (const std::int64_t units : columns_of(outlook.use, horizon)) {
    const auto digit = static_cast<std::size_t>(units);
    const std::string shown(1, digit < kDigits.size() ? kDigits[digit] : '#');
    is_over = is_over || units > slots;
    digits += units > slots ? painted(shown, Paint::red, color) : shown;
    marks += units > slots ? '^' : ' ';
  }
  std::string text = fmt::format("  {:<12}{}\n", label, digits);
  if (!is_over) return text;
  marks.erase(marks.find_last_not_of(' ') + 1);
  return text + fmt::format("  {:<12}{}\n", "", marks);
}

std::string axis(Duration horizon) {
  std::string text(14, ' ');
  constexpr std::int64_t kWidth = kColumns / kAxisMarks;
  for (std::int64_t mark = 0; mark < kAxisMarks; ++mark) {
    text += fmt::format("{:<{}}", "|" + time_text(horizon * mark / kAxisMarks), kWidth);
  }
  return text + "|" + time_text(horizon) + "\n";
}

std::string timeline(const core::FleetSpec& spec, const core::PoolPlan& pool, Duration horizon,
                     bool color) {
  const core::PoolSpec& of = spec.pools[pool.pool];
  return fmt::format("\n{}, {} slots: the most in use within each {}\n", of.name, of.slots,
                     friendly(horizon / kColumns)) +
         row("as written", pool.as_written, of.slots, horizon, color) +
         row("as planned", pool.planned, of.slots, horizon, color) + axis(horizon);
}

}  // namespace

std::string plan_text(const core::FleetSpec& spec, const core::FleetPlan& plan, bool color) {
  if (spec.jobs.empty()) return "the fleet has no jobs: there is nothing to plan\n";
  if (plan.pools.empty()) {
    return "the fleet has no pools: there is nothing that jobs could get into each other's way "
           "over, and offsets stay as they are\n";
  }
  const core::Horizon& horizon = plan.horizon;
  std::string text = fmt::format("{} from {} on\n\n", format_duration(horizon.length),
                                 clock_time(horizon.line.wall(horizon.from))) +
                     pool_table(spec, plan, color) + offset_table(spec, plan, color);
  for (const core::PoolPlan& pool : plan.pools) {
    text += collisions(spec, pool, pool.as_written, "as written", color);
    text += collisions(spec, pool, pool.planned, "as planned", color);
  }
  for (const core::PoolPlan& pool : plan.pools) {
    text += timeline(spec, pool, horizon.length, color);
  }
  if (!plan.unplanned.empty()) {
    text += fmt::format("\nNot in the plan, since nobody knows when they run: {}\n",
                        names(spec, plan.unplanned));
  }
  return text;
}

}  // namespace takt::cli
