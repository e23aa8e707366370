#include "desk/database.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cstdio>

#include "desk/failed.h"

namespace bot {
namespace {

constexpr int kBusyTimeoutMs = 10'000;

[[noreturn]] void fail(sqlite3* connection) {
  const char* file = sqlite3_db_filename(connection, "main");
  throw Failed(
      fmt::format("database {}: {}", file == nullptr ? "" : file, sqlite3_errmsg(connection)));
}

void check(sqlite3_stmt* statement, int code) {
  if (code != SQLITE_OK) fail(sqlite3_db_handle(statement));
}

}  // namespace

void Query::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

void Database::Close::operator()(sqlite3* connection) const { sqlite3_close(connection); }

bool Query::next() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  fail(sqlite3_db_handle(statement_.get()));
}

std::string Query::text(int column) const {
  const auto* bytes = sqlite3_column_text(statement_.get(), column);
  if (bytes == nullptr) return {};
  const auto size = sqlite3_column_bytes(statement_.get(), column);
  return {reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size)};
}

std::int64_t Query::number(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

double Query::real(int column) const { return sqlite3_column_double(statement_.get(), column); }

Time Query::time(int column) const { return from_unix(number(column)); }

bool Query::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

void Query::bind(int place, std::int64_t value) {
  check(statement_.get(), sqlite3_bind_int64(statement_.get(), place, value));
}

void Query::bind(int place, double value) {
  check(statement_.get(), sqlite3_bind_double(statement_.get(), place, value));
}

void Query::bind(int place, std::string_view value) {
  check(statement_.get(), sqlite3_bind_text(statement_.get(), place, value.data(),
                                            static_cast<int>(value.size()), SQLITE_TRANSIENT));
}

Database::Database(const std::string& path) : path_(path) {
  sqlite3* opened = nullptr;
  const int code = sqlite3_open(path.c_str(), &opened);
  connection_.reset(opened);
  if (code != SQLITE_OK) {
    throw Failed(fmt::format("database {}: {}", path, sqlite3_errmsg(opened)));
  }
  sqlite3_busy_timeout(opened, kBusyTimeoutMs);
}

Query Database::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v2(connection_.get(), sql.data(), static_cast<int>(sql.size()),
                                      &statement, nullptr);
  if (code != SQLITE_OK) fail(connection_.get());
  return Query{statement};
}

int Database::run_to_end(Query query) {
  const auto before = sqlite3_total_changes(connection_.get());
  while (query.next()) {
  }
  return sqlite3_total_changes(connection_.get()) - before;
}

void Database::script(const std::string& sql) {
  if (sqlite3_exec(connection_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    fail(connection_.get());
  }
}

std::int64_t Database::last_id() const { return sqlite3_last_insert_rowid(connection_.get()); }

Transaction::Transaction(Database& db) : db_(db) { db_.run("begin immediate"); }

Transaction::~Transaction() {
  if (!open_) return;
  try {
    db_.run("rollback");
  } catch (const Failed& failed) {  // the file rolls back by itself when the process ends
    std::fprintf(stderr, "social-bot: %s\n", failed.what());
  }
}

void Transaction::commit() {
  db_.run("commit");
  open_ = false;
}

}  // namespace bot
