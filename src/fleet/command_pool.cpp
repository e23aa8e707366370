#include "fleet/command_pool.h"

#include <utility>

namespace takt::fleet {
namespace {

constexpr std::size_t kRemembered = 16;

}  // namespace

std::shared_ptr<const core::Command> CommandPool::share(core::Command&& command) {
  for (const auto& known : recent_) {
    if (*known == command) return known;
  }
  auto fresh = std::make_shared<const core::Command>(std::move(command));
  if (recent_.size() < kRemembered) {
    recent_.push_back(fresh);
  } else {
    recent_[next_] = fresh;
    next_ = (next_ + 1) % kRemembered;
  }
  return fresh;
}

}  // namespace takt::fleet
