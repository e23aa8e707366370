#include "sim/replay_hash.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "base/match.h"
#include "base/stable_hash.h"
#include "core/schedule.h"

namespace takt::sim {
namespace {

// Fields are written one after the other in a fixed form; lengths go before what has a length, so
// that no two different values are written alike.

/// Plain: its length is known before it is written. Numbers take 8 bytes, instants and ids are numbers.
template <class T>
constexpr bool kIsPlain = std::is_enum_v<T> || std::is_arithmetic_v<T>;
template <>
constexpr bool kIsPlain<Duration> = true;
template <>
constexpr bool kIsPlain<WallTime> = true;
template <>
constexpr bool kIsPlain<std::string> = true;
template <class Tag, class Value>
constexpr bool kIsPlain<Id<Tag, Value>> = kIsPlain<Value>;
template <class T>
constexpr bool kIsPlain<std::optional<T>> = kIsPlain<T>;

template <class T>
std::size_t length_of(const T&) {
  return sizeof(std::int64_t);
}
std::size_t length_of(const std::string& text) { return sizeof(std::int64_t) + text.size(); }
template <class Tag, class Value>
std::size_t length_of(const Id<Tag, Value>& id) {
  return length_of(id.value);
}
template <class T>
std::size_t length_of(const std::optional<T>& value) {
  return sizeof(std::int64_t) + (value ? length_of(*value) : 0);
}

// Each puts a plain value there and returns where the next one goes.

template <class T>
char* put(char* at, const T& number) {
  if constexpr (std::is_floating_point_v<T>) {
    std::memcpy(at, &number, sizeof number);
    return at + sizeof number;
  } else {
    const auto whole = static_cast<std::int64_t>(number);
    std::memcpy(at, &whole, sizeof whole);
    return at + sizeof whole;
  }
}
char* put(char* at, Duration duration) { return put(at, duration.count()); }
char* put(char* at, WallTime instant) { return put(at, millis(instant)); }
char* put(char* at, const std::string& text) {
  at = put(at, text.size());
  return std::copy(text.begin(), text.end(), at);
}
template <class Tag, class Value>
char* put(char* at, const Id<Tag, Value>& id) {
  return put(at, id.value);
}
template <class T>
char* put(char* at, const std::optional<T>& value) {
  at = put(at, value.has_value());
  return value ? put(at, *value) : at;
}

class Writer {
 public:
  explicit Writer(ReplayHash::Bytes& bytes) : bytes_(bytes) {}

  template <class T>
  void write(const T& value) {
    if constexpr (kIsPlain<T>) {
      bytes_.filled_to(put(bytes_.room(length_of(value)), value));
    } else {
      write_value(value);
    }
  }

  /// Plain fields that follow each other are written in one go.
  template <class... Fields>
  void all(const Fields&... fields) {
    const std::size_t plain = (plain_length_of(fields) + ... + 0);
    char* at = bytes_.room(plain);
    const auto next = [&]<class T>(char* to, const T& field) {
      if constexpr (kIsPlain<T>) return put(to, field);
      bytes_.filled_to(to);
      write(field);
      return bytes_.room(plain);
    };
    ((at = next(at, fields)), ...);
    bytes_.filled_to(at);
  }

 private:
  template <class T>
  static std::size_t plain_length_of(const T& field) {
    if constexpr (kIsPlain<T>) return length_of(field);
    return 0;
  }
  template <class T>
  void write_value(const std::optional<T>& value) {
    write(value.has_value());
    if (value) write(*value);
  }
  template <class A, class B>
  void write_value(const std::pair<A, B>& value) {
    all(value.first, value.second);
  }
  template <class T>
  void write_value(const std::vector<T>& values) {
    write(values.size());
    for (const T& value : values) write(value);
  }
  template <class... Ts>
  void write_value(const std::variant<Ts...>& value) {
    write(value.index());
    std::visit([&](const auto& alternative) { write(alternative); }, value);
  }

