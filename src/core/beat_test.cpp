#include "core/beat.h"

#include <gtest/gtest.h>

namespace takt::core {
namespace {

TEST(Beat, ALineSaysProgressAndNote) {
  EXPECT_EQ(parse_beat("beat"), (Beat{}));
  EXPECT_EQ(parse_beat("beat 42"), (Beat{42, {}}));
  EXPECT_EQ(parse_beat("beat 42 half way"), (Beat{42, "half way"}));
  EXPECT_EQ(parse_beat("beat half way"), (Beat{{}, "half way"}));
  EXPECT_EQ(parse_beat("42 half way"), (Beat{42, "half way"}));
  EXPECT_EQ(parse_beat("  beat\t 7%  page 3 of 40 \r"), (Beat{7, "page 3 of 40"}));
  EXPECT_EQ(parse_beat(""), (Beat{}));
}

TEST(Beat, WhatIsNoProgressIsTheNote) {
  EXPECT_EQ(parse_beat("beat 101"), (Beat{{}, "101"}));
  EXPECT_EQ(parse_beat("beat -1"), (Beat{{}, "-1"}));
  EXPECT_EQ(parse_beat("beating 5"), (Beat{{}, "beating 5"}));
  EXPECT_EQ(parse_beat("beat 5x"), (Beat{{}, "5x"}));
  EXPECT_EQ(parse_beat("beat beat"), (Beat{{}, "beat"}));
}

TEST(Beat, ProgressIsAWholeNumberFromZeroToHundred) {
  EXPECT_EQ(parse_progress("0"), 0);
  EXPECT_EQ(parse_progress("100"), 100);
  EXPECT_EQ(parse_progress("99.99"), 99) << "not done before it is done";
  EXPECT_EQ(parse_progress("100%"), 100);
  for (const char* wrong : {"", "%", "100.01", "101", "-0.1", "nan", "inf", "1e1", "0x10", " 5",
                            "5 ", "+5", "99999999999999999999999"}) {
    EXPECT_EQ(parse_progress(wrong), std::nullopt) << wrong;
  }
}

TEST(Beat, ANoteIsOneLineOfBoundedLength) {
  EXPECT_EQ(clean_note(" a\x1b[31m\nb\x7f"
                       "c "),
            "a [31m b c");
  EXPECT_EQ(clean_note(std::string(1000, 'n')).size(), kNoteBytesMax);
  EXPECT_EQ(clean_note(""), "");
}

TEST(Beat, ANoteIsCutBetweenCharacters) {
  std::string text;
  while (text.size() < kNoteBytesMax + 10) text += "\xe2\x82\xac";  // three bytes each
  EXPECT_EQ(clean_note(text).size() % 3, 0U);
  EXPECT_LE(clean_note(text).size(), kNoteBytesMax);
  EXPECT_EQ(clean_note(std::string(1000, '\x80')).size(), kNoteBytesMax);
}

TEST(Beat, ALaterOneReplacesOnlyWhatItSays) {
  Beat beat{10, "reading"};
  beat.take({});
  EXPECT_EQ(beat, (Beat{10, "reading"}));
  beat.take({20, {}});
  EXPECT_EQ(beat, (Beat{20, "reading"}));
  beat.take({{}, ""});
  EXPECT_EQ(beat, (Beat{20, ""}));
}

}  // namespace
}  // namespace takt::core
