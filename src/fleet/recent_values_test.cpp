#include "fleet/recent_values.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "core/spec.h"

namespace takt::fleet {
namespace {

using Commands = RecentValues<std::shared_ptr<const core::Command>>;

core::Command command_of(std::string text) {
  core::Command command;
  command.argv = {"/bin/sh", "-c", std::move(text)};
  command.cwd = "/srv";
  return command;
}

TEST(RecentValues, SharesEqualCommands) {
  Commands commands;
  const auto a = commands.share(command_of("true"));
  const auto b = commands.share(command_of("false"));
  EXPECT_EQ(commands.share(command_of("true")), a);
  EXPECT_EQ(commands.share(command_of("false")), b);
  EXPECT_NE(a, b);
}

TEST(RecentValues, TellsCommandsApartByEveryField) {
  Commands commands;
  const auto plain = commands.share(command_of("true"));
  core::Command nice = command_of("true");
  nice.nice = 5;
  core::Command kept = command_of("true");
  kept.keep_runs = 1;
  core::Command with_env = command_of("true");
  with_env.env = {{"A", "1"}};
  EXPECT_NE(commands.share(std::move(nice)), plain);
  EXPECT_NE(commands.share(std::move(kept)), plain);
  EXPECT_NE(commands.share(std::move(with_env)), plain);
}

TEST(RecentValues, GivesBackTheRightOneAlsoBeyondWhatItRemembers) {
  Commands commands;
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 100; ++i) {
      EXPECT_EQ(commands.share(command_of(std::to_string(i)))->argv[2], std::to_string(i));
    }
  }
}

TEST(RecentValues, SharesWhatManyJobsUse) {
  RecentValues<core::SharedValue<core::Uses>> uses;
  const auto one = uses.share({{0, 1}});
  EXPECT_EQ(uses.share({{0, 1}}).pointer(), one.pointer());
  EXPECT_NE(uses.share({{0, 2}}).pointer(), one.pointer());
  EXPECT_NE(uses.share({{1, 1}}).pointer(), one.pointer());
}

}  // namespace
}  // namespace takt::fleet
