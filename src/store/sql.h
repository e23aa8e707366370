#pragma once
// Sql: SQLite's C interface as two small owning types. Private to this folder, no thread of its
// own.
//
// The first failure sticks: it stays with the connection, and from then on every statement does
// nothing and finds no rows. So a sequence of statements is written straight down and judged once,
// at its end, by failure(); recover() forgets it and rolls an open transaction back.

#include <chrono>
#include <expected>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "store/sql_value.h"

namespace takt::store::sql {

struct Failure {
  int code = 0;  // SQLite's extended result code; 0: a word in a row that this build does not know
  int os_error = 0;  // errno where the system refused
  std::string what;  // in words, with the statement's table or file where it is known
};

/// What connection and statements share: the handle, and the failure that stuck.
struct Link {
  sqlite3* handle = nullptr;
  std::optional<Failure> failure;

  Link() = default;
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;
  ~Link();
  /// Keeps the handle's last error, unless an earlier one stuck already.
  void fail();
};

class Connection {
 public:
  enum class Access { read, write };

  /// Opens an existing file. `busy` is how long a statement waits for somebody else's lock. A
  /// reading connection never checkpoints: it leaves the database file as it found it, byte for
  /// byte.
  static std::expected<Connection, Failure> open(const std::filesystem::path& file, Access access,
                                                 std::chrono::milliseconds busy);

  /// Runs statements that give no rows. False: this or an earlier one failed.
  bool exec(const char* statements);

  /// First column of the first row of `query`; nullopt when there is no row, or after a failure.
  template <class T>
  std::optional<T> value(std::string_view query);

  bool ok() const { return !link_->failure; }
  const std::optional<Failure>& failure() const { return link_->failure; }
  /// Rolls back what is open, forgets the failure and gives it.
  Failure recover();

  Link& link() { return *link_; }

 private:
  explicit Connection(std::unique_ptr<Link> link) : link_(std::move(link)) {}
  std::unique_ptr<Link> link_;
};

/// A prepared statement; must not outlive its connection. Kept and used again, it costs no parsing.
class Statement {
 public:
  Statement(Connection& connection, std::string_view text);
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&&) = delete;
  ~Statement();

  /// Starts anew with these parameters, in order. Values are copied.
  template <class... Values>
  Statement& bind(const Values&... values) {
    if (!rewind()) return *this;
    int at = 0;
    int code = SQLITE_OK;
    ((code = code == SQLITE_OK ? put(statement_, ++at, values) : code), ...);
    if (code != SQLITE_OK) link_->fail();
    return *this;
  }

  /// The same for parameters whose number is only known at run time; each is a variant.
  template <class Variants>
  Statement& bind_each(const Variants& values) {
    if (!rewind()) return *this;
    int at = 0;
    for (const auto& value : values) {
      ++at;
      const auto put_it = [&](const auto& held) { return put(statement_, at, held); };
      if (std::visit(put_it, value) != SQLITE_OK) link_->fail();
    }
    return *this;
  }

  /// Goes to the next row. False: there is none, or something failed.
  bool next();

  /// Leaves the rest of the rows unread. A statement in the middle of its rows keeps its snapshot
  /// of the database, and with it the log, from being finished.
  void stop() { rewind(); }

  /// Executes a statement that gives no rows. False when something failed.
  bool run() {
    while (next()) {
    }
    return !link_->failure;
  }

  /// The columns of the current row, in order.
  template <class... Values>
  void read(Values&... values) {
    int at = -1;
    (read_one(++at, values), ...);
  }

 private:
  bool rewind();
  template <class Value>
  void read_one(int at, Value& value) {
    if (!get(statement_, at, value)) fail_unknown_word(at);
  }
  void fail_unknown_word(int at);

  Link* link_;
  sqlite3_stmt* statement_ = nullptr;
};

template <class T>
std::optional<T> Connection::value(std::string_view query) {
  Statement statement(*this, query);
  if (!statement.next()) return std::nullopt;
  T value{};
  statement.read(value);
  return ok() ? std::optional<T>(std::move(value)) : std::nullopt;
}

}  // namespace takt::store::sql
