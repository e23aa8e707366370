#include "imports/unit_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace takt::imports {
namespace {

using testing::ElementsAre;

std::vector<ExecCommand> read(std::string_view line, std::string_view unit = "x.service") {
  std::vector<std::string> unknown;
  return read_exec_line(line, Specifiers{unit}, unknown).value_or(std::vector<ExecCommand>{});
}

TEST(ExecLine, QuotesAndEscapesMakeWords) {
  EXPECT_THAT(read(R"(/bin/echo "a b" 'c "d"' e\x20f g\th)")[0].argv,
              ElementsAre("/bin/echo", "a b", "c \"d\"", "e f", "g\th"));
  EXPECT_THAT(read(R"(/bin/x a"b"c "" \;)")[0].argv, ElementsAre("/bin/x", "abc", "", ";"));
}

TEST(ExecLine, ASemicolonOfItsOwnSeparatesCommands) {
  const auto commands = read("/bin/a 1 ; -/bin/b ; ");
  ASSERT_EQ(commands.size(), 2U);
  EXPECT_THAT(commands[1].argv, ElementsAre("/bin/b"));
  EXPECT_TRUE(commands[1].may_fail);
}

TEST(ExecLine, PrefixesAreTakenOff) {
  const auto command = read("-@+/bin/sh name -c x")[0];
  EXPECT_THAT(command.argv, ElementsAre("/bin/sh", "-c", "x"));
  EXPECT_EQ(command.prefixes, "@+");
  EXPECT_EQ(shell_line(command), "/bin/sh -c x || true");
}

TEST(ExecLine, VariablesNeedAShell) {
  EXPECT_FALSE(needs_shell(read("/bin/a b")[0]));
  EXPECT_TRUE(needs_shell(read("/bin/a $OPTS")[0]));
  EXPECT_FALSE(needs_shell(read(":/bin/a $OPTS")[0]));
  EXPECT_EQ(shell_line(read("/bin/a $OPTS --in=${DIR}/x 'it''s' $$5 c$d")[0]),
            "/bin/a $OPTS \"--in=${DIR}/x\" its \"\\$5\" \"c\\$d\"");
  EXPECT_EQ(shell_line(read(R"(/bin/a "${A}`id`\"")")[0]), R"(/bin/a "${A}\`id\`\"")");
}

TEST(ExecLine, SpecifiersOfTheNameAreKnown) {
  EXPECT_THAT(read("/bin/sync %i %n %N %p 100%%", "sync@mail.service")[0].argv,
              ElementsAre("/bin/sync", "mail", "sync@mail.service", "sync@mail", "sync", "100%"));
  std::vector<std::string> unknown;
  EXPECT_EQ(Specifiers{"x.service"}.resolve("%h/x %t", unknown), "%h/x %t");
  EXPECT_THAT(unknown, ElementsAre("%h", "%t"));
}

TEST(ExecLine, NonsenseIsNoCommand) {
  for (const auto* line : {"", "  ", ";", "-", "\"open", "'open", "@ "}) {
    EXPECT_TRUE(read(line).empty()) << line;
  }
}

}  // namespace
}  // namespace takt::imports
