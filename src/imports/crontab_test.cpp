// Crontabs of all kinds, and what becomes of their lines.

#include "imports/crontab.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "core/cron.h"
#include "fleet/load.h"

namespace takt::imports {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

class Crontab : public testing::Test {
 protected:
  /// Imports, and loads what came out: that must always work.
  const core::FleetSpec& load(std::string_view text) {
    imported_ = import_crontab(text, options_);
    loaded_ = fleet::decode(imported_.toml, "/srv/fleet.toml");
    for (const auto& problem : loaded_.problems) {
      if (problem.severity == fleet::Problem::Severity::error) {
        ADD_FAILURE() << render(problem) << imported_.toml;
      }
    }
    static const core::FleetSpec kNone;
    return loaded_.spec ? *loaded_.spec : kNone;
  }
  const core::JobSpec& one(std::string_view text) {
    const auto& fleet = load(text);
    static const core::JobSpec kNone;
    EXPECT_EQ(fleet.jobs.size(), 1U) << imported_.toml;
    return fleet.jobs.empty() ? kNone : fleet.jobs.front();
  }
  std::vector<std::string> names(std::string_view text) {
    std::vector<std::string> out;
    for (const auto& job : load(text).jobs) out.push_back(job.name);
    return out;
  }
  std::vector<std::string> warnings() const {
    std::vector<std::string> out;
    for (const auto& p : imported_.warnings) {
      out.push_back(std::to_string(p.line) + ":" + std::to_string(p.column) + " " + p.message);
    }
    return out;
  }

