#include "core/probe_records.h"

#include <set>
#include <string>

namespace takt::core {
namespace {

ProbeRow probe_row(const State& s, const ProbeKey& key, const Probe& probe) {
  ProbeRow row;
  row.health = key.first;
  row.probe = key.second;
  row.state = probe.state;
  row.since_at = s.wall(probe.since);
  row.checked_at = s.wall(probe.checked_at);
  row.value = probe.value;
  row.limit = probe.limit;
  row.text = probe.text;
  row.unmet_since_at = s.wall(probe.unmet_since);
  row.failing_since_at = s.wall(probe.failing_since);
  row.last_remedy_at = s.wall(probe.last_remedy);
  row.remedy_run = probe.remedy_run;
  row.value_before = probe.value_before;
  row.is_judged = probe.is_judged;
  row.vain_remedies = probe.vain_remedies;
  row.escalated = probe.escalated;
  return row;
}

std::set<ProbeKey> probes_of(const FleetSpec& spec) {
  std::set<ProbeKey> keys;
  for (const HealthSpec& check : spec.health) {
    for (const ProbeSpec& probe : check.probes) keys.emplace(check.name, probe.name);
  }
  return keys;
}

ProbeView view_of(const State& s, const HealthSpec& check, const ProbeSpec& spec) {
  ProbeView view;
  view.name = spec.name;
  const auto found = s.probes.find({check.name, spec.name});
  if (found == s.probes.end()) return view;
  const Probe& probe = found->second;
  view.state = probe.state;
  view.since = s.wall(probe.since);
  view.checked_at = s.wall(probe.checked_at);
  view.value = probe.value;
  view.limit = probe.limit;
  view.text = probe.text;
  view.failing_since = s.wall(probe.failing_since);
  view.last_remedy_at = s.wall(probe.last_remedy);
  view.remedy_run = probe.remedy_run;
  view.vain_remedies = probe.vain_remedies;
  view.escalated = probe.escalated;
  return view;
}

}  // namespace

void write_probe(Turn& turn, const ProbeKey& key) {
  turn.rows.emplace_back(probe_row(turn.s, key, turn.s.probes.at(key)));
}

void write_probes(Turn& turn) {
  for (const auto& [key, probe] : turn.s.probes) write_probe(turn, key);
}

void forget_probes(Turn& turn) {
  const std::set<ProbeKey> listed = probes_of(turn.s.spec);
  for (auto it = turn.s.probes.begin(); it != turn.s.probes.end();) {
    if (listed.contains(it->first)) {
      ++it;
      continue;
    }
    // Should the file have it again, it begins anew.
    Probe gone;
    gone.since = gone.checked_at = turn.now;
    gone.text = "no longer in the fleet file";
    turn.rows.emplace_back(probe_row(turn.s, it->first, gone));
    it = turn.s.probes.erase(it);
  }
}

void restore_probes(State& s, const std::vector<ProbeRow>& rows) {
  const std::set<ProbeKey> listed = probes_of(s.spec);
  for (const ProbeRow& row : rows) {
    if (!listed.contains({row.health, row.probe})) continue;
    Probe& probe = s.probes[{row.health, row.probe}];
    probe.state = row.state;
    probe.since = s.instant(row.since_at);
    probe.checked_at = s.instant(row.checked_at);
    probe.value = row.value;
    probe.limit = row.limit;
    probe.text = row.text;
    probe.unmet_since = s.instant(row.unmet_since_at);
    probe.failing_since = s.instant(row.failing_since_at);
    probe.last_remedy = s.instant(row.last_remedy_at);
    probe.remedy_run = row.remedy_run;
    probe.value_before = row.value_before;
    probe.is_judged = row.is_judged;
    probe.vain_remedies = row.vain_remedies;
    probe.escalated = row.escalated;
  }
}

std::vector<HealthView> health_views(const State& s) {
  std::vector<HealthView> views;
  for (std::size_t place = 0; place < s.spec.health.size(); ++place) {
    const HealthSpec& check = s.spec.health[place];
    HealthView view;
    view.name = check.name;
    for (JobIndex i = 0; i < s.listed; ++i) {
      const JobSpec& job = s.spec_of(i);
      if (job.builtin == Builtin::health && job.health == place) view.jobs.push_back(job.name);
    }
    for (const ProbeSpec& probe : check.probes) view.probes.push_back(view_of(s, check, probe));
    views.push_back(std::move(view));
  }
  return views;
}

std::vector<std::string> troubled_probes(const State& s) {
  std::vector<std::string> names;
  for (const auto& [key, probe] : s.probes) {
    if (probe.state == ProbeState::failing || probe.state == ProbeState::unknown) {
      names.push_back(key.first + "/" + key.second);
    }
  }
  return names;
}

}  // namespace takt::core
