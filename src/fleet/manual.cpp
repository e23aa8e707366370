#include "fleet/manual.h"

#include <fmt/format.h>

#include "fleet/description.h"
#include "fleet/roff.h"

namespace takt::fleet {
namespace {

std::string type_of(const KeyInfo& key) {
  const Shape& shape = key.shape;
  switch (shape.kind) {
    case Shape::Kind::word: {
      std::string words;
      for (const std::string_view word : shape.words) {
        words += fmt::format("{}`{}`", words.empty() ? "" : " | ", word);
      }
      return words;
    }
    case Shape::Kind::integer:
    case Shape::Kind::number:
      return fmt::format("{}, {} to {}", shape.type, shape.min, shape.max);
    default:
      return std::string(shape.type);
  }
}

std::string entry(const KeyInfo& key) {
  return fmt::format(".TP\n\\fB{}\\fR = {} (default: {})\n{}{}.\n", roff_text(key.name),
                     roff_text(type_of(key)), roff_text(key.fallback),
                     key.supported ? "" : "Not supported yet: ", roff_text(key.meaning));
}

std::string section_of(const TableInfo& table) {
  std::string text = roff_heading("SH", title_of(table));
  text += roff_text(table.meaning) + "\n";
  // [defaults] has the keys of a job, which are listed there.
  if (table.keys == nullptr || table.name == "defaults") return text;
  for (const Section& section : table.keys->sections()) {
    if (!section.title.empty()) text += roff_heading("SS", section.title);
    for (const KeyInfo* key : section.keys) text += entry(*key);
  }
  return text;
}

constexpr std::string_view kDescription =
    "A fleet file is one TOML file: a table [fleet], perhaps [defaults], and a table [job.NAME] "
    "for "
    "each job. Unknown keys, wrong types and impossible values are errors with file, line and "
    "column; `takt check` tells all of them.\n"
    ".PP\n";

constexpr std::string_view kValues =
    "Durations: \"250ms\" \"90s\" \"5m\" \"2h\" \"1d\", or sums \"1h30m\". Sizes: \"512M\" \"2G\" "
    "(1024). Names: lower case letters, digits and `_.-`, at most 64, with at least one letter, "
    "beginning with a letter or digit.\n";

constexpr std::string_view kExample =
    ".SH EXAMPLE\n.nf\n"
    "[fleet]\n"
    "name = \"shop\"\n"
    "\n"
    "[job.report]\n"
    "run = \"python3 report.py\"\n"
    "every = \"15m\"\n"
    "retries = 2\n"
    "hung_after = \"5m\"\n"
    ".fi\n";

}  // namespace

std::string manual_page(std::string_view version) {
  std::string text = fmt::format(
      ".TH TAKT\\-FLEET 5 \"\" \"takt {}\" \"takt\"\n"
      ".SH NAME\ntakt\\-fleet \\- the fleet file of takt\n"
      ".SH DESCRIPTION\n",
      roff_text(version));
  text += kDescription;
  text += roff_text(kValues);
  for (const TableInfo& table : tables()) text += section_of(table);
  text += kExample;
  text += ".SH SEE ALSO\n.BR takt (1)\n";
  return text;
}

}  // namespace takt::fleet
