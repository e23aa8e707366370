#pragma once
// Saboteur: sits between the coordinator and the world and spoils what passes. Only tests have one:
// it plants the bugs that the checker must catch, so that a checker which cannot fail is noticed,
// and no production class needs a door for it.

#include <optional>

#include "base/time.h"
#include "core/effect.h"
#include "core/event.h"
#include "core/rows.h"

namespace takt::sim {

class Saboteur {
 public:
  virtual ~Saboteur() = default;

  /// What the coordinator wants done, before anybody sees it.
  virtual void wants(core::Effects& effects) { static_cast<void>(effects); }

  /// What the coordinator is going to hear. False: it never hears it.
  virtual bool hears(core::Event& event) {
    static_cast<void>(event);
    return true;
  }

  /// What a new daemon reads from the store.
  virtual void reads(core::Stored& stored) { static_cast<void>(stored); }

  /// A leftover is about to be swept. False: it is left alive, and yet reported as gone.
  virtual bool sweeps(Token token) {
    static_cast<void>(token);
    return true;
  }

  /// A tree is about to be killed. False: nothing is done to it, and yet its end is reported.
  virtual bool kills(Token token) {
    static_cast<void>(token);
    return true;
  }

  /// A tree's main process has ended. False: what is left of the tree lives on, and yet the end is
  /// told.
  virtual bool kills_leaked(Token token) {
    static_cast<void>(token);
    return true;
  }
};

}  // namespace takt::sim
