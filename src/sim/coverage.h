#pragma once
// Coverage: what a simulation has seen at least once, counted from the rows as they are committed. A
// campaign that never meets a point it should have met has proven less than it says.
//
//   slot.DISPOSITION.REASON   a range of slots that did not run, or a run that was given up
//   attempt.OUTCOME           an attempt's end            run.OUTCOME   a settled run
//   gate.GATE.ANSWER          an answer that was stored   cause.CAUSE   a run
//   state.STATE               a heartbeat's               event.KIND    a system event

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/rows.h"

namespace takt::sim {

class Coverage {
 public:
  void committed(const core::Batch& batch);

  /// Every point by name, with how often it was seen; reasons only where they were.
  std::map<std::string, std::int64_t> points() const;

 private:
  template <class E>
  static constexpr std::size_t kCount = kWords<E>.size();

  void row(const core::NodeRow& /*row*/) {}
  void row(const core::JobRow& /*row*/) {}
  void row(const core::ProbeRow& /*row*/) {}
  void row(const core::NoticeRow& /*row*/) {}
  void row(const core::HeartbeatRow& row);
  void row(const core::RunRow& row);
  void row(const core::AttemptRow& row);
  void row(const core::SlotsRow& row);
  void row(const core::EventRow& row);
  void gave_up(core::Disposition disposition, std::optional<core::Reason> reason);
  void answered(const core::Gates& gates);

  std::array<std::array<std::int64_t, kCount<core::Reason> + 1>, kCount<core::Disposition>>
      slots_{};
  std::array<std::array<std::int64_t, kCount<core::GateAnswer>>, kCount<core::GateName>> gates_{};
  std::array<std::int64_t, kCount<core::Outcome>> attempts_{};
  std::array<std::int64_t, kCount<core::Outcome>> runs_{};
  std::array<std::int64_t, kCount<core::Cause>> causes_{};
  std::array<std::int64_t, kCount<core::JobState>> states_{};
  std::array<std::int64_t, kCount<core::EventKind>> events_{};
};

}  // namespace takt::sim
