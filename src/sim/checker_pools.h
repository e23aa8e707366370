#pragma once
// PoolCheck: nothing takes more than there is (S13). By rows at each start: a run holds what its job
// uses, all of it or nothing; what is held together never exceeds the pool, nor what its reserves leave
// to a class. By trees: units of trees that live never exceed the slots. By readings: nothing that is
// not critical starts while the memory told last is critical, and each start keeps that reading.

#include <map>

#include "core/rows.h"
#include "sim/checker_book.h"
#include "sim/checker_context.h"
#include "sim/checker_told.h"

namespace takt::sim {

class PoolCheck {
 public:
  PoolCheck(CheckContext& context, Book& book) : context_(context), book_(book) {}

  /// Judges the turn that is open in the book.
  void turn(const core::Batch& batch, const ToldFacts& told);
  void tree_started(Token token);
  void tree_dead(Token token) { living_.erase(token); }

 private:
  void check_lease(const core::AttemptRow& row, const BookLease& lease);
  void check_memory(const core::AttemptRow& row, const BookLease& lease, const ToldFacts& told);
  void check_skip(const core::Batch& batch, const ToldFacts& told);
  /// Units of the pool held by the class and those below it, by attempts up to this one.
  int held(core::PoolIndex pool, std::size_t as_class, Token through) const;

  CheckContext& context_;
  Book& book_;
  std::map<Token, core::SharedValue<core::Uses>> living_;  // what trees that live hold
};

}  // namespace takt::sim
