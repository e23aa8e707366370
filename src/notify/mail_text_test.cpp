#include "notify/mail_text.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "notify/message_for_test.h"
#include "notify/payload.h"

namespace takt::notify {
namespace {

core::Email to_two() {
  core::Email to;
  to.from = "takt <takt@example.org>";
  to.to = {"a@example.org", "Bea <b@example.org>"};
  return to;
}

TEST(MailText, IsAMessageOfRfc5322) {
  const auto message = a_message();
  EXPECT_EQ(mail_text(message, to_two()),
            "Date: Mon, 05 Jan 2026 00:04:14 +0000\r\n"
            "From: takt <takt@example.org>\r\n"
            "To: a@example.org,\r\n Bea <b@example.org>\r\n"
            "Subject: [takt social] plan failed, 3 times in a row\r\n"
            "Message-ID: <" +
                message_id(message) +
                "@example.org>\r\n"
                "Auto-Submitted: auto-generated\r\n"
                "MIME-Version: 1.0\r\n"
                "Content-Type: text/plain; charset=utf-8\r\n"
                "Content-Transfer-Encoding: quoted-printable\r\n"
                "\r\n"
                "2026-01-05T00:04:13.000Z  plan failed, 3 times in a row: exit code 1 (since=\r\n"
                " 2026-01-05T00:01:00.000Z)\r\n"
                "\r\n"
                "fleet social, contact ops\r\n");
}

TEST(MailText, ATextOfAJobIsNeverAHeader) {
  auto message = a_message();
  message.fleet = "social\r\nBcc: evil@example.org";
  message.notices[0].job = "plan\r\nBcc: evil@example.org";
  message.notices[0].text = "x\r\n.\r\nBcc: evil@example.org\nMAIL FROM:<evil>";
  const std::string text = mail_text(message, to_two());
  EXPECT_EQ(text.find("\r\nBcc"), std::string::npos) << text;
  EXPECT_EQ(text.find("\r\n.\r\n"), std::string::npos) << text;
  EXPECT_EQ(text.find("\r\nMAIL"), std::string::npos) << text;
}

TEST(MailText, AHeaderIsEncodedWhenItIsNotPlain) {
  EXPECT_EQ(encoded_header("plain"), "plain");
  EXPECT_EQ(encoded_header("gr\u00fcn"), "=?UTF-8?B?Z3LDvG4=?=");
  EXPECT_EQ(encoded_header("=?x?="), "=?UTF-8?B?PT94Pz0=?=");
  const std::string longer = encoded_header(std::string(99, 'x'));
  EXPECT_EQ(longer.find("\r\n "), 68U) << longer;
}

TEST(MailText, QuotedPrintableKeepsLinesShortAndBytesWhole) {
  EXPECT_EQ(quoted_printable("a=b\n"), "a=3Db\r\n");
  EXPECT_EQ(quoted_printable("gr\u00fcn \n end "), "gr=C3=BCn=20\r\n end=20");
  EXPECT_EQ(quoted_printable("\r\t"), "=0D=09");
  EXPECT_EQ(quoted_printable(std::string(80, 'x')),
            std::string(75, 'x') + "=\r\n" + std::string(5, 'x'));
}

RC_GTEST_PROP(MailText, NothingHasLongLinesOrBareLineEnds, (const std::string& text)) {
  for (const std::string& encoded : {quoted_printable(text), encoded_header(text)}) {
    std::size_t column = 0;
    for (std::size_t i = 0; i < encoded.size(); ++i) {
      const bool end = encoded.compare(i, 2, "\r\n") == 0;
      column = end ? 0 : column + 1;
      if (end) ++i;
      RC_ASSERT(end || (encoded[i] >= 0x20 && encoded[i] < 0x7f));
      RC_ASSERT(column <= 76U);
    }
  }
}

TEST(MailText, AnAddressIsOneAddress) {
  EXPECT_EQ(bare_address("a@b.org"), "a@b.org");
  EXPECT_EQ(bare_address("Ann B. <a@b.org>"), "a@b.org");
  for (const std::string wrong :
       {"", "a", "@b", "a@", "a@b@c", "a@b, c@d", "a b@c", "<a@b", "a@b>", "x <a@b> <c@d>",
        "a@b\r\nRCPT TO:<c@d>", "\"x\" <a@b>", "a, b <c@d>", "<<a@b>>", "gr\u00fcn@b"}) {
    EXPECT_FALSE(bare_address(wrong)) << wrong;
  }
  EXPECT_EQ(bare_address("a@b\n").error(), "'a@b?' is not an e-mail address");
}

TEST(MailText, ADateIsEnglishAndUtc) {
  EXPECT_EQ(mail_date(*parse_rfc3339("2028-02-29T23:59:59.999Z")),
            "Tue, 29 Feb 2028 23:59:59 +0000");
}

}  // namespace
}  // namespace takt::notify
