#include "daemon/counters.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <fstream>

#include "base/match.h"

namespace takt::daemon {
namespace {

std::string_view word_or_none(const std::optional<core::Reason>& reason) {
  return reason ? word(*reason) : std::string_view{};
}

/// When this code was loaded, which is when the process started, near enough.
const double kStartedAt =
    std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();

}  // namespace

void Counters::count(const core::Row& row) {
  std::visit(Match{[](const core::NodeRow&) {}, [](const core::JobRow&) {},
                   [](const core::HeartbeatRow&) {}, [&](const core::RunRow& r) { count_run(r); },
                   [&](const core::AttemptRow& r) {
                     if (r.outcome) counters_.attempts[word(*r.outcome)] += 1;
                   },
                   [&](const core::SlotsRow& r) { count_slots(r); },
                   [&](const core::EventRow& r) { count_event(r); }, [](const core::ProbeRow&) {},
                   [](const core::NoticeRow&) {}},
             row);
}

void Counters::count_run(const core::RunRow& run) {
  if (run.state != core::RunState::ended) return;
  if (run.outcome) counters_.runs[by_job_ ? run.job : std::string{}][word(*run.outcome)] += 1;
  if (!run.slot_number) return;
  if (run.disposition) {
    counters_.slots[{word(*run.disposition), word_or_none(run.reason)}] += 1;
  }
  if (run.lateness && run.cause == core::Cause::schedule) counters_.lateness.add(*run.lateness);
}

void Counters::count_slots(const core::SlotsRow& slots) {
  counters_.slots[{word(slots.disposition), word_or_none(slots.reason)}] +=
      slots.last - slots.first + 1;
}

void Counters::count_event(const core::EventRow& event) {
  counters_.events[{word(event.kind), word(event.severity)}] += 1;
  const auto late = std::ranges::find(event.data, "noticed_after_ms", [](const auto& item) {
    return std::string_view(item.first);
  });
  if (late == event.data.end()) return;
  std::int64_t ms = 0;
  std::from_chars(late->second.data(), late->second.data() + late->second.size(), ms);
  counters_.detection[word(event.kind)].add(Duration{ms});
}

std::int64_t Counters::slots_for(core::Reason reason) const {
  std::int64_t sum = 0;
  for (const auto& [words, count] : counters_.slots) {
    if (words.second == word(reason)) sum += count;
  }
  return sum;
}

api::Metrics::Process process_facts() {
  api::Metrics::Process facts;
  facts.started_at_seconds = kStartedAt;
  std::int64_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages >> pages;  // the second number
  facts.resident_bytes = pages * ::sysconf(_SC_PAGESIZE);
  std::error_code ignored;  // without /proc there is nothing to count
  for (std::filesystem::directory_iterator at("/proc/self/fd", ignored), end; at != end;
       at.increment(ignored)) {
    ++facts.open_files;
  }
  facts.open_files -= facts.open_files > 0 ? 1 : 0;  // the one that lists them
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  facts.cpu_seconds = seconds(used.ru_utime) + seconds(used.ru_stime);
  return facts;
}

}  // namespace takt::daemon
