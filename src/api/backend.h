#pragma once
// Backend: what the API asks of the daemon that hosts it. Questions are answered from memory on the
// loop's thread; requests are answered when their rows are committed; history is read elsewhere.

#include <algorithm>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/memory.h"
#include "api/metrics.h"
#include "core/effect.h"
#include "core/event.h"
#include "core/view.h"
#include "fleet/problem.h"
#include "ports/history.h"

namespace takt::api {

/// The answer to a request; see core::Answer.
struct Reply {
  std::expected<std::optional<RunId>, core::Refusal> result;
  std::string state;
};

/// What came of reading the fleet file anew.
struct Reloaded {
  /// Of the file. One that is an error: the file cannot be used, and nothing has changed.
  std::vector<fleet::Problem> problems;
  /// What has changed, in words; or why a valid file was not taken over.
  std::expected<std::string, core::Refusal> result;
  bool is_bad_file() const {
    return std::ranges::any_of(problems, [](const fleet::Problem& problem) {
      return problem.severity == fleet::Problem::Severity::error;
    });
  }
};

class Backend {
 public:
  virtual ~Backend() = default;

  // Loop's thread, immediate.
  virtual core::FleetView fleet() const = 0;
  virtual std::vector<core::JobView> jobs() const = 0;
  virtual std::vector<core::PoolView> pools() const = 0;
  virtual std::optional<core::WhyView> why(std::string_view job) const = 0;
  virtual std::optional<core::WhyView> why(RunId run) const = 0;
  /// Complete but for what the views above tell: `ready`, `fleet`, `jobs`, memory.
  virtual Metrics metrics() const = 0;
  /// As it is at this moment.
  virtual Memory memory() const = 0;
  /// The health checks, in the order of the file.
  virtual std::vector<core::HealthView> health() const = 0;
  /// False while an earlier daemon's leftovers are being settled; status answers then 503.
  virtual bool ready() const = 0;

  /// Hands over Trigger, Cancel, Pause, Resume, BeatHeard, NotifyTest, Drain or ShutDown (their `request` is filled in by
  /// the backend). `done` is called once on the loop's thread, after the commit. For ShutDown it is
  /// called when everything has ended and is recorded, just before the daemon goes.
  virtual void request(core::Event event, std::function<void(Reply)> done) = 0;

  /// Reads the fleet file anew and goes on with it; `done` as above.
  virtual void reload(std::function<void(Reloaded)> done) = 0;

  /// A history connection for the API's own worker thread. Any thread.
  virtual std::expected<std::unique_ptr<ports::History>, ports::StoreError> open_history()
      const = 0;
};

}  // namespace takt::api
