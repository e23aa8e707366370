// Contacts, and the jobs that name them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "fleet/decode_testing.h"

namespace takt::fleet {
namespace {

using namespace std::chrono_literals;
using testing::decode_text;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::problems_of;

const std::string kJob = "[job.a]\nrun = 'x'\n";

/// A contact whose keys begin on line 4.
std::string contact(const std::string& keys) { return kJob + "[notify.me]\n" + keys + "\n"; }

core::ContactSpec contact_of(const std::string& keys) {
  const Loaded loaded = decode_text(contact(keys));
  if (!loaded.spec) {
    throw std::runtime_error(
        fmt::format("{}", fmt::join(testing::lines_of(loaded.problems), "\n")));
  }
  return loaded.spec->contacts.at(0);
}

core::Email email_of(const std::string& keys) {
  return std::get<core::Email>(contact_of("email = { " + keys + " }").by);
}

std::string hint_of(const std::string& text) { return decode_text(text).problems.at(0).hint; }

TEST(Contacts, ComeInTheOrderOfTheFile) {
  const Loaded loaded = decode_text(
      kJob + "[notify.z]\nwebhook = 'https://example.org/z'\n[notify.b]\ncommand = './tell'\n");
  ASSERT_TRUE(loaded.spec);
  ASSERT_EQ(loaded.spec->contacts.size(), 2U);
  EXPECT_EQ(loaded.spec->contacts[0].name, "z");
  EXPECT_EQ(std::get<core::Webhook>(loaded.spec->contacts[0].by).url, "https://example.org/z");
  EXPECT_EQ(loaded.spec->contacts[1].name, "b");
}

TEST(Contacts, HaveTheirDefaultsAndKeys) {
  const auto plain = contact_of("webhook = 'http://example.org'");
  EXPECT_EQ(plain.secret, "");
  EXPECT_EQ(plain.nag, std::nullopt);
  EXPECT_EQ(plain.after, 1);
  const auto full =
      contact_of("webhook = 'http://example.org'\nsecret = 'secret'\nnag = '6h'\nafter = 3");
  EXPECT_EQ(full.secret, "secret");
  EXPECT_EQ(full.nag, 6h);
  EXPECT_EQ(full.after, 3);
}

TEST(Contacts, ACommandRunsInTheFoldersOfTheFile) {
  const auto by = std::get<core::NotifyCommand>(contact_of("command = ['tell', 'me']").by);
  ASSERT_TRUE(by.command);
  EXPECT_THAT(by.command->argv, ElementsAre("tell", "me"));
  EXPECT_EQ(by.command->cwd, "/srv/app");
  const auto text = std::get<core::NotifyCommand>(contact_of("command = 'tell me'").by);
  EXPECT_THAT(text.command->argv, ElementsAre("/bin/sh", "-c", "tell me"));
}

TEST(Contacts, AMailIsCompleted) {
  const core::Email plain = email_of("smtp = 'mail.example.org:25', to = 'me@example.org'");
  EXPECT_EQ(plain.smtp, "smtp://mail.example.org:25");
  EXPECT_EQ(plain.from, "takt@mail.example.org");
  EXPECT_THAT(plain.to, ElementsAre("me@example.org"));
  EXPECT_EQ(plain.user, "");
  EXPECT_EQ(plain.password_file, "");
  const core::Email full = email_of(
      "smtp = 'SMTPS://mail.example.org', to = ['a@b', 'C <c@d>'], from = 'x@y', user = 'u', "
      "password_file = 'secrets/mail'");
  EXPECT_EQ(full.smtp, "smtps://mail.example.org:465");
  EXPECT_EQ(full.from, "x@y");
  EXPECT_THAT(full.to, ElementsAre("a@b", "C <c@d>"));
  EXPECT_EQ(full.user, "u");
  EXPECT_EQ(full.password_file, "/srv/app/secrets/mail");
  EXPECT_EQ(email_of("smtp = 'localhost', to = 'a@b'").smtp, "smtp://localhost:587");
  EXPECT_EQ(email_of("smtp = '[::1]:25', to = 'a@b'").smtp, "smtp://[::1]:25");
}

struct Wrong {
  const char* keys;
  const char* problem;
};

class WrongContact : public ::testing::TestWithParam<Wrong> {};

TEST_P(WrongContact, IsBlamedAtItsPlace) {
  EXPECT_THAT(problems_of(contact(GetParam().keys)), ElementsAre(GetParam().problem));
}

INSTANTIATE_TEST_SUITE_P(
    Of, WrongContact,
    ::testing::Values(
        Wrong{"", "3:1 error: contact 'me' cannot be told anything"},
        Wrong{"after = 2", "3:1 error: contact 'me' cannot be told anything"},
        Wrong{"webhook = 'http://a'\ncommand = 'x'",
              "5:1 error: command and webhook exclude each other"},
        Wrong{"webhook = 3",
              "4:11 error: webhook must be a URL like \"https://example.org/path\", not the "
              "integer 3"},
        Wrong{"webhook = 'file:///etc/passwd'",
              "4:11 error: webhook \"file:///etc/passwd\" is of the scheme 'file'; only http and "
              "https are called"},
        Wrong{"command = []", "4:11 error: command names no program"},
        Wrong{"webhook = 'http://a'\nsecret = 'x'",
              "5:10 error: secret must be 6 to 1024 characters long"},
        Wrong{"webhook = 'http://a'\nsecret = 123456", "5:10 error: secret must be a string"},
        Wrong{"webhook = 'http://a'\nnag = '0s'",
              "5:7 error: nag must be at least 1ms, not \"0s\""},
        Wrong{"webhook = 'http://a'\nafter = 0",
              "5:9 error: after must be between 1 and 1000000, not 0"},
        Wrong{"webhook = 'http://a'\npayload = 'x'",
              "5:1 error: unknown key 'payload' in "
              "[notify.me]"}));

INSTANTIATE_TEST_SUITE_P(
    ByMail, WrongContact,
    ::testing::Values(
        Wrong{"email = 'me@example.org'",
              "4:9 error: email must be a table like { smtp = \"host:587\", to = "
              "\"me@example.org\" }, not the string \"me@example.org\""},
        Wrong{"email = { to = 'a@b' }", "4:9 error: email has no smtp"},
        Wrong{"email = { smtp = 'a:25' }", "4:9 error: email has no to"},
        Wrong{"email = { smtp = 'http://a', to = 'a@b' }",
              "4:18 error: email.smtp \"http://a\" is no mail server"},
        Wrong{"email = { smtp = 'a:x', to = 'a@b' }",
              "4:18 error: email.smtp \"a:x\" has no port between 1 and 65535 behind its ':'"},
        Wrong{"email = { smtp = 'a b', to = 'a@b' }",
              "4:18 error: email.smtp \"a b\" has no valid name of a host"},
        Wrong{"email = { smtp = 'smtp://u:p@a', to = 'a@b' }",
              "4:18 error: email.smtp \"smtp://***@a\" has a user in it"},
        Wrong{"email = { smtp = 'a', to = 'nobody' }",
              "4:28 error: email.to \"nobody\" is no address of a mailbox"},
        Wrong{"email = { smtp = 'a', to = [] }", "4:28 error: email.to is empty"},
        Wrong{"email = { smtp = 'a', to = 3 }",
              "4:28 error: email.to must be an address like \"me@example.org\", or a list, not the "
              "integer 3"},
        Wrong{"email = { smtp = 'a', to = ['a@b', 'Me <a@b'] }",
              "4:36 error: each entry of email.to \"Me <a@b\" is no address of a mailbox"},
        Wrong{"email = { smtp = 'a', to = \"a@b\\r\\nDATA\" }",
              "4:28 error: email.to \"a@b\\r\\nDATA\" is no address of a mailbox"},
        Wrong{"email = { smtp = 'a', to = \"Me\\r\\nX: y <a@b>\" }",
              "4:28 error: email.to \"Me\\r\\nX: y <a@b>\" is no address of a mailbox"},
        Wrong{"email = { smtp = 'a', to = 'a@b', from = '@b' }",
              "4:42 error: email.from \"@b\" is no address of a mailbox"},
        Wrong{"email = { smtp = 'a', to = 'a@b', user = 'u' }",
              "4:42 error: a user without password_file cannot log in"},
        Wrong{"email = { smtp = 'a', to = 'a@b', password_file = 'p' }",
              "4:51 error: password_file is for a user, and there is none"},
        Wrong{"email = { smtp = 'a', to = 'a@b', user = \"u\\n\", password_file = 'p' }",
              "4:42 error: email.user \"u\\n\" is no user of a mail server"},
        Wrong{"email = { smtp = 'a', to = 'a@b', cc = 'x' }",
              "4:35 error: unknown key 'cc' in email"},
        Wrong{"email = { smtp = 'a', to = 'a@b' }\nsecret = 'secret'",
              "5:1 warning: secret changes nothing: it signs JSON, and this contact gets a mail"}));

TEST(Contacts, ThatAreNoTablesOrHaveNoNamesAreRefused) {
  EXPECT_THAT(problems_of(kJob + "[notify]\na = 3\n[notify.'B c']\nwebhook = 'http://a'\n"),
              ElementsAre("4:1 error: notify.a must be a table, not the integer 3",
                          "5:9 error: the contact's name 'B c' has 'B' in it; only a-z, 0-9, '_', "
                          "'.' and '-' are allowed"));
}

TEST(Contacts, ASecretThatIsTooShortComesWithTheReasonAndIsNotSaid) {
  const Loaded loaded = decode_text(contact("webhook = 'http://a'\nsecret = 'qxz'"));
  EXPECT_THAT(loaded.problems.at(0).message, Not(HasSubstr("qxz")));
  EXPECT_THAT(loaded.problems.at(0).hint, HasSubstr("is guessed"));
}

// --- on_failure, on_recovery ---------------------------------------------------------------------

const std::string kThree =
    "[notify.x]\nwebhook = 'http://a'\n[notify.y]\nwebhook = 'http://a'\n[notify.z]\nwebhook = "
    "'http://a'\n";

TEST(Tells, ArePlacesOfContactsAndEqualOnesAreOneObject) {
  const Loaded loaded = decode_text(
      "[defaults]\nrun = 'x'\non_failure = ['z', 'x']\n" + kThree +
      "[job.a]\n[job.b]\non_recovery = ['y']\n[job.c]\non_failure = []\n[job.d]\non_recovery = "
      "['y']\n");
  ASSERT_TRUE(loaded.spec);
  const auto& jobs = loaded.spec->jobs;
  EXPECT_EQ(*jobs[0].tells, (core::Tells{{2, 0}, {}}));
  EXPECT_EQ(*jobs[1].tells, (core::Tells{{2, 0}, {1}}));
  EXPECT_TRUE(jobs[2].tells->empty());
  EXPECT_EQ(jobs[1].tells.pointer(), jobs[3].tells.pointer());
}

TEST(Tells, OfUnknownContactsComeWithTheNearestName) {
  EXPECT_THAT(
      problems_of(kJob + "on_failure = ['x', 'nobody']\non_recovery = ['x', 3, 'x']\n" + kThree),
      ElementsAre("3:20 error: there is no contact 'nobody'",
                  "4:21 error: each entry of on_recovery must be the name of a contact, "
                  "not the integer 3",
                  "4:24 error: on_recovery names 'x' twice"));
  EXPECT_EQ(hint_of(kJob + "on_failure = ['oncal']\n[notify.oncall]\nwebhook = 'http://a'\n"),
            "did you mean 'oncall'?");
  EXPECT_EQ(hint_of(kJob + "on_failure = ['me']\n"),
            "add a table like [notify.NAME] with its webhook");
  EXPECT_THAT(problems_of(kJob + "on_failure = 'x'\n" + kThree),
              ElementsAre("3:14 error: on_failure must be a list of names like [\"me\"], not the "
                          "string \"x\""));
}

TEST(Tells, OfDefaultsAreBlamedOnce) {
  EXPECT_THAT(problems_of("[defaults]\non_failure = ['me']\n" + kJob + "[job.b]\nrun = 'x'\n"),
              ElementsAre("2:15 error: there is no contact 'me'"));
}

TEST(Tells, OfAContactWithMistakesAreNoFurtherOnes) {
  EXPECT_THAT(problems_of(kJob + "on_failure = ['me']\n[notify.me]\nwebhook = 3\n").size(), 1U);
}

}  // namespace
}  // namespace takt::fleet
