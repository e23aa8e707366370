// Timers with their services, and the jobs that become of them.

#include "imports/systemd.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "core/cron.h"
#include "fleet/load.h"

namespace takt::imports {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

constexpr std::string_view kService = "[Service]\nType=oneshot\nExecStart=/bin/true\n";

class Systemd : public testing::Test {
 protected:
  Systemd() {
    options_.unit_texts = [this](std::string_view name) { return units_[std::string{name}]; };
  }

  void unit(const std::string& name, std::string_view text) {
    units_[name].push_back({name, std::string{text}});
  }

  /// Imports, and loads what came out: that must always work.
  const core::FleetSpec& load(const std::vector<std::string>& timers) {
    imported_ = import_timers(timers, options_);
    loaded_ = fleet::decode(imported_.toml, "/srv/fleet.toml");
    for (const auto& problem : loaded_.problems) {
      if (problem.severity == fleet::Problem::Severity::error) {
        ADD_FAILURE() << render(problem) << imported_.toml;
      }
    }
    static const core::FleetSpec kNone;
    return loaded_.spec ? *loaded_.spec : kNone;
  }

  /// The job of one timer.
  const core::JobSpec& job(std::string_view timer, std::string_view service = kService) {
    units_.clear();
    unit("x.timer", "[Timer]\n" + std::string{timer});
    unit("x.service", service);
    const auto& fleet = load({"x.timer"});
    static const core::JobSpec kNone;
    EXPECT_EQ(fleet.jobs.size(), 1U) << imported_.toml;
    return fleet.jobs.empty() ? kNone : fleet.jobs.front();
  }

  std::vector<std::string> warnings() const {
    std::vector<std::string> out;
    for (const auto& p : imported_.warnings) {
      out.push_back(p.file + ":" + std::to_string(p.line) + " " + p.message);
    }
    return out;
  }

