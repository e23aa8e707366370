#include "store/schema.h"

#include <gtest/gtest.h>

#include <array>

#include "base/scratch_folder_for_test.h"
#include "store/file_bytes_for_test.h"

namespace takt::store {
namespace {

using sql::Connection;

class Schema : public ::testing::Test {
 protected:
  Connection open() {
    if (!std::filesystem::exists(file_)) write_bytes(file_, "");
    auto opened =
        Connection::open(file_, Connection::Access::write, std::chrono::milliseconds{100});
    if (!opened) throw std::runtime_error(opened.error().what);
    return std::move(*opened);
  }

  ScratchFolder folder_;
  std::filesystem::path file_ = folder_ / "takt.db";
};

constexpr std::array kOne{Migration{1, "CREATE TABLE pets (name TEXT) STRICT"}};
constexpr std::array kTwo{kOne[0], Migration{2,
                                             "ALTER TABLE pets ADD COLUMN age INTEGER;"
                                             "UPDATE pets SET age = 7"}};
constexpr std::array kBroken{kOne[0], Migration{2, "DROP TABLE pets; CREATE NONSENSE"}};

TEST_F(Schema, AnOlderDatabaseIsBroughtUpToDateWithItsRows) {
  Connection database = open();
  ASSERT_TRUE(migrate(database, kOne));
  ASSERT_TRUE(database.exec("INSERT INTO pets VALUES ('rex')"));
  ASSERT_TRUE(migrate(database, kTwo));
  EXPECT_EQ(schema_version(database), 2);
  EXPECT_EQ(database.value<int>("SELECT age FROM pets WHERE name = 'rex'"), 7);
  EXPECT_EQ(database.value<int>("SELECT count(*) FROM schema_version"), 2);
}

TEST_F(Schema, AMigrationThatFailsChangesNothing) {
  Connection database = open();
  ASSERT_TRUE(migrate(database, kOne));
  EXPECT_FALSE(migrate(database, kBroken));
  EXPECT_NE(database.recover().what.find("NONSENSE"), std::string::npos);
  EXPECT_EQ(schema_version(database), 1);
  EXPECT_EQ(database.value<int>("SELECT count(*) FROM pets"), 0);
}

TEST_F(Schema, AnUpToDateDatabaseIsNotWrittenTo) {
  Connection first = open();
  ASSERT_TRUE(migrate(first, kTwo));
  ASSERT_TRUE(first.exec("BEGIN IMMEDIATE"));
  Connection second = open();
  EXPECT_TRUE(migrate(second, kTwo));  // would be busy if it wanted to write
}

TEST_F(Schema, VersionsOfThisBuildFollowEachOtherFromOne) {
  int version = 0;
  for (const Migration& step : migrations()) EXPECT_EQ(step.to_version, ++version);
}

/// A file as version 1 left it: what it holds stays, what it could not say is unknown.
TEST_F(Schema, ADatabaseOfVersionOneIsBroughtUpWithItsRows) {
  Connection database = open();
  ASSERT_TRUE(migrate(database, migrations().first(1)));
  ASSERT_EQ(schema_version(database), 1);
  ASSERT_TRUE(database.exec(R"sql(
    INSERT INTO fleet VALUES ('social', 1000, 1.0, 9000, 2, 2, 5);
    INSERT INTO jobs VALUES
      ('hung',    'every 5m', 1000, 7, 300000, 0, NULL, '', 0, NULL, 2, 8000),
      ('resumed', 'every 5m', 1000, 7, 300000, 0, NULL, '', 0, 8500, 0, NULL),
      ('busy',    'every 5m', 1000, 7, 300000, 0, NULL, '', 0, NULL, 1, 8000),
      ('stopped', 'every 5m', 1000, 7, 300000, 0, NULL, '', 1, NULL, 1, 8000),
      ('fine',    'every 5m', 1000, 7, 300000, 1, NULL, 'deploy', 0, NULL, 0, NULL);
    INSERT INTO job_heartbeats VALUES
      ('hung',    'idle', 7000, NULL, 8000, NULL, 'hung', 3, NULL, 0, 0, ''),
      ('resumed', 'idle', 7000, NULL, 8000, NULL, 'hung', 3, NULL, 0, 0, ''),
      ('busy',    'retrying', 7000, NULL, 8000, NULL, 'hung', 3, NULL, 0, 0, ''),
      ('stopped', 'quarantined', 7000, NULL, 8000, NULL, 'hung', 3, NULL, 0, 0, ''),
      ('fine',    'idle', 7000, 8000, NULL, NULL, 'ok', 0, NULL, 0, 0, '');
    INSERT INTO runs VALUES (1, 'busy', 'recovery', NULL, NULL, 'P0', 8000, 'retrying', 'ran', NULL,
      NULL, 8000, 8000, NULL, 0, 9000, 1, 1, 0, '', NULL, 0, '', '{}', '[]');
  )sql"))
      << database.recover().what;
  ASSERT_TRUE(migrate(database, migrations())) << database.recover().what;
  EXPECT_EQ(schema_version(database), migrations().back().to_version);
  EXPECT_EQ(database.value<std::string>("SELECT group_concat(job) FROM jobs "
                                        "WHERE recovery_due_at IS NOT NULL"),
            "hung")
      << "a hang that nothing has answered is answered at the next start";
  EXPECT_EQ(database.value<int>("SELECT count(*) FROM jobs WHERE unmet_since_at IS NULL AND "
                                "waiting_due_at IS NULL AND recovery_for IS NULL"),
            5);
  EXPECT_EQ(database.value<std::string>("SELECT paused_reason FROM jobs WHERE job = 'fine'"),
            "deploy");
  EXPECT_EQ(database.value<int>("SELECT count(*) FROM job_heartbeats WHERE last_beat_at IS NULL "
                                "AND progress IS NULL AND note = ''"),
            5);
}

TEST_F(Schema, EveryTableOfTheDesignIsThereAndStrict) {
  Connection database = open();
  ASSERT_TRUE(migrate(database, migrations()));
  EXPECT_EQ(database.value<std::string>("SELECT type FROM pragma_table_list WHERE name = 'leases'"),
            "view");
  for (const char* table :
       {"fleet", "jobs", "job_heartbeats", "slots", "runs", "attempts", "planned_offsets",
        "system_events", "nodes", "leader", "schema_version"}) {
    const std::string query =
        std::string("SELECT strict FROM pragma_table_list WHERE name = '") + table + "'";
    EXPECT_EQ(database.value<int>(query), 1) << table;
  }
}

TEST_F(Schema, TheStateOfAnAttemptFollowsFromItsRow) {
  Connection database = open();
  ASSERT_TRUE(migrate(database, migrations()));
  const auto add = [&](int token, const char* ended_at, int pid) {
    const std::string insert =
        "INSERT INTO attempts (token, run, job, attempt, started_at, ended_at, pid, start_ticks,"
        " boot_id, cgroup, error, rss_max_bytes, log_bytes, leaked, node) VALUES (" +
        std::to_string(token) + ", 1, 'j', " + std::to_string(token) + ", 0, " + ended_at + ", " +
        std::to_string(pid) + ", 0, '', '', '', 0, 0, 0, '')";
    return database.exec(insert.c_str());
  };
  ASSERT_TRUE(add(1, "NULL", 0) && add(2, "NULL", 77) && add(3, "5", 77));
  EXPECT_EQ(database.value<std::string>("SELECT group_concat(state) FROM attempts"),
            "starting,running,ended");
}

/// Without the merge of two indexes the newest 50 slots would cost a sort of the whole ledger.
TEST_F(Schema, TheLedgerIsReadAlongItsIndexes) {
  Connection database = open();
  ASSERT_TRUE(migrate(database, migrations()));
  for (const char* query :
       {"EXPLAIN QUERY PLAN SELECT * FROM slot_ledger ORDER BY last_at DESC, job LIMIT 50",
        "EXPLAIN QUERY PLAN SELECT * FROM slot_ledger WHERE job = 'a' ORDER BY first_number "
        "DESC"}) {
    sql::Statement plan(database, query);
    std::string text;
    while (plan.next()) {
      std::int64_t id = 0;
      std::int64_t parent = 0;
      std::int64_t unused = 0;
      std::string detail;
      plan.read(id, parent, unused, detail);
      text += detail + "\n";
    }
    EXPECT_NE(text.find("MERGE"), std::string::npos) << text;
    EXPECT_EQ(text.find("TEMP B-TREE"), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace takt::store
