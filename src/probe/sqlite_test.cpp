#include <sqlite3.h>

#include <fstream>

#include "probe/asked_for_test.h"

namespace takt::probe {
namespace {

using namespace std::chrono_literals;

/// Somebody else's connection, for writing.
class Writer {
 public:
  explicit Writer(const std::string& path) {
    if (sqlite3_open(path.c_str(), &connection_) != SQLITE_OK) throw std::runtime_error("no file");
  }
  ~Writer() { sqlite3_close(connection_); }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  void operator()(const std::string& sql) {
    char* why = nullptr;
    if (sqlite3_exec(connection_, sql.c_str(), nullptr, nullptr, &why) != SQLITE_OK) {
      throw std::runtime_error(why);
    }
  }

 private:
  sqlite3* connection_ = nullptr;
};

class Sqlite : public Asked {
 protected:
  net::TestFolder folder;
  std::string file = folder / "orders.db";
  Writer write{file};

  void SetUp() override {
    write("create table orders (id integer primary key, at text, paid int)");
    write("insert into orders values (1, '2026-01-05 00:00:00', 1), (2, null, 0), (3, '', 0)");
  }
  Measurement ask(const std::string& query) { return sql(query, file); }
  auto mend(const std::string& statement) { return execute(statement, file); }
};

TEST_F(Sqlite, AValueIsTheFirstColumnOfTheFirstRow) {
  EXPECT_EQ(ask("select count(*), 'x' from orders"), Measurement(3.0));
  EXPECT_EQ(ask("select 0.5"), Measurement(0.5));
  EXPECT_EQ(ask("select at from orders order by id;"), text("2026-01-05 00:00:00"));
  EXPECT_EQ(ask("select at from orders where id = 2"), Measurement(Absent{}));
  EXPECT_EQ(ask("select at from orders where id = 4"), Measurement(Absent{}));
  EXPECT_EQ(ask("select x'00'"), unknown("a blob is not a value"));
  EXPECT_EQ(ask("pragma quick_check"), text("ok"));
}

TEST_F(Sqlite, NowIsFleetTimeInWholeSeconds) {
  EXPECT_EQ(ask("select :now"), Measurement(1'767'571'453.0));
  EXPECT_EQ(ask("select :now - strftime('%s', at) from orders where :now > 0"), Measurement(253.0));
  EXPECT_EQ(ask("select ':now'"), text(":now"));
  EXPECT_EQ(ask("select :later"), unknown("there is no :later: only :now is known"));
  EXPECT_EQ(ask("select ?"), unknown("a parameter without a name: only :now is known"));
}

TEST_F(Sqlite, OnlyOneStatementThatGivesRowsIsAsked) {
  EXPECT_EQ(ask("select 1; select 2"), unknown("more than one statement"));
  EXPECT_EQ(ask("select 1; drop table orders"), unknown("more than one statement"));
  EXPECT_EQ(ask("; -- first\n select 1; -- last"), Measurement(1.0));
  EXPECT_EQ(ask(" -- nothing"), unknown("there is no statement"));
  EXPECT_EQ(ask("select gone"), unknown("no such column: gone"));
}

TEST_F(Sqlite, AQuestionCannotWrite) {
  EXPECT_EQ(ask("delete from orders returning id"),
            unknown("attempt to write a readonly database"));
  EXPECT_EQ(ask("delete from orders"), unknown("the statement gives no rows"));
  EXPECT_EQ(ask("select count(*) from orders"), Measurement(3.0));
}

TEST_F(Sqlite, AQuestionReachesNoOtherFileAndNoCode) {
  const auto refused =
      unknown("not allowed here: ATTACH, transactions, and PRAGMA that sets something");
  EXPECT_EQ(ask("attach '" + (folder / "other.db") + "' as other"), refused);
  EXPECT_EQ(ask("begin"), refused);
  EXPECT_EQ(ask("pragma journal_mode = delete"), refused);
  EXPECT_TRUE(std::holds_alternative<Unknown>(ask("select load_extension('x')")));
}

TEST_F(Sqlite, AFileThatIsNotThereIsNotMade) {
  const std::string none = folder / "none.db";
  EXPECT_EQ(sql("select 1", none), unknown("no such file: " + none));
  EXPECT_EQ(execute("select 1", none).text, "no such file: " + none);
  EXPECT_FALSE(std::filesystem::exists(none));
  EXPECT_EQ(sql("select 1", folder.path()), unknown(folder.path() + " is not a file"));
  std::ofstream(folder / "text") << std::string(4096, 'x');
  EXPECT_EQ(sql("select * from t", folder / "text"), unknown("file is not a database"));
}

TEST_F(Sqlite, AWalIsReadWhileSomebodyWrites) {
  write("pragma journal_mode = wal");
  write("insert into orders values (4, '', 0)");
  write("begin immediate");
  write("insert into orders values (5, '', 0)");
  EXPECT_EQ(ask("select count(*) from orders"), Measurement(4.0));
  write("commit");
  EXPECT_EQ(ask("select count(*) from orders"), Measurement(5.0));
}

TEST_F(Sqlite, ALockIsWaitedForUntilTimeIsOver) {
  write("begin exclusive");
  timeout = 100ms;
  EXPECT_EQ(ask("select count(*) from orders"), unknown("the database was locked for 100ms"));
  EXPECT_EQ(mend("delete from orders").text, "the database was locked for 100ms");
  write("commit");
  EXPECT_EQ(ask("select count(*) from orders"), Measurement(3.0));
}

constexpr const char* kEndless =
    "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n";

TEST_F(Sqlite, AQueryThatDoesNotEndIsEnded) {
  timeout = 100ms;
  EXPECT_EQ(ask(kEndless), unknown("no answer within 100ms"));
}

TEST_F(Sqlite, CancellingEndsAQuery) {
  Measurement answer;
  runner().measure(spec(core::SqlProbe{kEndless}), file, kNow,
                   [&](Measurement found) { answer = std::move(found); });
  runner().cancel();
  io.run();
  EXPECT_EQ(answer, unknown("given up"));
  EXPECT_EQ(ask("select 1"), Measurement(1.0));  // it is not for ever
}

TEST_F(Sqlite, ARemedyIsOneTransaction) {
  const auto done = mend(
      "update orders set paid = 1 where paid = 0; create table log (at int); select 1;"
      "insert into log values (:now)");
  EXPECT_TRUE(done.ok);
  EXPECT_EQ(done.text, "3 rows changed");
  EXPECT_EQ(ask("select at from log"), Measurement(1'767'571'453.0));

  const auto broken = mend("delete from orders; delete from gone");
  EXPECT_FALSE(broken.ok);
  EXPECT_EQ(broken.text, "no such table: gone");
  EXPECT_EQ(ask("select count(*) from orders"), Measurement(3.0));

  EXPECT_EQ(mend("delete from orders where id = 1").text, "1 row changed");
  EXPECT_EQ(mend("delete from orders where id = 1").text, "0 rows changed");
  EXPECT_FALSE(mend(" -- nothing").ok);
}

TEST_F(Sqlite, ARemedyCannotEndItsTransaction) {
  EXPECT_FALSE(mend("delete from orders; commit; select 1").ok);
  EXPECT_FALSE(mend("delete from orders; attach 'x' as x").ok);
  EXPECT_FALSE(mend("delete from orders where id = :later").ok);
  EXPECT_EQ(ask("select count(*) from orders"), Measurement(3.0));
}

TEST_F(Sqlite, ATextThatIsTooLongIsNotTaken) {
  EXPECT_EQ(ask("select hex(zeroblob(32769))"), unknown("a text of 65538 bytes is too long"));
  EXPECT_EQ(ask("select 9e999"), unknown("not a finite number"));
}

TEST_F(Sqlite, ACheckWithoutADatabaseSaysSo) {
  EXPECT_EQ(sql("select 1", ""), unknown("the check names no database"));
}

}  // namespace
}  // namespace takt::probe