  SystemdOptions options_{.file = "x.timer", .timezone = "UTC", .unit_texts = {}};
  std::map<std::string, std::vector<UnitText>> units_;
  Imported imported_;
  fleet::Loaded loaded_;
};

core::CronFields fields_of(const core::JobSpec& job) {
  const auto* cron = std::get_if<core::Cron>(&job.schedule);
  return cron == nullptr ? core::CronFields{} : cron->rule->fields;
}

TEST_F(Systemd, ACalendarIsCron) {
  const auto& one = job("OnCalendar=Mon..Fri 09:30\n");
  EXPECT_EQ(fields_of(one), *core::parse_cron("30 9 * * mon-fri", ""));
  EXPECT_EQ(one.catchup, core::Catchup::none);
  EXPECT_THAT(one.command->argv, ElementsAre("/bin/true"));
  EXPECT_EQ(one.command->cwd, "/");
  EXPECT_EQ(one.command->umask, 022U);
  EXPECT_THAT(imported_.warnings, IsEmpty());
}

TEST_F(Systemd, PersistentCatchesUp) {
  EXPECT_EQ(job("OnCalendar=daily\nPersistent=true\n").catchup, core::Catchup::latest);
}

TEST_F(Systemd, ZonesOfAnExpressionStay) {
  const auto& one = job("OnCalendar=*-*-* 04:00 America/New_York\n");
  EXPECT_EQ(std::get<core::Cron>(one.schedule).rule->zone->name(), "America/New_York");
}

TEST_F(Systemd, AWeekdayBesideADayMustMatchToo) {
  EXPECT_EQ(fields_of(job("OnCalendar=Mon *-*-1..7 09:00\n")),
            *core::parse_cron("0 9 1-7 * mon", "", core::DayMode::both));
}

TEST_F(Systemd, OneInstantIsAt) {
  options_.timezone = "Europe/Berlin";
  const auto& one = job("OnCalendar=2037-07-01 12:00\n");
  EXPECT_EQ(std::get<core::At>(one.schedule).at, parse_rfc3339("2037-07-01T10:00:00Z"));
}

TEST_F(Systemd, SeveralCalendarsAreOneWhereThatIsPossible) {
  EXPECT_EQ(fields_of(job("OnCalendar=04:00\nOnCalendar=16:00\n")),
            *core::parse_cron("0 4,16 * * *", ""));
  units_.clear();
  unit("x.timer", "[Timer]\nOnCalendar=04:00\nOnCalendar=Sun 16:30\n");
  unit("x.service", kService);
  const auto& fleet = load({"x.timer"});
  ASSERT_EQ(fleet.jobs.size(), 2U);
  EXPECT_EQ(fleet.jobs[0].name, "x");
  EXPECT_EQ(fleet.jobs[1].name, "x-2");
  EXPECT_THAT(imported_.toml, HasSubstr("# the timer has 2 schedules: a job for each"));
}

TEST_F(Systemd, AnEmptyTriggerTakesBackAllOfThem) {
  EXPECT_EQ(fields_of(job("OnBootSec=5min\nOnCalendar=daily\nOnCalendar=\nOnCalendar=hourly\n")),
            *core::parse_cron("0 * * * *", ""));
}

TEST_F(Systemd, AfterItsActivationIsAGrid) {
  const auto every =
      std::get<core::Every>(job("OnBootSec=5min\nOnUnitActiveSec=1h 30min\n").schedule);
  EXPECT_EQ(every.interval, 90min);
  EXPECT_EQ(every.offset, 5min);
}

TEST_F(Systemd, AfterItsEndIsAfter) {
  EXPECT_EQ(std::get<core::After>(job("OnUnitInactiveSec=10min\n").schedule).delay, 10min);
}

TEST_F(Systemd, OnceAfterBootHasNoEqual) {
  EXPECT_TRUE(std::holds_alternative<core::Manual>(job("OnBootSec=5min\n").schedule));
  EXPECT_THAT(imported_.toml, HasSubstr("# OnBootSec=5m alone, once after a boot, has no equal"));
}

TEST_F(Systemd, ADelayIsJitter) {
  EXPECT_EQ(job("OnCalendar=daily\nRandomizedDelaySec=15min\n").jitter, 15min);
  EXPECT_THAT(imported_.toml, HasSubstr("jitter = \"15m\"  # drawn once"));
  EXPECT_EQ(job("OnCalendar=daily\nRandomizedDelaySec=15min\nFixedRandomDelay=yes\n").jitter,
            15min);
  EXPECT_THAT(imported_.toml, HasSubstr("jitter = \"15m\"\n"));
}

TEST_F(Systemd, WhatATimerCannotSayIsARemark) {
  job("OnCalendar=daily\nOnCalendar=*-*~1\nAccuracySec=1us\nWakeSystem=true\n");
  EXPECT_THAT(imported_.toml,
              HasSubstr("# not imported: OnCalendar=*-*~1 counts days from the end"));
  EXPECT_THAT(imported_.toml, HasSubstr("# AccuracySec=1us: takt starts runs on time\n"));
  EXPECT_THAT(imported_.toml, HasSubstr("# WakeSystem=true has no equal\n"));
  EXPECT_THAT(warnings(), ElementsAre(HasSubstr("x.timer:3 not imported: OnCalendar=\"*-*~1\"")));
}

TEST_F(Systemd, TheServiceSaysHow) {
  const auto& one = job("OnCalendar=daily\n",
                        "[Unit]\nDescription=Back it up\nAfter=network.target\n[Service]\n"
                        "Type=oneshot\nExecStart=/usr/bin/backup --all \"/srv/my data\"\n"
                        "WorkingDirectory=/srv\nUser=backup\nNice=10\nUMask=0027\n"
                        "Environment=A=1 \"B=two words\"\nEnvironment=A=3\n"
                        "EnvironmentFile=-/etc/backup.env\nTimeoutStartSec=2h\nTimeoutStopSec=30\n"
                        "MemoryMax=512M\nPrivateTmp=yes\nKillMode=process\n");
  EXPECT_EQ(one.doc, "Back it up");
  EXPECT_THAT(one.command->argv, ElementsAre("/usr/bin/backup", "--all", "/srv/my data"));
  EXPECT_EQ(one.command->cwd, "/srv");
  EXPECT_EQ(one.command->user, "backup");
  EXPECT_EQ(one.command->nice, 10);
  EXPECT_EQ(one.command->umask, 027U);
  EXPECT_THAT(one.command->env, ElementsAre(Pair("A", "3"), Pair("B", "two words")));
  EXPECT_EQ(one.command->env_file, "/etc/backup.env");
  EXPECT_EQ(one.timeout, 2h);
  EXPECT_EQ(one.kill_grace, 30s);
  for (const auto* remark : {"memory_max = \"512M\"\n", "# PrivateTmp=yes has no equal\n",
                             "# KillMode=process: takt ends the whole process tree\n",
                             "# After=network.target has no equal\n"}) {
    EXPECT_THAT(imported_.toml, HasSubstr(remark));
  }
}

TEST_F(Systemd, OnlyAOneshotIsStartingForAsLongAsItRuns) {
  EXPECT_FALSE(
      job("OnCalendar=daily\n", "[Service]\nExecStart=/bin/a\nTimeoutStartSec=5\n").timeout);
  EXPECT_EQ(job("OnCalendar=daily\n", "[Service]\nExecStart=/bin/a\nRuntimeMaxSec=5min\n").timeout,
            5min);
  EXPECT_FALSE(job("OnCalendar=daily\n",
                   "[Service]\nType=oneshot\nExecStart=/bin/a\nTimeoutStartSec=infinity\n")
                   .timeout);
}

TEST_F(Systemd, SeveralCommandsRunOneAfterAnother) {
  const auto& one = job("OnCalendar=daily\n",
                        "[Service]\nType=oneshot\nExecStart=/bin/a 'x y'\nExecStart=-/bin/b $ARGS\n"
                        "ExecStartPre=/bin/pre\n");
  EXPECT_THAT(one.command->argv,
              ElementsAre("/bin/sh", "-c", "/bin/a 'x y' && { /bin/b $ARGS || true; }"));
  EXPECT_THAT(imported_.toml, HasSubstr("# ExecStartPre=/bin/pre: make it part of the command\n"));
}

TEST_F(Systemd, DropInsComeLastAndEmptyAssignmentsTakeBack) {
  unit("x.timer", "[Timer]\nOnCalendar=daily\n");
  unit("x.timer", "[Timer]\nOnCalendar=\nOnCalendar=hourly\n");
  unit("x.service", "[Service]\nExecStart=/bin/old\n");
  unit(
      "x.service",
      "# why\n[Service]\nExecStart=\nExecStart=/bin/new \\\n  # a remark\n  ; another\n  --flag\n");
  const auto& fleet = load({"x.timer"});
  ASSERT_EQ(fleet.jobs.size(), 1U);
  EXPECT_EQ(fields_of(fleet.jobs[0]), *core::parse_cron("0 * * * *", ""));
  EXPECT_THAT(fleet.jobs[0].command->argv, ElementsAre("/bin/new", "--flag"));
}

TEST_F(Systemd, AnInstanceIsMadeOfItsTemplate) {
  unit("sync@.timer", "[Timer]\nOnCalendar=daily\n");
  unit("sync@.service", "[Unit]\nDescription=Sync %i\n[Service]\nExecStart=/bin/sync %i %h\n");
  const auto& fleet = load({"sync@mail.timer", "sync@.timer"});
  ASSERT_EQ(fleet.jobs.size(), 1U);
  EXPECT_EQ(fleet.jobs[0].name, "sync-mail");
  EXPECT_EQ(fleet.jobs[0].doc, "Sync mail");
  EXPECT_THAT(fleet.jobs[0].command->argv, ElementsAre("/bin/sync", "mail", "%h"));
  EXPECT_THAT(imported_.toml, HasSubstr("# %h is left as it is: write what it stands for\n"));
  EXPECT_THAT(warnings(), ElementsAre(HasSubstr("'sync@.timer' is a template")));
}

TEST_F(Systemd, ATimerMayNameItsService) {
  unit("x.timer", "[Timer]\nOnCalendar=daily\nUnit=other.service\n");
  unit("other.service", kService);
  EXPECT_EQ(load({"x.timer"}).jobs.size(), 1U);
}

TEST_F(Systemd, WhatIsMissingIsTold) {
  unit("a.timer", "[Timer]\nOnCalendar=daily\n");
  unit("b.timer", "[Timer]\nOnCalendar=daily\nUnit=b.target\n");
  unit("c.timer", "[Timer]\nOnCalendar=daily\n");
  unit("c.service", "[Service]\nType=oneshot\n");
  EXPECT_THAT(load({"a.timer", "b.timer", "c.timer", "d.timer"}).jobs, IsEmpty());
  EXPECT_THAT(warnings(),
              testing::UnorderedElementsAre(
                  HasSubstr("'a.timer' starts a.service, which is not there"),
                  HasSubstr("starts b.target, which is no service"),
                  HasSubstr("starts c.service, which runs nothing"),
                  HasSubstr("'d.timer' cannot be found"), HasSubstr("there is no timer in it")));
}

TEST_F(Systemd, AListingOfSystemctlHasUnitsAndDropIns) {
  const auto units = units_of_listing(
      "# /usr/lib/systemd/system/x.timer\n[Timer]\nOnCalendar=daily\n\n"
      "# /etc/systemd/system/x.timer.d/often.conf\n[Timer]\nOnCalendar=\n# comment\n"
      "# /lib/systemd/system/x.service\n[Service]\nExecStart=/bin/a\n");
  ASSERT_EQ(units.size(), 3U);
  EXPECT_EQ(units[0].name, "x.timer");
  EXPECT_EQ(units[1].name, "x.timer");
  EXPECT_EQ(units[1].text.text, "[Timer]\nOnCalendar=\n# comment\n");
  EXPECT_EQ(units[2].name, "x.service");
  EXPECT_THAT(units_of_listing("OnCalendar=daily\n"), IsEmpty());
}

TEST_F(Systemd, NoTextBreaksIt) {
  using namespace std::string_view_literals;
  const std::string huge(1 << 20, 'x');
  for (const std::string_view text :
       {"\0\0"sv, "\xff\xfe[Timer]"sv, "OnCalendar=daily"sv, "[Timer]\r\nOnCalendar=daily\r\n"sv,
        "[Timer]\nOnCalendar=daily\\"sv, "[\n]\n=\n=x\n[Timer]\n=daily\n"sv,
        std::string_view{huge}}) {
    units_.clear();
    unit("x.timer", text);
    unit("x.service", text);
    load({"x.timer"});
  }
  for (const auto& service :
       {"[Service]\nExecStart=/bin/a " + huge, "[Service]\nExecStart=/bin/a\nEnvironment=A=" + huge,
        std::string{
            "[Service]\nExecStart=/bin/a\nUser=a b\nNice=99\nUMask=999\nWorkingDirectory=~\n"
            "TimeoutStopSec=x\nMemoryMax=50%\nEnvironment=\"\nEnvironment=TAKT_X=1\n"}}) {
    units_.clear();
    unit("x.timer", "[Timer]\nOnCalendar=daily\n");
    unit("x.service", service);
    load({"x.timer"});
  }
}

}  // namespace
}  // namespace takt::imports
