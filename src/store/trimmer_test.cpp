// Retention on a real database: what goes, what stays, and that it goes in small steps.

#include "store/trimmer.h"

#include <gtest/gtest.h>

#include <map>

#include "store/contract_world.h"
#include "store/database.h"
#include "store/row_writer.h"
#include "store/sqlite_load.h"

namespace takt::store {
namespace {

core::FleetSpec fleet_of(const std::map<std::string, KeepRule>& jobs) {
  core::FleetSpec fleet;
  for (const auto& [name, rule] : jobs) {
    core::JobSpec job;
    job.name = name;
    core::Command command;
    command.keep_runs = static_cast<int>(rule.runs);
    command.keep_for = rule.age;
    job.command = std::make_shared<const core::Command>(command);
    fleet.jobs.push_back(std::move(job));
  }
  return fleet;
}

constexpr Duration kLong = std::chrono::hours{24 * 365};

class Trimming : public ::testing::Test {
 protected:
  Trimming() : database_(fresh(folder_ / "takt.db")) {}

  static sql::Connection fresh(const std::filesystem::path& file) {
    if (const auto error = create(file)) throw std::runtime_error(error->what);
    auto opened = open_for_writing(file, std::chrono::milliseconds{100});
    if (!opened) throw std::runtime_error(opened.error().what);
    return std::move(*opened);
  }

  /// Writes rows as a group would, and lets the trimmer see them. `clock` is in minutes.
  void write(std::vector<core::Row> rows, int clock = 0) {
    core::Batch made = batch(++seq_, std::move(rows));
    made.fleet.clock = at(clock);
    database_.exec("BEGIN");
    {
      RowWriter writer(database_);
      for (const core::Row& row : made.rows) writer.write(row);
      writer.write(made.fleet);
    }
    ASSERT_TRUE(database_.exec("COMMIT")) << database_.failure()->what;
    trimmer_.saw(made);
  }

  void write_good_runs(int first, int last, const std::string& job = "post") {
    std::vector<core::Row> rows;
    for (int id = first; id <= last; ++id) {
      rows.emplace_back(good_run(id, std::chrono::seconds{id}, job));
      auto attempt = attempt_row(id, id, 1);
      attempt.outcome = core::Outcome::ok;
      rows.emplace_back(attempt);
    }
    write(std::move(rows), last);
  }

  int trim() {
    int steps = 0;
    for (; trimmer_.has_work() && steps < 10'000; ++steps) {
      trimmer_.step(database_);
      EXPECT_TRUE(database_.ok()) << database_.failure()->what;
      if (!database_.ok()) break;
    }
    return steps;
  }

  std::string ids(const std::string& what = "id FROM runs") {
    return database_
        .value<std::string>("SELECT coalesce(group_concat(x), '') FROM (SELECT " +
                            what.substr(0, what.find(' ')) + " AS x " +
                            what.substr(what.find(' ')) + " ORDER BY 1)")
        .value_or("?");
  }
  int count(const std::string& from) {
    return database_.value<int>("SELECT count(*) FROM " + from).value_or(-1);
  }

