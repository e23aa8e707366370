// Texts that nobody means well with: nested without end, huge, mutated, random.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <fstream>
#include <sstream>
#include <string>

#include "fleet/complaints.h"
#include "fleet/decode_testing.h"
#include "fleet/dotted_keys.h"
#include "fleet/preflight.h"

namespace takt::fleet {
namespace {

using testing::decode_text;
using ::testing::ElementsAre;
using testing::problems_of;

std::string read_test_file(const std::string& name) {
  std::ifstream file{TAKT_SOURCE_DIR "/src/fleet/testdata/" + name};
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string repeated(std::string_view part, int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += part;
  return text;
}

TEST(Hostile, NestingWithoutEndIsRefusedAtItsPlace) {
  EXPECT_THAT(problems_of("a=" + repeated("[", 10'000)),
              ElementsAre("1:35 error: brackets and braces are nested too deep"));
  EXPECT_THAT(problems_of("a=" + repeated("{a=", 10'000)),
              ElementsAre("1:99 error: brackets and braces are nested too deep"));
  EXPECT_THAT(problems_of("[" + repeated("a.", 500'000) + "a]"),
              ElementsAre("1:65 error: a key with more than 32 parts"));
  EXPECT_THAT(problems_of(repeated("\"a\" . ", 500'000) + "a=1"),
              ElementsAre("1:191 error: a key with more than 32 parts"));
  EXPECT_EQ(problems_of(repeated("[", 10'000)).size(), 1U);
}

TEST(Hostile, DotsInStringsAndCommentsMakeNoKey) {
  const std::string dots = repeated("a.", 100);
  for (const std::string& text :
       {"# " + dots + "\n", "a = \"" + dots + "\\\"" + dots + "\"\n", "a = '" + dots + "'\n",
        "a = \"\"\"" + dots + "\n" + dots + "\\\"\"\"\"\"\n",
        "a = '''" + dots + "\n'" + dots + "'''\n"}) {
    EXPECT_EQ(find_endless_key(text), std::nullopt) << text;
    EXPECT_TRUE(find_endless_key(text + dots)) << text;
  }
}

TEST(Hostile, AMegabyteInAnyPlaceIsCutInWhatIsSaid) {
  const std::string megabyte(1 << 20, 'x');
  const Loaded loaded = decode_text(
      "[fleet]\nname = '" + megabyte + "'\ntimezone = '" + megabyte + "'\n" + megabyte +
      " = 1\n[job." + megabyte + "]\nrun = '" + megabyte + "'\nevery = '" + megabyte +
      "'\nuser = '" + megabyte + "'\ncwd = '" + megabyte + "'\npriority = '" + megabyte +
      "'\nenv = { " + megabyte + " = '" + megabyte + "' }\nneeds = [{ job = '" + megabyte +
      "' }]\nuses = { " + megabyte + " = 1 }\n[" + megabyte + "]\n[pool." + megabyte +
      "x]\nkind = '" + megabyte + "'\n[memory]\nhigh = '" + megabyte + "%'\n[notify." + megabyte +
      "y]\nwebhook = '" + megabyte + "'\nemail = { smtp = '" + megabyte + "', to = '" + megabyte +
      "' }\n[health." + megabyte + "z]\ndatabase = 'ftp://" + megabyte +
      "'\n[[health.h.probe]]\nname = '" + megabyte + "'\njob = '" + megabyte + "'\nat_most = '" +
      megabyte + "'\notherwise = { event = '" + megabyte + "', run = '" + megabyte +
      "', params = { " + megabyte + " = 1 } }\n");
  EXPECT_FALSE(loaded.spec);
  EXPECT_EQ(loaded.problems.size(), 29U);
  for (const Problem& problem : loaded.problems) {
    EXPECT_LT(problem.message.size() + problem.hint.size(), 400U) << problem.message;
    EXPECT_LT(render(problem).size(), 1000U) << problem.message;
  }
}

TEST(Hostile, AMillionUnknownKeysAreCounted) {
  std::string text = "[fleet]\n";
  for (int i = 0; i < 1'000'000; ++i) text += fmt::format("k{}=1\n", i);
  const Loaded loaded = decode_text(text);
  EXPECT_FALSE(loaded.spec);
  ASSERT_EQ(loaded.problems.size(), kComplaintsMax + 1);
  EXPECT_EQ(loaded.problems.back().message, "990000 more problems are not shown");
}

/// Whatever the text: a spec exactly when there is no error, every problem inside the text, sorted,
/// and none of it able to drive a terminal.
void check_laws(const std::string& text) {
  Loaded loaded = decode_text(text);
  bool has_error = false;
  for (const Problem& problem : loaded.problems) {
    has_error = has_error || problem.severity == Problem::Severity::error;
    RC_ASSERT(problem.line >= 1);
    RC_ASSERT(problem.column >= 1);
    RC_ASSERT(!problem.message.empty());
    for (const char c : render(problem)) {
      RC_ASSERT(c == '\n' || c == '\t' || static_cast<unsigned char>(c) >= 0x20);
    }
  }
  RC_ASSERT(loaded.spec.has_value() == !has_error);
  RC_ASSERT(std::ranges::is_sorted(loaded.problems, {},
                                   [](const Problem& p) { return std::pair{p.line, p.column}; }));
  if (loaded.spec) advise(*loaded.spec, loaded.where);
}

TEST(Hostile, RandomBytesAreRefusedInOrder) {
  rc::check([](const std::string& bytes) { check_laws(bytes); });
}

TEST(Hostile, RandomTextOfTomlsOwnCharactersIsRefusedInOrder) {
  rc::check([] {
    const auto character =
        rc::gen::elementOf(std::string("[]{}=.,\"'\n\r\t #\\ajobrun0159-_:TZ+xeé"));
    check_laws(*rc::gen::container<std::string>(character));
  });
}

TEST(Hostile, MutatedFilesAreRefusedInOrder) {
  const std::string valid = read_test_file("every-key.toml");
  ASSERT_FALSE(valid.empty());
  rc::check([&] {
    std::string text = valid;
    const int edits = *rc::gen::inRange(1, 6);
    for (int i = 0; i < edits; ++i) {
      const auto at = *rc::gen::inRange<std::size_t>(0, text.size());
      const auto length = std::min(*rc::gen::inRange<std::size_t>(0, 20), text.size() - at);
      switch (*rc::gen::inRange(0, 4)) {
        case 0:
          text.erase(at, length);
          break;
        case 1:
          text[at] = *rc::gen::arbitrary<char>();
          break;
        case 2:
          text.insert(at, *rc::gen::arbitrary<std::string>());
          break;
        default:
          text.insert(*rc::gen::inRange<std::size_t>(0, text.size()), text.substr(at, length));
      }
      if (text.empty()) break;
    }
    check_laws(text);
  });
}

}  // namespace
}  // namespace takt::fleet
