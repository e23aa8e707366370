#pragma once
// PostgresConnection: one connection to a server, for one question or one remedy. No error of it
// contains the password.
// Private to this folder. Blocks, within its limits.

#include <libpq-fe.h>

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "probe/limits.h"

namespace takt::probe::postgres {

class PostgresConnection {
 public:
  template <class T>
  using Or = std::expected<T, std::string>;

  struct Done {
    bool is_query = false;     // it gives rows, be it none
    std::int64_t changed = 0;  // rows
  };

  /// `limits` outlive it.
  static Or<std::unique_ptr<PostgresConnection>> open(const std::string& url, const Limits& limits);
  PostgresConnection(const PostgresConnection&) = delete;
  PostgresConnection& operator=(const PostgresConnection&) = delete;

  /// Statements of ours, without parameters.
  Or<void> control(const std::string& words);
  /// One statement. `row` is called with each row until it says false: the rest is not read then, and
  /// the connection can only be closed.
  Or<Done> run(const std::string& statement, std::optional<std::int64_t> now,
               const std::function<bool(const PGresult*)>& row);
  bool in_transaction() const { return PQtransactionStatus(get()) == PQTRANS_INTRANS; }

 private:
  using Result = std::unique_ptr<PGresult, decltype(&PQclear)>;

  explicit PostgresConnection(const Limits& limits) : limits_(limits) {}
  PGconn* get() const { return connection_.get(); }
  Or<void> connect();
  Or<void> flush();
  Or<Result> next_result();
  /// False: time is over, or somebody gave up.
  bool wait(short events) const;
  std::string problem() const;
  std::string problem(const PGresult* result) const;
  std::string without_secrets(std::string text) const;

  const Limits& limits_;
  std::unique_ptr<PGconn, decltype(&PQfinish)> connection_{nullptr, &PQfinish};
};

}  // namespace takt::probe::postgres
