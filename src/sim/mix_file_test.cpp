#include "sim/mix_file.h"

#include <gtest/gtest.h>

namespace takt::sim {
namespace {

Mix mix_of(std::string_view text) {
  const auto mix = read_mix(text, "faults.toml");
  EXPECT_TRUE(mix.has_value());
  return mix.value_or(Mix{});
}

std::string complaints_about(std::string_view text) {
  const auto mix = read_mix(text, "faults.toml");
  if (mix) return "";
  std::string all;
  for (const auto& problem : mix.error()) all += fleet::render(problem);
  return all;
}

TEST(MixFile, AnEmptyOneIsTheDefaultMix) {
  const Mix mix = mix_of("");
  EXPECT_EQ(mix.per_day, Mix{}.per_day);
  EXPECT_EQ(mix.weight, Mix{}.weight);
}

TEST(MixFile, NamesWhatIsOtherwise) {
  const Mix mix = mix_of(R"(
per_day = 100
failure_chance = 0.5
[weight]
daemon_killed = 7
others = 0
[limits]
outage_max = "3h"
)");
  EXPECT_EQ(mix.per_day, 100);
  EXPECT_EQ(mix.failure_chance, 0.5);
  EXPECT_EQ(mix.weight_of(Fault::daemon_killed), 7);
  EXPECT_EQ(mix.weight_of(Fault::store_fails), 0);
  EXPECT_EQ(mix.outage_max, std::chrono::hours{3});
  EXPECT_EQ(mix.pause_max, Mix{}.pause_max);
}

TEST(MixFile, ComplainsOfAllThatIsWrongAtItsPlace) {
  const std::string said = complaints_about(R"(per_dya = 3
failure_chance = 2
[weight]
daemon_kiled = 1
store_fails = -1
[limits]
outage_max = 5
)");
  EXPECT_NE(said.find("faults.toml:1:1: error: unknown key 'per_dya'"), std::string::npos) << said;
  EXPECT_NE(said.find("did you mean 'per_day'?"), std::string::npos) << said;
  EXPECT_NE(said.find("faults.toml:2:18: error: failure_chance must be"), std::string::npos)
      << said;
  EXPECT_NE(said.find("faults.toml:4:1: error: unknown key 'daemon_kiled' in [weight]"),
            std::string::npos)
      << said;
  EXPECT_NE(said.find("did you mean 'daemon_killed'?"), std::string::npos) << said;
  EXPECT_NE(said.find("faults.toml:5:15: error: store_fails must be"), std::string::npos) << said;
  EXPECT_NE(said.find("faults.toml:7:14: error: outage_max must be a duration"), std::string::npos)
      << said;
}

TEST(MixFile, BrokenTomlIsOneComplaint) {
  EXPECT_NE(complaints_about("per_day = = 1").find("faults.toml:1:"), std::string::npos);
  EXPECT_NE(complaints_about("weight = 3").find("weight must be a table"), std::string::npos);
}

}  // namespace
}  // namespace takt::sim
