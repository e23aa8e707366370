#include "fleet/schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "fleet/checks.h"
#include "fleet/contacts.h"
#include "fleet/decode_testing.h"
#include "fleet/description.h"

namespace takt::fleet {
namespace {

namespace json = boost::json;
using testing::job_of;

std::set<std::string> keys_of(const json::value& object) {
  std::set<std::string> keys;
  for (const auto& [key, value] : object.as_object()) keys.insert(std::string{key});
  return keys;
}

std::set<std::string> names_of(const KeyNames& names) {
  return {names.names().begin(), names.names().end()};
}

TEST(Schema, HasEveryTableAndKeyOfTheDescription) {
  const json::value schema = json::parse(json_schema());
  EXPECT_EQ(schema.at("$schema").as_string(), "https://json-schema.org/draft/2020-12/schema");
  EXPECT_EQ(keys_of(schema.at("properties")),
            (std::set<std::string>{"fleet", "defaults", "job", "include", "memory", "pool",
                                   "notify", "health"}));
  EXPECT_EQ(keys_of(schema.at("properties").at("fleet").at("properties")), names_of(fleet_keys()));
  EXPECT_EQ(keys_of(schema.at("properties").at("memory").at("properties")),
            names_of(memory_keys()));
  const auto keys_of_definition = [&](std::string_view name) {
    return keys_of(schema.at("$defs").at(name).at("properties"));
  };
  EXPECT_EQ(keys_of_definition("job"), names_of(job_keys()));
  EXPECT_EQ(keys_of_definition("pool"), names_of(pool_keys()));
  EXPECT_EQ(keys_of_definition("needs"), names_of(need_keys()));
  EXPECT_EQ(keys_of_definition("reserve"), names_of(reserve_keys()));
  EXPECT_EQ(keys_of_definition("health"), names_of(check_keys()));
  EXPECT_EQ(keys_of_definition("probe"), names_of(probe_keys()));
  EXPECT_EQ(keys_of_definition("http"), names_of(http_keys()));
  EXPECT_EQ(keys_of_definition("pool_probe"), names_of(pool_probe_keys()));
  EXPECT_EQ(keys_of_definition("otherwise"), names_of(otherwise_keys()));
  EXPECT_EQ(keys_of_definition("notify"), names_of(contact_keys()));
  EXPECT_EQ(keys_of_definition("email"), names_of(email_keys()));
  EXPECT_EQ(schema.at("$defs").at("email").at("required"), json::value(json::array{"smtp", "to"}));
  EXPECT_EQ(schema.at("properties").at("pool").at("additionalProperties").at("$ref").as_string(),
            "#/$defs/pool");
  EXPECT_EQ(schema.at("$defs").at("pool").at("required"), json::value(json::array{"slots"}));
  EXPECT_EQ(schema.at("$defs").at("needs").at("required"), json::value(json::array{"job"}));
}

TEST(Schema, WhatIsNotSupportedYetFitsNoValue) {
  const json::value schema = json::parse(json_schema());
  const json::object nothing;
  EXPECT_EQ(schema.at("$defs").at("job").at("properties").at("node").at("not"),
            json::value(nothing));
  EXPECT_FALSE(
      schema.at("$defs").at("job").at("properties").at("every").as_object().contains("not"));
}

TEST(Schema, OneOfEachChoiceThatMustBeMadeIsRequired) {
  const json::value schema = json::parse(json_schema());
  const auto choices_of = [&](std::string_view name) {
    std::vector<std::size_t> sizes;
    for (const json::value& rule : schema.at("$defs").at(name).at("allOf").as_array()) {
      if (const auto* ways = rule.as_object().if_contains("anyOf")) {
        sizes.push_back(ways->as_array().size());
      }
    }
    return sizes;
  };
  EXPECT_THAT(choices_of("probe"), ::testing::ElementsAre(7U, 5U));
  EXPECT_THAT(choices_of("notify"), ::testing::ElementsAre(3U));
  EXPECT_THAT(choices_of("job"), ::testing::IsEmpty());
}

TEST(Schema, EveryReferenceLeadsSomewhere) {
  const json::value schema = json::parse(json_schema());
  const std::string text = json::serialize(schema);
  const std::string mark = "\"$ref\":\"#/$defs/";
  std::size_t count = 0;
  for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at + 1)) {
    const std::size_t begin = at + mark.size();
    const std::string name = text.substr(begin, text.find('"', begin) - begin);
    EXPECT_TRUE(schema.at("$defs").as_object().contains(name)) << name;
    ++count;
  }
  EXPECT_GT(count, 10U);
}

