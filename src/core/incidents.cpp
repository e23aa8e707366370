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

void open_incident(Turn& turn, const ContactSpec& contact, const Subject& subject,
                   const News& news) {
  auto& incidents = turn.s.notices.incidents;
  const auto [found, is_new] = incidents.try_emplace({contact.name, subject.key()});
  Incident& incident = found->second;
  const bool tell = is_new || (is_worse(news.kind) && incident.kind != news.kind);
  if (is_new) incident.since = news.since;
  incident.count = news.count;
  incident.text = news.text;
  if (!tell) return;
  incident.kind = news.kind;
  incident.last_told = turn.now;
  enqueue_notice(turn, contact, row_of(turn.s, subject, news));
}

/// Closes the subject's incidents; since when the oldest of them was.
std::optional<Instant> close_incidents(State& s, const std::string& key) {
  std::optional<Instant> since;
  std::erase_if(s.notices.incidents, [&](const auto& entry) {
    if (entry.first.second != key) return false;
    since = since ? std::min(*since, entry.second.since) : entry.second.since;
    return true;
  });
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

/// Not to be told of any more, though nobody was told so: gone, or well again since `told`.
bool is_over(const State& s, const Subject& subject, Instant told) {
  if (subject.job.empty()) {
    const auto probe = s.probes.find(subject.probe);
    return probe == s.probes.end() || !probe->second.failing_since;
  }
  const auto index = s.find_job(subject.job);
  return !index || (s.jobs[*index].last_success && *s.jobs[*index].last_success > told);
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

std::optional<Instant> next_nag(const State& s) {
  std::optional<Instant> next;
  for (const ContactSpec& contact : s.spec.contacts) {
    if (!contact.nag) continue;
    for (auto it = s.notices.incidents.lower_bound({contact.name, ""});
         it != s.notices.incidents.end() && it->first.first == contact.name; ++it) {
      const Instant at = saturating_add(it->second.last_told, *contact.nag);
      if (!next || at < *next) next = at;
    }
  }
  return next;
}

void nag(Turn& turn) {
  for (const ContactSpec& contact : turn.s.spec.contacts) {
    if (!contact.nag) continue;
    auto& incidents = turn.s.notices.incidents;
    for (auto it = incidents.lower_bound({contact.name, ""});
         it != incidents.end() && it->first.first == contact.name; ++it) {
      Incident& incident = it->second;
      if (saturating_add(incident.last_told, *contact.nag) > turn.now) continue;
      incident.last_told = turn.now;
      NoticeRow row =
          row_of(turn.s, subject_of(it->first.second),
                 {incident.kind, std::nullopt, incident.since, incident.count,
                  fmt::format("still, after {}: {}", format_duration(turn.now - incident.since),
                              incident.text)});
      row.again = true;
      enqueue_notice(turn, contact, std::move(row));
    }
  }
}

void forget_incidents(Turn& turn) {
  const State& s = turn.s;
  std::erase_if(turn.s.notices.incidents, [&](const auto& entry) {
    const auto& [contact, key] = entry.first;
    if (std::ranges::find(s.spec.contacts, contact, &ContactSpec::name) == s.spec.contacts.end()) {
      return true;
    }
    const Subject subject = subject_of(key);
    return subject.job.empty() ? !s.probes.contains(subject.probe)
                               : !s.find_job(subject.job).has_value();
  });
}

void restore_incident(State& s, const NoticeRow& row) {
  if (row.kind == NoticeKind::test) return;
  const Subject subject{row.job, {row.health, row.probe}};
  const std::pair key{row.contact, subject.key()};
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
