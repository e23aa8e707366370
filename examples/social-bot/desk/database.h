#pragma once
// A thin, honest skin over SQLite: a connection, a query that is read row by row, a transaction.
// Every failure of SQLite is thrown as Failed with the file's name and SQLite's own words.
// Connections wait up to 10 s for one another (busy_timeout), since all jobs of the fleet share one
// file.
//
//   auto due = db.query("select id, text from content where scheduled_at <= ?", now);
//   while (due.next()) publish(due.number(0), due.text(1));

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "desk/fleet_time.h"

struct sqlite3;
struct sqlite3_stmt;

namespace bot {

/// The rows of one statement, read once and in order. Columns count from 0.
class Query {
 public:
  /// Steps to the next row; false after the last. The columns are those of this row until next().
  bool next();

  std::string text(int column) const;  // "" for null
  std::int64_t number(int column) const;
  double real(int column) const;
  Time time(int column) const;
  bool is_null(int column) const;

 private:
  friend class Database;
  explicit Query(sqlite3_stmt* statement) : statement_(statement) {}
  void bind(int place, std::int64_t value);
  void bind(int place, int value) { bind(place, std::int64_t{value}); }
  void bind(int place, double value);
  void bind(int place, std::string_view value);
  void bind(int place, Time value) { bind(place, unix_seconds(value)); }

  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

class Database {
 public:
  /// Opens or creates the file.
  explicit Database(const std::string& path);

  /// One statement with its values in the order of its question marks.
  template <class... Values>
  Query query(std::string_view sql, const Values&... values) {
    Query prepared = prepare(sql);
    int place = 0;
    (prepared.bind(++place, values), ...);
    return prepared;
  }

  /// Runs a statement to its end; how many rows it inserted, changed or deleted.
  template <class... Values>
  int run(std::string_view sql, const Values&... values) {
    return run_to_end(query(sql, values...));
  }

  /// First column of the first row; 0 when there is none or it is null.
  template <class... Values>
  std::int64_t number(std::string_view sql, const Values&... values) {
    Query rows = query(sql, values...);
    return rows.next() ? rows.number(0) : 0;
  }

  /// Several statements without values: schemas.
  void script(const std::string& sql);

  std::int64_t last_id() const;
  const std::string& path() const { return path_; }

 private:
  Query prepare(std::string_view sql);
  int run_to_end(Query query);

  struct Close {
    void operator()(sqlite3* connection) const;
  };
  std::string path_;
  std::unique_ptr<sqlite3, Close> connection_;
};

/// A write transaction (BEGIN IMMEDIATE: it holds the write lock from the start, so that what it
/// read is still true when it writes). Rolled back unless commit() was reached.
class Transaction {
 public:
  explicit Transaction(Database& db);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();

 private:
  Database& db_;
  bool open_ = true;
};

}  // namespace bot
