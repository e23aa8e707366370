#include "scenarios/hand_shell.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "base/match.h"

namespace takt::scenarios {
namespace {

using namespace std::chrono_literals;

constexpr WallTime kFirstStart{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}};
constexpr int kTurnsAtOnceMax = 500;

Seq rows_before(const core::Effect& effect) {
  if (const auto* answer = std::get_if<core::Answer>(&effect)) return answer->after;
  if (const auto* stopped = std::get_if<core::Stopped>(&effect)) return stopped->after;
  return {};
}

}  // namespace

HandShell::HandShell(core::FleetSpec spec, double speed, Witness witness)
    : spec_(std::move(spec)),
      speed_(speed),
      witness_(std::move(witness)),
      now_(kFirstStart.time_since_epoch()),
      died_at_(kFirstStart) {}

void HandShell::start(Duration down) {
  if (daemon_) throw std::logic_error("the daemon is running already");
  lives_ += 1;
  const bool downtime_counts = speed_ == 1 || !rows_.fleet();
  now_ = Instant{downtime_counts ? (died_at_ + down).time_since_epoch()
                                 : rows_.fleet()->clock.time_since_epoch()};
  core::Stored stored = rows_.stored();
  stored.journal_replayed = std::exchange(replayed_, 0);
  daemon_ = std::make_unique<core::Coordinator>(
      spec_, stored, core::NodeFacts{{fmt::format("node{}", lives_)}, 100 + lives_, boot_}, speed_,
      now_);
  carry_out(daemon_->open(now_));
  settle_now();
}

void HandShell::kill() {
  died_at_ = wall();
  daemon_.reset();
  replayed_ = static_cast<std::int64_t>(std::exchange(journaled_, 0));
  held_.clear();
  holding_ = false;
  journal_batches_ = 0;
  recorded_ = {};
  undelivered_.clear();
  living_.clear();
  leftovers_.clear();
}

void HandShell::settle_now() {
  for (int turns = 0; daemon_->next_wake() <= now_; ++turns) {
    if (turns > kTurnsAtOnceMax) throw std::logic_error("the coordinator asks for ticks for ever");
    turn(core::Tick{});
  }
}

void HandShell::advance(Duration by) {
  const Instant target = now_ + by;
  settle_now();
  while (daemon_->next_wake() <= target) {
    now_ = daemon_->next_wake();
    settle_now();
  }
  now_ = target;
}

void HandShell::stall(Duration by) {
  now_ += by;
  turn(core::Tick{});
  settle_now();
}

void HandShell::tell(const core::Event& event) {
  turn(event);
  settle_now();
}

void HandShell::turn(const core::Event& event) {
  turns_at_once_ = now_ == last_turn_ ? turns_at_once_ + 1 : 0;
  last_turn_ = now_;
  if (turns_at_once_ > kTurnsAtOnceMax)
    throw std::logic_error("the coordinator never comes to rest");
  carry_out(daemon_->handle(event, now_));
}

void HandShell::carry_out(core::Effects effects) {
  for (core::Effect& effect : effects) {
    std::visit(Match{[&](core::Persist& e) { held_.push_back(e.batch); },
                     [&](core::LaunchAttempt& e) { living_[e.token] = {e, false}; },
                     [&](core::KillLeftover& e) { leftovers_[e.attempt.token] = e.attempt; },
                     [](core::KillTree&) {}, [](core::CleanUp&) {}, [](core::Mend&) {},
                     [](core::EndBuiltin&) {}, [](core::SendNotices&) {}, [](core::Answer&) {},
                     [](core::Stopped&) {}},
               effect);
    if (rows_before(effect) > recorded_) {
      undelivered_.push_back(std::move(effect));
    } else {
      witness_(wall(), effect);
    }
  }
  while (!holding_ && !held_.empty()) commit_front();
  journal_held();
}

void HandShell::journal_held() {
  while (journaled_ < held_.size() && journal_batches_ > 0 && !journal_full_) {
    if (journaled_ == journal_batches_) {
      journal_full_ = true;
      turn(core::JournalFull{"no more fits", journal_use()});
      return;
    }
    rows_.commit(held_[journaled_]);  // what a next daemon finds
    journaled_ += 1;
    recorded_ = held_[journaled_ - 1].seq;
    deliver();
    turn(core::Journaled{held_[journaled_ - 1].seq, journal_use()});
  }
}

core::JournalUse HandShell::journal_use() const {
  constexpr std::int64_t kBatchBytes = 4096;
  return {static_cast<std::int64_t>(journaled_) * kBatchBytes,
          static_cast<std::int64_t>(journal_batches_) * kBatchBytes};
}

void HandShell::commit_front() {
  const core::Batch batch = std::move(held_.front());
  held_.pop_front();
  if (journaled_ > 0) {
    journaled_ -= 1;
  } else {
    rows_.commit(batch);
  }
  recorded_ = std::max(recorded_, batch.seq);
  deliver();
  turn(core::Recorded{batch.seq});
}

void HandShell::deliver() {
  while (!undelivered_.empty() && rows_before(undelivered_.front()) <= recorded_) {
    witness_(wall(), undelivered_.front());
    undelivered_.pop_front();
  }
}

void HandShell::record(std::size_t batches) {
  for (; batches > 0 && !held_.empty(); --batches) commit_front();
  settle_now();
}

void HandShell::release_store() {
  holding_ = false;
  while (!held_.empty()) commit_front();
  settle_now();
}

void HandShell::fail_store(std::size_t journal_batches) {
  holding_ = true;
  journal_batches_ = journal_batches;
  tell(core::StoreFailed{"disk full", journal_use()});
}

void HandShell::bring_store_back() {
  const auto journaled = static_cast<std::int64_t>(journaled_);
  const auto held = static_cast<std::int64_t>(held_.size()) - journaled;
  journal_batches_ = 0;
  journal_full_ = false;
  tell(core::StoreBack{journaled, held});
  release_store();
}

void HandShell::started(Token token) {
  living_.at(token).started = true;
  core::Process process;
  process.pid = 1000 + static_cast<int>(token.value);
  process.boot_id = "boot";
  tell(core::AttemptStarted{token, process});
}

void HandShell::ended(Token token, core::ProcessEnd end) {
  living_.erase(token);
  tell(core::AttemptEnded{token, std::move(end)});
}

void HandShell::gone(Token token) {
  leftovers_.erase(token);
  tell(core::LeftoverGone{token, 1});
}

}  // namespace takt::scenarios
