#pragma once
// Advice about what jobs wait for and take: what is right as it stands and will rarely, or never, let
// a run start.

#include <string_view>
#include <unordered_map>

#include "core/spec.h"
#include "fleet/complaints.h"
#include "fleet/positions.h"

namespace takt::fleet {

class ResourceAdviser {
 public:
  /// All three must outlive it.
  ResourceAdviser(const core::FleetSpec& spec, const Positions& where, Complaints& complaints);

  /// Warns about the needs of one job, and about uses that no pool can ever give it.
  void speak(JobIndex job);

 private:
  void speak_of_need(JobIndex job, const core::Need& need, Position at);
  void speak_of_use(JobIndex job, const core::Use& use);

  const core::FleetSpec& spec_;
  const Positions& where_;
  Complaints& complaints_;
  std::unordered_map<std::string_view, JobIndex> places_;  // empty when no job needs another
};

}  // namespace takt::fleet
