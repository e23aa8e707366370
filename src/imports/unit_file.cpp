#include "imports/unit_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "base/unicode.h"
#include "fleet/quote.h"
#include "fleet/source.h"

namespace takt::imports {
namespace {

constexpr std::string_view kBlank = " \t\r";

std::string_view trimmed(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(kBlank), text.size()));
  return text.substr(0, text.find_last_not_of(kBlank) + 1);
}

std::string_view take_line(std::string_view& rest) {
  const auto end = std::min(rest.find('\n'), rest.size());
  const auto line = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return line;
}

bool is_comment(std::string_view line) { return line.starts_with('#') || line.starts_with(';'); }

class Reader {
 public:
  Reader(Unit& unit, int file, fleet::Complaints& complaints)
      : unit_(unit), file_(file), complaints_(complaints) {}

  void read(std::string_view rest) {
    int number = 0;
    while (!rest.empty()) {
      const int first = ++number;
      auto line = std::string{trimmed(take_line(rest))};
      if (line.empty() || is_comment(line)) continue;
      while (line.ends_with('\\') && !rest.empty()) {
        const auto next = trimmed(take_line(rest));
        ++number;
        if (is_comment(next)) continue;
        line.pop_back();
        line += ' ';
        line += next;
      }
      if (line.ends_with('\\')) line.pop_back();
      take(line, {first, 1, file_});
    }
  }

 private:
  void take(std::string_view line, fleet::Position at) {
    if (line.find('\0') != std::string_view::npos) {
      return complaints_.warning(at, "left out: the line has a NUL character in it",
                                 "is it a unit?");
    }
    if (find_invalid_utf8(line)) {
      return complaints_.warning(at, "left out: the line is not UTF-8", "convert it with iconv");
    }
    if (line.starts_with('[') && line.ends_with(']')) {
      section_ = line.substr(1, line.size() - 2);
      return;
    }
    const auto equals = line.find('=');
    if (equals == std::string_view::npos || section_.empty()) {
      return complaints_.warning(
          at, fmt::format("left out: {} is no setting of a section", fleet::quote_value(line)),
          "units have lines like [Timer] and OnCalendar=daily");
    }
    unit_.settings.push_back({section_, std::string{trimmed(line.substr(0, equals))},
                              std::string{trimmed(line.substr(equals + 1))}, at});
  }

  Unit& unit_;
  int file_;
  fleet::Complaints& complaints_;
  std::string section_;
};

/// The unit that a file belongs to: its own name, or for a drop-in that of its folder.
std::optional<std::string> unit_of_path(std::string_view path) {
  const auto is_unit = [](std::string_view name) {
    return name.ends_with(".timer") || name.ends_with(".service");
  };
  const auto slash = path.rfind('/');
  const auto name = path.substr(slash + 1);
  if (is_unit(name)) return std::string{name};
  if (!name.ends_with(".conf")) return std::nullopt;
  auto folder = path.substr(0, slash);
  folder = folder.substr(folder.rfind('/') + 1);
  if (!folder.ends_with(".d")) return std::nullopt;
  folder.remove_suffix(2);
  return is_unit(folder) ? std::optional<std::string>{folder} : std::nullopt;
}

}  // namespace

const Setting* Unit::last(std::string_view section, std::string_view key) const {
  const auto found = all(section, key);
  return found.empty() ? nullptr : found.back();
}

std::vector<const Setting*> Unit::all(std::string_view section, std::string_view key) const {
  std::vector<const Setting*> found;
  for (const auto& setting : settings) {
    if (setting.section != section || setting.key != key) continue;
    if (setting.value.empty()) {
      found.clear();
    } else {
      found.push_back(&setting);
    }
  }
  return found;
}

Unit read_unit(std::string name, std::span<const UnitText> texts, fleet::Complaints& complaints) {
  Unit unit{std::move(name), {}};
  for (const auto& [file, text] : texts) {
    const auto source = std::make_shared<const fleet::Source>(file, text);
    const int number = complaints.begin_file(source);
    Reader{unit, number, complaints}.read(source->text());
    complaints.end_files();
  }
  return unit;
}

bool is_yes(std::string_view value) {
  return value == "yes" || value == "true" || value == "on" || value == "1" || value == "y" ||
         value == "t";
}

std::vector<ListedUnit> units_of_listing(std::string_view text) {
  std::vector<ListedUnit> units;
  while (!text.empty()) {
    const auto line = take_line(text);
    if (line.starts_with("# /")) {
      const auto path = trimmed(line.substr(2));
      if (auto name = unit_of_path(path)) {
        units.push_back({std::move(*name), {std::string{path}, {}}});
        continue;
      }
    }
    if (units.empty()) continue;
    units.back().text.text += line;
    units.back().text.text += '\n';
  }
  return units;
}

}  // namespace takt::imports