  CrontabOptions options_{.file = "crontab"};
  Imported imported_;
  fleet::Loaded loaded_;
};

core::CronFields fields_of(const core::JobSpec& job) {
  const auto* cron = std::get_if<core::Cron>(&job.schedule);
  return cron == nullptr ? core::CronFields{} : cron->rule->fields;
}

TEST_F(Crontab, EveryScheduleMeansTheSameTimes) {
  for (const auto* schedule : {"* * * * *",
                               "*/5 * * * *",
                               "0 2 * * 7",
                               "0 2 * * 0",
                               "15 14 1 * *",
                               "0 22 * * 1-5",
                               "23 0-20/2 * * *",
                               "5 4 * * sun",
                               "0 0 1,15 * 1",
                               "0 0 */2 * mon",
                               "*/10 8-18 * jan-mar,DEC *",
                               "59 23 31 12 5-7",
                               "0-30/10 2 * * *",
                               "1,2,3-5 * * * Mon,WED",
                               "@hourly",
                               "@daily",
                               "@midnight",
                               "@weekly",
                               "@monthly",
                               "@yearly",
                               "@annually"}) {
    const auto& job = one(std::string(schedule) + " /bin/true");
    const auto meant = core::parse_cron(schedule, "");
    ASSERT_TRUE(meant) << schedule;
    EXPECT_EQ(fields_of(job), *meant) << schedule;
  }
}

TEST_F(Crontab, BlanksOfAnyKindMayStandBetweenFields) {
  const auto& job = one("  \t5\t 4  *\t*\t* \t  backup  --all");
  EXPECT_EQ(fields_of(job), *core::parse_cron("5 4 * * *", ""));
  EXPECT_THAT(job.command->argv, ElementsAre("/bin/sh", "-c", "backup  --all"));
  EXPECT_EQ(job.doc, "5\t 4  *\t*\t* \t  backup  --all");
}

TEST_F(Crontab, BehavesAsCronDoesAtOverlapsDowntimesAndFiles) {
  const auto& job = one("@daily x");
  EXPECT_EQ(job.overlap, core::Overlap::allow);
  EXPECT_EQ(job.catchup, core::Catchup::none);
  EXPECT_EQ(job.command->umask, 022U);
}

TEST_F(Crontab, FollowsTheMachinesZoneAndCronTzBelowIt) {
  options_.timezone = "Europe/Berlin";
  const auto& fleet =
      load("0 1 * * * a\nCRON_TZ=America/New_York\n0 1 * * * b\nCRON_TZ=\n0 1 * * * c\n");
  ASSERT_EQ(fleet.jobs.size(), 3U);
  const auto zone = [&](std::size_t i) {
    return std::get<core::Cron>(fleet.jobs[i].schedule).rule->zone->name();
  };
  EXPECT_EQ(zone(0), "Europe/Berlin");
  EXPECT_EQ(zone(1), "America/New_York");
  EXPECT_EQ(zone(2), "Europe/Berlin");
}

TEST_F(Crontab, WhatFollowsAnUnknownZoneIsLeftOutRatherThanRunAtOtherTimes) {
  EXPECT_TRUE(load("CRON_TZ=Mars/Olympus\n0 1 * * * a\n").jobs.empty());
  EXPECT_THAT(imported_.toml, HasSubstr("# not imported, line 2: it follows a CRON_TZ"));
  EXPECT_EQ(warnings().size(), 3U);
}

TEST_F(Crontab, TimesOfDayThatCronMeansOnceAreMeantOnce) {
  const auto& rule = *std::get<core::Cron>(one("0-30/10 2 * * * x").schedule).rule;
  EXPECT_EQ(rule.gap, core::DstGap::after);
  EXPECT_EQ(rule.overlap, core::DstOverlap::first);
  EXPECT_THAT(import_crontab("0 2 * * * x", options_).toml, Not(HasSubstr("dst_")));
}

TEST_F(Crontab, SettingsHoldForTheLinesBelowThem) {
  const auto& fleet =
      load("0 1 * * * a\nA = one\n\"B C\"=no\nD=' two '\n0 2 * * * b\nA=\"three\"\n0 3 * * * c\n");
  ASSERT_EQ(fleet.jobs.size(), 3U);
  EXPECT_TRUE(fleet.jobs[0].command->env.empty());
  EXPECT_THAT(fleet.jobs[1].command->env, ElementsAre(Pair("A", "one"), Pair("D", " two ")));
  EXPECT_THAT(fleet.jobs[2].command->env, ElementsAre(Pair("A", "three"), Pair("D", " two ")));
  EXPECT_THAT(warnings(), ElementsAre(HasSubstr("3:1 not imported: the line sets 'B C'")));
}

TEST_F(Crontab, WhatAllJobsHaveAlikeIsADefault) {
  const auto& fleet = load("PATH=/opt/bin:/bin\n0 1 * * * a\n0 2 * * * b\n");
  EXPECT_THAT(fleet.jobs[1].command->env, ElementsAre(Pair("PATH", "/opt/bin:/bin")));
  EXPECT_THAT(imported_.toml,
              HasSubstr("umask = \"022\"  # as cron does; takt's own is 077\nenv = {"));
}

TEST_F(Crontab, AnotherShellIsNamedInTheCommand) {
  const auto& job = one("SHELL=/bin/bash\n@daily [[ -e x ]] && y\n");
  EXPECT_THAT(job.command->argv, ElementsAre("/bin/bash", "-c", "[[ -e x ]] && y"));
}

TEST_F(Crontab, HomeIsWhereJobsRun) {
  options_.home_of = [](std::string_view user) -> std::optional<std::string> {
    return user.empty() ? "/home/bot" : std::optional<std::string>{};
  };
  const auto& fleet = load("0 1 * * * a\nHOME=/srv/x\n0 2 * * * b\n");
  EXPECT_EQ(fleet.jobs[0].command->cwd, "/home/bot");
  EXPECT_EQ(fleet.jobs[1].command->cwd, "/srv/x");
  EXPECT_THAT(fleet.jobs[1].command->env, ElementsAre(Pair("HOME", "/srv/x")));
}

TEST_F(Crontab, AJitterIsTheNearestToARandomDelay) {
  EXPECT_EQ(one("RANDOM_DELAY=30\n@daily x\n").jitter, std::chrono::minutes{30});
}

TEST_F(Crontab, MailtoIsAComment) {
  one("MAILTO=\"ops@example.org\"\n@daily x\n");
  EXPECT_THAT(imported_.toml, HasSubstr("# MAILTO = ops@example.org: takt mails nothing"));
  EXPECT_TRUE(imported_.warnings.empty());
}

TEST_F(Crontab, APercentSignBeginsTheInput) {
  EXPECT_EQ(one("@daily mail -s hi me%one%it's two%").command->argv[2],
            R"(printf '%s\n' one 'it'\''s two' | mail -s hi me)");
  EXPECT_EQ(one("@daily cat >a; cat >b%x").command->argv[2],
            "printf '%s\\n' x | /bin/sh -c 'cat >a; cat >b'");
  EXPECT_EQ(one("@daily date +\\%F >> log").command->argv[2], "date +%F >> log");
  EXPECT_EQ(one("@daily cat%100\\% done").command->argv[2], "printf '%s\\n' '100% done' | cat");
  EXPECT_EQ(
      one("SHELL=/bin/bash\n@daily (cat)%x").command->argv,
      (std::vector<std::string>{"/bin/bash", "-c", "printf '%s\\n' x | /bin/bash -c '(cat)'"}));
}

TEST_F(Crontab, RebootHasNoEqual) {
  const auto& job = one("@reboot /srv/start.sh");
  EXPECT_TRUE(std::holds_alternative<core::Manual>(job.schedule));
  EXPECT_THAT(imported_.toml, HasSubstr("# @reboot has no equal"));
}

TEST_F(Crontab, LinesOfTheSystemNameTheirUser) {
  options_.user_field = true;
  const auto& fleet = load(
      "17 *\t* * *\troot    cd / && run-parts --report /etc/cron.hourly\n"
      "25 6\t* * *\troot\ttest -x /usr/sbin/anacron || { cd / && run-parts --report "
      "/etc/cron.daily; }\n"
      "@daily www-data php /srv/www/cron.php\n");
  ASSERT_EQ(fleet.jobs.size(), 3U);
  EXPECT_EQ(fleet.jobs[0].name, "cron.hourly");
  EXPECT_EQ(fleet.jobs[0].command->user, "root");
  EXPECT_EQ(fleet.jobs[0].command->cwd, "/root");
  EXPECT_EQ(fleet.jobs[1].name, "cron.daily");
  EXPECT_EQ(fleet.jobs[2].command->user, "www-data");
  EXPECT_THAT(imported_.toml, HasSubstr("home folder, which is not known here: set cwd"));
}

TEST_F(Crontab, ASystemLineWithoutAUserIsNotImported) {
  options_.user_field = true;
  EXPECT_TRUE(load("@daily /usr/bin/true -x\n@daily\n").jobs.empty());
  EXPECT_THAT(warnings(),
              ElementsAre("1:1 there is no job in it",
                          "1:8 not imported: the line has '/usr/bin/true' where a user stands",
                          "2:7 not imported: the line has no user"));
}

TEST_F(Crontab, ASystemCrontabTakenForAUsersIsNoticed) {
  load("@daily root /usr/bin/true");
  EXPECT_THAT(warnings(), ElementsAre(HasSubstr("the command begins with 'root'")));
}

TEST_F(Crontab, KnowsSystemCrontabsByTheirPath) {
  EXPECT_TRUE(has_user_field("/etc/crontab"));
  EXPECT_TRUE(has_user_field("/etc/cron.d/e2scrub_all"));
  EXPECT_FALSE(has_user_field("/var/spool/cron/crontabs/root"));
  EXPECT_FALSE(has_user_field("crontab"));
}

TEST_F(Crontab, AMinusInFrontHasNoEqual) {
  EXPECT_EQ(fields_of(one("-*/15 * * * * x")), *core::parse_cron("*/15 * * * *", ""));
  EXPECT_THAT(imported_.toml, HasSubstr("# the - in front of the line"));
}

TEST_F(Crontab, ARandomMinuteBecomesAHashedOne) {
  EXPECT_EQ(fields_of(one("0~59 ~ * * * pick")), *core::parse_cron("H(0-59) H * * *", "pick"));
  EXPECT_THAT(imported_.toml, HasSubstr("drawn once"));
}

TEST_F(Crontab, WrongLinesAreTold) {
  EXPECT_EQ(names("61 * * * * a\n0 22-2 * * * b\n* * * *\n@rebooot c\n0 ? * * * d\n0 H * * * e\n"
                  "0 0 30 2 * f\n0 0 * * * \n*/0 * * * * g\n0 0 * * fri-sun h\n1 2 3 4 5 ok\n"),
            std::vector<std::string>{"ok"});
  EXPECT_THAT(
      warnings(),
      ElementsAre(
          "1:1 not imported: the line has 61 as its minute",
          "2:3 not imported: the line has '22-2' as its hour: the range runs backwards, and "
          "cron refuses it",
          "3:8 not imported: the line has 4 fields, not five and a command",
          "4:1 not imported: the line has no '@rebooot'",
          HasSubstr("5:3 not imported: the line has '?' in its hour"),
          HasSubstr("6:3 not imported: the line has 'H' in its hour"), HasSubstr("7:"),
          "8:11 not imported: the line has no command", HasSubstr("9:3"),
          HasSubstr("10:9 not imported: the line has 'fri-sun'")));
  EXPECT_THAT(imported_.toml, HasSubstr("# not imported, line 1: it has 61 as its minute\n"
                                        "#     61 * * * * a\n"));
}

TEST_F(Crontab, CommentsAndOrderStay) {
  one("# m h  dom mon\tcmd\n#\n\n\n# clean up\n# daily\n0 5 * * * clean\n# the end");
  EXPECT_THAT(imported_.toml,
              HasSubstr("# m h  dom mon\tcmd\n#\n\n# clean up\n# daily\n[job.clean]\n"));
  EXPECT_THAT(imported_.toml, HasSubstr("\n# the end\n"));
}

TEST_F(Crontab, NamesComeFromWhatRuns) {
  EXPECT_EQ(names("@daily cd /srv/app && nice -n 19 ./sync.sh --all\n"
                  "@daily python3 /srv/bot/manage.py clean\n"
                  "@daily python3 /srv/bot/manage.py report > /dev/null\n"
                  "@daily python3 /srv/bot/manage.py report\n"
                  "@daily flock -n /run/x.lock timeout 5m FOO=1 /usr/bin/rsync a b\n"
                  "@daily [ -x /usr/bin/certbot ] && certbot -q renew\n"
                  "@daily \"/opt/My Tool/run\"\n@daily 日本\n@daily 123\n@daily /bin/true\n@daily "
                  "java -jar x.jar\n"),
            (std::vector<std::string>{"sync", "manage", "manage-report", "manage-2", "rsync",
                                      "certbot", "my", "job", "job-2", "true", "x"}));
}

TEST_F(Crontab, APaceMayBecomeAnIntervalOnlyWhenAsked) {
  options_.plan_offsets = true;
  const auto every = [&](const char* schedule) {
    const auto* found = std::get_if<core::Every>(&one(std::string(schedule) + " x").schedule);
    return found == nullptr ? Duration{0} : found->interval;
  };
  using namespace std::chrono_literals;
  EXPECT_EQ(every("*/5 * * * *"), 5min);
  EXPECT_EQ(every("* * * * *"), 1min);
  EXPECT_EQ(every("17 * * * *"), 1h);
  EXPECT_EQ(every("@hourly"), 1h);
  EXPECT_EQ(every("0 */6 * * *"), 6h);
  EXPECT_EQ(every("*/7 * * * *"), 0s);
  EXPECT_EQ(every("0 */5 * * *"), 0s);
  EXPECT_EQ(every("*/5 8-18 * * *"), 0s);
  EXPECT_EQ(every("*/5 * * * 1"), 0s);
  EXPECT_EQ(every("0 3 * * *"), 0s);
}

TEST_F(Crontab, NoTextBreaksIt) {
  using namespace std::string_view_literals;
  EXPECT_TRUE(load("").jobs.empty());
  EXPECT_TRUE(load("\0\0\0\n\x7f\x45LF\x01\xff\xfe\n"sv).jobs.empty());
  EXPECT_EQ(one("@daily a\r\n").command->argv[2], "a");
  EXPECT_EQ(one("\xEF\xBB\xBF@daily a").command->argv[2], "a");
  EXPECT_TRUE(load("@daily \xff\n").jobs.empty());
  EXPECT_THAT(warnings(), testing::Contains(HasSubstr("is not UTF-8")));
  const std::string huge(1 << 20, 'x');
  EXPECT_TRUE(load("@daily " + huge).jobs.empty());
  EXPECT_TRUE(load(huge).jobs.empty());
  EXPECT_TRUE(load(std::string(1 << 20, '@')).jobs.empty());
  EXPECT_TRUE(load("A=" + huge).jobs.empty());
  EXPECT_EQ(one("@daily echo '\"\\\x01\t\x1b[31m%\"").command->argv[2].size() > 0, true);
}

TEST_F(Crontab, ThousandsOfLinesHaveNamesOfTheirOwn) {
  std::string text;
  for (int i = 0; i < 3000; ++i) text += "@daily x\n";
  EXPECT_EQ(load(text).jobs.size(), 3000U);
}

}  // namespace
}  // namespace takt::imports
