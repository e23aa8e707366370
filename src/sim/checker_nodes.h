#pragma once
// NodeCheck: one coordinator at a time (S12), and what it was told is recorded stays recorded (S10).
//
//   daemon_up ──▶ batches 1, 2, 3 ... of this incarnation, the first with its node's row ──▶ stopped
//                        │ told as recorded: every batch up to there is in the store      or killed
//
// A daemon that was killed is history: its batches and its launches must not come any more.

#include <cstdint>

#include "core/rows.h"
#include "sim/checker_context.h"

namespace takt::sim {

class NodeCheck {
 public:
  explicit NodeCheck(CheckContext& context) : context_(context) {}

  void daemon_up(NodeId node);
  void daemon_down() { is_up_ = false; }

  /// A batch of the daemon's life number `life` is in the store.
  void committed(int life, const core::Batch& batch);

  /// The daemon hears that its batches up to `through` are in the store.
  void told_recorded(Seq through);

  /// A process comes into being, launched by the daemon of `life`.
  void tree_started(int life, RunId run);

 private:
  void node_row(const core::NodeRow& row);
  void attempt_row(const core::AttemptRow& row);

  CheckContext& context_;
  NodeId node_;
  Seq committed_;  // in this life
  bool is_up_ = false;
  bool is_announced_ = false;
  bool has_stopped_ = false;
  Token newest_;  // of all that were ever recorded
};

}  // namespace takt::sim
