#pragma once
// Gate rules: what gates are asked about, and the rules that have a file of their own. Private to
// gates.cpp and those files.

#include <cstddef>
#include <string>
#include <string_view>

#include "core/gate.h"
#include "core/state.h"

namespace takt::core {

inline constexpr std::size_t kHoldersMax = 10;  // named; of more than these the number is told

/// Whom the gates are asked about.
struct Question {
  const State& s;
  JobIndex index;
  const Run* run;  // none: a start that would be made now
  Instant now;

  const JobSpec& spec() const { return s.spec_of(index); }
  const Job& job() const { return s.jobs[index]; }
};

/// A gate that would skip a fresh slot only holds a run that has started before (a retry).
inline GateAnswer no(const Question& q) {
  return q.run != nullptr && q.run->started_at ? GateAnswer::hold : GateAnswer::skip;
}

inline GateAnswer pass_if(bool passes, GateAnswer otherwise) {
  return passes ? GateAnswer::pass : otherwise;
}

/// skip before hold before pass.
inline GateAnswer worse(GateAnswer a, GateAnswer b) {
  for (const GateAnswer worst : {GateAnswer::skip, GateAnswer::hold}) {
    if (a == worst || b == worst) return worst;
  }
  return GateAnswer::pass;
}

/// One item more on a list for people.
inline void append(std::string& list, std::string_view item, std::string_view separator = ", ") {
  if (!list.empty()) list += separator;
  list += item;
}

GateAnswer ask_dependencies(const Question& q);
void explain_dependencies(const Question& q, Gate& gate);

GateAnswer ask_memory(const Question& q);
void explain_memory(const Question& q, Gate& gate);

/// Units of every pool can be had; and nobody of better rank would be delayed.
GateAnswer ask_pools(const Question& q);
void explain_pools(const Question& q, Gate& gate);
GateAnswer ask_turn(const Question& q);
void explain_turn(const Question& q, Gate& gate);

}  // namespace takt::core
