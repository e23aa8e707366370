#pragma once
// AdmissionCheck: who starts, and who does not, is what the rule says (S15). After each turn the runs
// that started are those of a slow, obvious reference admission over what the rows tell: who waits,
// what holds him but units and others, who holds which units and until when as expected.
//
// What cannot be known from the rows is not judged: a run that lapsed while it stood in the queue is
// found to have lapsed only when its turn comes; until then it may or may not stand in the way of others.

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/checker_book.h"
#include "sim/checker_context.h"
#include "sim/checker_needs.h"
#include "sim/checker_starvation.h"
#include "sim/checker_told.h"
#include "sim/reference_admission.h"

namespace takt::sim {

class AdmissionCheck {
 public:
  AdmissionCheck(CheckContext& context, Book& book, const NeedCheck& needs, const Told& told,
                 StarvationCheck& starvation)
      : context_(context), book_(book), needs_(needs), told_(told), starvation_(starvation) {}

  /// Judges the turn that is open in the book.
  void turn(const ToldFacts& told);

  /// Something of what is judged here may hold the run now: needs, memory, units, others.
  bool may_be_held(RunId run) const;

  std::int64_t turns_judged() const { return turns_judged_; }

 private:
  enum class Own { passes, unclear, held };

  bool is_lawful(const BookRun& run) const;
  bool is_of_its_class(const BookRun& run) const;
  void complain_of_rank(const BookRun& run);
  /// It waits, and its turn within its job has come.
  bool stands(const BookRun& run) const;
  Own own_gates(const BookRun& run, const ToldFacts& told) const;
  void sort(const ToldFacts& told);
  void note(BookRun& run, Own own, const ToldFacts& told);
  Candidate candidate(const BookRun& run) const;
  std::vector<RunId> expected(const std::vector<Candidate>& besides,
                              const std::vector<Candidate>& late) const;
  void compare();
  void complain_of(RunId started, const std::vector<RunId>& instead);
  bool has_units(const BookRun& run) const;

  CheckContext& context_;
  Book& book_;
  const NeedCheck& needs_;
  const Told& told_;
  StarvationCheck& starvation_;
  std::vector<Candidate> eligible_;
  std::vector<Candidate> unclear_;
  std::int64_t turns_judged_ = 0;
};

}  // namespace takt::sim
