// Whole command lines against a daemon of plain values on a real socket: exit codes and JSON.

#include "cli/command_line_for_test.h"

namespace takt::cli {
namespace {

class RunTest : public CommandLine {};

const std::vector<Words> kDaemonVerbs{{"ls"},
                                      {"status"},
                                      {"why", "posting"},
                                      {"why", "1"},
                                      {"trigger", "posting"},
                                      {"cancel", "1"},
                                      {"pause", "posting"},
                                      {"pause", "--all"},
                                      {"resume", "posting"},
                                      {"resume", "--all"},
                                      {"drain"},
                                      {"down"}};

TEST_F(RunTest, WithoutADaemonVerbsThatNeedOneExitWith5AndSayHowToStartIt) {
  for (auto words : kDaemonVerbs) {
    words.emplace_back("--json");
    const auto said = takt(words);
    EXPECT_EQ(said.exit, 5) << words[0];
    const auto error = said.object().at("error").as_object();
    EXPECT_NE(error.at("hint").as_string().find("takt up -f"), json::string::npos) << words[0];
    EXPECT_NE(said.err.find("no daemon runs on "), std::string::npos) << words[0];
  }
}

TEST_F(RunTest, WithoutADaemonAndHistoryTheHistoryVerbsExitWith5) {
  for (const auto& words :
       std::vector<Words>{{"runs"}, {"slots"}, {"events"}, {"logs", "posting"}}) {
    EXPECT_EQ(takt(words).exit, 5) << words[0];
  }
}

TEST_F(RunTest, ABrokenFleetFileIsExit3ForEveryVerbThatReadsIt) {
  write_file("[job.posting]\nevry = \"5m\"\n");
  auto all = kDaemonVerbs;
  all.insert(
      all.end(),
      {{"runs"}, {"slots"}, {"events"}, {"logs", "posting"}, {"up"}, {"check"}, {"simulate"}});
  for (const auto& words : all) {
    const auto said = takt(words);
    EXPECT_EQ(said.exit, 3) << words[0];
    EXPECT_NE((said.err + said.out).find("evry"), std::string::npos) << words[0];
  }
}

TEST_F(RunTest, AMissingFleetFileIsExit3) {
  fs::remove(file_);
  EXPECT_EQ(takt({"ls"}).exit, 3);
  EXPECT_EQ(takt({"check"}).exit, 3);
}

TEST_F(RunTest, NonsenseIsExit2WithAnErrorInJsonToo) {
  const auto said = bare({"stauts", "--json"});
  EXPECT_EQ(said.exit, 2);
  const auto error = said.object().at("error").as_object();
  EXPECT_EQ(error.at("hint"), json::value("did you mean 'status'?"));
  EXPECT_TRUE(error.contains("what"));
  EXPECT_TRUE(error.contains("where"));
  for (const auto& words : std::vector<Words>{{"up", "--speed", "0"},
                                              {"up", "--speed", "10001"},
                                              {"up", "--speed", "nan"},
                                              {"up", "--speed", "x"},
                                              {"up", "--for", "0s"},
                                              {"runs", "--limit", "0"},
                                              {"runs", "--state", "runing"},
                                              {"runs", "--since", "x"},
                                              {"cancel", "posting"},
                                              {"pause"},
                                              {"pause", "posting", "--all"},
                                              {"pause", "posting", "--for", "0s"},
                                              {"resume"},
                                              {"trigger", "posting", "--param", "novalue"},
                                              {"trigger", "posting", "--timeout", "5s"},
                                              {"logs", "posting", "--attempt", "0"},
                                              {"simulate", "--faults", "x.toml"},
                                              {"simulate", "--for", "0s"},
                                              {"simulate", "--seed", "-1"}}) {
    EXPECT_EQ(takt(words).exit, 2) << words[0] << " " << words.back();
  }
}

TEST_F(RunTest, AnUnknownStateGetsTheList) {
  const auto said = takt({"runs", "--state", "runing"});
  EXPECT_NE(said.err.find("did you mean 'running'?"), std::string::npos) << said.err;
  EXPECT_NE(said.err.find("waiting, running, retrying, ended"), std::string::npos);
}

TEST_F(RunTest, LsPrintsTheDaemonsJson) {
  start();
  const auto said = takt({"ls", "--json"});
  EXPECT_EQ(said.exit, 0) << said.err;
  EXPECT_EQ(said.object().at("jobs").as_array().at(0).as_object().at("name"),
            json::value("posting"));
  EXPECT_NE(takt({"ls"}).out.find("posting"), std::string::npos);
}

TEST_F(RunTest, StatusIs0Or7Or5) {
  start();
  EXPECT_EQ(takt({"status", "--json"}).exit, 0);
  backend_.fleet_view.stuck = {"posting"};
  const auto degraded = takt({"status", "--json"});
  EXPECT_EQ(degraded.exit, 7);
  EXPECT_EQ(degraded.object().at("ok"), json::value(false));
  backend_.is_ready = false;
  EXPECT_EQ(takt({"status"}).exit, 5);
}

TEST_F(RunTest, UnknownJobsAndRunsAreExit4WithTheNearest) {
  start();
  for (const auto& words : std::vector<Words>{{"why", "postng"},
                                              {"runs", "postng"},
                                              {"slots", "postng"},
                                              {"logs", "postng"},
                                              {"runs", "../x"},
                                              {"why", "A B"},
                                              {"pause", "../../etc"},
                                              {"trigger", "..%2f"}}) {
    EXPECT_EQ(takt(words).exit, 4) << words[0] << " " << words[1];
  }
  EXPECT_NE(takt({"why", "postng"}).err.find("did you mean 'posting'?"), std::string::npos);
  EXPECT_EQ(takt({"why", "77"}).exit, 4);
  EXPECT_EQ(takt({"logs", "77"}).exit, 4);
  refuse(core::Refusal::Kind::not_found);
  for (const auto& words : std::vector<Words>{{"trigger", "postng"}, {"pause", "postng"}}) {
    const auto said = takt(words);
    EXPECT_EQ(said.exit, 4);
    EXPECT_NE(said.err.find("did you mean 'posting'?"), std::string::npos) << said.err;
  }
}

TEST_F(RunTest, AKnownJobWithoutHistoryIsAnEmptyList) {
  start();
  const auto said = takt({"runs", "news", "--json"});
  EXPECT_EQ(said.exit, 0);
  EXPECT_TRUE(said.object().at("runs").as_array().empty());
}

TEST_F(RunTest, ARefusalIsExit6WithItsGates) {
  start();
  refuse(core::Refusal::Kind::refused);
  const auto said = takt({"trigger", "news", "--json"});
  EXPECT_EQ(said.exit, 6);
  EXPECT_EQ(said.object().at("error").as_object().at("gates").as_array().size(), 1U);
  EXPECT_NE(said.err.find("paused: by hand"), std::string::npos) << said.err;
}

TEST_F(RunTest, AnInvalidParameterIsExit2) {
  start();
  refuse(core::Refusal::Kind::invalid);
  EXPECT_EQ(takt({"trigger", "news", "--param", "n=x"}).exit, 2);
}

TEST_F(RunTest, ATriggerHandsItsParametersOverLiterally) {
  start();
  backend_.reply = {.result = std::optional{RunId{12}}, .state = "waiting"};
  const auto said =
      takt({"trigger", "posting", "--param", "city=@/etc/shadow", "--force", "--json"});
  EXPECT_EQ(said.exit, 0) << said.err;
  EXPECT_EQ(json::value(said.object()), json::parse(R"({"run":12,"state":"waiting"})"));
  stop();
  const auto& event = std::get<core::Trigger>(backend_.requests.at(0));
  EXPECT_EQ(event.params.at(0).second, "@/etc/shadow");
  EXPECT_TRUE(event.force);
}

TEST_F(RunTest, RequestsAreAnsweredWithOk) {
  start();
  for (const auto& words : std::vector<Words>{{"cancel", "3"},
                                              {"pause", "posting", "--for", "5m", "--reason", "r"},
                                              {"pause", "--all"},
                                              {"resume", "posting"},
                                              {"resume", "--all"},
                                              {"drain"}}) {
    auto line = words;
    line.emplace_back("--json");
    const auto said = takt(line);
    EXPECT_EQ(said.exit, 0) << words[0] << said.err;
    EXPECT_EQ(json::value(said.object()), json::parse(R"({"ok":true})")) << words[0];
  }
}

TEST_F(RunTest, HistoryVerbsPrintTheDaemonsJson) {
  backend_.rows.run_rows = {api::ended_run(5)};
  backend_.rows.slot_rows = {{.job = "posting"}};
  backend_.rows.event_rows = {{.id = EventId{4}, .text = "up"}};
  start();
  EXPECT_EQ(takt({"runs", "--json"}).object().at("runs").as_array().size(), 1U);
  EXPECT_EQ(takt({"slots", "--json"}).object().at("slots").as_array().size(), 1U);
  EXPECT_EQ(takt({"events", "--json"}).object().at("events").as_array().size(), 1U);
  EXPECT_NE(takt({"events"}).out.find("up"), std::string::npos);
  EXPECT_EQ(takt({"runs", "removed", "--json"}).exit, 0);  // history outlives its job
}

TEST_F(RunTest, CheckPrintsItsProblems) {
  EXPECT_EQ(takt({"check", "--json"}).exit, 0);
  EXPECT_NE(takt({"check"}).out.find("2 jobs, 0 errors, 0 warnings"), std::string::npos);
  write_file("[job.posting]\nrun = [\"/bin/true\"]\nevry = \"5m\"\n");
  const auto said = takt({"check", "--json"});
  EXPECT_EQ(said.exit, 3);
  EXPECT_EQ(said.object().at("ok"), json::value(false));
  const auto problem = said.object().at("problems").as_array().at(0).as_object();
  EXPECT_EQ(problem.at("severity"), json::value("error"));
  EXPECT_EQ(problem.at("line"), json::value(3));
  EXPECT_TRUE(problem.contains("hint"));
}

TEST_F(RunTest, SimulatePrintsWhatItSaw) {
  const auto said = takt({"simulate", "--for", "1h", "--seed", "3", "--faults", "none", "--json"});
  EXPECT_EQ(said.exit, 0) << said.err;
  const auto object = said.object();
  EXPECT_EQ(object.at("seed"), json::value(std::uint64_t{3}));
  EXPECT_EQ(object.at("simulated_ms"), json::value(3'600'000));
  EXPECT_EQ(object.at("hash").as_string().size(), 16U);
  EXPECT_EQ(object.at("jobs").as_array().size(), 2U);
  EXPECT_TRUE(object.at("pools").as_array().empty());
}

TEST_F(RunTest, DoctorSchemaVersionAndHelpNeedNothing) {
  EXPECT_FALSE(takt({"doctor", "--json"}).object().at("facts").as_array().empty());
  EXPECT_TRUE(bare({"schema"}).object().contains("$schema"));
  EXPECT_EQ(bare({"version"}).out, "takt 0.1.0\n");
  EXPECT_EQ(bare({"--version"}).out, "takt 0.1.0\n");
  EXPECT_EQ(bare({"version", "--json"}).object().at("version"), json::value("0.1.0"));
  EXPECT_EQ(bare({"help"}).exit, 0);
  EXPECT_EQ(bare({"--help"}).out, bare({"help"}).out);
  EXPECT_EQ(bare({"help", "trigger"}).out, bare({"trigger", "--help"}).out);
  EXPECT_EQ(bare({"help", "nosuch"}).exit, 2);
  EXPECT_EQ(bare({}).exit, 2);
}

TEST_F(RunTest, OutputThatCannotBeWrittenIsAFailure) {
  std::ofstream full("/dev/full");
  std::ostringstream err;
  Console console{.out = full, .err = err};
  EXPECT_EQ(run(Words{"help"}, console), 1);
  EXPECT_NE(err.str().find("stdout"), std::string::npos);
}

}  // namespace
}  // namespace takt::cli
