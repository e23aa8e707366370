#include "fleet/problem.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "fleet/complaints.h"

namespace takt::fleet {
namespace {

Problem at_place(std::string line_text, int column) {
  Problem problem;
  problem.file = "fleet.toml";
  problem.line = 7;
  problem.column = column;
  problem.message = "unknown key 'evry'";
  problem.line_text = std::move(line_text);
  return problem;
}

TEST(Render, LooksLikeACompilersMessage) {
  Problem problem = at_place("evry = \"5m\"", 1);
  problem.hint = "did you mean 'every'?";
  EXPECT_EQ(render(problem),
            "fleet.toml:7:1: error: unknown key 'evry'\n"
            "evry = \"5m\"\n"
            "^\n"
            "  hint: did you mean 'every'?\n");
}

TEST(Render, TabsAreKeptSoThatTheCaretStaysInPlace) {
  EXPECT_EQ(render(at_place("\ta\t= 5", 5)),
            "fleet.toml:7:5: error: unknown key 'evry'\n\ta\t= 5\n\t \t ^\n");
}

TEST(Render, EscapedCharactersMoveTheCaret) {
  EXPECT_EQ(render(at_place("\x1b"
                            "é = 5",
                            4)),
            "fleet.toml:7:4: error: unknown key 'evry'\n\\x1bé = 5\n      ^\n");
}

TEST(Render, AProblemOfTheWholeFileHasNoLine) {
  Problem problem;
  problem.severity = Problem::Severity::warning;
  problem.file = "fleet.toml";
  problem.message = "is odd";
  EXPECT_EQ(render(problem), "fleet.toml: warning: is odd\n");
}

TEST(Render, NothingOfAHostileFileNameReachesTheTerminal) {
  Problem problem;
  problem.file = "\x1b[2J.toml";
  problem.message = "no";
  EXPECT_EQ(render(problem), "\\x1b[2J.toml: error: no\n");
}

TEST(Complaints, AreSortedByPlaceAndCarryTheirLines) {
  Complaints complaints{Sources{std::make_shared<const Source>("f.toml", "one\r\ntwo\nthree")}};
  complaints.warning({3, 2}, "third");
  complaints.error({1, 1}, "first");
  complaints.error({2, 3}, "second");
  const auto problems = complaints.take();
  ASSERT_EQ(problems.size(), 3U);
  EXPECT_EQ(problems[0].line_text, "one");
  EXPECT_EQ(problems[1].line_text, "two");
  EXPECT_EQ(problems[2].line_text, "three");
  EXPECT_EQ(problems[2].message, "third");
  EXPECT_EQ(problems[2].file, "f.toml");
  EXPECT_TRUE(complaints.has_errors());
}

TEST(Complaints, ALongLineIsCutAroundTheCaret) {
  const std::string line = std::string(500, 'a') + "é!" + std::string(500, 'b');
  Complaints complaints{Sources{std::make_shared<const Source>("f.toml", "x\n" + line)}};
  complaints.error({2, 502}, "here");
  const Problem problem = complaints.take().front();
  EXPECT_EQ(problem.line_text, "…" + std::string(59, 'a') + "é!" + std::string(59, 'b') + "…");
  EXPECT_EQ(problem.column, 502);
  EXPECT_EQ(problem.caret, 62);
}

TEST(Complaints, APlaceBehindTheEndOfTheTextIsShownAtItsEnd) {
  Complaints complaints{Sources{std::make_shared<const Source>("f.toml", "ab")}};
  complaints.error({9, 99}, "far away");
  const Problem problem = complaints.take().front();
  EXPECT_EQ(problem.line_text, "ab");
  EXPECT_EQ(problem.caret, 3);
}

TEST(Complaints, BeyondTheLimitTheyAreCounted) {
  Complaints complaints{Sources{std::make_shared<const Source>("f.toml", "x")}};
  for (std::size_t i = 0; i < kComplaintsMax + 5; ++i) complaints.error({1, 1}, "again");
  const auto problems = complaints.take();
  ASSERT_EQ(problems.size(), kComplaintsMax + 1);
  EXPECT_EQ(problems.back().message, "5 more problems are not shown");
}

}  // namespace
}  // namespace takt::fleet
