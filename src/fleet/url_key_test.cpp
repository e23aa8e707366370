// URLs that takt calls, through the key that takes nothing else.

#include "fleet/url_key.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "fleet/decode_testing.h"

namespace takt::fleet {
namespace {

using testing::decode_text;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

Loaded with_ping(const std::string& url) {
  return decode_text("[fleet]\nping = \"" + url + "\"\n[job.a]\nrun = 'x'\n");
}

std::string ping_of(const std::string& url) {
  const Loaded loaded = with_ping(url);
  return loaded.spec ? loaded.spec->ping : "refused";
}

TEST(Url, OfHttpAndHttpsIsTaken) {
  for (const char* url :
       {"https://example.org", "http://127.0.0.1:8080/ping?a=b", "https://[::1]:7411/x",
        "http://hc-ping.com/2f1d4b8e", "https://a_b.example/%20#part", "http://localhost?x"}) {
    EXPECT_EQ(ping_of(url), url);
    EXPECT_TRUE(with_ping(url).problems.empty()) << url;
  }
  EXPECT_EQ(ping_of("HTTPS://Example.org/A"), "https://Example.org/A");
}

struct Wrong {
  const char* url;
  const char* said;
};

class WrongUrl : public ::testing::TestWithParam<Wrong> {};

TEST_P(WrongUrl, IsBlamedWithTheReason) {
  const Loaded loaded = with_ping(GetParam().url);
  EXPECT_FALSE(loaded.spec);
  EXPECT_THAT(testing::lines_of(loaded.problems),
              ElementsAre(fmt::format("2:8 error: ping {}", GetParam().said)));
}

INSTANTIATE_TEST_SUITE_P(
    Of, WrongUrl,
    ::testing::Values(
        Wrong{"example.org/x", "\"example.org/x\" does not begin with http:// or https://"},
        Wrong{"//example.org", "\"//example.org\" does not begin with http:// or https://"},
        Wrong{"://x", "\"://x\" does not begin with http:// or https://"},
        Wrong{"file:///etc/passwd",
              "\"file:///etc/passwd\" is of the scheme 'file'; only http and https are called"},
        Wrong{"ftp://example.org",
              "\"ftp://example.org\" is of the scheme 'ftp'; only http and https are called"},
        Wrong{"https://", "\"https://\" names no host"},
        Wrong{"https:///path", "\"https:///path\" names no host"},
        Wrong{"https://:80", "\"https://:80\" names no host"},
        Wrong{"https://u:p@", "\"https://***@\" names no host"},
        Wrong{"http://a b/", "\"http://a b/\" has a character in it that has to be written as %XX"},
        Wrong{"http://a/\\r\\nHost: b",
              "\"http://a/\\r\\nHost: b\" has a character in it that has to be written as %XX"},
        Wrong{"http://a/\u00fc",
              "\"http://a/\u00fc\" has a character in it that has to be written as %XX"},
        Wrong{"http://a:0/", "\"http://a:0/\" has no port between 1 and 65535 behind its ':'"},
        Wrong{"http://a:99999",
              "\"http://a:99999\" has no port between 1 and 65535 behind its ':'"},
        Wrong{"http://a:b", "\"http://a:b\" has no port between 1 and 65535 behind its ':'"},
        Wrong{"http://a<b>", "\"http://a<b>\" has no valid name of a host"},
        Wrong{"http://-a", "\"http://-a\" has no valid name of a host"},
        Wrong{"http://[a", "\"http://[a\" has no valid name of a host"}, Wrong{" ", "is empty"}));

TEST(Url, WithAPasswordIsAWarningThatDoesNotSayIt) {
  const Loaded loaded = with_ping("https://me:hunter22@example.org/");
  ASSERT_TRUE(loaded.spec);
  EXPECT_EQ(loaded.spec->ping, "https://me:hunter22@example.org/");
  ASSERT_EQ(loaded.problems.size(), 1U);
  EXPECT_EQ(loaded.problems[0].severity, Problem::Severity::warning);
  EXPECT_THAT(loaded.problems[0].message, HasSubstr("has a user or a password in it"));
  EXPECT_THAT(loaded.problems[0].message, Not(HasSubstr("hunter22")));
  EXPECT_THAT(with_ping("ftp://me:hunter22@example.org/").problems.at(0).message,
              Not(HasSubstr("hunter22")));
}

TEST(Url, ThatIsVeryLongIsRefusedWithoutQuotingIt) {
  EXPECT_THAT(with_ping("http://a/" + std::string(4000, 'x')).problems.at(0).message,
              "ping is longer than 2048 bytes");
}

TEST(Authority, IsTakenApart) {
  const auto plain = parse_authority("mail.example.org:587");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->host, "mail.example.org");
  EXPECT_EQ(plain->port, 587);
  EXPECT_FALSE(plain->has_user);
  const auto bracketed = parse_authority("a@b@[::1]");
  ASSERT_TRUE(bracketed);
  EXPECT_EQ(bracketed->host, "[::1]");
  EXPECT_EQ(bracketed->port, std::nullopt);
  EXPECT_TRUE(bracketed->has_user);
}

}  // namespace
}  // namespace takt::fleet
