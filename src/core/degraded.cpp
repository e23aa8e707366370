#include "core/degraded.h"

#include <fmt/format.h>

#include "core/attempts.h"
#include "core/waiting.h"

namespace takt::core {
namespace {

constexpr std::int64_t kStartBytes = 4096;  // what the rows of a start and its end may take

std::vector<std::pair<std::string, std::string>> data_of(const JournalUse& use) {
  return {{"journal_used_bytes", std::to_string(use.used_bytes)},
          {"journal_capacity_bytes", std::to_string(use.capacity_bytes)}};
}

void wake_all(State& s) {
  for (JobIndex i = 0; i < s.jobs.size(); ++i) s.wake.set(i, wake_of(s, i));
}

/// Says once that nothing starts any more, and why.
void tell_closed(Turn& turn, const std::string& why) {
  Degraded& degraded = turn.s.degraded;
  if (degraded.told_closed) return;
  degraded.told_closed = true;
  turn.event(Severity::error, EventKind::store_failed, std::nullopt, std::nullopt,
             "the journal takes no more starts: " + why + "; all jobs are held",
             data_of(degraded.journal));
}

}  // namespace

void on_store_failed(Turn& turn, const StoreFailed& event) {
  State& s = turn.s;
  s.store_error = event.why;
  if (!s.store_ok) return;
  s.store_ok = false;
  s.degraded = {};
  s.degraded.journal = event.journal;
  s.degraded.out_since = turn.now;
  s.degraded.journal_full = s.degraded.told_closed = event.journal.capacity_bytes == 0;
  turn.event(Severity::error, EventKind::store_failed, std::nullopt, std::nullopt,
             "rows cannot be written: " + event.why +
                 (s.degraded.journal_full ? "; there is no journal, all jobs are held" : ""),
             data_of(event.journal));
}

void on_journaled(Turn& turn, const Journaled& event) {
  State& s = turn.s;
  launch_journaled(turn, event.through);
  if (s.store_ok) return;  // late news
  const bool was_open = journal_takes_starts(s);
  s.degraded.journal = event.journal;
  auto& promised = s.degraded.promised;
  while (!promised.empty() && promised.front() <= event.through) promised.pop_front();
  if (!has_room_for_starts(event.journal)) {
    tell_closed(turn, "what is left of it is kept for the ends of what runs");
  } else if (!was_open && journal_takes_starts(s)) {
    wake_all(s);  // what was due while everything left was promised
    look_again_at_parked(turn);
  }
}

void on_journal_full(Turn& turn, const JournalFull& event) {
  if (turn.s.store_ok) return;
  turn.s.degraded.journal = event.journal;
  turn.s.degraded.journal_full = true;
  tell_closed(turn, event.why);
}

void on_store_back(Turn& turn, const StoreBack& event) {
  State& s = turn.s;
  if (s.store_ok) return;
  s.store_ok = true;
  s.store_error.clear();
  const Duration outage = turn.now - s.degraded.out_since.value_or(turn.now);
  turn.event(Severity::info, EventKind::store_back, std::nullopt, std::nullopt,
             fmt::format("rows can be written again, after {}", format_duration(outage)),
             {{"outage_ms", std::to_string(outage.count())},
              {"journaled", std::to_string(event.journaled)},
              {"held", std::to_string(event.held)}});
  if (event.journaled > 0) {
    turn.event(Severity::info, EventKind::journal_replayed, std::nullopt, std::nullopt,
               fmt::format("what was in the journal is in the database: {} batch{}",
                           event.journaled, event.journaled == 1 ? "" : "es"),
               {{"batches", std::to_string(event.journaled)}});
  }
  wake_all(s);
  look_again_at_parked(turn);  // nothing was triggered for them meanwhile
}

void recovered(State& s) {
  if (s.store_ok && s.degraded.out_since) s.degraded = {};
}

bool journal_takes_starts(const State& s) {
  if (s.degraded.journal_full) return false;
  JournalUse use = s.degraded.journal;
  use.used_bytes += static_cast<std::int64_t>(s.degraded.promised.size()) * kStartBytes;
  return has_room_for_starts(use);
}

bool nothing_is_durable(const State& s) { return !s.store_ok && s.degraded.journal_full; }

bool decides(const State& s, JobIndex job) {
  return s.store_ok || (s.spec_of(job).starts_without_store() && journal_takes_starts(s));
}

bool is_held_by_store(const State& s, JobIndex index, Instant now) {
  const Job& job = s.jobs[index];
  return !decides(s, index) && job.next && job.next->due <= now && job.leftovers == 0;
}

void promise_start(Turn& turn) {
  if (!turn.s.store_ok) turn.s.degraded.promised.push_back(turn.seq());
}

}  // namespace takt::core