  void write_value(const core::Holder& v) { all(v.job, v.run); }
  void write_value(const core::Gate& v) {
    all(v.gate, v.answer, v.value, v.limit, v.holders, v.until, v.text);
  }
  void write_value(const core::FleetRow& v) {
    all(v.name, v.epoch, v.speed, v.clock, v.last_run, v.last_token, v.last_event, v.last_notice);
  }
  void write_value(const core::NodeRow& v) {
    all(v.node, v.started_at, v.stopped_at, v.pid, v.boot_id);
  }
  void write_value(const core::JobRow& v) {
    all(v.job, v.schedule, v.first_loaded_at, v.next_number, v.next_at, v.paused, v.paused_until,
        v.paused_reason, v.quarantined, v.resumed_at, v.recoveries, v.last_recovery_at,
        v.recovery_due_at, v.recovery_for, v.unmet_since_at, v.waiting_due_at);
  }
  void write_value(const core::HeartbeatRow& v) {
    all(v.job, v.state, v.last_start_at, v.last_success_at, v.last_failure_at, v.last_skip_at,
        v.last_outcome, v.consecutive_failures, v.run, v.attempt, v.pid, v.node, v.last_beat_at,
        v.progress, v.note, v.last_success_started_at);
  }
  void write_value(const core::RunRow& v) {
    all(v.run, v.job, v.cause, v.slot_number, v.slot_at, v.priority, v.rank_at, v.state,
        v.disposition, v.reason, v.outcome, v.queued_at, v.started_at, v.ended_at, v.lateness,
        v.retry_at, v.attempts, v.failures, v.losses, v.node, v.triggered_by, v.note, v.params,
        v.forced, v.gates, v.lent_rank_at);
  }
  void write_value(const core::Process& v) { all(v.pid, v.start_ticks, v.boot_id, v.cgroup); }
  void write_value(const core::AttemptRow& v) {
    all(v.token, v.run, v.job, v.attempt, v.started_at, v.ended_at, v.outcome, v.process,
        v.exit_code, v.signal, v.spawn_errno, v.error, v.rss_max_bytes, v.log_bytes, v.leaked,
        v.node, v.uses, v.memory_used_ratio);
  }
  void write_value(const core::SlotsRow& v) {
    all(v.job, v.first, v.last, v.at, v.last_at, v.disposition, v.reason, v.run, v.decided_at,
        v.gates);
  }
  void write_value(const core::EventRow& v) {
    all(v.id, v.at, v.severity, v.kind, v.job, v.run, v.text, v.data);
  }
  void write_value(const core::ProbeRow& v) {
    all(v.health, v.probe, v.state, v.since_at, v.checked_at, v.value, v.limit, v.text,
        v.unmet_since_at, v.failing_since_at, v.last_remedy_at, v.remedy_run, v.value_before,
        v.is_judged, v.vain_remedies, v.escalated);
  }
  void write_value(const core::NoticeRow& v) {
    all(v.notice, v.contact, v.kind, v.job, v.health, v.probe, v.run, v.at, v.since_at, v.count,
        v.again, v.text, v.state, v.ended_at, v.tries, v.error);
  }
  void write_value(const core::Batch& v) { all(v.seq, v.synced, v.fleet, v.rows); }

  void write_value(const core::Persist& v) { write(v.batch); }
  void write_value(const core::LaunchAttempt& v) {
    all(v.token, v.run, v.attempt, v.job, v.cause, v.slot_at, v.now, v.params, v.builtin);
  }
  void write_value(const core::KillTree& v) { all(v.token, v.why, v.grace); }
  void write_value(const core::KillLeftover& v) { write(v.attempt); }
  void write_value(const core::CleanUp&) {}
  void write_value(const core::Mend& v) { all(v.token, v.probe, v.remedy); }
  void write_value(const core::EndBuiltin& v) { all(v.token, v.lines); }
  void write_value(const core::SendNotices& v) { all(v.contact.name, v.notices, v.left_out); }
  void write_value(const core::Refusal& v) { all(v.kind, v.what, v.hint, v.gates); }
  void write_value(const core::Answer& v) {
    all(v.request, v.after, v.result.has_value(), v.state);
    if (v.result) write(*v.result);
    if (!v.result) write(v.result.error());
  }
  void write_value(const core::Stopped& v) { write(v.after); }

