#pragma once
// A backend of plain values for the tests of this folder: it records what is asked for and answers
// as told. Its history is a list that lives in memory.

#include <utility>

#include "api/backend.h"

namespace takt::api {

class ListedHistory : public ports::History {
 public:
  std::vector<ports::RunWithAttempts> run_rows;
  std::vector<core::SlotsRow> slot_rows;
  std::vector<core::EventRow> event_rows;
  ports::RunQuery* last_runs = nullptr;  // where to copy the question, if anywhere
  ports::EventQuery* last_events = nullptr;

  std::expected<std::vector<ports::RunWithAttempts>, ports::StoreError> runs(
      const ports::RunQuery& query) override {
    if (last_runs != nullptr) *last_runs = query;
    std::vector<ports::RunWithAttempts> out;
    for (const auto& row : run_rows) {
      if (!query.run || row.run.run == *query.run) out.push_back(row);
    }
    return out;
  }
  std::expected<std::vector<core::SlotsRow>, ports::StoreError> slots(
      const ports::SlotQuery&) override {
    return slot_rows;
  }
  std::expected<std::vector<core::EventRow>, ports::StoreError> events(
      const ports::EventQuery& query) override {
    if (last_events != nullptr) *last_events = query;
    return event_rows;
  }
  std::expected<std::vector<core::HeartbeatRow>, ports::StoreError> heartbeats() override {
    return std::vector<core::HeartbeatRow>{};
  }
  std::expected<std::vector<core::JobRow>, ports::StoreError> jobs() override {
    return std::vector<core::JobRow>{};
  }
  std::expected<std::optional<core::FleetRow>, ports::StoreError> fleet() override {
    return std::optional<core::FleetRow>{};
  }
};

class FakeBackend : public Backend {
 public:
  core::FleetView fleet_view{.name = "demo", .now = wall_from_millis(1'000'000), .jobs = 1};
  std::vector<core::JobView> job_views{{.name = "posting"}};
  Memory memory_view{.fleet = {.reading = {.total_bytes = 1000, .available_bytes = 500}}};
  bool is_ready = true;
  ListedHistory rows;
  ports::RunQuery runs_query;
  ports::EventQuery events_query;
  std::optional<ports::StoreError> history_error;

  Reloaded reloaded{.problems = {}, .result = "nothing has changed"};
  std::vector<core::PoolView> pool_views;
  int reloads = 0;
  std::vector<core::Event> requests;
  Reply reply{.result = std::optional<RunId>{}, .state = ""};
  bool answers = true;  // false: requests stay open
  std::vector<std::function<void(Reply)>> unanswered;

  core::FleetView fleet() const override { return fleet_view; }
  std::vector<core::JobView> jobs() const override { return job_views; }
  std::vector<core::PoolView> pools() const override { return pool_views; }
  std::optional<core::WhyView> why(std::string_view job) const override {
    if (job != "posting") return std::nullopt;
    return core::WhyView{.job = "posting", .run = {}, .state = "idle", .summary = "it is idle"};
  }
  std::optional<core::WhyView> why(RunId run) const override {
    if (run.value != 1) return std::nullopt;
    return core::WhyView{.job = "posting", .run = run, .state = "waiting", .summary = "it waits"};
  }
  Metrics metrics() const override { return {}; }
  Memory memory() const override { return memory_view; }
  std::vector<core::HealthView> health_views;
  std::vector<core::HealthView> health() const override { return health_views; }
  bool ready() const override { return is_ready; }
  void request(core::Event event, std::function<void(Reply)> done) override {
    requests.push_back(std::move(event));
    if (answers) {
      done(reply);
    } else {
      unanswered.push_back(std::move(done));
    }
  }
  void reload(std::function<void(Reloaded)> done) override {
    reloads += 1;
    done(reloaded);
  }
  std::expected<std::unique_ptr<ports::History>, ports::StoreError> open_history() const override {
    if (history_error) return std::unexpected(*history_error);
    auto history = std::make_unique<ListedHistory>(rows);
    history->last_runs = const_cast<ports::RunQuery*>(&runs_query);
    history->last_events = const_cast<ports::EventQuery*>(&events_query);
    return history;
  }
};

inline ports::RunWithAttempts ended_run(std::int64_t id) {
  ports::RunWithAttempts item;
  item.run = {.run = RunId{id},
              .job = "posting",
              .slot_at = wall_from_millis(0),
              .rank_at = wall_from_millis(0),
              .state = core::RunState::ended,
              .disposition = core::Disposition::ran,
              .outcome = core::Outcome::failed,
              .queued_at = wall_from_millis(0),
              .started_at = wall_from_millis(20),
              .ended_at = wall_from_millis(1500),
              .lateness = Duration{20},
              .attempts = 1,
              .node = NodeId{"00ff00ff00ff00ff"}};
  item.attempts.push_back({.token = Token{7},
                           .run = RunId{id},
                           .job = "posting",
                           .attempt = 1,
                           .started_at = wall_from_millis(20),
                           .ended_at = wall_from_millis(1500),
                           .outcome = core::Outcome::failed,
                           .process = {.pid = 4711},
                           .exit_code = 3,
                           .rss_max_bytes = 2048,
                           .log_bytes = 99});
  return item;
}

}  // namespace takt::api
