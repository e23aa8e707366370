// The surroundings that a command runs in: user, folder, environment; and its records.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "fleet/description.h"
#include "fleet/environment.h"
#include "fleet/quote.h"

namespace takt::fleet {
namespace {

using core::Command;

constexpr unsigned kUmaskMax = 0777;

void decode_user(const Item& item, JobDraft& draft, Complaints& complaints) {
  const auto user = read_text(item, complaints);
  if (!user) return;
  const bool plain = std::ranges::all_of(*user, [](char c) { return c > ' ' && c < 0x7F; });
  if (!plain || user->size() > 64 || user->find_first_of(":/") != std::string::npos) {
    return complaints.error(item.at, fmt::format("{} is no user name", quote_value(*user)));
  }
  draft.command.user = *user;
}

/// The digits of an octal number; nullopt for anything else.
std::optional<unsigned> parse_octal(std::string_view digits) {
  unsigned value = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, value, 8);
  if (digits.empty() || digits.size() > 5 || error != std::errc{} || stop != end) {
    return std::nullopt;
  }
  return value;
}

/// "077" and 77 are octal digits, as for chmod; 0o077 is TOML's own octal. Hexadecimal is refused.
std::optional<unsigned> parse_umask(const toml::node& node) {
  if (const auto* text = node.as_string()) return parse_octal(text->get());
  const auto* integer = node.as_integer();
  if (integer == nullptr || integer->get() < 0 || integer->get() > 99'999) return std::nullopt;
  if (integer->flags() == toml::value_flags::format_as_octal) {
    return static_cast<unsigned>(integer->get());
  }
  if (integer->flags() != toml::value_flags::none) return std::nullopt;
  return parse_octal(fmt::format("{}", integer->get()));
}

void decode_umask(const Item& item, JobDraft& draft, Complaints& complaints) {
  const auto mask = parse_umask(*item.node);
  if (!mask || *mask > kUmaskMax) return complain_type(item, item.shape->expected, complaints);
  draft.command.umask = *mask;
}

void decode_sandbox(const Item& item, JobDraft&, Complaints& complaints) {
  constexpr std::array<std::string_view, 3> kLevels{"none", "basic", "strict"};
  Shape shape = *item.shape;
  shape.words = kLevels;
  const Item word{item.label, &shape, item.node, item.key_at, item.at};
  const auto level = read_word(word, complaints);
  if (!level || *level == 0) return;
  complaints.error(item.at, fmt::format("sandbox = \"{}\" is not supported yet", kLevels[*level]),
                   R"(leave it out or write "none")");
}

constexpr auto kUmaskSchema =
    R"({"anyOf": [{"type": "string", "pattern": "^0?[0-7]{1,4}$"},
        {"type": "integer", "minimum": 0, "maximum": 777}]})";
constexpr auto kEnvSchema =
    R"({"type": "object", "propertyNames": {"pattern": "^(?!TAKT_)[A-Za-z_][A-Za-z0-9_]*$"},
        "additionalProperties": {"type": "string"}})";

constexpr std::array<Key<JobDraft>, 8> kProcess{{
    {{"nice", shape::integer(-20, 19), "0", "niceness of the process"},
     store_integer<&Command::nice>},
    {{"user", shape::kText, "the daemon's own", "who runs it"}, decode_user},
    {{"cwd", shape::kPath, "the file's folder", "working folder; relative to the file's folder"},
     store_path<&Command::cwd>},
    {{"umask", shape::custom("octal", R"(octal digits up to 777, like "077")", kUmaskSchema), "077",
      "\"027\", 0o027 and 27 are the same"},
     decode_umask},
    {{"env", shape::custom("table of strings", R"(a table like { NAME = "value" })", kEnvSchema),
      "{}", "added to PATH, HOME, LANG, TZ and TAKT_*; nothing else is in the environment"},
     decode_environment},
    {{"env_file", shape::kPath, "none",
      "file of further variables, mode 0600; relative to the file's folder"},
     store_path<&Command::env_file>},
    {{"sandbox", shape::custom("word", "a word", R"({"const": "none"})"), "none",
      "only \"none\" is supported yet"},
     decode_sandbox},
    {{.name = "node",
      .shape = shape::later("string"),
      .fallback = "none",
      .meaning = "label of the node to run on",
      .supported = false}},
}};

constexpr std::array<Key<JobDraft>, 3> kRecords{{
    {{"log_max", shape::kSize, "10M", "most output kept of an attempt"},
     store_size<&Command::log_max_bytes>},
    {{"keep_runs", shape::integer(1, 1'000'000), "100",
      "newest runs that are kept, with their logs"},
     store_integer<&Command::keep_runs>},
    {{"keep_for", shape::kPositiveDuration, "30d",
      "how long runs, skipped slots and logs are kept"},
     store_duration<&Command::keep_for>},
}};

}  // namespace

Section process_section() { return section<JobDraft>("Process", kProcess); }
Section record_section() { return section<JobDraft>("Records", kRecords); }

}  // namespace takt::fleet
