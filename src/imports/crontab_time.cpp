#include "imports/crontab_time.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "base/ascii.h"
#include "core/cron.h"
#include "fleet/quote.h"
#include "fleet/suggest.h"

namespace takt::imports {
namespace {

using Failure = std::unexpected<LineProblem>;

constexpr std::size_t kFields = 5;
constexpr std::array<std::string_view, kFields> kFieldNames{"minute", "hour", "day of month",
                                                            "month", "day of week"};
constexpr std::array<std::string_view, 8> kWords{"@reboot", "@hourly",  "@daily",  "@midnight",
                                                 "@weekly", "@monthly", "@yearly", "@annually"};
constexpr std::array<std::string_view, 7> kWeekdays{"sun", "mon", "tue", "wed",
                                                    "thu", "fri", "sat"};
constexpr std::array<std::string_view, 12> kMonths{"jan", "feb", "mar", "apr", "may", "jun",
                                                   "jul", "aug", "sep", "oct", "nov", "dec"};

bool is_blank(char c) { return c == ' ' || c == '\t'; }

struct Piece {
  std::string_view text;
  std::size_t offset;
};

std::vector<Piece> fields_of(std::string_view text, std::size_t most) {
  std::vector<Piece> fields;
  for (std::size_t at = 0; at < text.size() && fields.size() < most;) {
    if (is_blank(text[at])) {
      ++at;
      continue;
    }
    const auto end = std::min(text.find_first_of(" \t", at), text.size());
    fields.push_back({text.substr(at, end - at), at});
    at = end;
  }
  return fields;
}

/// A number or a name; nullopt for what is neither, which the expression's reader complains about.
std::optional<int> value_of(std::string_view text, std::size_t field) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc{} && end == text.data() + text.size()) return number;
  std::string word{text};
  std::ranges::transform(word, word.begin(), lower);
  if (field == 3) {
    const auto found = std::ranges::find(kMonths, word);
    if (found != kMonths.end()) return static_cast<int>(found - kMonths.begin()) + 1;
  }
  if (field == 4) {
    const auto found = std::ranges::find(kWeekdays, word);
    if (found != kWeekdays.end()) return static_cast<int>(found - kWeekdays.begin());
  }
  return std::nullopt;
}

/// What takt understands and cron does not.
std::optional<LineProblem> not_of_cron(Piece item, std::size_t field) {
  if (const auto at = item.text.find('?'); at != std::string_view::npos) {
    return LineProblem{
        item.offset + at,
        fmt::format("has '?' in its {}, which cron does not know", kFieldNames[field]),
        "write * for every value"};
  }
  for (auto at = item.text.find('H'); at != std::string_view::npos;
       at = item.text.find('H', at + 1)) {
    const bool in_word = (at > 0 && is_letter(item.text[at - 1])) ||
                         (at + 1 < item.text.size() && is_letter(item.text[at + 1]));
    if (in_word) continue;
    return LineProblem{
        item.offset + at,
        fmt::format("has 'H' in its {}, which cron does not know", kFieldNames[field]),
        "H is takt's: write it into the fleet file"};
  }
  const auto dash = item.text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto last = item.text.substr(dash + 1, item.text.find('/', dash) - dash - 1);
  const auto from = value_of(item.text.substr(0, dash), field);
  const auto to = value_of(last, field);
  if (!from || !to || *from <= *to) return std::nullopt;
  return LineProblem{item.offset,
                     fmt::format("has {} as its {}: the range runs backwards, and cron refuses it",
                                 fleet::quote_name(item.text), kFieldNames[field]),
                     "write it as two ranges; takt itself lets ranges wrap"};
}

/// "10~20" as H(10-20), with an end that is left out. Days of the month end at 28 for H.
std::string drawn(std::string_view item, std::size_t field) {
  constexpr std::array<std::pair<int, int>, kFields> kRanges{
      {{0, 59}, {0, 23}, {1, 28}, {1, 12}, {0, 6}}};
  const auto slash = std::min(item.find('/'), item.size());
  const auto tilde = item.find('~');
  const auto from = item.substr(0, tilde);
  const auto to = item.substr(tilde + 1, slash - tilde - 1);
  const auto step = item.substr(slash);
  if (from.empty() && to.empty()) return fmt::format("H{}", step);
  return fmt::format("H({}-{}){}", from.empty() ? std::to_string(kRanges[field].first) : from,
                     to.empty() ? std::to_string(kRanges[field].second) : to, step);
}

