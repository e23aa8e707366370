#include "probe/postgres_connection.h"

#include <poll.h>

#include <array>
#include <charconv>
#include <cstring>
#include <string_view>
#include <vector>

#include "probe/plain_value.h"

namespace takt::probe::postgres {
namespace {

constexpr Oid kInt8 = 20;
constexpr const char* kTimeIsOver = "57014";  // query_canceled, here by statement_timeout

using Parts = std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)>;

/// libpq's messages go on with guesses about their cause.
std::string first_line(std::string_view text) {
  text = trimmed(text);
  return std::string(trimmed(text.substr(0, text.find('\n'))));
}

/// SELECT counts rows as well.
std::int64_t rows_changed(PGresult* result) {
  const std::string_view count = PQcmdTuples(result);
  std::int64_t rows = 0;
  if (!std::string_view(PQcmdStatus(result)).starts_with("SELECT")) {
    std::from_chars(count.data(), count.data() + count.size(), rows);
  }
  return rows;
}

/// The URL's parts and our own: libpq takes both as two lists. Only the URL's have values.
PGconn* start(const PQconninfoOption* parts) {
  std::vector<const char*> names{"client_encoding", "fallback_application_name"};
  std::vector<const char*> values{"UTF8", "takt"};
  for (const auto* part = parts; part->keyword != nullptr; ++part) {
    if (part->val == nullptr || std::strcmp(part->keyword, "client_encoding") == 0) continue;
    names.push_back(part->keyword);
    values.push_back(part->val);
  }
  names.push_back(nullptr);
  values.push_back(nullptr);
  return PQconnectStartParams(names.data(), values.data(), 0);
}

}  // namespace

auto PostgresConnection::open(const std::string& url, const Limits& limits)
    -> Or<std::unique_ptr<PostgresConnection>> {
  // What libpq says about a broken URL quotes it, and so perhaps the password.
  const Parts parts(PQconninfoParse(url.c_str(), nullptr), &PQconninfoFree);
  if (!parts) return std::unexpected("the database's URL cannot be read");
  std::unique_ptr<PostgresConnection> made(new PostgresConnection(limits));
  made->connection_.reset(start(parts.get()));
  if (!made->connection_) return std::unexpected("out of memory");
  PQsetNoticeProcessor(made->get(), [](void*, const char*) {}, nullptr);  // not to our stderr
  if (auto connected = made->connect(); !connected) return std::unexpected(connected.error());
  if (PQsetnonblocking(made->get(), 1) != 0) return std::unexpected(made->problem());
  return made;
}

auto PostgresConnection::connect() -> Or<void> {
  PostgresPollingStatusType wants =
      PQstatus(get()) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
  while (wants != PGRES_POLLING_OK) {
    if (wants == PGRES_POLLING_FAILED) return std::unexpected(problem());
    if (!wait(wants == PGRES_POLLING_READING ? POLLIN : POLLOUT)) {
      return std::unexpected(limits_.words());
    }
    wants = PQconnectPoll(get());
  }
  return {};
}

bool PostgresConnection::wait(short events) const {
  while (!limits_.over()) {
    std::array<pollfd, 2> watched{pollfd{PQsocket(get()), events, 0},
                                  pollfd{limits_.cancel->descriptor(), POLLIN, 0}};
    const int ready =
        poll(watched.data(), watched.size(), limits_.cancel->wait_ms(limits_.left().count()));
    if (ready > 0 && watched[0].revents != 0) return true;
  }
  return false;
}

auto PostgresConnection::flush() -> Or<void> {
  while (true) {
    const int left = PQflush(get());
    if (left == 0) return {};
    if (left < 0) return std::unexpected(problem());
    if (!wait(POLLIN | POLLOUT)) return std::unexpected(limits_.words());
    if (PQconsumeInput(get()) == 0) return std::unexpected(problem());
  }
}

auto PostgresConnection::next_result() -> Or<Result> {
  while (PQisBusy(get()) != 0) {
    if (!wait(POLLIN)) return std::unexpected(limits_.words());
    if (PQconsumeInput(get()) == 0) return std::unexpected(problem());
  }
  return Result(PQgetResult(get()), &PQclear);
}

auto PostgresConnection::control(const std::string& words) -> Or<void> {
  if (PQsendQuery(get(), words.c_str()) == 0) return std::unexpected(problem());
  if (auto sent = flush(); !sent) return sent;
  while (true) {
    const auto result = next_result();
    if (!result) return std::unexpected(result.error());
    if (!*result) return {};
    if (PQresultStatus(result->get()) != PGRES_COMMAND_OK) {
      return std::unexpected(problem(result->get()));
    }
  }
}

auto PostgresConnection::run(const std::string& statement, std::optional<std::int64_t> now,
                             const std::function<bool(const PGresult*)>& row) -> Or<Done> {
  const std::string seconds = now ? std::to_string(*now) : std::string();
  const char* value = seconds.c_str();
  if (PQsendQueryParams(get(), statement.c_str(), now ? 1 : 0, &kInt8, &value, nullptr, nullptr,
                        0) == 0) {
    return std::unexpected(problem());
  }
  PQsetSingleRowMode(get());  // a table of any size needs the room of a row
  if (auto sent = flush(); !sent) return std::unexpected(sent.error());
  Done done;
  while (true) {
    const auto result = next_result();
    if (!result) return std::unexpected(result.error());
    if (!*result) return done;
    switch (PQresultStatus(result->get())) {
      case PGRES_SINGLE_TUPLE:
        done.is_query = true;
        if (!row(result->get())) return done;
        break;
      case PGRES_TUPLES_OK:
      case PGRES_COMMAND_OK:
        done.is_query = PQresultStatus(result->get()) == PGRES_TUPLES_OK;
        done.changed = rows_changed(result->get());
        break;
      case PGRES_COPY_IN:
      case PGRES_COPY_OUT:
      case PGRES_COPY_BOTH:
        return std::unexpected("COPY needs somebody at the other end");
      default:
        return std::unexpected(problem(result->get()));
    }
  }
}

std::string PostgresConnection::problem(const PGresult* result) const {
  const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  if (state != nullptr && std::strcmp(state, kTimeIsOver) == 0) {
    return "no answer within " + format_duration(limits_.wanted);
  }
  const char* words = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  return words != nullptr ? without_secrets(first_line(words)) : problem();
}

std::string PostgresConnection::problem() const {
  return without_secrets(first_line(PQerrorMessage(get())));
}

std::string PostgresConnection::without_secrets(std::string text) const {
  const char* password = PQpass(get());
  const std::string_view secret = password != nullptr ? password : "";
  // One of a letter or two would be found in every word, and so be told by its gaps.
  if (secret.size() < 3) return text;
  for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at + 3)) {
    text.replace(at, secret.size(), "***");
  }
  return text;
}

}  // namespace takt::probe::postgres
