// Every tests/scenarios/*.scenario is one case: played, and held against what it says.
// With TAKT_REWRITE=1 the files are rewritten instead; the diff is the review.

#include "scenarios/scenario.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace takt::scenarios {
namespace {

const std::filesystem::path kFolder = TAKT_SOURCE_DIR "/tests/scenarios";

std::vector<std::string> names() {
  std::vector<std::string> found;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    if (entry.path().extension() == ".scenario") found.push_back(entry.path().stem().string());
  }
  std::ranges::sort(found);
  return found;
}

std::string contents(const std::filesystem::path& path) {
  std::ifstream file{path};
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

bool rewriting() { return std::getenv("TAKT_REWRITE") != nullptr; }

/// The lines from the first to the last that differ, as a diff reads.
std::string difference(const std::string& expected, const std::string& actual) {
  const auto lines = [](const std::string& text) {
    std::vector<std::string> all;
    std::istringstream stream{text};
    for (std::string line; std::getline(stream, line);) all.push_back(line);
    return all;
  };
  auto want = lines(expected);
  auto got = lines(actual);
  std::size_t same = 0;
  while (same < want.size() && same < got.size() && want[same] == got[same]) ++same;
  std::size_t tail = 0;
  while (tail < want.size() - same && tail < got.size() - same &&
         want[want.size() - 1 - tail] == got[got.size() - 1 - tail]) {
    ++tail;
  }
  std::string text = "from line " + std::to_string(same + 1) + ":\n";
  for (std::size_t i = same; i < want.size() - tail; ++i) text += "- " + want[i] + "\n";
  for (std::size_t i = same; i < got.size() - tail; ++i) text += "+ " + got[i] + "\n";
  return text;
}

class Scenario : public testing::TestWithParam<std::string> {};

TEST_P(Scenario, ComesOutAsWritten) {
  const auto path = kFolder / (GetParam() + ".scenario");
  const std::string expected = contents(path);
  const std::string actual = play(expected);
  if (rewriting()) {
    std::ofstream{path} << actual;
    return;
  }
  EXPECT_EQ(expected, actual) << difference(expected, actual);
}

TEST_P(Scenario, PlayedTwiceIsTheSame) {
  const std::string text = contents(kFolder / (GetParam() + ".scenario"));
  EXPECT_EQ(play(text), play(text));
}

TEST(Scenarios, AWrongExpectationIsNoticed) {
  const std::string text = "job a every=5m offset=0s\nstart\n> 00:00:00 nothing happens\n";
  EXPECT_NE(play(text), text);
}

TEST(Scenarios, AStepThatMakesNoSenseIsRefusedWithItsLine) {
  EXPECT_THROW(play("job a\nstart\nended a exit=0\n"), std::runtime_error);
  EXPECT_THROW(play("job a colour=red\n"), std::runtime_error);
  EXPECT_THROW(play("frobnicate\n"), std::runtime_error);
}

INSTANTIATE_TEST_SUITE_P(Golden, Scenario, testing::ValuesIn(names()),
                         [](const testing::TestParamInfo<std::string>& tested) {
                           std::string name = tested.param;
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace takt::scenarios
