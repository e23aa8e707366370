// The examples of the guide become what stands beside them.

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "fleet/load.h"
#include "imports/crontab.h"
#include "imports/systemd.h"

namespace takt::imports {
namespace {

const std::string kFolder = std::string{TAKT_SOURCE_DIR} + "/examples/import/";

std::string read(const std::string& name) {
  std::ifstream file(kFolder + name, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  EXPECT_TRUE(file.good()) << name;
  return text.str();
}

TEST(ImportExamples, TheCrontab) {
  const CrontabOptions options{.file = "crontab",
                               .timezone = "Europe/Berlin",
                               .home_of = [](std::string_view) { return "/home/shop"; }};
  const auto imported = import_crontab(read("crontab"), options);
  EXPECT_EQ(imported.toml, read("crontab.toml"));
  EXPECT_EQ(imported.warnings.size(), 1U);
  EXPECT_TRUE(fleet::decode(imported.toml, "/srv/fleet.toml").spec);
}

TEST(ImportExamples, TheTimer) {
  const SystemdOptions options{
      .file = "backup.timer", .timezone = "Europe/Berlin", .unit_texts = [](std::string_view name) {
        return std::vector<UnitText>{{std::string{name}, read(std::string{name})}};
      }};
  const std::vector<std::string> timers{"backup.timer"};
  const auto imported = import_timers(timers, options);
  EXPECT_EQ(imported.toml, read("backup.toml"));
  EXPECT_TRUE(imported.warnings.empty());
  EXPECT_TRUE(fleet::decode(imported.toml, "/srv/fleet.toml").spec);
}

}  // namespace
}  // namespace takt::imports
