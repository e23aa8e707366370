#include "probe/sql_text.h"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

namespace takt::probe {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> texts(std::string_view sql) {
  std::vector<std::string> found;
  for (const auto& statement : statements_of(sql)) found.push_back(statement.text);
  return found;
}

TEST(SqlText, NowIsTheFirstParameter) {
  EXPECT_THAT(statements_of("select :now - max(at) from t where a<:now"),
              ElementsAre(SqlStatement{"select $1 - max(at) from t where a<$1", true}));
  EXPECT_THAT(statements_of("select 1"), ElementsAre(SqlStatement{"select 1", false}));
}

TEST(SqlText, NowIsNotFoundInQuotesAndComments) {
  for (const std::string sql :
       {"select ':now'", "select 'it''s :now'", "select E'\\':now'", "select e'\\\\\\':now'",
        "select \":now\"", "select \"a\"\":now\"", "select $$:now$$", "select $a$ $$ :now $b$ $a$",
        "select 1 -- :now", "select 1 /* :now */", "select 1 /* /* */ :now */", "select 'open :now",
        "select $open$ :now", "select /* open :now"}) {
    EXPECT_THAT(statements_of(sql), ElementsAre(SqlStatement{sql, false})) << sql;
  }
}

TEST(SqlText, NowIsFoundBehindQuotesAndComments) {
  for (const std::string before :
       {"'a'", "'it''s'", "'\\'", "E'\\''", "date'x'", "\"a\"", "$$'$$", "$a$ $$ $a$", "-- '\n",
        "-- '\r", "/* ' */", "/* /* */ ' */", "name$x$", "1$"}) {
    const auto found = statements_of("select " + before + " , :now");
    ASSERT_EQ(found.size(), 1U) << before;
    EXPECT_EQ(found[0].text, "select " + before + " , $1") << before;
  }
}

TEST(SqlText, OtherColonsStay) {
  for (const std::string sql :
       {"select a::now", "select :nowhere", "select :now_", "select :now1", "select f(a := 1)",
        "select a[1:2]", "select ::now", "select : now", "select :NOW", "select :n"}) {
    EXPECT_THAT(statements_of(sql), ElementsAre(SqlStatement{sql, false})) << sql;
  }
}

TEST(SqlText, NowDoesNotGrowIntoANeighbour) {
  EXPECT_THAT(texts("select:now"), ElementsAre("select $1"));
  EXPECT_THAT(texts("select(:now)::int"), ElementsAre("select($1)::int"));
  EXPECT_THAT(texts("select :now::bigint"), ElementsAre("select $1::bigint"));
}

TEST(SqlText, StatementsEndAtSemicolons) {
  EXPECT_THAT(texts("a; b ;c"), ElementsAre("a", "b", "c"));
  EXPECT_THAT(texts("a;"), ElementsAre("a"));
  EXPECT_THAT(texts("do $$ begin; end $$; b"), ElementsAre("do $$ begin; end $$", "b"));
  EXPECT_THAT(texts("';'; \";\"; E'\\';'"), ElementsAre("';'", "\";\"", "E'\\';'"));
  EXPECT_THAT(texts("create rule r as on x do (a; b); c"),
              ElementsAre("create rule r as on x do (a; b)", "c"));
  EXPECT_THAT(texts("a); b"), ElementsAre("a)", "b"));
}

TEST(SqlText, WhatSaysNothingIsNoStatement) {
  EXPECT_THAT(texts(""), IsEmpty());
  EXPECT_THAT(texts(" ;; -- x\n; /* y; */ "), IsEmpty());
  EXPECT_THAT(texts("-- why\nselect 1; -- done"), ElementsAre("-- why\nselect 1"));
}

TEST(SqlText, NowIsToldOfEachStatementAlone) {
  EXPECT_THAT(
      statements_of("update t set a = :now; delete from u"),
      ElementsAre(SqlStatement{"update t set a = $1", true}, SqlStatement{"delete from u", false}));
}

RC_GTEST_PROP(SqlText, AStatementIsReadAgainAsItself, ()) {
  const auto sql = *rc::gen::container<std::string>(
      rc::gen::elementOf(std::string(":now;'\"$$a1E e\\-/*()\n \xc3")));
  for (const auto& statement : statements_of(sql)) {
    const auto again = statements_of(statement.text);
    RC_ASSERT(again.size() == 1U);
    RC_ASSERT(again[0].text == statement.text);
    RC_ASSERT(!again[0].uses_now);
  }
}

}  // namespace
}  // namespace takt::probe
