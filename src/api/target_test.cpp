#include "api/target.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

namespace takt::api {
namespace {

using Path = std::vector<std::string>;

TEST(Target, IsTakenApartIntoSegmentsAndQuery) {
  const auto target = parse_target("/api/v1/runs?job=a%2Eb&all=1&x");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->path, (Path{"api", "v1", "runs"}));
  EXPECT_EQ(target->query.at("job"), "a.b");
  EXPECT_EQ(target->query.at("x"), "");
}

TEST(Target, ATrailingSlashIsASegmentOfItsOwn) {
  EXPECT_EQ(parse_target("/jobs/")->path, (Path{"jobs", ""}));
  EXPECT_EQ(parse_target("//jobs")->path, (Path{"", "jobs"}));
}

TEST(Target, IsDecodedOnlyOnce) { EXPECT_EQ(parse_target("/..%252f")->path, (Path{"..%2f"})); }

TEST(Target, HostileOnesAreRefused) {
  for (const auto* text : {"", "jobs", "http://evil/", "*", "/a%2fb", "/a%5cb", "/a%00", "/%0a",
                           "/%zz", "/%4", "/%", "/a?b=%00", "/a?b=%1b"}) {
    EXPECT_FALSE(parse_target(text)) << text;
  }
}

RC_GTEST_PROP(TargetLaw, AValueSurvivesEncodingOrHoldsAControlCharacter,
              (const std::string& text)) {
  const bool has_control = std::ranges::any_of(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  const auto target = parse_target("/x?v=" + percent_encode(text));
  RC_ASSERT(target.has_value() != has_control);
  if (target) RC_ASSERT(target->query.at("v") == text);
}

RC_GTEST_PROP(TargetLaw, NoBytesBreakTheParser, (const std::string& text)) {
  const auto target = parse_target("/" + text);
  if (!target) return;
  for (const auto& segment : target->path) {
    RC_ASSERT(segment.find('/') == std::string::npos);
    RC_ASSERT(segment.find('\0') == std::string::npos);
  }
}

}  // namespace
}  // namespace takt::api
