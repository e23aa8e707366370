#include "cli/terminal_text.h"

#include <gtest/gtest.h>

namespace takt::cli {
namespace {

TEST(TerminalText, NothingThatDrivesATerminalIsLeft) {
  for (const auto* hostile : {"\x1b]0;pwn\x07", "\x1b[2J", "a\rb", "a\nb",
                              "\x9b"
                              "31m",
                              "\xc2\x9b"
                              "2J",
                              "\xe2\x80\xae"
                              "abc",
                              "\x7f", "a\tb"}) {
    const auto text = inert(hostile);
    for (const char c : text) {
      EXPECT_GE(static_cast<unsigned char>(c), 0x20) << text;
      EXPECT_NE(c, 0x7f);
    }
    EXPECT_EQ(text.find("\xe2\x80\xae"), std::string::npos);
    EXPECT_EQ(text.find("\xc2\x9b"), std::string::npos);
  }
}

TEST(TerminalText, OrdinaryTextIsLeftAlone) {
  EXPECT_EQ(inert("Zürich – ok ✓"), "Zürich – ok ✓");
  EXPECT_EQ(inert_log_line("Zürich\t✓"), "Zürich\t✓");
}

TEST(TerminalText, ALogKeepsItsColoursAndEndsThem) {
  EXPECT_EQ(inert_log_line("\x1b[1;31mred\x1b[m plain"), "\x1b[1;31mred\x1b[m plain\x1b[0m");
}

TEST(TerminalText, ALogLosesEveryOtherSequence) {
  for (const auto* hostile : {"\x1b]8;;javascript:alert(1)\x07x", "\x1b[2J", "\x1b[31",
                              "\x1b[31;xm", "\x1b\x1b[2J", "\x1b", "\x1bP1m", "\x1b[?25lm"}) {
    EXPECT_EQ(inert_log_line(hostile).find('\x1b'), std::string::npos) << inert(hostile);
  }
  const std::string endless = "\x1b[" + std::string(10'000, '1') + "m";
  EXPECT_EQ(inert_log_line(endless).find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace takt::cli
