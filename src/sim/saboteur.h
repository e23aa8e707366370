#pragma once
// Saboteur: sits between the coordinator and the world and spoils what passes. Only tests have one:
// it plants the bugs that the checker must catch, so that a checker which cannot fail is noticed,
// and no production class needs a door for it.
//
//   the coordinator's own bugs   wants (rows and effects)  hears (events)  reads (a restart)
//   the timer's                  wakes
//   the launcher's               launches_for_the_dead  dawdles  kills  kills_leaked  sweeps  logs
//   the store's                  stores  forgets_the_dead
//   the lock's                   locks

#include <cstdint>

#include "base/time.h"
#include "core/effect.h"
#include "core/event.h"
#include "core/rows.h"

namespace takt::sim {

/// What the launcher does with the output of an attempt.
struct LogFacts {
  std::int64_t emitted = 0;
  std::int64_t stored = 0;
  std::int64_t cut = 0;  // says the mark
};

class Saboteur {
 public:
  virtual ~Saboteur() = default;

  /// What the coordinator wants done, before anybody sees it.
  virtual void wants(core::Effects& /*effects*/) {}

  /// What the coordinator is going to hear. False: it never hears it.
  virtual bool hears(core::Event& /*event*/) { return true; }

  /// What a new daemon reads from the store.
  virtual void reads(core::Stored& /*stored*/) {}

  /// When the timer wakes the daemon that asked for `asked`; both on the machine's line.
  virtual Instant wakes(Instant asked, Instant /*now*/) { return asked; }

  /// The machine was suspended for so long.
  virtual void slept(Duration /*by*/) {}

  /// A leftover is about to be swept. False: it is left alive, and yet reported as gone.
  virtual bool sweeps(Token /*token*/) { return true; }

  /// A tree is about to be killed. False: nothing is done to it, and yet its end is reported.
  virtual bool kills(Token /*token*/) { return true; }

  /// A tree's main process has ended. False: what is left of the tree lives on, and yet the end is
  /// told.
  virtual bool kills_leaked(Token /*token*/) { return true; }

  /// True: what a daemon was launching when it died is launched all the same.
  virtual bool launches_for_the_dead() { return false; }

  /// So much longer takes every launch.
  virtual Duration dawdles() { return Duration{0}; }

  virtual void logs(LogFacts& /*facts*/) {}

  /// A batch is committed. False: it is not, and yet reported as recorded.
  virtual bool stores(const core::Batch& /*batch*/) { return true; }

  /// False: what a daemon had handed over when it died is committed all the same.
  virtual bool forgets_the_dead() { return true; }

  /// False: a second daemon is let in to the store of a living one.
  virtual bool locks() { return true; }
};

}  // namespace takt::sim
