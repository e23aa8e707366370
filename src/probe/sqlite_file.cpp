#include "probe/sqlite_file.h"

#include <poll.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

namespace takt::probe::sqlite {
namespace {

/// Operations of SQLite's machine between two looks at the limits: some microseconds.
constexpr int kOperations = 1000;
/// How long a lock is left alone before the next try.
constexpr int kLockWaitMs = 10;

int is_over(void* limits) { return static_cast<const Limits*>(limits)->over() ? 1 : 0; }

int wait_for_lock(void* user, int) {
  const auto& limits = *static_cast<const Limits*>(user);
  if (limits.over()) return 0;
  pollfd enough{limits.cancel->descriptor(), POLLIN, 0};
  poll(&enough, 1, kLockWaitMs);
  return 1;
}

/// Questions about the file; all others set something.
bool is_harmless_pragma(std::string_view name, const char* argument) {
  constexpr std::array<std::string_view, 6> kQuestions{"integrity_check",   "quick_check",
                                                       "foreign_key_check", "table_info",
                                                       "table_xinfo",       "index_list"};
  return argument == nullptr || std::ranges::find(kQuestions, name) != kQuestions.end();
}

int authorize(void*, int action, const char* first, const char* second, const char*, const char*) {
  switch (action) {
    case SQLITE_ATTACH:
    case SQLITE_DETACH:
    case SQLITE_TRANSACTION:
    case SQLITE_SAVEPOINT:
      return SQLITE_DENY;
    case SQLITE_FUNCTION:
      return second != nullptr && std::string_view(second) == "load_extension" ? SQLITE_DENY
                                                                               : SQLITE_OK;
    case SQLITE_PRAGMA:
      return first != nullptr && is_harmless_pragma(first, second) ? SQLITE_OK : SQLITE_DENY;
    default:
      return SQLITE_OK;
  }
}

/// Opening a FIFO would wait for whoever writes it.
std::expected<void, std::string> is_file(const std::string& path) {
  struct stat found{};
  if (stat(path.c_str(), &found) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) return std::unexpected("no such file: " + path);
    return std::unexpected("cannot look at " + path + ": " +
                           std::generic_category().message(errno));
  }
  if (!S_ISREG(found.st_mode)) return std::unexpected(path + " is not a file");
  return {};
}

}  // namespace

std::expected<std::unique_ptr<SqliteFile>, std::string> SqliteFile::open(const std::string& path,
                                                                         bool writes,
                                                                         const Limits& limits) {
  if (auto there = is_file(path); !there) return std::unexpected(there.error());
  std::unique_ptr<SqliteFile> file(new SqliteFile(limits));
  const int flags = (writes ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY) | SQLITE_OPEN_NOMUTEX |
                    SQLITE_OPEN_EXRESCODE;
  if (sqlite3_open_v2(path.c_str(), &file->connection_, flags, nullptr) != SQLITE_OK) {
    return std::unexpected(path + ": " + file->problem());
  }
  // SQLite opens read-only what it may not write, and would tell so only at the first change.
  if (writes && sqlite3_db_readonly(file->connection_, "main") == 1) {
    return std::unexpected(path + " cannot be opened for writing");
  }
  file->restrict();
  return file;
}

void SqliteFile::restrict() {
  void* limits = const_cast<Limits*>(&limits_);
  sqlite3_db_config(connection_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(connection_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_limit(connection_, SQLITE_LIMIT_ATTACHED, 0);
  sqlite3_set_authorizer(connection_, &authorize, nullptr);
  sqlite3_progress_handler(connection_, kOperations, &is_over, limits);
  sqlite3_busy_handler(connection_, &wait_for_lock, limits);
}

std::string SqliteFile::problem() const {
  const int code = connection_ == nullptr ? SQLITE_NOMEM : sqlite3_extended_errcode(connection_);
  switch (code & 0xff) {
    case SQLITE_INTERRUPT:
      return limits_.words();
    case SQLITE_BUSY:
      return limits_.cancel->is_set()
                 ? limits_.words()
                 : "the database was locked for " + format_duration(limits_.wanted);
    case SQLITE_AUTH:
      return "not allowed here: ATTACH, transactions, and PRAGMA that sets something";
    default:
      return connection_ == nullptr ? "out of memory" : sqlite3_errmsg(connection_);
  }
}

std::expected<Prepared, std::string> SqliteFile::next(std::string_view& rest) {
  while (!rest.empty()) {
    sqlite3_stmt* made = nullptr;
    const char* tail = nullptr;
    const int code =
        sqlite3_prepare_v2(connection_, rest.data(), static_cast<int>(rest.size()), &made, &tail);
    Prepared statement(made);
    if (code != SQLITE_OK) return std::unexpected(problem());
    rest.remove_prefix(static_cast<std::size_t>(tail - rest.data()));
    if (statement) return statement;  // else: a comment, or a lone semicolon
  }
  return Prepared(nullptr);
}

std::expected<int, std::string> SqliteFile::step(const Prepared& statement) {
  const int code = sqlite3_step(statement.get());
  if (code == SQLITE_ROW || code == SQLITE_DONE) return code;
  return std::unexpected(problem());
}

std::expected<void, std::string> SqliteFile::control(const char* word) {
  sqlite3_set_authorizer(connection_, nullptr, nullptr);
  const int code = sqlite3_exec(connection_, word, nullptr, nullptr, nullptr);
  std::string why = code == SQLITE_OK ? std::string() : problem();
  sqlite3_set_authorizer(connection_, &authorize, nullptr);
  if (code != SQLITE_OK) return std::unexpected(std::move(why));
  return {};
}

std::expected<void, std::string> bind_now(const Prepared& statement, std::int64_t now_seconds) {
  const int count = sqlite3_bind_parameter_count(statement.get());
  for (int i = 1; i <= count; ++i) {
    const char* name = sqlite3_bind_parameter_name(statement.get(), i);
    if (name == nullptr) return std::unexpected("a parameter without a name: only :now is known");
    if (std::string_view(name) != ":now") {
      return std::unexpected("there is no " + std::string(name) + ": only :now is known");
    }
    sqlite3_bind_int64(statement.get(), i, now_seconds);
  }
  return {};
}

}  // namespace takt::probe::sqlite
