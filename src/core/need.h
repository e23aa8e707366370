#pragma once
// Need: freshness of another job's work, as a condition of a start. Fresh enough: start. Otherwise
// the run joins the run of the other job that is under way, or triggers one, and waits.
//
//   fresh given    the end of the last success is at most this old
//   fresh absent   the last success ended after this job's last success started
//
// `wait` counts once, from the queueing of the run that needs it; what is not in time, has failed, or
// cannot come (paused, quarantined, disabled, removed) is answered by `on_timeout`.

#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "base/words.h"

namespace takt::core {

enum class OnTimeout { skip, run };

struct Need {
  std::string job;  // of the same fleet; never the job itself, and never in a circle
  std::optional<Duration> fresh;
  Duration wait = std::chrono::minutes{10};
  OnTimeout on_timeout = OnTimeout::skip;
  friend bool operator==(const Need&, const Need&) = default;
};

using Needs = std::vector<Need>;

}  // namespace takt::core

namespace takt {

template <>
inline constexpr std::array<std::string_view, 2> kWords<core::OnTimeout>{"skip", "run"};

}  // namespace takt
