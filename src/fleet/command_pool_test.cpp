#include "fleet/command_pool.h"

#include <gtest/gtest.h>

#include <string>

namespace takt::fleet {
namespace {

core::Command command_of(std::string text) {
  core::Command command;
  command.argv = {"/bin/sh", "-c", std::move(text)};
  command.cwd = "/srv";
  return command;
}

TEST(CommandPool, SharesEqualCommands) {
  CommandPool pool;
  const auto a = pool.share(command_of("true"));
  const auto b = pool.share(command_of("false"));
  EXPECT_EQ(pool.share(command_of("true")), a);
  EXPECT_EQ(pool.share(command_of("false")), b);
  EXPECT_NE(a, b);
}

TEST(CommandPool, TellsCommandsApartByEveryField) {
  CommandPool pool;
  const auto plain = pool.share(command_of("true"));
  core::Command nice = command_of("true");
  nice.nice = 5;
  core::Command kept = command_of("true");
  kept.keep_runs = 1;
  core::Command with_env = command_of("true");
  with_env.env = {{"A", "1"}};
  EXPECT_NE(pool.share(std::move(nice)), plain);
  EXPECT_NE(pool.share(std::move(kept)), plain);
  EXPECT_NE(pool.share(std::move(with_env)), plain);
}

TEST(CommandPool, GivesBackTheRightOneAlsoBeyondWhatItRemembers) {
  CommandPool pool;
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 100; ++i) {
      EXPECT_EQ(pool.share(command_of(std::to_string(i)))->argv[2], std::to_string(i));
    }
  }
}

}  // namespace
}  // namespace takt::fleet
