#pragma once
// SqliteFile: one connection to a SQLite file of somebody else's, with everything that keeps a stranger's
// statement within bounds: sqlite.h says which. And Prepared, one statement of it.
// Private to this folder.

#include <sqlite3.h>

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>

#include "probe/limits.h"

namespace takt::probe::sqlite {

class Prepared {
 public:
  explicit Prepared(sqlite3_stmt* statement) : statement_(statement, &sqlite3_finalize) {}
  explicit operator bool() const { return statement_ != nullptr; }
  sqlite3_stmt* get() const { return statement_.get(); }

 private:
  std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)> statement_;
};

class SqliteFile {
 public:
  /// `limits` outlive it.
  static std::expected<std::unique_ptr<SqliteFile>, std::string> open(const std::string& path,
                                                                      bool writes,
                                                                      const Limits& limits);
  ~SqliteFile() { sqlite3_close(connection_); }
  SqliteFile(const SqliteFile&) = delete;
  SqliteFile& operator=(const SqliteFile&) = delete;

  /// The next statement of `rest`, which is left with what stands behind it; none at its end.
  std::expected<Prepared, std::string> next(std::string_view& rest);
  /// SQLITE_ROW, SQLITE_DONE, or what went wrong.
  std::expected<int, std::string> step(const Prepared& statement);
  /// A word of our own, "COMMIT", to which the authorizer does not listen.
  std::expected<void, std::string> control(const char* word);

  sqlite3* get() const { return connection_; }

 private:
  explicit SqliteFile(const Limits& limits) : limits_(limits) {}
  void restrict();
  std::string problem() const;

  const Limits& limits_;
  sqlite3* connection_ = nullptr;
};

/// Gives `:now` its value; what is wrong when there is another parameter.
std::expected<void, std::string> bind_now(const Prepared& statement, std::int64_t now_seconds);

}  // namespace takt::probe::sqlite
