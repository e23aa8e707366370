#include "fleet/names.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>

namespace takt::fleet {
namespace {

TEST(Names, LettersDigitsAndTheThreeMarksAreFine) {
  for (const char* name : {"a", "0a", "posting", "reply_posting", "a.b-c_d", "9lives", "con"}) {
    EXPECT_TRUE(valid_name(name)) << name;
  }
  EXPECT_TRUE(valid_name(std::string(64, 'x')));
}

TEST(Names, WhatIsNoNameSaysWhy) {
  const std::pair<std::string, std::string> cases[] = {
      {"", "is empty"},
      {std::string(65, 'x'), "is longer than 64 characters"},
      {"123", "has no letter"},
      {".a", "begins with '.'; the first must be a-z or 0-9"},
      {"-a", "begins with '-'; the first must be a-z or 0-9"},
      {"a..b", "has '..' in it"},
      {"../x", "has '/' in it; only a-z, 0-9, '_', '.' and '-' are allowed"},
      {"a%2Fb", "has '%' in it; only a-z, 0-9, '_', '.' and '-' are allowed"},
      {"Posting", "has 'P' in it; only a-z, 0-9, '_', '.' and '-' are allowed"},
      {"caf\xC3\xA9", "has '\xC3\xA9' in it; only a-z, 0-9, '_', '.' and '-' are allowed"},
      {"a\xE2\x80\xAE", "has '\\u{202e}' in it; only a-z, 0-9, '_', '.' and '-' are allowed"},
      {"a\n", "has '\\n' in it; only a-z, 0-9, '_', '.' and '-' are allowed"},
      {std::string("a\0b", 3), "has '\\x00' in it; only a-z, 0-9, '_', '.' and '-' are allowed"},
  };
  for (const auto& [name, why] : cases) {
    const auto valid = valid_name(name);
    ASSERT_FALSE(valid) << name;
    EXPECT_EQ(valid.error(), why);
  }
}

TEST(Names, FileNamesAreBentIntoNames) {
  EXPECT_EQ(as_name("My Fleet", "fleet"), "my-fleet");
  EXPECT_EQ(as_name("..hidden", "fleet"), "hidden");
  EXPECT_EQ(as_name("a...b", "fleet"), "a.b");
  EXPECT_EQ(as_name("2024", "fleet"), "fleet");
  EXPECT_EQ(as_name("", "fleet"), "fleet");
}

TEST(Names, BentNamesAreAlwaysValid) {
  rc::check([](const std::string& text) { RC_ASSERT(valid_name(as_name(text, "fleet"))); });
}

}  // namespace
}  // namespace takt::fleet
