#include "core/incidents.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/notices.h"

namespace takt::core {
namespace {

/// What an incident is about, as it stands in notices.
struct Subject {
  std::string job;
  ProbeKey probe;

  std::string key() const {
    return job.empty() ? fmt::format("probe {}/{}", probe.first, probe.second) : "job " + job;
  }
};

Subject subject_of(const std::string& key) {
  if (key.starts_with("job ")) return {key.substr(4), {}};
  const std::string names = key.substr(std::string_view{"probe "}.size());
  const auto slash = names.find('/');  // no name has one
  return {{}, {names.substr(0, slash), names.substr(slash + 1)}};
}

struct News {
  NoticeKind kind;
  std::optional<RunId> run;
  Instant since;
  int count = 1;
  std::string text;
};

NoticeRow row_of(const State& s, const Subject& subject, const News& news) {
  NoticeRow row;
  row.kind = news.kind;
  row.job = subject.job;
  row.health = subject.probe.first;
  row.probe = subject.probe.second;
  row.run = news.run;
  row.since_at = s.wall(news.since);
  row.count = news.count;
  row.text = news.text;
  return row;
}

/// Worse than what was told: told although the incident is known.
bool is_worse(NoticeKind kind) {
  return kind == NoticeKind::quarantined || kind == NoticeKind::escalated;
}

/// When the contact is told of it again; nullopt: never.
std::optional<Instant> nag_of(const ContactSpec& contact, const Incident& incident) {
  if (!contact.nag) return std::nullopt;
  return saturating_add(incident.last_told, *contact.nag);
}

void open_incident(Turn& turn, const ContactSpec& contact, const Subject& subject,
                   const News& news) {
  Notices& notices = turn.s.notices;
  const auto [found, is_new] = notices.incidents.try_emplace({subject.key(), contact.name});
  Incident& incident = found->second;
  const bool tell = is_new || (is_worse(news.kind) && incident.kind != news.kind);
  if (is_new) incident.since = news.since;
  incident.count = news.count;
  incident.text = news.text;
  if (!tell) return;
  incident.kind = news.kind;
  incident.last_told = turn.now;
  if (const auto at = nag_of(contact, incident)) {
    notices.nag_due = std::min(*at, notices.nag_due.value_or(*at));
  }
  enqueue_notice(turn, contact, row_of(turn.s, subject, news));
}

/// Closes the subject's incidents; since when the oldest of them was.
std::optional<Instant> close_incidents(State& s, const std::string& key) {
  auto& incidents = s.notices.incidents;
  std::optional<Instant> since;
  for (auto it = incidents.lower_bound({key, ""}); it != incidents.end() && it->first.first == key;
       it = incidents.erase(it)) {
    since = std::min(it->second.since, since.value_or(it->second.since));
  }
  return since;
}

void tell_on_failure(Turn& turn, JobIndex job, const Subject& subject, const News& news,
                     std::optional<int> failures = std::nullopt) {
  for (const ContactIndex index : turn.s.spec_of(job).tells->on_failure) {
    const ContactSpec& contact = turn.s.spec.contacts[index];
    if (failures && *failures < contact.after) continue;
    open_incident(turn, contact, subject, news);
  }
}

/// No longer in the fleet file.
bool is_gone(const State& s, const Subject& subject) {
  return subject.job.empty() ? !s.probes.contains(subject.probe) : !s.find_job(subject.job);
}

/// Not to be told of any more, though nobody was told so: gone, or well again since `told`.
bool is_over(const State& s, const Subject& subject, Instant told) {
  if (is_gone(s, subject)) return true;
  if (subject.job.empty()) return !s.probes.at(subject.probe).failing_since;
  const auto& success = s.jobs[*s.find_job(subject.job)].last_success;
  return success && *success > told;
}

}  // namespace

void tell_failed(Turn& turn, JobIndex job, RunId run, const std::string& text) {
  const int failures = turn.job(job).consecutive_failures;
  tell_on_failure(turn, job, {turn.s.spec_of(job).name, {}},
                  {NoticeKind::failed, run, turn.now, failures, text}, failures);
}

void tell_trouble(Turn& turn, JobIndex job, std::optional<RunId> run, NoticeKind kind,
                  const std::string& text) {
  tell_on_failure(turn, job, {turn.s.spec_of(job).name, {}},
                  {kind, run, turn.now, std::max(1, turn.job(job).consecutive_failures), text});
}

void tell_recovered(Turn& turn, JobIndex job, RunId run, int failures_before) {
  const JobSpec& spec = turn.s.spec_of(job);
  if (spec.tells->empty()) return;
  const Subject subject{spec.name, {}};
  const auto since = close_incidents(turn.s, subject.key());
  for (const ContactIndex index : spec.tells->on_recovery) {
    const ContactSpec& contact = turn.s.spec.contacts[index];
    if (!since && (failures_before == 0 || failures_before < contact.after)) continue;
    enqueue_notice(
        turn, contact,
        row_of(turn.s, subject,
               {NoticeKind::recovered, run, since.value_or(turn.now), std::max(1, failures_before),
                since ? fmt::format("{} is well again after {}", spec.name,
                                    format_duration(turn.now - *since))
                      : fmt::format("{} is well again after {} failed run{}", spec.name,
                                    failures_before, failures_before == 1 ? "" : "s")}));
  }
}

void tell_probe_failed(Turn& turn, JobIndex checks, const ProbeKey& key, const Probe& probe,
                       RunId run) {
  tell_on_failure(turn, checks, {{}, key},
                  {NoticeKind::probe, run, probe.unmet_since.value_or(turn.now), 1,
                   fmt::format("{}/{} fails: {}", key.first, key.second, probe.text)});
}

void tell_probe_escalated(Turn& turn, JobIndex checks, const ProbeKey& key, const Probe& probe,
                          RunId run) {
  tell_on_failure(
      turn, checks, {{}, key},
      {NoticeKind::escalated, run, probe.unmet_since.value_or(turn.now), probe.vain_remedies,
       fmt::format("{}/{} was mended {} times in vain: {}", key.first, key.second,
                   probe.vain_remedies, probe.text)});
}

void tell_probe_recovered(Turn& turn, JobIndex checks, const ProbeKey& key, const Probe& probe) {
  const Subject subject{{}, key};
  const auto since = close_incidents(turn.s, subject.key());
  for (const ContactIndex index : turn.s.spec_of(checks).tells->on_recovery) {
    enqueue_notice(
        turn, turn.s.spec.contacts[index],
        row_of(turn.s, subject,
               {NoticeKind::recovered, std::nullopt, since.value_or(turn.now), 1,
                fmt::format("{}/{} is well again: {}", key.first, key.second, probe.text)}));
  }
}

void find_next_nag(State& s) {
  std::optional<Instant>& due = s.notices.nag_due;
  due.reset();
  for (const auto& [key, incident] : s.notices.incidents) {
    const ContactSpec* contact = contact_named(s, key.second);
    const auto at = contact == nullptr ? std::nullopt : nag_of(*contact, incident);
    if (at) due = std::min(*at, due.value_or(*at));
  }
}

void nag(Turn& turn) {
  Notices& notices = turn.s.notices;
  if (!notices.nag_due || *notices.nag_due > turn.now) return;
  for (const ContactSpec& contact : turn.s.spec.contacts) {
    for (auto& [key, incident] : notices.incidents) {
      if (key.second != contact.name) continue;
      const auto at = nag_of(contact, incident);
      if (!at || *at > turn.now) continue;
      incident.last_told = turn.now;
      NoticeRow row =
          row_of(turn.s, subject_of(key.first),
                 {incident.kind, std::nullopt, incident.since, incident.count,
                  fmt::format("still, after {}: {}", format_duration(turn.now - incident.since),
                              incident.text)});
      row.again = true;
      enqueue_notice(turn, contact, std::move(row));
    }
  }
  find_next_nag(turn.s);
}

void forget_incidents(Turn& turn) {
  std::erase_if(turn.s.notices.incidents, [&s = turn.s](const auto& entry) {
    const auto& [key, contact] = entry.first;
    return contact_named(s, contact) == nullptr || is_gone(s, subject_of(key));
  });
  find_next_nag(turn.s);
}

void restore_incident(State& s, const NoticeRow& row) {
  if (row.kind == NoticeKind::test) return;
  const Subject subject{row.job, {row.health, row.probe}};
  const std::pair key{subject.key(), row.contact};
  if (row.kind == NoticeKind::recovered) {
    s.notices.incidents.erase(key);
    return;
  }
  if (is_over(s, subject, s.instant(row.at))) return;
  s.notices.incidents[key] = {.since = s.instant(row.since_at),
                              .last_told = s.instant(row.at),
                              .count = row.count,
                              .kind = row.kind,
                              .text = row.text};
}

}  // namespace takt::core
