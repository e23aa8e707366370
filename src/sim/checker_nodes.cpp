#include "sim/checker_nodes.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace takt::sim {

void NodeCheck::daemon_up(NodeId node) {
  if (std::exchange(is_up_, true)) {
    context_.violation("S12", fmt::format("node {} works on a store that node {} still works on",
                                          node.value, node_.value));
  }
  node_ = std::move(node);
  committed_ = Seq{};
  is_announced_ = has_stopped_ = false;
}

void NodeCheck::committed(int life, const core::Batch& batch) {
  if (life != context_.life) {
    context_.violation("S12", fmt::format("a batch of daemon {} is taken in the days of daemon {}",
                                          life, context_.life));
    return;
  }
  if (batch.seq.value != committed_.value + 1) {
    context_.violation("S10", fmt::format("batch {} is recorded after batch {}", batch.seq.value,
                                          committed_.value));
  }
  committed_ = std::max(committed_, batch.seq);
  for (const core::Row& row : batch.rows) {
    if (const auto* node = std::get_if<core::NodeRow>(&row)) node_row(*node);
    if (const auto* attempt = std::get_if<core::AttemptRow>(&row)) attempt_row(*attempt);
  }
  if (!std::exchange(is_announced_, true)) {
    context_.violation("S12", fmt::format("node {} works and is not recorded", node_.value));
  }
}

void NodeCheck::node_row(const core::NodeRow& row) {
  if (row.node != node_) {
    context_.violation(
        "S12", fmt::format("node {} writes the row of node {}", node_.value, row.node.value));
    return;
  }
  is_announced_ = true;
  has_stopped_ |= row.stopped_at.has_value();
}

void NodeCheck::attempt_row(const core::AttemptRow& row) {
  if (row.token <= newest_) return;  // an older one, told again
  newest_ = row.token;
  if (row.node != node_ || has_stopped_) {
    context_.violation("S12", fmt::format("{}: run {} attempt {} is the work of node {}, which {}",
                                          row.job, row.run.value, row.attempt, row.node.value,
                                          has_stopped_ ? "has stopped" : "is not the one at work"));
  }
}

void NodeCheck::told_recorded(Seq through) {
  if (through <= committed_) return;
  context_.violation("S10", fmt::format("batch {} is told as recorded, the store holds {}",
                                        through.value, committed_.value));
}

void NodeCheck::tree_started(int life, RunId run) {
  if (life == context_.life && is_up_) return;
  context_.violation(
      "S12", fmt::format("run {} is launched for daemon {}, which is gone", run.value, life));
}

}  // namespace takt::sim
