#include "probe/postgres_for_test.h"

#include "probe/asked_for_test.h"

namespace takt::probe {
namespace {

using namespace std::chrono_literals;

class Postgres : public Asked {
 protected:
  PostgresServer server;

  Measurement ask(const std::string& query) { return sql(query, server.url()); }
  auto mend(const std::string& statement) { return execute(statement, server.url()); }
};

TEST_F(Postgres, AValueIsTheFirstColumnOfTheFirstRow) {
  EXPECT_EQ(ask("select 42, 'x'"), Measurement(42.0));
  EXPECT_EQ(ask("select 1::bigint << 40"), Measurement(1099511627776.0));
  EXPECT_EQ(ask("select 0.1::numeric(30, 20)"), Measurement(0.1));
  EXPECT_EQ(ask("select 1.5::real"), Measurement(1.5));
  EXPECT_EQ(ask("select 1 = 1"), Measurement(true));
  EXPECT_EQ(ask("select 'x;y'::varchar"), text("x;y"));
  EXPECT_EQ(ask("select null::int"), Measurement(Absent{}));
  EXPECT_EQ(ask("select 1 where false"), Measurement(Absent{}));
  EXPECT_EQ(ask("select '12'::text"), text("12"));
  EXPECT_EQ(ask("select 'NaN'::float8"), unknown("NaN is not a finite number"));
  EXPECT_EQ(ask("select generate_series(1, 1000000000)"), Measurement(1.0));
}

TEST_F(Postgres, ATimeIsATextOfRfc3339) {
  server.query("alter role takt set timezone = 'Asia/Kolkata'");
  server.query("alter role takt set datestyle = 'German'");
  EXPECT_EQ(ask("select '2026-01-05 00:04:13.5Z'::timestamptz"),
            text("2026-01-05T05:34:13.5+05:30"));
  EXPECT_EQ(ask("select '2026-01-05 00:04:13'::timestamp"), text("2026-01-05T00:04:13"));
  EXPECT_EQ(ask("select '2026-01-05'::date"), text("2026-01-05"));
  EXPECT_EQ(ask("select 'infinity'::timestamptz"), text("infinity"));
  server.query("alter role takt set timezone = 'UTC'");
  EXPECT_EQ(ask("select to_timestamp(:now)"), text("2026-01-05T00:04:13+00:00"));
}

TEST_F(Postgres, NowIsFleetTimeInWholeSeconds) {
  EXPECT_EQ(ask("select :now"), Measurement(1'767'571'453.0));
  EXPECT_EQ(ask("select :now - 53 where :now > 0 -- :now"), Measurement(1'767'571'400.0));
  EXPECT_EQ(ask("select ':now'"), text(":now"));
}

TEST_F(Postgres, AQuestionCannotWriteOrBeTwo) {
  server.query("create table orders as select generate_series(1, 3) id");
  EXPECT_EQ(ask("delete from orders returning id"),
            unknown("cannot execute DELETE in a read-only transaction"));
  EXPECT_EQ(ask("select nextval(null)"), Measurement(Absent{}));
  EXPECT_EQ(ask("select 1; delete from orders"), unknown("more than one statement"));
  EXPECT_EQ(ask("copy orders to stdout"), unknown("COPY needs somebody at the other end"));
  EXPECT_EQ(ask("select nothing"), unknown("column \"nothing\" does not exist"));
  EXPECT_EQ(ask(""), unknown("there is no statement"));
  EXPECT_EQ(ask("set work_mem = '1MB'"), unknown("the statement gives no rows"));
  EXPECT_EQ(server.query("select count(*) from orders"), "3");
}

TEST_F(Postgres, ARemedyIsOneTransaction) {
  server.query("create table orders as select generate_series(1, 3) id, 0 at");
  const auto done = mend(
      "update orders set at = :now where id > 1; select * from orders;"
      "insert into orders values (4, 0) returning id;");
  EXPECT_TRUE(done.ok) << done.text;
  EXPECT_EQ(done.text, "3 rows changed");
  EXPECT_EQ(server.query("select sum(at) from orders"), "3535142906");

  const auto broken = mend("delete from orders; delete from nothing");
  EXPECT_FALSE(broken.ok);
  EXPECT_EQ(broken.text, "relation \"nothing\" does not exist");
  const auto ended = mend("select 1; rollback; select 2");
  EXPECT_FALSE(ended.ok);
  EXPECT_EQ(ended.text, "a statement ended the transaction: rollback");
  EXPECT_FALSE(mend("-- nothing").ok);
  EXPECT_EQ(server.query("select count(*) from orders"), "4");
}

TEST_F(Postgres, AQueryThatDoesNotEndIsEndedOnTheServerToo) {
  timeout = 200ms;
  EXPECT_EQ(ask("select pg_sleep(3600)"), unknown("no answer within 200ms"));
  EXPECT_EQ(mend("select pg_sleep(3600)").text, "no answer within 200ms");
  while (server.query("select count(*) from pg_stat_activity where query like '%3600%' "
                      "and pid <> pg_backend_pid()") != "0") {
  }
}

TEST_F(Postgres, CancellingEndsAQuery) {
  Measurement answer;
  runner().measure(spec(core::SqlProbe{"select pg_sleep(3600)"}), server.url(), kNow,
                   [&](Measurement found) { answer = std::move(found); });
  server.await_statement("3600");
  runner().cancel();
  io.run();
  EXPECT_EQ(answer, unknown("given up"));
}

TEST_F(Postgres, AServerThatStopsInTheMiddleOfAQueryIsTold) {
  Measurement answer;
  runner().measure(spec(core::SqlProbe{"select pg_sleep(3600)"}), server.url(), kNow,
                   [&](Measurement found) { answer = std::move(found); });
  server.await_statement("3600");
  server.stop();
  io.run();
  ASSERT_TRUE(std::holds_alternative<Unknown>(answer));
  const std::string why = std::get<Unknown>(answer).why;
  EXPECT_TRUE(why.find("terminating connection") != std::string::npos ||
              why.find("server closed the connection") != std::string::npos)
      << why;
  EXPECT_EQ(why.find('\n'), std::string::npos) << why;
}

TEST_F(Postgres, NoErrorContainsThePassword) {
  EXPECT_EQ(sql("select 1", server.url("locked:geheimnis")), Measurement(1.0));
  for (const std::string& url : std::vector<std::string>{
           server.url("locked:falsches"), server.url("locked:falsches%zz"),
           "postgres://locked:falsches@127.0.0.1:1/x", "postgres://locked:falsches@[::1/x",
           "postgres://locked:falsches@127.0.0.1:port/falsches"}) {
    const Measurement answer = sql("select 1", url);
    ASSERT_TRUE(std::holds_alternative<Unknown>(answer)) << url;
    const std::string why = std::get<Unknown>(answer).why;
    EXPECT_EQ(why.find("falsches"), std::string::npos) << why;
    EXPECT_FALSE(why.empty());
  }
}

class PostgresAway : public Asked {};

TEST_F(PostgresAway, AServerThatNeverAnswersIsLeftWhenTimeIsOver) {
  net::SilentPort silent;
  timeout = 150ms;
  EXPECT_EQ(sql("select 1", "postgres://" + silent.place() + "/x"),
            unknown("no answer within 150ms"));
  EXPECT_EQ(execute("select 1", "postgres://" + silent.place() + "/x").text,
            "no answer within 150ms");
}

TEST_F(PostgresAway, AServerThatIsNotThereIsToldWithItsPort) {
  net::SilentPort closed(false);
  EXPECT_EQ(sql("select 1", "postgres://" + closed.place() + "/x"),
            unknown("connection to server at \"127.0.0.1\", port " + std::to_string(closed.port()) +
                    " failed: Connection refused"));
}

}  // namespace
}  // namespace takt::probe