std::expected<std::string, LineProblem> item_of(Piece item, std::size_t field, CrontabTime& time) {
  const auto& text = item.text;
  if (auto problem = not_of_cron(item, field)) return Failure{std::move(*problem)};
  if (text.find('~') != std::string_view::npos) {
    time.remarks.push_back(
        fmt::format("{} in the {}: cron draws it anew whenever it reads the file; H is drawn once, "
                    "from the job's name",
                    text, kFieldNames[field]));
    return drawn(text, field);
  }
  const auto slash = text.find('/');
  if (slash != std::string_view::npos && slash > 0 &&
      text.substr(0, slash).find_first_of("*-") == std::string_view::npos) {
    time.remarks.push_back(fmt::format(
        "{} in the {}: some crons refuse it; here, as in others, it goes on from {} to the end",
        text, kFieldNames[field], text.substr(0, slash)));
  }
  return std::string{text};
}

std::expected<std::string, LineProblem> field_of(Piece piece, std::size_t field,
                                                 CrontabTime& time) {
  std::string out;
  for (std::size_t at = 0;;) {
    const auto comma = std::min(piece.text.find(',', at), piece.text.size());
    auto item = item_of({piece.text.substr(at, comma - at), piece.offset + at}, field, time);
    if (!item) return item;
    out += *item;
    if (comma == piece.text.size()) return out;
    out += ',';
    at = comma + 1;
  }
}

std::expected<CrontabTime, LineProblem> read_word(Piece word) {
  const auto known = std::ranges::find(kWords, word.text);
  if (known != kWords.end()) {
    CrontabTime time;
    if (word.text != "@reboot") time.expression = word.text;
    time.meant_once = word.text != "@hourly";
    return time;
  }
  const auto near = fleet::nearest(word.text, kWords);
  return Failure{
      {word.offset, fmt::format("has no {}", fleet::quote_name(word.text)),
       near ? "did you mean '" + *near + "'?" : fmt::format("one of {}", fmt::join(kWords, ", "))}};
}

/// Where an offset into fields that are joined by single blanks lies in the line.
std::size_t place_of(const std::vector<Piece>& fields, const std::vector<std::string>& read,
                     std::size_t offset) {
  for (std::size_t i = 0; i < read.size(); ++i) {
    if (offset <= read[i].size()) {
      return fields[i].offset + std::min(offset, fields[i].text.size());
    }
    offset -= read[i].size() + 1;
  }
  return fields.back().offset + fields.back().text.size();
}

}  // namespace

std::size_t end_of_time(std::string_view line) {
  const bool word = line.starts_with('@');
  const auto fields = fields_of(line, word ? 1 : kFields);
  return fields.empty() ? 0 : fields.back().offset + fields.back().text.size();
}

std::expected<CrontabTime, LineProblem> read_crontab_time(std::string_view text) {
  const auto fields = fields_of(text, kFields);
  if (!fields.empty() && fields.front().text.starts_with('@')) return read_word(fields.front());
  if (fields.size() < kFields) {
    return Failure{{text.size(),
                    fmt::format("has {} field{}, not five and a command", fields.size(),
                                fields.size() == 1 ? "" : "s"),
                    "minute, hour, day of month, month, day of week, then the command"}};
  }
  CrontabTime time;
  std::vector<std::string> read;
  for (std::size_t i = 0; i < kFields; ++i) {
    auto field = field_of(fields[i], i, time);
    if (!field) return Failure{std::move(field.error())};
    read.push_back(std::move(*field));
  }
  time.expression = fmt::format("{}", fmt::join(read, " "));
  time.meant_once = !fields[0].text.starts_with('*') && !fields[1].text.starts_with('*');
  const auto parsed = core::parse_cron(time.expression, "");
  if (parsed) return time;
  const auto& error = parsed.error();
  return Failure{{place_of(fields, read, error.offset), error.message, error.hint}};
}

std::string interval_of(std::string_view expression) {
  if (expression == "@hourly") return "1h";
  const auto fields = fields_of(expression, kFields + 1);
  const auto is_number = [](std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  };
  const auto any = [&](std::size_t field) { return fields[field].text == "*"; };
  // n of "*/n" when it divides the whole, 1 of "*", 0 for anything else.
  const auto step = [&](std::size_t field, int whole) {
    const auto text = fields[field].text;
    if (text == "*") return 1;
    if (!text.starts_with("*/")) return 0;
    const int n = value_of(text.substr(2), field).value_or(0);
    return n > 0 && n < whole && whole % n == 0 ? n : 0;
  };
  if (fields.size() != kFields || !any(2) || !any(3) || !any(4)) return {};
  if (const int minutes = step(0, 60); minutes > 0 && any(1)) return fmt::format("{}m", minutes);
  if (!is_number(fields[0].text)) return {};
  const int hours = step(1, 24);
  return hours > 0 ? fmt::format("{}h", hours) : std::string{};
}

}  // namespace takt::imports
