#include "cli/arguments.h"

#include <gtest/gtest.h>

namespace takt::cli {
namespace {

Arguments with(std::string_view key, std::string value) {
  Arguments arguments;
  arguments.set(key, {std::move(value)});
  return arguments;
}

TEST(Arguments, ADurationIsReadOrBlamedByName) {
  EXPECT_EQ(with("since", "1h30m").duration("since").value(), Duration{5'400'000});
  EXPECT_EQ(Arguments().duration("since").value(), std::nullopt);
  for (const auto* text : {"", "5", "-5m", "0s", "x", "5m ", "300y"}) {
    const auto result = with("since", text).duration("since");
    ASSERT_FALSE(result) << text;
    EXPECT_EQ(result.error().exit, Exit::usage);
    EXPECT_NE(result.error().what.find("--since"), std::string::npos);
  }
}

TEST(Arguments, ANumberStaysWithinItsBounds) {
  EXPECT_EQ(with("limit", "7").number("limit", 1, 10).value(), 7);
  for (const auto* text : {"0", "11", "-1", "1.5", "", "7x", "99999999999999999999"}) {
    EXPECT_FALSE(with("limit", text).number("limit", 1, 10)) << text;
  }
}

TEST(Arguments, ARealNumberIsRead) {
  EXPECT_EQ(with("speed", "0.5").real("speed").value(), 0.5);
  EXPECT_FALSE(with("speed", "fast").real("speed"));
}

TEST(Arguments, ARunIsAPositiveNumberAndNothingElse) {
  EXPECT_EQ(as_run("12"), RunId{12});
  for (const auto* text : {"0", "-1", "a1", "1a", "", "1.5", "99999999999999999999"}) {
    EXPECT_FALSE(as_run(text)) << text;
  }
}

TEST(Arguments, AParameterIsCutAtTheFirstEqualsSign) {
  EXPECT_EQ(as_param("k=v=w"), std::pair(std::string("k"), std::string("v=w")));
  EXPECT_EQ(as_param("k="), std::pair(std::string("k"), std::string()));
  EXPECT_FALSE(as_param("k"));
  EXPECT_FALSE(as_param("=v"));
}

}  // namespace
}  // namespace takt::cli