  ScratchFolder folder_;
  sql::Connection database_;
  Trimmer trimmer_;
  std::int64_t seq_ = 0;
};

TEST_F(Trimming, TheNewestRunsOfAJobStayWithTheirAttempts) {
  trimmer_.set(KeepRules::of(fleet_of({{"post", {3, kLong}}, {"other", {100, kLong}}})));
  write_good_runs(1, 10);
  write_good_runs(11, 12, "other");
  trim();
  EXPECT_EQ(ids(), "8,9,10,11,12");
  EXPECT_EQ(ids("run FROM attempts"), "8,9,10,11,12");
  EXPECT_FALSE(trimmer_.has_work());
  EXPECT_EQ(ids("runs_from FROM retention"), "8");
  EXPECT_EQ(ids("slots_from FROM retention"), "8") << "slot numbers are those of the runs here";
}

TEST_F(Trimming, RunsOlderThanKeepForGo) {
  trimmer_.set(KeepRules::of(fleet_of({{"post", {100, std::chrono::minutes{30}}}})));
  write_good_runs(1, 60);  // a minute each, the last one ends at 61:00
  trim();
  EXPECT_EQ(ids().substr(0, 6), "30,31,");
}

TEST_F(Trimming, OpenRunsAndWhatTheyReferToStay) {
  trimmer_.set(KeepRules::of(fleet_of({{"post", {2, kLong}}})));
  auto waiting = run_row(2);
  auto recovery = run_row(11);
  recovery.triggered_by = RunId{4};
  core::JobRow job{.job = "post"};
  job.recovery_for = RunId{5};
  write({waiting, recovery, job});
  write_good_runs(3, 10);
  trim();
  EXPECT_EQ(ids(), "2,4,5,10,11");
}

TEST_F(Trimming, TheNewestRunAndTheNewestGoodOneStayHoweverOldTheyAre) {
  trimmer_.set(KeepRules::of(fleet_of({{"post", {2, std::chrono::minutes{1}}}})));
  write_good_runs(1, 3);
  auto bad = good_run(4, std::chrono::seconds{1});
  bad.outcome = core::Outcome::failed;
  auto worse = bad;
  worse.run = RunId{5};
  worse.slot_number = 5;
  write({bad, worse}, 60 * 24 * 30);
  trim();
  EXPECT_EQ(ids(), "3,5");
}

TEST_F(Trimming, AJobThatLeftTheFileKeepsItsHistory) {
  trimmer_.set(KeepRules::of(fleet_of({{"other", {1, kLong}}})));
  write_good_runs(1, 20);
  trim();
  EXPECT_EQ(count("runs"), 20);
}

TEST_F(Trimming, LengthsOfTheLastFiftyGoodRunsSurvive) {
  trimmer_.set(KeepRules::of(fleet_of({{"post", {2, kLong}}})));
  for (int first = 1; first <= 71; first += 10) {
    write_good_runs(first, first + 9);
    trim();
  }
  EXPECT_EQ(count("runs"), 2);
  EXPECT_EQ(count("run_lengths"), 50) << "of runs that went";
  const auto lengths = load_stored(folder_ / "takt.db").value().durations.at("post");
  ASSERT_EQ(lengths.size(), 50U);
  EXPECT_EQ(lengths.front(), std::chrono::seconds{31});
  EXPECT_EQ(lengths.back(), std::chrono::seconds{80});
}

TEST_F(Trimming, RangesOfSlotsAreKeptByCountAndAge) {
  trimmer_.set(
      KeepRules::of(fleet_of({{"post", {3, kLong}}, {"old", {9, std::chrono::hours{1}}}})));
  std::vector<core::Row> rows;
  for (int i = 0; i < 12; ++i) {
    const auto reason = i % 2 == 0 ? core::Reason::paused : core::Reason::overlap;
    rows.emplace_back(slots_row(i, i, reason));
    rows.emplace_back(slots_row(i, i, reason, "old"));
  }
  write(std::move(rows), 66);
  trim();
  EXPECT_EQ(ids("first_number FROM slots WHERE job = 'post'"), "9,10,11");
  EXPECT_EQ(ids("first_number FROM slots WHERE job = 'old'"), "6,7,8,9,10,11");
  EXPECT_EQ(ids("slots_from FROM retention WHERE job = 'old'"), "6");
}

TEST_F(Trimming, EventsGoByAgeAndNumber) {
  trimmer_.set(KeepRules::of(fleet_of({{"post", {3, std::chrono::hours{1}}}})));
  std::vector<core::Row> rows;
  for (int i = 1; i <= 2500; ++i) {
    auto event = event_row(i);
    event.at = at(0) + std::chrono::hours{i};
    rows.emplace_back(std::move(event));
  }
  write(std::move(rows), 60 * 2500);
  trim();
  const int kept = static_cast<int>(KeepRules::kEventsFor / std::chrono::hours{1}) + 1;
  EXPECT_EQ(count("system_events"), kept) << "younger than thirty days";
}

TEST_F(Trimming, AStepIsSmallHoweverMuchThereIs) {
  trimmer_.set(KeepRules::of(fleet_of({{"post", {10, kLong}}})));
  write_good_runs(1, 1000);
  trimmer_.step(database_);
  EXPECT_TRUE(trimmer_.is_behind());
  EXPECT_EQ(count("runs"), 1000 - Trimmer::kStepRuns);
  EXPECT_TRUE(trimmer_.has_work());
  EXPECT_LE(trim(), 1000 / Trimmer::kStepRuns + 3);
  EXPECT_EQ(count("runs"), 10);
  EXPECT_FALSE(trimmer_.is_behind());
}

TEST_F(Trimming, WhatAFailedStepDidNotDoIsDoneAgain) {
  trimmer_.set(KeepRules::of(fleet_of({{"post", {1, kLong}}})));
  write_good_runs(1, 5);
  auto other = sql::Connection::open(folder_ / "takt.db", sql::Connection::Access::write,
                                     std::chrono::milliseconds{10});
  ASSERT_TRUE(other);
  other->exec("BEGIN IMMEDIATE");
  trimmer_.step(database_);
  EXPECT_FALSE(database_.ok());
  database_.recover();
  EXPECT_EQ(count("runs"), 5);
  other->exec("COMMIT");
  trim();
  EXPECT_EQ(count("runs"), 1);
}

/// A year of a busy job, trimmed beside a daemon that goes on writing.
TEST(TrimmingOfAStore, AHundredThousandRunsGoWithoutHoldingUpACommit) {
  constexpr int kRuns = 100'000;
  ScratchFolder folder;
  Heard heard;
  auto store = SqliteStore::open(folder / "takt.db", "social", 1, heard).value();
  std::int64_t seq = 0;
  for (int id = 1; id <= kRuns;) {
    std::vector<core::Row> rows;
    for (int i = 0; i < 5000; ++i, ++id) {
      rows.emplace_back(good_run(id, std::chrono::seconds{1}));
    }
    store->submit(batch(++seq, std::move(rows)));
  }
  ASSERT_TRUE(store->flush(std::chrono::seconds{60}));
  auto reader = sql::Connection::open(folder / "takt.db", sql::Connection::Access::read,
                                      std::chrono::seconds{2})
                    .value();
  // What is in the log by now counts as well.
  const auto full =
      static_cast<std::uintmax_t>(reader.value<std::int64_t>("PRAGMA page_count").value() *
                                  reader.value<std::int64_t>("PRAGMA page_size").value());
  store->retain(KeepRules::of(fleet_of({{"post", {100, kLong}}})));
  auto slowest = std::chrono::steady_clock::duration::zero();
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{90};
  int left = kRuns;
  for (int id = kRuns + 1; left > 110 && std::chrono::steady_clock::now() < deadline; ++id) {
    const auto begun = std::chrono::steady_clock::now();
    store->submit(batch(++seq, {good_run(id, std::chrono::seconds{1})}));
    ASSERT_TRUE(heard.wait_recorded(Seq{seq}));
    slowest = std::max(slowest, std::chrono::steady_clock::now() - begun);
    if (id % 64 == 0) left = reader.value<int>("SELECT count(*) FROM runs").value();
  }
  EXPECT_LE(left, 110);
  EXPECT_LT(slowest, std::chrono::seconds{5}) << "a commit waits for a step, not for all of them";
  store.reset();
  EXPECT_LE(std::filesystem::file_size(folder / "takt.db"), full * 11 / 10) << "pages are reused";
}

}  // namespace
}  // namespace takt::store
