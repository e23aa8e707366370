#pragma once
// RowTable: for every kind of row its table, its columns and its fields, in one order. Whoever
// writes, reads or compares rows goes through this list, so a new field is added here and in the
// schema and nowhere else. Private to this folder.
//
//   kName      the table                      kColumns  the columns, in the order of fields()
//   kKey       the columns of its identity    fields    the row's members, tied
//
// Columns that are instants end in _at. Slots have no plain upsert: see slot_ranges.h.

#include <array>
#include <string_view>
#include <tuple>

#include "core/rows.h"

namespace takt::store {

template <class Row>
struct RowTable;

template <>
struct RowTable<core::FleetRow> {
  static constexpr std::string_view kName = "fleet";
  static constexpr std::string_view kKey = "name";
  static constexpr std::array<std::string_view, 8> kColumns{
      "name",     "epoch_at",   "speed",      "clock_at",
      "last_run", "last_token", "last_event", "last_notice"};
  static constexpr auto fields = [](auto& row) {
    return std::tie(row.name, row.epoch, row.speed, row.clock, row.last_run, row.last_token,
                    row.last_event, row.last_notice);
  };
};

template <>
struct RowTable<core::NodeRow> {
  static constexpr std::string_view kName = "nodes";
  static constexpr std::string_view kKey = "node";
  static constexpr std::array<std::string_view, 5> kColumns{"node", "started_at", "stopped_at",
                                                            "pid", "boot_id"};
  static constexpr auto fields = [](auto& row) {
    return std::tie(row.node, row.started_at, row.stopped_at, row.pid, row.boot_id);
  };
};

template <>
struct RowTable<core::JobRow> {
  static constexpr std::string_view kName = "jobs";
  static constexpr std::string_view kKey = "job";
  static constexpr std::array<std::string_view, 16> kColumns{
      "job",           "schedule",         "first_loaded_at", "next_number",  "next_at",
      "paused",        "paused_until_at",  "paused_reason",   "quarantined",  "resumed_at",
      "recoveries",    "last_recovery_at", "recovery_due_at", "recovery_for", "unmet_since_at",
      "waiting_due_at"};
  static constexpr auto fields = [](auto& row) {
    return std::tie(row.job, row.schedule, row.first_loaded_at, row.next_number, row.next_at,
                    row.paused, row.paused_until, row.paused_reason, row.quarantined,
                    row.resumed_at, row.recoveries, row.last_recovery_at, row.recovery_due_at,
                    row.recovery_for, row.unmet_since_at, row.waiting_due_at);
  };
};

template <>
struct RowTable<core::HeartbeatRow> {
  static constexpr std::string_view kName = "job_heartbeats";
  static constexpr std::string_view kKey = "job";
  static constexpr std::array<std::string_view, 16> kColumns{"job",
                                                             "state",
                                                             "last_start_at",
                                                             "last_success_at",
                                                             "last_failure_at",
                                                             "last_skip_at",
                                                             "last_outcome",
                                                             "consecutive_failures",
                                                             "run",
                                                             "attempt",
                                                             "pid",
                                                             "node",
                                                             "last_beat_at",
                                                             "progress",
                                                             "note",
                                                             "last_success_started_at"};
  static constexpr auto fields = [](auto& row) {
    return std::tie(row.job, row.state, row.last_start_at, row.last_success_at, row.last_failure_at,
                    row.last_skip_at, row.last_outcome, row.consecutive_failures, row.run,
                    row.attempt, row.pid, row.node, row.last_beat_at, row.progress, row.note,
                    row.last_success_started_at);
  };
};

template <>
struct RowTable<core::RunRow> {
  static constexpr std::string_view kName = "runs";
  static constexpr std::string_view kKey = "id";
  static constexpr std::array<std::string_view, 26> kColumns{
      "id",         "job",         "cause",        "slot_number", "slot_at",  "priority",
      "rank_at",    "state",       "disposition",  "reason",      "outcome",  "queued_at",
      "started_at", "ended_at",    "lateness_ms",  "retry_at",    "attempts", "failures",
      "losses",     "node",        "triggered_by", "forced",      "note",     "params",
      "gates",      "lent_rank_at"};
  static constexpr auto fields = [](auto& row) {
    return std::tie(row.run, row.job, row.cause, row.slot_number, row.slot_at, row.priority,
                    row.rank_at, row.state, row.disposition, row.reason, row.outcome, row.queued_at,
                    row.started_at, row.ended_at, row.lateness, row.retry_at, row.attempts,
                    row.failures, row.losses, row.node, row.triggered_by, row.forced, row.note,
                    row.params, row.gates, row.lent_rank_at);
  };
};

template <>
struct RowTable<core::AttemptRow> {
  static constexpr std::string_view kName = "attempts";
  static constexpr std::string_view kKey = "token";
  static constexpr std::array<std::string_view, 21> kColumns{
      "token",         "run",         "job",
      "attempt",       "started_at",  "ended_at",
      "outcome",       "pid",         "start_ticks",
      "boot_id",       "cgroup",      "exit_code",
      "signal",        "spawn_errno", "error",
      "rss_max_bytes", "log_bytes",   "leaked",
      "node",          "uses",        "memory_used_ratio"};
  static constexpr auto fields = [](auto& row) {
    return std::tie(row.token, row.run, row.job, row.attempt, row.started_at, row.ended_at,
                    row.outcome, row.process.pid, row.process.start_ticks, row.process.boot_id,
                    row.process.cgroup, row.exit_code, row.signal, row.spawn_errno, row.error,
                    row.rss_max_bytes, row.log_bytes, row.leaked, row.node, row.uses,
                    row.memory_used_ratio);
  };
};

template <>
struct RowTable<core::SlotsRow> {
  static constexpr std::string_view kName = "slots";
  static constexpr std::string_view kKey = "job, first_number";
  static constexpr std::array<std::string_view, 10> kColumns{
      "job",         "first_number", "last_number", "at",         "last_at",
      "disposition", "reason",       "run",         "decided_at", "gates"};
  static constexpr auto fields = [](auto& row) {
    return std::tie(row.job, row.first, row.last, row.at, row.last_at, row.disposition, row.reason,
                    row.run, row.decided_at, row.gates);
  };
};

template <>
struct RowTable<core::EventRow> {
  static constexpr std::string_view kName = "system_events";
  static constexpr std::string_view kKey = "id";
  static constexpr std::array<std::string_view, 8> kColumns{"id",  "at",  "severity", "kind",
                                                            "job", "run", "text",     "data"};
  static constexpr auto fields = [](auto& row) {
    return std::tie(row.id, row.at, row.severity, row.kind, row.job, row.run, row.text, row.data);
  };
};

template <>
struct RowTable<core::ProbeRow> {
  static constexpr std::string_view kName = "probes";
  static constexpr std::string_view kKey = "health, probe";
  static constexpr std::array<std::string_view, 16> kColumns{
      "health",         "probe",      "state",        "since_at",       "checked_at",
      "value",          "limit_text", "text",         "unmet_since_at", "failing_since_at",
      "last_remedy_at", "remedy_run", "value_before", "is_judged",      "vain_remedies",
      "escalated"};
  static constexpr auto fields = [](auto& row) {
    return std::tie(row.health, row.probe, row.state, row.since_at, row.checked_at, row.value,
                    row.limit, row.text, row.unmet_since_at, row.failing_since_at,
                    row.last_remedy_at, row.remedy_run, row.value_before, row.is_judged,
                    row.vain_remedies, row.escalated);
  };
};

template <>
struct RowTable<core::NoticeRow> {
  static constexpr std::string_view kName = "notices";
  static constexpr std::string_view kKey = "id";
  static constexpr std::array<std::string_view, 16> kColumns{
      "id",       "contact", "kind",  "job",  "health", "probe",    "run",   "at",
      "since_at", "count",   "again", "text", "state",  "ended_at", "tries", "error"};
  static constexpr auto fields = [](auto& row) {
    return std::tie(row.notice, row.contact, row.kind, row.job, row.health, row.probe, row.run,
                    row.at, row.since_at, row.count, row.again, row.text, row.state, row.ended_at,
                    row.tries, row.error);
  };
};

}  // namespace takt::store
