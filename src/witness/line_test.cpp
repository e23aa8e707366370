#include "witness/line.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace takt::witness {
namespace {

Line sample() {
  Line line;
  line.mark = Mark::end;
  line.speaker = {.run = RunId{7}, .attempt = 2, .token = Token{9}, .pid = 123, .start_ticks = 456};
  line.realtime = std::chrono::nanoseconds{1'767'225'600'000'000'001};
  line.boottime = std::chrono::nanoseconds{42};
  return line;
}

TEST(WitnessLine, IsNineWordsWhenAllIsWell) {
  EXPECT_EQ(format_line(sample()), "W end 7 2 9 123 456 1767225600000000001 42");
}

TEST(WitnessLine, SaysHowAnEndIsAboutToGo) {
  Line line = sample();
  line.exit_code = 3;
  EXPECT_EQ(format_line(line), "W end 7 2 9 123 456 1767225600000000001 42 exit=3");
  EXPECT_EQ(parse_line(format_line(line))->exit_code, 3);
  line.exit_code.reset();
  line.signal = 9;
  EXPECT_EQ(parse_line(format_line(line))->signal, 9);
}

RC_GTEST_PROP(WitnessLine, ReadsBackWhatIsWritten, (std::int64_t run, int attempt, int pid)) {
  Line line = sample();
  line.mark = *rc::gen::element(Mark::start, Mark::end, Mark::alive);
  line.speaker.run = RunId{run};
  line.speaker.attempt = attempt;
  line.speaker.pid = pid;
  const auto read = parse_line(format_line(line));
  RC_ASSERT(read.has_value());
  RC_ASSERT(read->mark == line.mark);
  RC_ASSERT(read->speaker == line.speaker);
  RC_ASSERT(read->realtime == line.realtime);
  RC_ASSERT(read->boottime == line.boottime);
}

TEST(WitnessLine, WordsThatCameLaterAreIgnored) {
  const auto line = parse_line("W start 1 1 1 2 3 4 5 color=blue exit=x =");
  ASSERT_TRUE(line);
  EXPECT_FALSE(line->exit_code);
}

TEST(WitnessLine, ATornLineIsNone) {
  for (const char* text :
       {"", "W", "W start", "W start 1 1 1 2 3 4", "W start 1 1 1 2 3 4 ", "W begin 1 1 1 2 3 4 5",
        "X start 1 1 1 2 3 4 5", "W start 1 1 x 2 3 4 5", "W start 1 1 1 2 3 4 5x",
        "W start 99999999999999999999 1 1 2 3 4 5"}) {
    EXPECT_FALSE(parse_line(text)) << text;
  }
}

}  // namespace
}  // namespace takt::witness
