#pragma once
// Past: history, from the daemon when one runs, else from the database in the state_dir. Both answer
// with the same JSON (api/render.h), so that nobody after this line can tell them apart.

#include <boost/json/object.hpp>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/ids.h"
#include "base/time.h"
#include "cli/arguments.h"
#include "cli/context.h"
#include "cli/failure.h"
#include "ports/history.h"

namespace takt::cli {

/// What part of a list is asked for.
struct PastQuery {
  std::string job;    // empty: all
  std::string state;  // runs only: a word of core::RunState, or empty
  std::optional<Duration> since;
  bool all = false;
  std::optional<std::int64_t> limit;
  std::optional<EventId> after;  // events only
};

/// What a database that cannot be read means for a verb that asks about the past.
Failure history_failure(const ports::StoreError& error);

/// The options --since, --limit and --all of a verb that lists history.
inline constexpr OptionSpec kSinceOption{"--since", "D", "all since that long ago, as in 2h"};
inline constexpr OptionSpec kLimitOption{"--limit", "N", "at most N, the newest; default 50"};
inline constexpr OptionSpec kAllOption{"--all", "", "everything there is"};
std::expected<PastQuery, Failure> past_query(const Arguments& arguments);

class Past {
 public:
  using Answer = std::expected<boost::json::object, Failure>;

  /// Exit 5 when no daemon runs and there is no database either.
  static std::expected<Past, Failure> open(Context& context);

  Answer runs(const PastQuery& query);
  Answer slots(const PastQuery& query);
  Answer events(const PastQuery& query);
  /// One run; exit 4 when there is none.
  Answer run(RunId run);

  /// Whether the last answer came from a daemon.
  bool live() const { return history_ == nullptr; }

 private:
  explicit Past(Context& context) : context_(&context) {}
  std::optional<Failure> open_store();
  Answer ask(const std::string& path, const std::function<Answer()>& from_store);
  std::expected<ports::Window, Failure> window(const PastQuery& query);

  Context* context_;
  std::unique_ptr<ports::History> history_;  // null while a daemon answers
};

}  // namespace takt::cli
