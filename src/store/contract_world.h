#pragma once
// The worlds that the contract of ports/store.h and ports/history.h is tested in: every
// implementation behind the same three questions. A new store adds a world here and passes the same
// suites.

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

#include "base/scratch_folder_for_test.h"
#include "store/heard.h"
#include "store/memory_store.h"
#include "store/sample_rows.h"
#include "store/sql.h"
#include "store/sqlite_history.h"
#include "store/sqlite_store.h"

namespace takt::store {

class InMemory {
 public:
  ports::Store& store() { return store_; }
  ports::History& history() { return store_; }
  void reopen() { store_.crash(); }
  void fail() { store_.fail({ports::StoreError::Kind::io, "disk full", "free space"}); }
  void heal() { store_.heal(); }
  Heard heard;

 private:
  MemoryStore store_ = with_journal();
  MemoryStore with_journal() {
    MemoryStore made(heard);
    made.give_journal(1 << 20);
    return made;
  }
};

class InSqlite {
 public:
  InSqlite() { open(); }
  ports::Store& store() { return *store_; }
  ports::History& history() { return *history_; }
  void reopen() {
    history_.reset();
    store_.reset();
    open();
  }
  /// Somebody else keeps the lock.
  void fail() {
    auto opened = sql::Connection::open(folder_ / "takt.db", sql::Connection::Access::write,
                                        std::chrono::milliseconds{5000});
    if (!opened || !opened->exec("BEGIN IMMEDIATE")) throw std::runtime_error("no lock");
    other_.emplace(std::move(*opened));
  }
  void heal() { other_.reset(); }
  Heard heard;

 private:
  void open() {
    auto store = SqliteStore::open(folder_ / "takt.db", "social", 1, heard);
    if (!store) throw std::runtime_error(store.error().what);
    store_ = std::move(*store);
    auto history = SqliteHistory::open(folder_ / "takt.db");
    if (!history) throw std::runtime_error(history.error().what);
    history_ = std::move(*history);
  }

  ScratchFolder folder_;
  std::unique_ptr<SqliteStore> store_;
  std::unique_ptr<SqliteHistory> history_;
  std::optional<sql::Connection> other_;
};

template <class World>
class Contract : public ::testing::Test {
 protected:
  void write(core::Batch made) {
    const Seq seq = made.seq;
    world_.store().submit(std::move(made));
    ASSERT_TRUE(world_.heard.wait_recorded(seq));
  }

  std::vector<std::int64_t> run_ids(const ports::RunQuery& query) {
    std::vector<std::int64_t> ids;
    const auto runs = world_.history().runs(query).value();
    for (const auto& found : runs) ids.push_back(found.run.run.value);
    return ids;
  }

  World world_;
};

using Worlds = ::testing::Types<InMemory, InSqlite>;

struct WorldNames {
  template <class World>
  static std::string GetName(int) {
    return std::is_same_v<World, InMemory> ? "Memory" : "Sqlite";
  }
};

}  // namespace takt::store
