#pragma once
// Saboteurs that the planted bugs are made of: each spoils one thing that passes between the
// coordinator and the world.

#include <algorithm>
#include <functional>
#include <memory>
#include <utility>
#include <variant>

#include "sim/saboteur.h"

namespace takt::sim {

/// Calls `spoil` for every batch on its way to the store.
class BatchSaboteur : public Saboteur {
 public:
  explicit BatchSaboteur(std::function<void(core::Batch&)> spoil) : spoil_(std::move(spoil)) {}
  void wants(core::Effects& effects) override {
    for (core::Effect& effect : effects) {
      if (auto* persist = std::get_if<core::Persist>(&effect)) spoil_(persist->batch);
    }
  }

 private:
  std::function<void(core::Batch&)> spoil_;
};

/// Does something to events; false loses the event.
class EventSaboteur : public Saboteur {
 public:
  explicit EventSaboteur(std::function<bool(core::Event&)> spoil) : spoil_(std::move(spoil)) {}
  bool hears(core::Event& event) override { return spoil_(event); }

 private:
  std::function<bool(core::Event&)> spoil_;
};

/// Does something to what a new daemon reads.
class StoredSaboteur : public Saboteur {
 public:
  explicit StoredSaboteur(std::function<void(core::Stored&)> spoil) : spoil_(std::move(spoil)) {}
  void reads(core::Stored& stored) override { spoil_(stored); }

 private:
  std::function<void(core::Stored&)> spoil_;
};

/// Does something to what the coordinator wants.
class EffectSaboteur : public Saboteur {
 public:
  explicit EffectSaboteur(std::function<void(core::Effects&)> spoil) : spoil_(std::move(spoil)) {}
  void wants(core::Effects& effects) override { spoil_(effects); }

 private:
  std::function<void(core::Effects&)> spoil_;
};

inline std::unique_ptr<Saboteur> on_batches(std::function<void(core::Batch&)> spoil) {
  return std::make_unique<BatchSaboteur>(std::move(spoil));
}

inline std::unique_ptr<Saboteur> on_events(std::function<bool(core::Event&)> spoil) {
  return std::make_unique<EventSaboteur>(std::move(spoil));
}

inline std::unique_ptr<Saboteur> on_restart(std::function<void(core::Stored&)> spoil) {
  return std::make_unique<StoredSaboteur>(std::move(spoil));
}

inline std::unique_ptr<Saboteur> on_effects(std::function<void(core::Effects&)> spoil) {
  return std::make_unique<EffectSaboteur>(std::move(spoil));
}

/// Calls `spoil` for rows of one kind on their way to the store; false drops the row.
template <class RowType>
std::unique_ptr<Saboteur> on_rows(std::function<bool(RowType&)> spoil) {
  return on_batches([spoil = std::move(spoil)](core::Batch& batch) {
    std::erase_if(batch.rows, [&](core::Row& row) {
      auto* wanted = std::get_if<RowType>(&row);
      return wanted != nullptr && !spoil(*wanted);
    });
  });
}

/// Calls `spoil` for effects of one kind; false drops the effect.
template <class EffectType>
std::unique_ptr<Saboteur> on_effects_of(std::function<bool(EffectType&)> spoil) {
  return on_effects([spoil = std::move(spoil)](core::Effects& effects) {
    std::erase_if(effects, [&](core::Effect& effect) {
      auto* wanted = std::get_if<EffectType>(&effect);
      return wanted != nullptr && !spoil(*wanted);
    });
  });
}

/// Calls `spoil` for the ends that the launcher tells; false loses the end.
inline std::unique_ptr<Saboteur> on_ends(std::function<bool(core::AttemptEnded&)> spoil) {
  return on_events([spoil = std::move(spoil)](core::Event& event) {
    auto* ended = std::get_if<core::AttemptEnded>(&event);
    return ended == nullptr || spoil(*ended);
  });
}

}  // namespace takt::sim
