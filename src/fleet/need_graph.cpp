// check_needs: jobs as points, needs as arrows from who waits to whom it waits for.

#include <fmt/format.h>

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <unordered_map>

#include "fleet/needs.h"
#include "fleet/quote.h"
#include "fleet/suggestions.h"

namespace takt::fleet {
namespace {

using core::JobSpec;
using core::Needs;

constexpr JobIndex kNobody = std::numeric_limits<JobIndex>::max();

/// Of a longer circle only so many jobs are named, from both of its ends.
constexpr std::size_t kCircleNamesMax = 12;

std::vector<std::string_view> names_of(const std::vector<JobSpec>& jobs) {
  std::vector<std::string_view> names;
  names.reserve(jobs.size());
  for (const JobSpec& job : jobs) names.push_back(job.name);
  return names;
}

class NeedGraph {
 public:
  NeedGraph(const std::vector<JobSpec>& jobs, bool all_known, const Positions& where,
            Complaints& complaints)
      : jobs_(jobs),
        all_known_(all_known),
        where_(where),
        complaints_(complaints),
        suggestions_(names_of(jobs)) {
    places_.reserve(jobs.size());
    for (JobIndex i = 0; i < jobs.size(); ++i) places_.emplace(jobs[i].name, i);
  }

  void check_defaults(const Needs& needs) {
    for (std::size_t i = 0; i < needs.size(); ++i) {
      if (find(needs[i].job) == kNobody) blame_unknown(needs[i].job, where_.default_need(i));
    }
  }

  void draw_arrows() {
    first_arrow_.reserve(jobs_.size() + 1);
    for (JobIndex job = 0; job < jobs_.size(); ++job) {
      first_arrow_.push_back(arrows_.size());
      draw_arrows_of(job);
    }
    first_arrow_.push_back(arrows_.size());
  }

  /// A walk in depth over a path of its own: arrows back into the path close a circle.
  void find_circles() {
    states_.assign(jobs_.size(), State{});
    for (JobIndex job = 0; job < jobs_.size(); ++job) {
      if (states_[job].seen) continue;
      enter(job);
      while (!path_.empty()) step();
    }
  }

 private:
  struct Arrow {
    JobIndex to;
    std::size_t need;  // place in the job's list
  };
  struct State {
    bool seen = false;
    std::size_t depth = 0;  // on the path, from 1; 0: not on it
    std::size_t next = 0;   // arrow to follow
  };

  JobIndex find(std::string_view name) const {
    const auto found = places_.find(name);
    return found == places_.end() ? kNobody : found->second;
  }

  void draw_arrows_of(JobIndex job) {
    const bool of_defaults = where_.has_default_needs(job);
    const Needs& needs = *jobs_[job].needs;
    for (std::size_t i = 0; i < needs.size(); ++i) {
      const JobIndex to = find(needs[i].job);
      if (to == job) {
        blame_itself(job, i, of_defaults);
      } else if (to != kNobody) {
        arrows_.push_back({to, i});
      } else if (!of_defaults) {  // those of the defaults are told once, there
        blame_unknown(needs[i].job, where_.need(job, i));
      }
    }
  }

  void blame_unknown(const std::string& name, Position at) {
    if (!all_known_) return;
    if (complaints_.is_full()) return complaints_.error({}, {});
    complaints_.error(at, fmt::format("there is no job {}", quote_name(name)),
                      suggestions_.hint_for(name));
  }

  void blame_itself(JobIndex job, std::size_t need, bool of_defaults) {
    const std::string& name = jobs_[job].name;
    complaints_.error(
        where_.need(job, need), fmt::format("the job {} needs itself", quote_name(name)),
        of_defaults ? fmt::format("write needs = [] in [job.{}]", escape(name, kQuotedColumns))
                    : std::string{"leave it out"});
  }

  void enter(JobIndex job) {
    path_.push_back(job);
    states_[job] = {true, path_.size(), first_arrow_[job]};
  }

  void step() {
    const JobIndex job = path_.back();
    if (states_[job].next == first_arrow_[job + 1]) {
      states_[job].depth = 0;
      path_.pop_back();
      return;
    }
    const Arrow arrow = arrows_[states_[job].next++];
    if (!states_[arrow.to].seen) {
      enter(arrow.to);
    } else if (states_[arrow.to].depth > 0) {
      blame_circle(states_[arrow.to].depth - 1, arrow.need);
    }
  }

  void blame_circle(std::size_t begin, std::size_t need) {
    if (complaints_.is_full()) return complaints_.error({}, {});
    complaints_.error(where_.need(path_.back(), need),
                      fmt::format("needs go in a circle: {}", circle_text(begin)),
                      "one of these jobs has to start without another");
  }

  std::string circle_text(std::size_t begin) const {
    const auto name = [&](std::size_t at) { return escape(jobs_[path_[at]].name, kQuotedColumns); };
    const std::size_t count = path_.size() - begin;
    const std::size_t left_out = count > kCircleNamesMax ? count - kCircleNamesMax : 0;
    std::string text;
    for (std::size_t i = 0; i < count; ++i) {
      if (left_out > 0 && i == kCircleNamesMax / 2) {
        text += fmt::format("... {} more ... -> ", left_out);
        i += left_out;
      }
      text += name(begin + i) + " -> ";
    }
    return text + name(begin);
  }

  const std::vector<JobSpec>& jobs_;
  bool all_known_;
  const Positions& where_;
  Complaints& complaints_;
  Suggestions suggestions_;
  std::unordered_map<std::string_view, JobIndex> places_;
  std::vector<Arrow> arrows_;
  std::vector<std::size_t> first_arrow_;  // of each job, and behind the last
  std::vector<State> states_;
  std::vector<JobIndex> path_;
};

}  // namespace

void check_needs(const std::vector<JobSpec>& jobs, const Needs& of_defaults, bool all_known,
                 const Positions& where, Complaints& complaints) {
  bool any = !of_defaults.empty();
  for (const JobSpec& job : jobs) any = any || !job.needs->empty();
  if (!any) return;
  NeedGraph graph{jobs, all_known, where, complaints};
  graph.check_defaults(of_defaults);
  graph.draw_arrows();
  graph.find_circles();
}

}  // namespace takt::fleet
