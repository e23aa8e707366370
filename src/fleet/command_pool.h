#pragma once
// CommandPool: jobs that are launched alike share one Command. In a fleet of 100,000 jobs nearly all
// are, and a Command takes more room than the rest of a job. Only the last few different ones are
// looked through, so that a fleet of all different ones costs no more than it has to.

#include <cstddef>
#include <memory>
#include <vector>

#include "core/spec.h"

namespace takt::fleet {

class CommandPool {
 public:
  /// The command, as one that was shared before where an equal one was.
  std::shared_ptr<const core::Command> share(core::Command&& command);

 private:
  std::vector<std::shared_ptr<const core::Command>> recent_;  // a ring
  std::size_t next_ = 0;
};

}  // namespace takt::fleet
