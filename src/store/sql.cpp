#include "store/sql.h"

#include <fmt/format.h>

#include <utility>

#include "base/assert.h"

namespace takt::store::sql {

Link::~Link() {
  const int code = sqlite3_close(handle);
  TAKT_ASSERT(code == SQLITE_OK, "statements end before their connection");
}

void Link::fail() {
  if (failure) return;
  const int code = sqlite3_extended_errcode(handle);
  const int kind = code & 0xff;
  const bool from_system = kind == SQLITE_IOERR || kind == SQLITE_CANTOPEN || kind == SQLITE_FULL;
  failure = Failure{code, from_system ? sqlite3_system_errno(handle) : 0, sqlite3_errmsg(handle)};
}

std::expected<Connection, Failure> Connection::open(const std::filesystem::path& file,
                                                    Access access, std::chrono::milliseconds busy) {
  auto link = std::make_unique<Link>();
  const int mode = access == Access::write ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
  const int code = sqlite3_open_v2(file.c_str(), &link->handle,
                                   mode | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  if (link->handle == nullptr) return std::unexpected(Failure{SQLITE_NOMEM, 0, "out of memory"});
  if (code != SQLITE_OK) {
    link->fail();
    return std::unexpected(*link->failure);
  }
  sqlite3_busy_timeout(link->handle, static_cast<int>(busy.count()));
  if (access == Access::read) {
    sqlite3_db_config(link->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  }
  return Connection(std::move(link));
}

bool Connection::exec(const char* statements) {
  if (!ok()) return false;
  if (sqlite3_exec(link_->handle, statements, nullptr, nullptr, nullptr) != SQLITE_OK) {
    link_->fail();
  }
  return ok();
}

Failure Connection::recover() {
  Failure failure = std::exchange(link_->failure, std::nullopt).value_or(Failure{});
  if (sqlite3_get_autocommit(link_->handle) == 0) {
    // A rollback that fails leaves the transaction to the end of the connection, which always can.
    sqlite3_exec(link_->handle, "ROLLBACK", nullptr, nullptr, nullptr);
  }
  return failure;
}

Statement::Statement(Connection& connection, std::string_view text) : link_(&connection.link()) {
  if (link_->failure) return;
  const int code = sqlite3_prepare_v3(link_->handle, text.data(), static_cast<int>(text.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement_, nullptr);
  if (code != SQLITE_OK) link_->fail();
}

Statement::Statement(Statement&& other) noexcept
    : link_(other.link_), statement_(std::exchange(other.statement_, nullptr)) {}

Statement::~Statement() { sqlite3_finalize(statement_); }

bool Statement::rewind() {
  if (link_->failure) return false;
  TAKT_ASSERT(statement_ != nullptr, "a statement that could not be prepared is not used again");
  sqlite3_reset(statement_);  // its code repeats the failure of the last step, which was kept then
  return true;
}

bool Statement::next() {
  if (link_->failure) return false;
  TAKT_ASSERT(statement_ != nullptr, "a statement that could not be prepared is not used again");
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) link_->fail();
  sqlite3_reset(statement_);
  return false;
}

void Statement::fail_unknown_word(int at) {
  if (link_->failure) return;
  const char* table = sqlite3_column_table_name(statement_, at);
  link_->failure =
      Failure{0, 0,
              fmt::format("{}.{} holds \"{}\", a word that this takt does not know",
                          table != nullptr ? table : "?", sqlite3_column_name(statement_, at),
                          text_at(statement_, at))};
}

}  // namespace takt::store::sql
