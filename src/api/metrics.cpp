#include "api/metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>

#include "base/words.h"

namespace takt::api {
namespace {

using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }
double seconds(WallTime at) { return seconds(at.time_since_epoch()); }

/// A label's value in quotes.
std::string quoted(std::string_view value) {
  std::string text = "\"";
  for (const char c : value) {
    if (c == '\n') {
      text += "\\n";
      continue;
    }
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return text + '"';
}

/// The text, family by family.
class Text {
 public:
  /// Begins a family; what follows belongs to it.
  void family(std::string_view name, std::string_view type, std::string_view help) {
    name_ = name;
    out_ += fmt::format("# HELP {0} {2}\n# TYPE {0} {1}\n", name, type, help);
  }

  template <class Number>
  void sample(Number value, const Labels& labels = {}, std::string_view suffix = "") {
    out_ += name_;
    out_ += suffix;
    char before = '{';
    for (const auto& [label, text] : labels) {
      out_ += fmt::format("{}{}={}", before, label, quoted(text));
      before = ',';
    }
    out_ += fmt::format("{} {}\n", labels.size() > 0 ? "}" : "", value);
  }

  template <class Number>
  void only(std::string_view name, std::string_view type, std::string_view help, Number value) {
    family(name, type, help);
    sample(value);
  }

  void histogram(const Histogram& histogram, const Labels& labels = {}) {
    std::int64_t count = 0;
    const auto bucket = [&](const std::string& bound) {
      // Labels of a histogram are none or one; the bound comes after it.
      if (labels.size() == 0) {
        sample(count, {{"le", bound}}, "_bucket");
      } else {
        sample(count, {*labels.begin(), {"le", bound}}, "_bucket");
      }
    };
    for (std::size_t i = 0; i < Histogram::kBounds.size(); ++i) {
      count += histogram.counts[i];
      bucket(fmt::format("{}", Histogram::kBounds[i]));
    }
    count += histogram.counts.back();
    bucket("+Inf");
    sample(histogram.sum_seconds, labels, "_sum");
    sample(count, labels, "_count");
  }

  std::string take() { return std::move(out_); }

 private:
  std::string_view name_;
  std::string out_;
};

void tell_fleet(Text& text, const Metrics& m) {
  text.only("takt_up", "gauge", "The daemon answers.", 1);
  text.family("takt_info", "gauge", "Which fleet, and which takt.");
  text.sample(1, {{"fleet", m.fleet.name}, {"version", TAKT_VERSION}});
  text.only("takt_ready", "gauge", "What an earlier daemon left is settled.", m.ready ? 1 : 0);
  text.only("takt_ok", "gauge", "No job is stuck, overdue or quarantined, and rows can be written.",
            m.fleet.ok() ? 1 : 0);
  text.only("takt_draining", "gauge", "Nothing more starts.", m.fleet.draining ? 1 : 0);
  text.only("takt_speed", "gauge", "Fleet seconds a second.", m.fleet.speed);
  text.only("takt_fleet_time_seconds", "gauge", "Fleet time, unix.", seconds(m.fleet.now));
  text.only("takt_store_ok", "gauge", "Rows can be written.", m.fleet.store_ok ? 1 : 0);
  text.only("takt_store_backlog_batches", "gauge", "Batches of rows not committed yet.",
            m.store_backlog);
  text.only("takt_journal_used_bytes", "gauge",
            "What waits in the journal while rows cannot be written.", m.fleet.journal.used_bytes);
  text.only("takt_journal_capacity_bytes", "gauge",
            "Room of the journal; 0 while the store is well, and without one.",
            m.fleet.journal.capacity_bytes);
  text.only("takt_attempts_running", "gauge", "Attempts alive or on their way.", m.fleet.running);
  text.only("takt_attempts_running_max", "gauge", "fleet.max_running.", m.max_running);
  text.only("takt_runs_waiting", "gauge", "Runs waiting for gates or for a retry.",
            m.fleet.waiting);
  if (m.memory.fleet.reading.total_bytes > 0) {
    text.only("takt_memory_used_ratio", "gauge",
              "Share in use of the memory of the machine, or of the group's limit.",
              m.memory.fleet.reading.used_ratio());
    text.only("takt_memory_stalled_ratio", "gauge",
              "Share of the last ten seconds in which some task waited for memory.",
              m.memory.fleet.reading.stalled);
  }
  text.only("takt_memory_level", "gauge", "0 normal, 1 high, 2 critical.",
            static_cast<int>(m.memory.fleet.level));
}

void tell_states(Text& text, const Metrics& m) {
  text.family("takt_jobs", "gauge", "Jobs by state.");
  for (std::size_t i = 0; i < kWords<core::JobState>.size(); ++i) {
    text.sample(m.fleet.states[i], {{"state", word(static_cast<core::JobState>(i))}});
  }
  text.family("takt_jobs_in_trouble", "gauge", "Jobs by what is wrong with them.");
  text.sample(m.fleet.late, {{"trouble", "late"}});
  text.sample(m.fleet.stuck.size(), {{"trouble", "stuck"}});
  text.sample(m.fleet.overdue.size(), {{"trouble", "overdue"}});
  text.sample(m.fleet.quarantined.size(), {{"trouble", "quarantined"}});
  text.sample(m.fleet.disabled_by_problem.size(), {{"trouble", "problem"}});
}

void tell_counters(Text& text, const Metrics::Counters& c) {
  text.family("takt_runs_total", "counter", "Runs that ended, by outcome.");
  for (const auto& [job, outcomes] : c.runs) {
    for (const auto& [outcome, count] : outcomes) {
      if (job.empty()) {
        text.sample(count, {{"outcome", outcome}});
      } else {
        text.sample(count, {{"job", job}, {"outcome", outcome}});
      }
    }
  }
  text.family("takt_attempts_total", "counter", "Attempts that ended, by outcome.");
  for (const auto& [outcome, count] : c.attempts) text.sample(count, {{"outcome", outcome}});
  text.family("takt_slots_total", "counter",
              "Slots by disposition; those of a run count when it ends.");
  for (const auto& [words, count] : c.slots) {
    text.sample(count, {{"disposition", words.first}, {"reason", words.second}});
  }
  text.family("takt_events_total", "counter", "System events by kind.");
  for (const auto& [words, count] : c.events) {
    text.sample(count, {{"kind", words.first}, {"severity", words.second}});
  }
  text.only("takt_beats_total", "counter", "Signs of life that were heard.", c.beats);
  text.family("takt_start_lateness_seconds", "histogram",
              "Start minus slot, of the first attempts of slots.");
  text.histogram(c.lateness);
  text.family("takt_detection_seconds", "histogram",
              "Verdict minus threshold, of jobs that hang, are stuck or overdue.");
  for (const auto& [kind, histogram] : c.detection) text.histogram(histogram, {{"kind", kind}});
}

void tell_jobs(Text& text, const std::vector<core::JobView>& jobs) {
  const auto each = [&](std::string_view name, std::string_view help, auto value_of) {
    text.family(name, "gauge", help);
    for (const core::JobView& job : jobs) {
      if (const auto value = value_of(job)) text.sample(*value, {{"job", job.name}});
    }
  };
  const auto at = [](const std::optional<WallTime>& time) {
    return time ? std::optional{seconds(*time)} : std::nullopt;
  };
  each("takt_job_running", "An attempt of the job is alive.",
       [](const auto& job) { return std::optional{job.running ? 1 : 0}; });
  each("takt_job_consecutive_failures", "Failed runs in a row.",
       [](const auto& job) { return std::optional{job.consecutive_failures}; });
  each("takt_job_last_start_seconds", "Start of the last attempt, unix.",
       [&](const auto& job) { return at(job.last_start_at); });
  each("takt_job_last_success_seconds", "End of the last good run, unix.",
       [&](const auto& job) { return at(job.last_success_at); });
  each("takt_job_last_failure_seconds", "End of the last failed run, unix.",
       [&](const auto& job) { return at(job.last_failure_at); });
  each("takt_job_next_seconds", "The next slot, unix.",
       [&](const auto& job) { return at(job.next_at); });
  each("takt_job_stale_margin_seconds", "Until the watchdog calls the job stuck.",
       [](const auto& job) {
         return job.stale_margin ? std::optional{seconds(*job.stale_margin)} : std::nullopt;
       });
  each("takt_job_progress_ratio", "How far the running attempt is, as it says itself.",
       [](const auto& job) {
         const bool says = job.running && job.running->progress;
         return says ? std::optional{*job.running->progress / 100.0} : std::nullopt;
       });
  text.family("takt_job_duration_seconds", "gauge", "Length of the last 50 good runs.");
  for (const core::JobView& job : jobs) {
    if (job.p50) text.sample(seconds(*job.p50), {{"job", job.name}, {"quantile", "0.5"}});
    if (job.p95) text.sample(seconds(*job.p95), {{"job", job.name}, {"quantile", "0.95"}});
  }
}

void tell_process(Text& text, const Metrics::Process& process) {
  text.only("process_resident_memory_bytes", "gauge", "Resident memory of the daemon.",
            process.resident_bytes);
  text.only("process_open_fds", "gauge", "Open descriptors of the daemon.", process.open_files);
  text.only("process_cpu_seconds_total", "counter", "Processor time of the daemon.",
            process.cpu_seconds);
  text.only("process_start_time_seconds", "gauge", "When the daemon started, unix.",
            process.started_at_seconds);
}

}  // namespace

void Histogram::add(Duration length) {
  const double value = seconds(length);
  const auto bound = std::ranges::lower_bound(kBounds, value);
  counts[static_cast<std::size_t>(bound - kBounds.begin())] += 1;
  sum_seconds += value;
}

std::string render(const Metrics& metrics) {
  Text text;
  tell_fleet(text, metrics);
  tell_states(text, metrics);
  tell_counters(text, metrics.counters);
  tell_jobs(text, metrics.jobs);
  tell_process(text, metrics.process);
  return text.take();
}

}  // namespace takt::api