template <class Draft>
void expect_decoders(const KeyTable<Draft>& keys) {
  for (std::size_t i = 0; i < keys.names().size(); ++i) {
    EXPECT_EQ(keys.row(i).supported, keys.row(i).decode != nullptr) << keys.at(i).name;
  }
}

TEST(Description, EverySupportedKeyHasADecoderAndNoOther) {
  expect_decoders(job_keys());
  expect_decoders(fleet_keys());
  expect_decoders(memory_keys());
  expect_decoders(pool_keys());
  expect_decoders(need_keys());
  expect_decoders(reserve_keys());
  expect_decoders(check_keys());
  expect_decoders(probe_keys());
  expect_decoders(http_keys());
  expect_decoders(pool_probe_keys());
  expect_decoders(otherwise_keys());
  expect_decoders(contact_keys());
  expect_decoders(email_keys());
}

/// A default as it would stand in a file; empty for those that are told in words.
std::string as_toml(const KeyInfo& key) {
  switch (key.shape.kind) {
    case Shape::Kind::integer:
    case Shape::Kind::number:
    case Shape::Kind::boolean:
      return std::string{key.fallback};
    case Shape::Kind::duration:
    case Shape::Kind::size:
    case Shape::Kind::word:
      return fmt::format("\"{}\"", key.fallback);
    case Shape::Kind::custom:
      break;
    default:
      return "";
  }
  if (key.name == "umask" || key.name == "sandbox") return fmt::format("\"{}\"", key.fallback);
  return std::string{key.fallback};
}

std::string summary(const core::JobSpec& job) {
  const core::Command& c = *job.command;
  return fmt::format("{} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {}", job.jitter.count(),
                     word(job.catchup), job.catchup_max, word(job.priority), job.critical,
                     job.enabled, word(job.overlap), word(job.delivery), job.retry.retries,
                     job.retry.first.count(), job.retry.factor, job.retry.max.count(),
                     job.retry.on.size(), job.kill_grace.count(), c.nice, c.umask, c.log_max_bytes,
                     c.keep_runs, c.keep_for.count());
}

TEST(Description, ADefaultWrittenOutChangesNothing) {
  const std::string plain = "[job.a]\nrun = 'x'\n";
  const std::string expected = summary(job_of(plain));
  int tried = 0;
  for (std::size_t i = 0; i < job_keys().names().size(); ++i) {
    const KeyInfo& key = job_keys().at(i);
    const bool in_words =
        key.fallback == "none" || key.fallback.find(' ') != std::string_view::npos;
    const bool is_list = key.fallback.starts_with('[');
    const bool needs_a_schedule = key.name == "offset" || key.name == "dow_mode";
    if (!key.supported || key.name == "run" || needs_a_schedule || (in_words && !is_list)) continue;
    const std::string line = fmt::format("{} = {}\n", key.name, as_toml(key));
    EXPECT_EQ(summary(job_of(plain + line)), expected) << line;
    ++tried;
  }
  EXPECT_GE(tried, 18);
}

TEST(Description, TheDefaultsOfBackoffAreTheDecoders) {
  std::string body;
  for (std::size_t i = 0; i < backoff_keys().names().size(); ++i) {
    const KeyInfo& key = backoff_keys().at(i);
    body += fmt::format("{}{} = {}", i > 0 ? ", " : "", key.name, as_toml(key));
  }
  const std::string plain = "[job.a]\nrun = 'x'\n";
  EXPECT_EQ(summary(job_of(plain + "backoff = { " + body + " }\n")), summary(job_of(plain)));
}

TEST(Reference, IsWhatTheGuideSays) {
  std::ifstream file{TAKT_SOURCE_DIR "/docs/guide/fleet-file.md"};
  std::stringstream text;
  text << file.rdbuf();
  const std::string guide = text.str();
  const std::string begin = "<!-- reference: generated, do not edit -->\n";
  const std::string end = "<!-- end of reference -->";
  const std::size_t from = guide.find(begin);
  const std::size_t to = guide.find(end);
  ASSERT_NE(from, std::string::npos);
  ASSERT_NE(to, std::string::npos);
  EXPECT_EQ(guide.substr(from + begin.size(), to - from - begin.size()), reference_markdown());
}

TEST(Reference, NamesEveryKey) {
  const std::string reference = reference_markdown();
  for (const std::string_view name : job_keys().names()) {
    EXPECT_NE(reference.find(fmt::format("| `{}` |", name)), std::string::npos) << name;
  }
}

}  // namespace
}  // namespace takt::fleet
