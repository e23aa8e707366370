#include "cli/follow.h"

#include "cli/fields.h"
#include "cli/interrupt.h"

namespace takt::cli {
namespace {

constexpr Duration kGlance{100};

bool is_over(const boost::json::object& run, const FollowOptions& options) {
  if (text_field(run, "state") == "ended") return true;
  if (!options.only_attempt) return false;
  for (const auto& attempt : array_field(run, "attempts")) {
    const auto& fields = attempt.as_object();
    if (number_field(fields, "attempt") == *options.only_attempt) {
      return time_field(fields, "ended_at").has_value();
    }
  }
  return false;
}

}  // namespace

std::expected<Followed, Failure> follow_run(Past& past, RunId id, RunLog& log,
                                            const RunLog::Sink& sink,
                                            const std::function<bool()>& listening,
                                            const FollowOptions& options) {
  const NotedInterrupts interrupts;
  for (;;) {
    auto run = past.run(id);
    if (!run) return std::unexpected(run.error());
    log.pump(array_field(*run, "attempts"), sink);
    if (!listening()) return Followed{Followed::End::unheard, std::move(*run)};
    if (is_over(*run, options)) return Followed{Followed::End::ended, std::move(*run)};
    if (!past.live()) return Followed{Followed::End::no_daemon, std::move(*run)};
    if (interrupts.happened()) return Followed{Followed::End::interrupted, std::move(*run)};
    if (options.deadline && std::chrono::steady_clock::now() >= *options.deadline) {
      return Followed{Followed::End::timed_out, std::move(*run)};
    }
    if (!sleep_unless_interrupted(kGlance)) {
      return Followed{Followed::End::unheard, std::move(*run)};
    }
  }
}

}  // namespace takt::cli
