#include "notify/words.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "notify/message_for_test.h"

namespace takt::notify {
namespace {

using core::NoticeKind;

TEST(NoticeWords, AKindIsASentence) {
  EXPECT_EQ(words_of(a_notice(NoticeKind::failed)), "plan failed, 3 times in a row");
  EXPECT_EQ(words_of(a_notice(NoticeKind::stuck)), "plan is stuck");
  EXPECT_EQ(words_of(a_notice(NoticeKind::overdue)), "plan is overdue");
  EXPECT_EQ(words_of(a_notice(NoticeKind::quarantined)), "plan is quarantined");
  EXPECT_EQ(words_of(a_notice(NoticeKind::probe)), "orders/fresh fails");
  EXPECT_EQ(words_of(a_notice(NoticeKind::escalated)),
            "orders/fresh fails, mended 3 times in vain");
  EXPECT_EQ(words_of(a_notice(NoticeKind::recovered)), "plan is well again");
  EXPECT_EQ(words_of(a_notice(NoticeKind::test)), "a test");
}

TEST(NoticeWords, OneThatIsToldAgainSaysStill) {
  auto notice = a_notice(NoticeKind::failed);
  notice.again = true;
  EXPECT_EQ(words_of(notice), "plan still fails, 3 times in a row");
  notice.kind = NoticeKind::stuck;
  EXPECT_EQ(words_of(notice), "plan is still stuck");
}

TEST(NoticeWords, TheMostSevereOneIsNamedAndTheRestCounted) {
  ports::Message message = a_message();
  EXPECT_EQ(subject(message), "[takt social] plan failed, 3 times in a row");
  message.notices = {a_notice(NoticeKind::recovered), a_notice(NoticeKind::stuck, 8),
                     a_notice(NoticeKind::stuck, 9)};
  message.left_out = 5;
  EXPECT_EQ(most_severe(message).notice, NoticeId{8});
  EXPECT_EQ(summary(message), "plan is stuck, and 7 more");
}

TEST(NoticeWords, ALineIsPrintableUtf8WhateverItWas) {
  EXPECT_EQ(one_line("grün \u20ac \U0001F600"), "grün \u20ac \U0001F600");
  EXPECT_EQ(one_line("a\r\nBcc: x\x1b[31m\x7f"), "a??Bcc: x?[31m?");
  EXPECT_EQ(one_line("\xff\xc3(\xed\xa0\x80\xf4\x90\x80\x80"),
            std::string(2, '?') + "(" + std::string(7, '?'));
  EXPECT_EQ(one_line("\u2028\u0085"), "??");
  EXPECT_EQ(one_line("\xe2\x82"), "??");
}

RC_GTEST_PROP(NoticeWords, ALineOfALineIsItself, (const std::string& text)) {
  RC_ASSERT(one_line(one_line(text)) == one_line(text));
  RC_ASSERT(one_line(text).find_first_of("\r\n") == std::string::npos);
}

}  // namespace
}  // namespace takt::notify
