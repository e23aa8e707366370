#include "cli/past.h"

#include <fmt/format.h>

#include <functional>
#include <utility>

#include "api/render.h"
#include "api/target.h"
#include "base/state_dir.h"
#include "store/sqlite_history.h"

namespace takt::cli {
namespace {

constexpr std::int64_t kLimitMax = 1'000'000;

/// "?job=a&limit=5": the query as the API takes it.
std::string query_text(const PastQuery& query) {
  std::string out;
  const auto add = [&](std::string_view name, std::string_view value) {
    out += fmt::format("{}{}={}", out.empty() ? '?' : '&', name, api::percent_encode(value));
  };
  if (!query.job.empty()) add("job", query.job);
  if (!query.state.empty()) add("state", query.state);
  if (query.since) add("since_ms", std::to_string(query.since->count()));
  if (query.limit) add("limit", std::to_string(*query.limit));
  if (query.all) add("all", "1");
  if (query.after) add("after", std::to_string(query.after->value));
  return out;
}

/// `rows` as the API would answer: cut to the limit that stands beside --since or --all.
template <class Rows, class Render>
Past::Answer rendered(std::expected<Rows, ports::StoreError> rows, const PastQuery& query,
                      Render render) {
  if (!rows) return std::unexpected(history_failure(rows.error()));
  if (query.limit && rows->size() > static_cast<std::size_t>(*query.limit)) {
    rows->resize(static_cast<std::size_t>(*query.limit));
  }
  return render(*rows);
}

}  // namespace

Failure history_failure(const ports::StoreError& error) {
  return {.exit = Exit::failed, .what = error.what, .where = "history", .hint = error.hint};
}

std::expected<PastQuery, Failure> past_query(const Arguments& arguments) {
  PastQuery query;
  const auto since = arguments.duration("since");
  if (!since) return std::unexpected(since.error());
  const auto limit = arguments.number("limit", 1, kLimitMax);
  if (!limit) return std::unexpected(limit.error());
  query.since = *since;
  query.limit = *limit;
  query.all = arguments.has("all");
  return query;
}

std::expected<Past, Failure> Past::open(Context& context) {
  Past past(context);
  const auto client = context.daemon();
  if (client) return past;
  if (client.error().exit != Exit::no_daemon) return std::unexpected(client.error());
  if (auto failure = past.open_store()) return std::unexpected(std::move(*failure));
  return past;
}

std::optional<Failure> Past::open_store() {
  const auto folder = context_->state_dir();
  if (!folder) return folder.error();
  const auto file = database_file(*folder);
  std::error_code ignored;  // what cannot be looked at is told by opening it
  if (!std::filesystem::exists(file, ignored) && !ignored) {
    return Failure{.exit = Exit::no_daemon,
                   .what = "no daemon runs, and there is no history yet",
                   .where = folder->native(),
                   .hint = "start it with takt up -f " + context_->fleet_file().native()};
  }
  auto history = store::SqliteHistory::open(file);
  if (!history) return history_failure(history.error());
  history_ = std::move(*history);
  return std::nullopt;
}

Past::Answer Past::ask(const std::string& path, const std::function<Answer()>& from_store) {
  if (history_ == nullptr) {
    auto answer = context_->get(path);
    if (answer || answer.error().exit != Exit::no_daemon) return answer;
    context_->forget_daemon();  // it went away; its rows are still there
    if (auto failure = open_store()) return std::unexpected(std::move(*failure));
  }
  return from_store();
}

std::expected<ports::Window, Failure> Past::window(const PastQuery& query) {
  ports::Window window{.since = {}, .all = query.all};
  if (query.limit) window.limit = static_cast<int>(*query.limit);
  if (!query.since) return window;
  const auto fleet = history_->fleet();
  if (!fleet) return std::unexpected(history_failure(fleet.error()));
  // At speed 1 fleet time is wall time; at any other it stands still while no daemon runs.
  const bool wall = !*fleet || (*fleet)->speed == 1;
  const auto now = wall ? std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now())
                        : (*fleet)->clock;
  window.since = now - *query.since;
  return window;
}

Past::Answer Past::runs(const PastQuery& query) {
  return ask("/runs" + query_text(query), [&]() -> Answer {
    const auto part = window(query);
    if (!part) return std::unexpected(part.error());
    return rendered(history_->runs({.job = query.job,
                                    .run = {},
                                    .state = from_word<core::RunState>(query.state),
                                    .window = *part}),
                    query, [](const auto& rows) { return api::runs(rows); });
  });
}

Past::Answer Past::slots(const PastQuery& query) {
  return ask("/slots" + query_text(query), [&]() -> Answer {
    const auto part = window(query);
    if (!part) return std::unexpected(part.error());
    return rendered(history_->slots({.job = query.job, .window = *part}), query,
                    [](const auto& rows) { return api::slots(rows); });
  });
}

Past::Answer Past::events(const PastQuery& query) {
  return ask("/events" + query_text(query), [&]() -> Answer {
    const auto part = window(query);
    if (!part) return std::unexpected(part.error());
    return rendered(history_->events({.after = query.after, .window = *part}), query,
                    [](const auto& rows) { return api::events(rows); });
  });
}

Past::Answer Past::run(RunId run) {
  return ask(fmt::format("/runs/{}", run.value), [&]() -> Answer {
    ports::RunQuery query;
    query.run = run;
    const auto rows = history_->runs(query);
    if (!rows) return std::unexpected(history_failure(rows.error()));
    if (!rows->empty()) return api::run(rows->front());
    return std::unexpected(Failure{.exit = Exit::not_found,
                                   .what = fmt::format("no run {}", run.value),
                                   .where = "runs",
                                   .hint = "see takt runs"});
  });
}

}  // namespace takt::cli
