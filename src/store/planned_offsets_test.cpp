#include "store/planned_offsets.h"

#include <gtest/gtest.h>

#include <chrono>

#include "base/scratch_folder_for_test.h"
#include "store/file_bytes_for_test.h"
#include "store/heard.h"
#include "store/sample_rows.h"
#include "store/schema.h"
#include "store/sqlite_store.h"

namespace takt::store {
namespace {

using namespace std::chrono_literals;

const core::KeptOffsets kTwo{{"a", {"every 5m", 1min}}, {"b", {"every 1h", 17min}}};
constexpr WallTime kNow{Duration{1'790'000'000'000}};

class PlannedOffsets : public ::testing::Test {
 protected:
  std::unique_ptr<SqliteStore> open_store() {
    auto store = SqliteStore::open(file_, "social", 1, heard_);
    if (!store) throw std::runtime_error(store.error().what);
    return std::move(*store);
  }

  ScratchFolder folder_;
  std::filesystem::path file_ = folder_ / "takt.db";
  Heard heard_;
};

TEST_F(PlannedOffsets, WithoutADatabaseNothingIsKeptAndNoneIsMade) {
  EXPECT_EQ(read_planned_offsets(file_).value(), core::KeptOffsets{});
  EXPECT_TRUE(keep_planned_offsets(file_, kTwo, kNow));
  EXPECT_FALSE(std::filesystem::exists(file_));
}

TEST_F(PlannedOffsets, WhatIsKeptIsReadAgain) {
  ASSERT_FALSE(make_database(file_));
  ASSERT_FALSE(keep_planned_offsets(file_, kTwo, kNow));
  EXPECT_EQ(read_planned_offsets(file_).value(), kTwo);
}

TEST_F(PlannedOffsets, ALaterPlanReplacesWhatItNamesAndLeavesTheRest) {
  ASSERT_FALSE(make_database(file_));
  ASSERT_FALSE(keep_planned_offsets(file_, kTwo, kNow));
  ASSERT_FALSE(keep_planned_offsets(file_, {{"b", {"every 2h", 3min}}}, kNow));
  const core::KeptOffsets wanted{{"a", {"every 5m", 1min}}, {"b", {"every 2h", 3min}}};
  EXPECT_EQ(read_planned_offsets(file_).value(), wanted);
}

TEST_F(PlannedOffsets, ADatabaseThatWasMadeForAPlanIsTakenByTheFirstStart) {
  ASSERT_FALSE(make_database(file_));
  ASSERT_FALSE(keep_planned_offsets(file_, kTwo, kNow));
  {
    auto store = open_store();
    EXPECT_FALSE(store->load().value().fleet);
    store->submit(batch(1, {event_row(1)}));
    ASSERT_TRUE(heard_.wait_recorded(Seq{1}));
  }
  EXPECT_EQ(read_planned_offsets(file_).value(), kTwo);
  ASSERT_FALSE(make_database(file_));  // which is there already
  EXPECT_EQ(read_planned_offsets(file_).value(), kTwo);
}

TEST_F(PlannedOffsets, IsKeptBesideAWriterThatGoesOn) {
  auto store = open_store();
  for (int seq = 1; seq <= 30; ++seq) {
    store->submit(batch(seq, {event_row(seq)}));
    ASSERT_FALSE(keep_planned_offsets(file_, {{"a", {"every 5m", Duration{seq}}}}, kNow));
    EXPECT_EQ(read_planned_offsets(file_).value().at("a").offset, Duration{seq});
  }
  EXPECT_TRUE(heard_.wait_recorded(Seq{30}));
}

TEST_F(PlannedOffsets, AnOlderDatabaseIsLeftAloneAndSaysSo) {
  ASSERT_FALSE(make_database(file_));
  {
    auto database = sql::Connection::open(file_, sql::Connection::Access::write, 1s).value();
    ASSERT_TRUE(
        database.exec("DELETE FROM schema_version WHERE version > 2; DROP TABLE planned_offsets"));
  }
  EXPECT_EQ(read_planned_offsets(file_).value(), core::KeptOffsets{});
  const auto error = keep_planned_offsets(file_, kTwo, kNow);
  ASSERT_TRUE(error);
  EXPECT_NE(error->what.find("older takt"), std::string::npos) << error->what;
}

TEST_F(PlannedOffsets, WhatIsNoDatabaseIsToldAndKept) {
  write_bytes(file_, "this is no database, and was not one before either");
  EXPECT_FALSE(read_planned_offsets(file_));
  EXPECT_TRUE(keep_planned_offsets(file_, kTwo, kNow));
  EXPECT_EQ(bytes_of(file_), "this is no database, and was not one before either");
}

}  // namespace
}  // namespace takt::store
