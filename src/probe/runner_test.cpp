#include "probe/runner.h"

#include <algorithm>

#include "probe/asked_for_test.h"

namespace takt::probe {
namespace {

using namespace std::chrono_literals;
using core::HttpProbe;

class ProbeRunner : public Asked {
 protected:
  net::SilentPort silent;
  HttpProbe endless{"http://" + silent.place() + "/", {}, "", false};
  std::vector<Measurement> answers;

  void ask(core::ProbeOf of) {
    runner().measure(spec(std::move(of)), "", kNow,
                     [&](Measurement found) { answers.push_back(std::move(found)); });
  }
};

TEST_F(ProbeRunner, WhatOthersMeasureIsUnknownHere) {
  for (const core::ProbeOf& of :
       {core::ProbeOf{core::JobProbe{"a"}}, core::ProbeOf{core::CommandProbe{}},
        core::ProbeOf{core::PoolProbe{"a"}}, core::ProbeOf{core::MemoryProbe{}}}) {
    EXPECT_EQ(measure(of), unknown("not measured here"));
  }
}

TEST_F(ProbeRunner, MoreThanThereIsRoomForIsAnsweredAtOnce) {
  options.threads = 1;
  options.waiting_max = 2;
  for (int i = 0; i < 5; ++i) ask(endless);
  EXPECT_TRUE(answers.empty());
  while (answers.size() < 2) io.run_one();
  EXPECT_EQ(answers,
            (std::vector{unknown("too many probes wait"), unknown("too many probes wait")}));
  runner().cancel();
  io.run();
  EXPECT_EQ(answers.size(), 5U);
  EXPECT_EQ(std::ranges::count(answers, unknown("given up")), 3);
  EXPECT_EQ(measure(core::FileProbe{"/"}, core::Succeeds{}), Measurement(true));  // room again
}

TEST_F(ProbeRunner, TimeIsCountedFromTheQuestionNotFromItsTurn) {
  options.threads = 1;
  timeout = 200ms;
  ask(endless);
  ask(endless);
  const auto before = std::chrono::steady_clock::now();
  io.run();
  EXPECT_EQ(answers,
            (std::vector{unknown("no answer within 200ms"), unknown("no answer within 200ms")}));
  EXPECT_LT(std::chrono::steady_clock::now() - before, 5s);
}

TEST_F(ProbeRunner, ItsEndDoesNotWaitForThoseThatWaitAndTellsNothingMore) {
  for (int i = 0; i < 50; ++i) ask(endless);
  const auto before = std::chrono::steady_clock::now();
  runner_.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - before, 1s);
  io.run();
  EXPECT_TRUE(answers.empty());
}

}  // namespace
}  // namespace takt::probe
