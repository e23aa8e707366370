#include "cli/parse.h"

#include <gtest/gtest.h>

#include "cli/help.h"
#include "cli/verbs.h"

namespace takt::cli {
namespace {

using Words = std::vector<std::string>;

Parsed parsed(const Words& words) {
  auto result = parse(words);
  EXPECT_TRUE(result) << result.error().what;
  return result ? *result : Parsed{};
}

Failure refused(const Words& words) {
  const auto result = parse(words);
  EXPECT_FALSE(result) << "should not parse";
  if (result) return {};
  EXPECT_EQ(result.error().exit, Exit::usage);
  EXPECT_FALSE(result.error().hint.empty());
  return result.error();
}

Words needed_words(const Verb& verb) {
  Words words{std::string(verb.name)};
  for (const auto place : places_of(verb)) {
    if (!place.starts_with('[')) words.emplace_back("posting");
  }
  return words;
}

TEST(Parse, EveryVerbIsFound) {
  for (const auto& verb : verbs()) {
    EXPECT_EQ(parsed(needed_words(verb)).verb->name, verb.name);
  }
}

TEST(Parse, EveryVerbTakesTheCommonOptionsBeforeAndAfterIt) {
  for (const auto& verb : verbs()) {
    Words before{"-f", "a.toml", "--json", "--trust-file", "--color=never"};
    const auto words = needed_words(verb);
    before.insert(before.end(), words.begin(), words.end());
    auto after = words;
    after.insert(after.end(), {"--file=a.toml", "--json", "--trust-file", "--color", "never"});
    for (const auto& line : {before, after}) {
      const auto result = parsed(line);
      EXPECT_EQ(result.common.file, "a.toml") << verb.name;
      EXPECT_TRUE(result.common.json) << verb.name;
      EXPECT_TRUE(result.common.trust_file) << verb.name;
      EXPECT_EQ(result.common.color, ColorMode::never) << verb.name;
    }
  }
}

TEST(Parse, EveryVerbRefusesAnOptionThatItDoesNotHave) {
  for (const auto& verb : verbs()) {
    auto words = needed_words(verb);
    words.emplace_back("--nosuchthing");
    EXPECT_NE(refused(words).what.find("'--nosuchthing'"), std::string::npos) << verb.name;
  }
}

TEST(Parse, EveryVerbRefusesWordsThatItDoesNotTake) {
  for (const auto& verb : verbs()) {
    auto words = needed_words(verb);
    words.insert(words.end(), {"one", "two"});
    refused(words);
  }
}

TEST(Parse, EveryVerbHasHelpThatNamesItsOptions) {
  for (const auto& verb : verbs()) {
    EXPECT_TRUE(parsed({std::string(verb.name), "--help"}).help);
    const auto help = help_of(verb);
    for (const auto& option : verb.options) {
      EXPECT_NE(help.find("--" + std::string(option_key(option))), std::string::npos) << help;
    }
    EXPECT_NE(overview().find("\n  " + std::string(verb.name) + " "), std::string::npos);
  }
}

TEST(Parse, ASmallFIsTheFileAndACapitalOneFollows) {
  const auto result = parsed({"logs", "posting", "-f", "x.toml", "-F"});
  EXPECT_EQ(result.common.file, "x.toml");
  EXPECT_TRUE(result.arguments.has("follow"));
  EXPECT_EQ(parsed({"-fx.toml", "ls"}).common.file, "x.toml");
}

TEST(Parse, AnUnknownVerbIsAnsweredWithTheNearest) {
  EXPECT_EQ(refused({"stauts"}).hint, "did you mean 'status'?");
  EXPECT_EQ(refused({"triger", "x"}).hint, "did you mean 'trigger'?");
  EXPECT_EQ(refused({"zzzzzzzz"}).hint, "see takt help");
}

TEST(Parse, AVerbThatComesLaterSaysSo) {
  for (const auto& name : later_verbs()) {
    EXPECT_NE(refused({std::string(name)}).what.find("not supported yet"), std::string::npos);
    EXPECT_NE(refused({std::string(name), "--anything", "x"}).what.find("not supported yet"),
              std::string::npos);
  }
}

TEST(Parse, AnUnknownOptionIsAnsweredWithTheNearest) {
  EXPECT_EQ(refused({"runs", "--limt", "3"}).hint, "did you mean '--limit'?");
  EXPECT_EQ(refused({"trigger", "x", "--wiat"}).hint, "did you mean '--wait'?");
  EXPECT_EQ(refused({"ls", "--jsno"}).hint, "did you mean '--json'?");
}

TEST(Parse, AnOptionOfAVerbBeforeItIsExplained) {
  EXPECT_NE(refused({"--limit", "3", "runs"}).hint.find("come after"), std::string::npos);
}

TEST(Parse, WhatIsMissingIsNamed) {
  EXPECT_EQ(refused({}).what, "no verb given");
  EXPECT_EQ(refused({"--json"}).what, "no verb given");
  EXPECT_EQ(refused({"trigger"}).what, "takt trigger needs JOB");
  EXPECT_EQ(refused({"why", "--json"}).what, "takt why needs JOB|RUN");
  refused({"-f"});
  refused({"ls", "-f"});
  refused({"runs", "--since"});
  refused({"ls", "--color", "blue"});
}

TEST(Parse, AnOptionWithOneValueIsGivenOnce) { refused({"runs", "--limit", "1", "--limit", "2"}); }

TEST(Parse, AFlagTakesNoValue) { refused({"trigger", "x", "--wait=no"}); }

TEST(Parse, ValuesAreTakenLiterally) {
  for (const auto* value : {"city=@/etc/shadow", "a=$(id)", "a=[x,y]", "[a]=[b]", "a={}", "a=%s%n",
                            "a=--config=x", "a=b=c", "a=", "a=x y\nz", "a=\"q\"", "a='q'"}) {
    const auto result = parsed({"trigger", "posting", "--param", value});
    EXPECT_EQ(result.arguments.texts("param"), Words{value});
    EXPECT_EQ(
        parsed({"trigger", "posting", std::string("--param=") + value}).arguments.texts("param"),
        Words{value});
  }
}

TEST(Parse, AParameterMayBeGivenSeveralTimesAndLeavesTheJobAlone) {
  const auto result = parsed({"trigger", "--param", "a=1", "--param", "b=2", "posting"});
  EXPECT_EQ(result.arguments.texts("param"), (Words{"a=1", "b=2"}));
  EXPECT_EQ(result.arguments.positional(), "posting");
}

TEST(Parse, AVerbWithTwoPlacesTakesTwoWordsInOrder) {
  const auto result = parsed({"import", "--tz", "UTC", "crontab", "--json", "-"});
  EXPECT_EQ(result.arguments.positional(0), "crontab");
  EXPECT_EQ(result.arguments.positional(1), "-");
  EXPECT_EQ(parsed({"import", "crontab", "--", "-x"}).arguments.positional(1), "-x");
  refused({"import", "crontab"});
  refused({"import", "crontab", "a", "b"});
}

TEST(Parse, AfterTwoDashesAWordIsNoOption) {
  EXPECT_EQ(parsed({"logs", "--", "-x"}).arguments.positional(), "-x");
  EXPECT_EQ(parsed({"--", "ls"}).verb->name, "ls");
  refused({"logs", "posting", "--", "-x"});
  refused({"ls", "--", "x"});
}

TEST(Parse, JsonIsNoticedEvenWhenTheRestMakesNoSense) {
  EXPECT_TRUE(asks_for_json(Words{"nosuch", "--json"}));
  EXPECT_FALSE(asks_for_json(Words{"logs", "--", "--json"}));
}

}  // namespace
}  // namespace takt::cli
