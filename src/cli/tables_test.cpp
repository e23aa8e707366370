#include "cli/tables.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

namespace takt::cli {
namespace {

boost::json::object object(std::string_view text) { return boost::json::parse(text).as_object(); }

TEST(Tables, LsIsOneRowAJob) {
  const auto ls = object(R"({"now":"2026-03-08T06:30:00.000Z","jobs":[
    {"name":"posting","state":"running","priority":"P0","critical":true,
     "next_at":"2026-03-08T06:33:12.000Z","last_outcome":"ok",
     "last_success_at":"2026-03-08T06:27:55.000Z","consecutive_failures":0,
     "p50_ms":4250,"stale_margin_ms":600000,"uses":{"browser":1,"db":2}},
    {"name":"news","state":"idle","priority":"P2","critical":false,"next_at":null,
     "last_outcome":"failed","last_failure_at":"2026-03-08T05:30:00.000Z",
     "consecutive_failures":3,"p50_ms":null,"stale_margin_ms":-1000,"stuck":true}]})");
  EXPECT_EQ(
      ls_table(ls, false),
      "JOB      STATE      NEXT      LAST                 P50  MARGIN  FAILS  PRIO         POOLS\n"
      "posting  ▶ running  in 3m12s  ✓ ok 2m05s ago      4.2s  10m00s      0  P0 critical  "
      "browser, db x2\n"
      "news     ✗ stuck    -         ✗ failed 1h00m ago     -   -1.0s      3  P2           -\n");
}

TEST(Tables, RunsSayHowTheyEndedOrWhyTheyDidNotStart) {
  const auto runs = object(R"({"runs":[
    {"id":12,"job":"posting","cause":"schedule","state":"ended","disposition":"ran","outcome":"ok",
     "queued_at":"2026-03-08T06:30:00.000Z","started_at":"2026-03-08T06:30:00.020Z",
     "ended_at":"2026-03-08T06:30:04.020Z","lateness_ms":20,"attempts":[{},{}]},
    {"id":11,"job":"news","cause":"manual","state":"ended","disposition":"skipped","reason":"paused",
     "outcome":null,"queued_at":"2026-03-08T06:29:00.000Z","started_at":null,"ended_at":null,
     "lateness_ms":null,"attempts":[]},
    {"id":10,"job":"news","cause":"manual","state":"waiting","disposition":null,"outcome":null,
     "queued_at":"2026-03-08T06:28:00.000Z","attempts":[]}]})");
  EXPECT_EQ(runs_table(runs, false),
            "RUN  JOB      CAUSE     RESULT              QUEUED                STARTED             "
            "  LATE  "
            "TOOK  ATTEMPTS\n"
            " 12  posting  schedule  ✓ ok                2026-03-08 06:30:00Z  2026-03-08 "
            "06:30:00Z  20ms  "
            "4.0s         2\n"
            " 11  news     manual    » skipped (paused)  2026-03-08 06:29:00Z  -                   "
            "     -  "
            "   -         0\n"
            " 10  news     manual    … waiting           2026-03-08 06:28:00Z  -                   "
            "     -  "
            "   -         0\n");
}

TEST(Tables, SlotsShowRangesWithTheirCount) {
  const auto slots = object(R"({"slots":[
    {"job":"news","at":"2026-03-08T06:00:00.000Z","disposition":"skipped","reason":"paused",
     "run":null,"gates":[],"count":6,"last_at":"2026-03-08T06:25:00.000Z"}]})");
  EXPECT_EQ(slots_table(slots, false),
            "SLOT                  JOB   DISPOSITION  REASON  RUN  COUNT  LAST SLOT\n"
            "2026-03-08 06:00:00Z  news  » skipped    paused    -      6  2026-03-08 06:25:00Z\n");
}

TEST(Tables, WhyShowsEveryGate) {
  const auto why = object(R"({"job":"news","run":5,"state":"waiting","summary":"it waits",
    "gates":[{"gate":"overlap","answer":"hold","value":"1 running","limit":"1",
              "holders":[{"job":"news","run":4}],"until":null,"text":"run 4 runs"}],
    "expected_start":{"at":"2026-03-08T06:00:00.000Z","from":"2026-03-08T06:00:00.000Z",
                      "to":"2026-03-08T06:01:00.000Z"}})");
  EXPECT_EQ(why_text(why, false),
            "it waits\n"
            "GATE     ANSWER  VALUE      LIMIT  HELD BY  UNTIL  WHY\n"
            "overlap  … hold  1 running  1      news #4  -      run 4 runs\n"
            "expected start: 2026-03-08 06:00:00Z (between 2026-03-08 06:00:00Z and "
            "2026-03-08 06:01:00Z)\n");
}

TEST(Tables, MemoryShowsTheLevelTheLimitsAndWhoHasOne) {
  const auto memory = object(R"({"level":"high","source":"cgroup v2","total_bytes":4294967296,
    "used_bytes":3221225472,"available_bytes":1073741824,"used_ratio":0.75,"stalled_ratio":0,
    "high":"70%","high_used_bytes":3006477107,"critical":"512M","critical_used_bytes":3758096384,
    "skipped":3,"cleaning":true,"held":[{"job":"news","run":6}],
    "jobs":[{"job":"crawl","run":7,"used_bytes":84082688,"memory_max_bytes":104857600}]})");
  EXPECT_EQ(memory_text(memory, false),
            "! high  3.0 GiB of 4.0 GiB in use (75.0 %), 1.0 GiB left, stalled 0.0 % (cgroup v2)\n"
            "high from 2.8 GiB in use (70%), critical from 3.5 GiB (512M); 3 slots skipped for it\n"
            "held until more is free: news #6\n"
            "what can be freed is being freed\n"
            "JOB    RUN    IN USE        MAX\n"
            "crawl    7  80.2 MiB  100.0 MiB\n");
}

TEST(Tables, AMemoryThatCannotBeReadIsSaidSo) {
  EXPECT_NE(memory_text(object(R"({"level":"normal","total_bytes":null})"), false)
                .find("cannot be read here"),
            std::string::npos);
  EXPECT_FALSE(memory_text({}, false).empty());
}

TEST(Tables, AnEventIsOneLine) {
  const auto event = object(R"({"id":1,"at":"2026-03-08T06:00:00.000Z","severity":"warning",
    "kind":"job_hung","job":"news","run":4,"text":"news hangs\u001b[2J\nforged line"})");
  EXPECT_EQ(event_line(event, false),
            "2026-03-08 06:00:00Z  ! warning  job_hung          news #4  "
            "news hangs\\x1b[2J\\nforged line\n");
}

TEST(Tables, WhatIsMissingIsADash) {
  EXPECT_NE(ls_table(object(R"({"jobs":[{}]})"), false).find('-'), std::string::npos);
  EXPECT_NE(runs_table(object(R"({"runs":[{}]})"), false).find('-'), std::string::npos);
  EXPECT_NE(slots_table(object(R"({"slots":[{}]})"), false).find('-'), std::string::npos);
  EXPECT_EQ(why_text({}, false), "\n");
  EXPECT_FALSE(event_line({}, false).empty());
}

TEST(Tables, ColourAddsNothingButColour) {
  const auto slots = object(R"({"slots":[{"job":"a","disposition":"ran"}]})");
  auto coloured = slots_table(slots, true);
  for (auto at = coloured.find('\x1b'); at != std::string::npos; at = coloured.find('\x1b')) {
    coloured.erase(at, coloured.find('m', at) - at + 1);
  }
  EXPECT_EQ(coloured, slots_table(slots, false));
}

}  // namespace
}  // namespace takt::cli
