#include "cli/tables.h"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include "cli/cells.h"
#include "cli/fields.h"
#include "cli/people.h"
#include "cli/table.h"
#include "cli/terminal_text.h"

namespace takt::cli {
namespace {

namespace json = boost::json;

/// The state of a job as the watchdog sees it: stuck and overdue come before what it does just now.
Cell job_state(const json::object& job) {
  if (flag_field(job, "stuck")) return word_cell("stuck");
  if (flag_field(job, "overdue")) return word_cell("overdue");
  auto cell = word_cell(text_field(job, "state"));
  const auto* running = object_field(job, "running");
  const auto progress = running == nullptr ? std::nullopt : number_field(*running, "progress");
  if (progress) cell.text += fmt::format(" {} %", *progress);
  return cell;
}

/// "✓ ok 2m05s ago": the last end of a job.
Cell last_end(const json::object& job, WallTime now) {
  const auto outcome = text_field(job, "last_outcome");
  if (outcome.empty()) return {"-", Paint::dim};
  const auto at = time_field(job, outcome == "ok" ? "last_success_at" : "last_failure_at");
  auto cell = word_cell(outcome);
  if (at) cell.text += " " + relative(at, now);
  return cell;
}

Cell margin(const json::object& job) {
  const auto left = duration_field(job, "stale_margin_ms");
  return {friendly(left), left && *left < Duration::zero() ? Paint::red : Paint::plain};
}

/// How a run stands: its outcome, or why it has none, or what it does.
Cell run_result(const json::object& run) {
  if (const auto outcome = text_field(run, "outcome"); !outcome.empty()) return word_cell(outcome);
  if (text_field(run, "state") != "ended") return word_cell(text_field(run, "state"));
  auto cell = word_cell(text_field(run, "disposition"));
  if (const auto reason = text_field(run, "reason"); !reason.empty()) {
    cell.text += fmt::format(" ({})", reason);
  }
  return cell;
}

/// "browser, db x2"
std::string uses_text(const json::object& job) {
  std::string out;
  const auto* uses = object_field(job, "uses");
  if (uses == nullptr) return "-";
  for (const auto& use : *uses) {
    out += fmt::format("{}{}", out.empty() ? "" : ", ", inert(use.key()));
    const bool several = use.value().is_int64() && use.value().get_int64() > 1;
    if (several) out += fmt::format(" x{}", use.value().get_int64());
  }
  return out.empty() ? "-" : out;
}

std::optional<Duration> took(const json::object& run) {
  const auto from = time_field(run, "started_at");
  const auto to = time_field(run, "ended_at");
  if (!from || !to) return std::nullopt;
  return *to - *from;
}

std::string holders_text(const json::object& gate) {
  std::string out;
  for (const auto& holder : array_field(gate, "holders")) {
    const auto& fields = holder.as_object();
    out += fmt::format("{}{} #{}", out.empty() ? "" : ", ", text_field(fields, "job"),
                       number_field(fields, "run").value_or(0));
  }
  return out.empty() ? "-" : out;
}

}  // namespace

std::string ls_table(const json::object& ls, bool color) {
  Table table({{"JOB"},
               {"STATE"},
               {"NEXT"},
               {"LAST"},
               {"P50", Align::right},
               {"MARGIN", Align::right},
               {"FAILS", Align::right},
               {"PRIO"},
               {"POOLS"}});
  const auto now = time_field(ls, "now").value_or(WallTime{});
  for (const auto& item : array_field(ls, "jobs")) {
    const auto& job = item.as_object();
    table.add({text_cell(job, "name"),
               job_state(job),
               {relative(time_field(job, "next_at"), now)},
               last_end(job, now),
               {friendly(duration_field(job, "p50_ms"))},
               margin(job),
               number_cell(job, "consecutive_failures"),
               {std::string(text_field(job, "priority")) +
                (flag_field(job, "critical") ? " critical" : "")},
               {uses_text(job)}});
  }
  return table.render(color);
}

std::string runs_table(const json::object& runs, bool color) {
  Table table({{"RUN", Align::right},
               {"JOB"},
               {"CAUSE"},
               {"RESULT"},
               {"QUEUED"},
               {"STARTED"},
               {"LATE", Align::right},
               {"TOOK", Align::right},
               {"ATTEMPTS", Align::right}});
  for (const auto& item : array_field(runs, "runs")) {
    const auto& run = item.as_object();
    table.add({number_cell(run, "id"),
               text_cell(run, "job"),
               text_cell(run, "cause"),
               run_result(run),
               {clock_time(time_field(run, "queued_at"))},
               {clock_time(time_field(run, "started_at"))},
               {friendly(duration_field(run, "lateness_ms"))},
               {friendly(took(run))},
               {std::to_string(array_field(run, "attempts").size())}});
  }
  return table.render(color);
}

std::string slots_table(const json::object& slots, bool color) {
  Table table({{"SLOT"},
               {"JOB"},
               {"DISPOSITION"},
               {"REASON"},
               {"RUN", Align::right},
               {"COUNT", Align::right},
               {"LAST SLOT"}});
  for (const auto& item : array_field(slots, "slots")) {
    const auto& slot = item.as_object();
    table.add({{clock_time(time_field(slot, "at"))},
               text_cell(slot, "job"),
               word_cell(text_field(slot, "disposition")),
               text_cell(slot, "reason"),
               number_cell(slot, "run"),
               {std::to_string(number_field(slot, "count").value_or(1))},
               {clock_time(time_field(slot, "last_at"))}});
  }
  return table.render(color);
}

std::string why_text(const json::object& why, bool color) {
  auto out = inert(text_field(why, "summary")) + "\n";
  Table table({{"GATE"}, {"ANSWER"}, {"VALUE"}, {"LIMIT"}, {"HELD BY"}, {"UNTIL"}, {"WHY"}});
  for (const auto& item : array_field(why, "gates")) {
    const auto& gate = item.as_object();
    table.add({text_cell(gate, "gate"),
               word_cell(text_field(gate, "answer")),
               text_cell(gate, "value"),
               text_cell(gate, "limit"),
               {holders_text(gate)},
               {clock_time(time_field(gate, "until"))},
               text_cell(gate, "text")});
  }
  if (!table.empty()) out += table.render(color);
  if (const auto* start = object_field(why, "expected_start")) {
    out += fmt::format("expected start: {} (between {} and {})\n",
                       clock_time(time_field(*start, "at")), clock_time(time_field(*start, "from")),
                       clock_time(time_field(*start, "to")));
  }
  return out;
}

namespace {

/// Nothing for a fleet without pools.
std::string simulated_pools(const json::object& simulate, bool color) {
  Table table({{"POOL"},
               {"USED (MEAN)", Align::right},
               {"PEAK", Align::right},
               {"WAIT P95", Align::right}});
  const auto& pools = array_field(simulate, "pools");
  for (const auto& item : pools) {
    const auto& pool = item.as_object();
    const auto* mean = pool.if_contains("used_mean");
    table.add(
        {text_cell(pool, "name"),
         {fmt::format("{:.2f}", mean != nullptr && mean->is_double() ? mean->get_double() : 0)},
         number_cell(pool, "peak"),
         {friendly(duration_field(pool, "wait_p95_ms"))}});
  }
  return pools.empty() ? "" : "\n" + table.render(color) + "\n";
}

}  // namespace

std::string simulate_text(const json::object& simulate, bool color) {
  Table table({{"JOB"},
               {"SLOTS", Align::right},
               {"RAN", Align::right},
               {"SKIPPED", Align::right},
               {"MISSED", Align::right},
               {"OK", Align::right},
               {"FAILED", Align::right},
               {"LATE P99", Align::right},
               {"LATE MAX", Align::right},
               {"RECOVERIES", Align::right},
               {"DETECTED WITHIN", Align::right}});
  for (const auto& item : array_field(simulate, "jobs")) {
    const auto& job = item.as_object();
    std::int64_t skipped = 0;
    if (const auto* reasons = object_field(job, "skipped")) {
      for (const auto& reason : *reasons)
        skipped += reason.value().is_int64() ? reason.value().get_int64() : 0;
    }
    table.add({text_cell(job, "name"),
               number_cell(job, "slots"),
               number_cell(job, "ran"),
               {std::to_string(skipped)},
               number_cell(job, "missed"),
               number_cell(job, "ok"),
               number_cell(job, "failed"),
               {friendly(duration_field(job, "lateness_p99_ms"))},
               {friendly(duration_field(job, "lateness_max_ms"))},
               number_cell(job, "recoveries"),
               {friendly(duration_field(job, "detection_max_ms"))}});
  }
  auto out = table.render(color) + simulated_pools(simulate, color);
  if (const auto* faults = object_field(simulate, "faults");
      faults != nullptr && !faults->empty()) {
    out += "faults:";
    for (const auto& fault : *faults) {
      out += fmt::format(" {} {}", inert(std::string_view(fault.key().data(), fault.key().size())),
                         fault.value().is_int64() ? fault.value().get_int64() : 0);
    }
    out += '\n';
  }
  for (const auto& violation : array_field(simulate, "violations")) {
    const auto& fields = violation.as_object();
    out += fmt::format("{} {} at {}: {}\n", painted("✗", Paint::red, color),
                       inert(text_field(fields, "invariant")), clock_time(time_field(fields, "at")),
                       inert(text_field(fields, "text")));
  }
  out += fmt::format("{} runs in {} of fleet time, simulated in {}; {} violations; hash {}\n",
                     number_field(simulate, "runs").value_or(0),
                     friendly(duration_field(simulate, "simulated_ms")),
                     friendly(duration_field(simulate, "wall_ms")),
                     number_field(simulate, "violation_count").value_or(0),
                     inert(text_field(simulate, "hash")));
  return out;
}

std::string event_line(const json::object& event, bool color) {
  const auto severity = text_field(event, "severity");
  const auto mark = mark_of(severity);
  std::string subject(text_field(event, "job"));
  if (const auto run = number_field(event, "run")) subject += fmt::format(" #{}", *run);
  return fmt::format("{}  {}  {}{}  {}\n", clock_time(time_field(event, "at")),
                     painted(fmt::format("{} {:<7}", mark.glyph, severity), mark.paint, color),
                     fmt::format("{:<16}", text_field(event, "kind")),
                     subject.empty() ? "" : "  " + inert(subject),
                     inert(text_field(event, "text")));
}

}  // namespace takt::cli
