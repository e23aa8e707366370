#include "core/params.h"

#include <gtest/gtest.h>

namespace takt::core {
namespace {

Param integer(std::optional<double> min = {}, std::optional<double> max = {}) {
  return {"count", ParamType::integer, "3", min, max};
}

std::string refusal(const Param& param, const std::string& value) {
  const auto checked = check_param(param, value);
  return checked ? "" : checked.error();
}

TEST(Params, WholeNumbersAreWholeAndNothingElse) {
  EXPECT_EQ(refusal(integer(), "0"), "");
  EXPECT_EQ(refusal(integer(), "-12"), "");
  for (const char* bad : {"", " 1", "1 ", "1.0", "0x10", "1e3", "+1", "99999999999999999999"}) {
    EXPECT_EQ(refusal(integer(), bad), "must be a whole number") << bad;
  }
}

TEST(Params, BoundsAreIncluded) {
  EXPECT_EQ(refusal(integer(1, 10), "1"), "");
  EXPECT_EQ(refusal(integer(1, 10), "10"), "");
  EXPECT_EQ(refusal(integer(1, 10), "0"), "must be at least 1");
  EXPECT_EQ(refusal(integer(1, 10), "11"), "must be at most 10");
}

TEST(Params, NumbersAreFinite) {
  const Param number{"ratio", ParamType::number, "0.5", 0, 1};
  EXPECT_EQ(refusal(number, "0.25"), "");
  EXPECT_EQ(refusal(number, "nan"), "must be a number");
  EXPECT_EQ(refusal(number, "inf"), "must be a number");
  EXPECT_EQ(refusal(number, "0.5x"), "must be a number");
  EXPECT_EQ(refusal(number, "1.5"), "must be at most 1");
}

TEST(Params, BooleansAreSpelledOneWay) {
  const Param flag{"dry", ParamType::boolean, "false", {}, {}};
  EXPECT_EQ(refusal(flag, "true"), "");
  EXPECT_EQ(refusal(flag, "yes"), "must be true or false");
  EXPECT_EQ(refusal(flag, "TRUE"), "must be true or false");
}

TEST(Params, StringsAreAnyBytesButNulUpToALimit) {
  const Param text{"topic", ParamType::string, "", {}, {}};
  EXPECT_EQ(refusal(text, "$(rm -rf /); \n\t'\""), "");
  EXPECT_EQ(refusal(text, std::string(64 * 1024, 'x')), "");
  EXPECT_EQ(refusal(text, std::string(64 * 1024 + 1, 'x')), "is longer than 64 KiB");
  EXPECT_EQ(refusal(text, std::string("a\0b", 3)), "must not hold a NUL byte");
}

TEST(Params, UnknownAndRepeatedOnesAreRefusedByName) {
  JobSpec job;
  job.name = "posting";
  job.params = {integer(1, 10)};
  EXPECT_TRUE(check_params(job, {}).has_value());
  EXPECT_TRUE(check_params(job, {{"count", "4"}}).has_value());
  EXPECT_EQ(check_params(job, {{"cont", "4"}}).error(), "posting has no parameter 'cont'");
  EXPECT_EQ(check_params(job, {{"count", "4"}, {"count", "5"}}).error(),
            "parameter 'count' is given twice");
  EXPECT_EQ(check_params(job, {{"count", "x"}}).error(),
            "parameter 'count' must be a whole number");
}

}  // namespace
}  // namespace takt::core