  void write_value(const core::Tick&) {}
  void write_value(const core::ClockStepped& v) { write(v.by); }
  void write_value(const core::Recorded& v) { write(v.through); }
  void write_value(const core::JournalUse& v) { all(v.used_bytes, v.capacity_bytes); }
  void write_value(const core::StoreFailed& v) { all(v.why, v.journal); }
  void write_value(const core::Journaled& v) { all(v.through, v.journal); }
  void write_value(const core::JournalFull& v) { all(v.why, v.journal); }
  void write_value(const core::StoreBack& v) { all(v.journaled, v.held); }
  void write_value(const core::AttemptStarted& v) { all(v.token, v.process); }
  void write_value(const core::StartDeferred& v) { all(v.token, v.why); }
  void write_value(const core::MainsEnded& v) { write(v.tokens); }
  void write_value(const core::ProcessEnd& v) {
    all(v.exit_code, v.signal, v.spawn_errno, v.error, v.out_of_memory, v.rss_max_bytes,
        v.log_bytes, v.leaked);
  }
  void write_value(const core::AttemptEnded& v) { all(v.token, v.end); }
  void write_value(const core::BeatHeard& v) {
    all(v.request, v.token, v.beat.progress, v.beat.note);
  }
  void write_value(const core::LeftoverGone& v) { all(v.token, v.killed); }
  void write_value(const core::MemoryReading& v) {
    all(v.total_bytes, v.available_bytes, v.stalled, v.source);
  }
  void write_value(const core::MemoryRead& v) { write(v.reading); }
  void write_value(const core::CleanedUp& v) {
    all(v.action, v.ok, v.text, v.before, v.after, v.last);
  }
  void write_value(const core::Unknown& v) { write(v.why); }
  void write_value(const core::Absent&) {}
  void write_value(const core::HealthMeasured& v) { all(v.token, v.measured); }
  void write_value(const core::Mended& v) {
    all(v.token, v.probe, v.remedy, v.ok, v.text, v.after);
  }
  void write_value(const core::RowsSwept& v) {
    all(v.token, v.through, v.heartbeats, v.open_runs, v.open_attempts);
  }
  void write_value(const core::NoticesEnded& v) { all(v.notices, v.ok, v.tries, v.error); }
  void write_value(const core::SurroundingsChanged& v) { all(v.what, v.ok, v.text); }
  void write_value(const core::NotifyTest& v) { all(v.request, v.contact); }
  void write_value(const core::Trigger& v) { all(v.request, v.job, v.params, v.force); }
  void write_value(const core::Cancel& v) { all(v.request, v.run); }
  void write_value(const core::Pause& v) { all(v.request, v.job, v.lasting, v.reason); }
  void write_value(const core::Resume& v) { all(v.request, v.job); }
  void write_value(const core::Drain& v) { write(v.request); }
  void write_value(const core::ShutDown& v) { write(v.request); }
  // What a fleet says shows in what is decided; here its names and schedules tell two apart.
  void write_value(const core::Reload& v) {
    all(v.request, v.fleet->name, v.fleet->max_running, v.fleet->ageing);
    for (const core::JobSpec& job : v.fleet->jobs) {
      all(job.name, core::schedule_fingerprint(job), job.priority, job.enabled, job.overlap);
    }
  }
  void write_value(const core::ReloadFailed& v) { all(v.why, v.data); }

  ReplayHash::Bytes& bytes_;
};

}  // namespace

void ReplayHash::Bytes::grow(std::size_t size) {
  size_ = 2 * (used_ + size);
  auto wider = std::make_unique<char[]>(size_);
  std::copy_n(bytes_.get(), used_, wider.get());
  bytes_ = std::move(wider);
}

void ReplayHash::add(Instant at, const core::Event& event) {
  Writer(bytes_).all(at.time_since_epoch(), event);
  close();
}

void ReplayHash::add(const core::Effects& effects) {
  if (effects.empty()) return;
  Writer(bytes_).write(effects);
  close();
}

void ReplayHash::close() {
  value_ = stable_hash(bytes_.text(), static_cast<std::int64_t>(value_));
  bytes_.clear();
}

}  // namespace takt::sim
