#include "fleet/quote.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>

#include "base/unicode.h"

namespace takt::fleet {
namespace {

TEST(Quote, PlainTextStaysAsItIs) {
  EXPECT_EQ(quote_value("caf\xC3\xA9 5m"), "\"caf\xC3\xA9 5m\"");
  EXPECT_EQ(quote_name("evry"), "'evry'");
}

TEST(Quote, WhatDrivesATerminalIsWrittenOut) {
  EXPECT_EQ(escape("\x1b[31m\r\n\t"), "\\x1b[31m\\r\\n\\t");
  EXPECT_EQ(escape("\xC2\x9B"
                   "31m"),
            "\\u{9b}31m");
  EXPECT_EQ(escape("\xE2\x80\xAE"), "\\u{202e}");
  EXPECT_EQ(escape("\xFF\xC3"), "\\xff\\xc3");
  EXPECT_EQ(escape(std::string_view("\0", 1)), "\\x00");
}

TEST(Quote, LongTextIsCutBetweenCharacters) {
  EXPECT_EQ(escape("\xC3\xA9\xC3\xA9\xC3\xA9", 2), "\xC3\xA9\xC3\xA9…");
  EXPECT_EQ(escape("abc", 3), "abc");
  EXPECT_LT(quote_value(std::string(1 << 20, 'x')).size(), 80U);
}

TEST(Quote, NothingEscapedEverDrivesATerminal) {
  rc::check([](const std::string& text) {
    const std::string safe = escape(text);
    for (std::size_t at = 0; at < safe.size();) {
      const CodePoint point = code_point_at(safe, at);
      RC_ASSERT(point.valid && !drives_a_terminal(point.value));
      at += point.bytes;
    }
    RC_ASSERT(escape(safe) == safe);
  });
}

TEST(Unicode, SurrogatesOverlongFormsAndCutEndsAreNotUtf8) {
  EXPECT_EQ(find_invalid_utf8("a\xED\xA0\x80"), 1U);
  EXPECT_EQ(find_invalid_utf8("ab\xC0\x80"), 2U);
  EXPECT_EQ(find_invalid_utf8("\xE0\x80\x80"), 0U);
  EXPECT_EQ(find_invalid_utf8("\xF4\x90\x80\x80"), 0U);
  EXPECT_EQ(find_invalid_utf8("a\xE2\x82"), 1U);
  EXPECT_EQ(find_invalid_utf8("\xE2\x82\xAC \xF0\x9F\x98\x80"), std::nullopt);
}

}  // namespace
}  // namespace takt::fleet
