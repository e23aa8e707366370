#include "core/cron.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <vector>

#include "base/ascii.h"
#include "base/stable_hash.h"

namespace takt::core {
namespace {

using Failure = std::unexpected<CronError>;

constexpr std::array<std::string_view, 12> kMonths{"jan", "feb", "mar", "apr", "may", "jun",
                                                   "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 7> kWeekdays{"sun", "mon", "tue", "wed",
                                                    "thu", "fri", "sat"};

/// What may stand in one field. `modulus` values count from `least`, and ranges wrap after the last.
struct FieldKind {
  std::string_view name;
  int least;
  int most;  // as written; 7 is a second name of Sunday
  int modulus;
  int hashed_most;  // H stays below the days that some months lack
  std::span<const std::string_view> names;
  int first_name;
};

constexpr std::array<FieldKind, 6> kFields{{{"second", 0, 59, 60, 59, {}, 0},
                                            {"minute", 0, 59, 60, 59, {}, 0},
                                            {"hour", 0, 23, 24, 23, {}, 0},
                                            {"day of month", 1, 31, 31, 28, {}, 0},
                                            {"month", 1, 12, 12, 12, kMonths, 1},
                                            {"day of week", 0, 7, 7, 6, kWeekdays, 0}}};
constexpr std::size_t kTextMax = 1000;

struct Macro {
  std::string_view name;
  std::string_view expression;
};
constexpr std::array<Macro, 7> kMacros{{{"@hourly", "0 * * * *"},
                                        {"@daily", "0 0 * * *"},
                                        {"@midnight", "0 0 * * *"},
                                        {"@weekly", "0 0 * * 0"},
                                        {"@monthly", "0 0 1 * *"},
                                        {"@yearly", "0 0 1 1 *"},
                                        {"@annually", "0 0 1 1 *"}}};

bool is_space(char c) { return c == ' ' || c == '\t'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
/// Text of the user within a message: short and printable.
std::string shown(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, 40)) out += c >= ' ' && c < '\x7f' ? c : '?';
  return text.size() > 40 ? out + "..." : out;
}

/// A part of the expression and where it begins.
struct Piece {
  std::string_view text;
  std::size_t offset = 0;
};

std::vector<Piece> split_fields(std::string_view text) {
  std::vector<Piece> fields;
  for (std::size_t at = 0; at < text.size();) {
    if (is_space(text[at])) {
      ++at;
      continue;
    }
    const std::size_t begin = at;
    while (at < text.size() && !is_space(text[at])) ++at;
    fields.push_back({text.substr(begin, at - begin), begin});
  }
  return fields;
}

/// Reads one field into a set of values.
class FieldReader {
 public:
  FieldReader(const FieldKind& kind, Piece piece, std::string_view job)
      : kind_(kind), piece_(piece), job_(job) {}

  std::expected<std::uint64_t, CronError> read() {
    while (true) {
      if (auto error = read_item()) return Failure{std::move(*error)};
      if (at_end()) return values_;
      if (!take(',')) return Failure{unexpected_here()};
    }
  }

 private:
  using Problem = std::optional<CronError>;

  bool at_end() const { return at_ == piece_.text.size(); }
  char peek() const { return at_end() ? '\0' : piece_.text[at_]; }
  bool take(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }

  CronError error(std::size_t at, std::string message, std::string hint = {}) const {
    return {piece_.offset + at, std::move(message), std::move(hint)};
  }

  CronError unexpected_here() const {
    if (at_end() || peek() == ',') {
      return error(at_,
                   fmt::format("lacks a value in its {} '{}'", kind_.name, shown(piece_.text)));
    }
    const std::string_view rest = piece_.text.substr(at_);
    if (lower(rest.front()) == 'l' || lower(rest.front()) == 'w' || rest.front() == '#') {
      return error(at_,
                   fmt::format("has '{}' in its {}: L, W and # are not known here", rest.front(),
                               kind_.name),
                   "use days of the month and of the week, or dow_mode = \"and\"");
    }
    return error(at_, fmt::format("has '{}' in its {}", shown(rest), kind_.name), forms());
  }

  std::string forms() const {
    return fmt::format(
        "a {} is {}-{}{}, a list, a range, * or */n", kind_.name, kind_.least, kind_.most,
        kind_.names.empty() ? std::string{}
                            : fmt::format(" or {}-{}", kind_.names.front(), kind_.names.back()));
  }

  /// `*`, `?`, `H`, a value or a range, each with or without a step.
  Problem read_item() {
    if (take('*') || take('?')) return read_step(kind_.least, kind_.least + kind_.modulus - 1);
    if (peek() == 'H' && !(at_ + 1 < piece_.text.size() && is_letter(piece_.text[at_ + 1]))) {
      ++at_;
      return read_hashed();
    }
    int first = 0;
    if (auto problem = read_value(first)) return problem;
    if (!take('-')) {
      if (peek() != '/') return add(first, first, 1);
      first = kind_.least + (first - kind_.least) % kind_.modulus;  // 7/2 is 0/2
      return read_step(first, kind_.least + kind_.modulus - 1);
    }
    int last = 0;
    if (auto problem = read_value(last)) return problem;
    return read_step(first, last);
  }

  Problem read_value(int& value) {
    const std::size_t begin = at_;
    if (is_letter(peek()) && !kind_.names.empty()) return read_name(value);
    std::int64_t number = 0;
    while (is_digit(peek())) {
      number = std::min<std::int64_t>(number * 10 + (peek() - '0'), 1'000'000);
      ++at_;
    }
    if (at_ == begin) return unexpected_here();
    if (number < kind_.least || number > kind_.most) {
      return error(begin,
                   fmt::format("has {} as its {}", shown(piece_.text.substr(begin, at_ - begin)),
                               kind_.name),
                   fmt::format("it goes from {} to {}", kind_.least, kind_.most));
    }
    value = static_cast<int>(number);
    return std::nullopt;
  }

  Problem read_name(int& value) {
    const std::size_t begin = at_;
    while (is_letter(peek())) ++at_;
    const std::string word = lowered(piece_.text.substr(begin, at_ - begin));
    const auto found = std::ranges::find(kind_.names, word);
    if (found == kind_.names.end()) {
      at_ = begin;
      if (word.size() < 2) return unexpected_here();
      return error(begin, fmt::format("has no {} '{}'", kind_.name, shown(word)),
                   fmt::format("one of {}", fmt::join(kind_.names, ", ")));
    }
    value = kind_.first_name + static_cast<int>(found - kind_.names.begin());
    return std::nullopt;
  }

  Problem read_number_after_slash(int& step) {
    const std::size_t begin = at_;
    std::int64_t number = 0;
    while (is_digit(peek())) {
      number = std::min<std::int64_t>(number * 10 + (peek() - '0'), 1'000'000);
      ++at_;
    }
    if (at_ == begin) return unexpected_here();
    if (number == 0) {
      return error(begin, fmt::format("has a step of 0 in its {}", kind_.name),
                   "a step is 1 or more");
    }
    step = static_cast<int>(number);
    return std::nullopt;
  }

  Problem read_step(int first, int last) {
    int step = 1;
    if (take('/')) {
      if (auto problem = read_number_after_slash(step)) return problem;
    }
    return add(first, last, step);
  }

  /// H, H(a-b), each with or without a step: the value is drawn from the range, or from the first
  /// step of it.
  Problem read_hashed() {
    int first = kind_.least;
    int last = kind_.hashed_most;
    if (take('(')) {
      const std::size_t begin = at_;
      if (auto problem = read_value(first)) return problem;
      if (!take('-')) return unexpected_here();
      if (auto problem = read_value(last)) return problem;
      if (!take(')')) return unexpected_here();
      if (last < first) {
        return error(begin,
                     fmt::format("has a range of H that runs backwards in its {}", kind_.name),
                     "write the smaller value first");
      }
    }
    const std::uint64_t hash = stable_hash(job_, &kind_ - kFields.data());
    if (!take('/')) {
      const int value = first + static_cast<int>(hash_below(hash, last - first + 1));
      return add(value, value, 1);
    }
    int step = 1;
    if (auto problem = read_number_after_slash(step)) return problem;
    const int spread = std::min(step, last - first + 1);
    return add(first + static_cast<int>(hash_below(hash, spread)), last, step);
  }

  /// Every step-th value from first to last; a range that runs backwards goes on at the beginning.
  Problem add(int first, int last, int step) {
    const int begin = (first - kind_.least) % kind_.modulus;
    int end = (last - kind_.least) % kind_.modulus;
    const bool whole_week = last - first >= kind_.modulus;  // 0-7
    if (whole_week) end = begin + kind_.modulus - 1;
    if (end < begin) end += kind_.modulus;
    for (int at = begin; at <= end; at += step) {
      values_ |= std::uint64_t{1} << static_cast<unsigned>(kind_.least + at % kind_.modulus);
    }
    return std::nullopt;
  }

  const FieldKind& kind_;
  Piece piece_;
  std::string_view job_;
  std::size_t at_ = 0;
  std::uint64_t values_ = 0;
};

CronError unknown_macro(const Piece& macro) {
  if (lowered(macro.text) == "@reboot") {
    return {macro.offset, "has @reboot, which is no time",
            "a job without a schedule runs by `takt trigger`; after = \"...\" begins at load"};
  }
  if (lowered(macro.text) == "@every") {
    return {macro.offset, "has @every", "write every = \"5m\" instead of cron"};
  }
  std::vector<std::string_view> names;
  for (const Macro& known : kMacros) names.push_back(known.name);
  return {macro.offset, fmt::format("has an unknown form '{}'", shown(macro.text)),
          fmt::format("one of {}", fmt::join(names, ", "))};
}

CronError wrong_count(std::string_view text, const std::vector<Piece>& fields) {
  constexpr auto kForm = R"(write it like "30 2 * * *": minute, hour, day, month, day of week)";
  if (fields.empty()) return {0, "is empty", kForm};
  if (fields.size() == 7) {
    return {fields.back().offset, "has 7 fields: there is none for the year",
            "leave the year out; a single date is at = \"...\""};
  }
  return {
      fields.size() > 6 ? fields[6].offset : text.size(),
      fmt::format("has {} field{} instead of 5 or 6", fields.size(), fields.size() == 1 ? "" : "s"),
      kForm};
}

bool starts_open(std::string_view field) { return field.front() == '*' || field.front() == '?'; }

bool has_wildcard(std::string_view field) { return field.find_first_of("*?/") != field.npos; }

/// The days of month that its months have: no 30th and 31st of February.
bool has_a_day(const CronFields& fields) {
  constexpr std::uint32_t kAll = 0xfffffffeU;
  constexpr std::uint32_t kNo31 = kAll & ~(1U << 31U);
  constexpr std::uint32_t kFebruary = kNo31 & ~(1U << 30U);
  constexpr std::uint16_t kShort = 1U << 4U | 1U << 6U | 1U << 9U | 1U << 11U;
  for (unsigned month = 1; month <= 12; ++month) {
    if ((fields.months >> month & 1U) == 0) continue;
    const std::uint32_t there = month == 2 ? kFebruary : (kShort >> month & 1U) != 0 ? kNo31 : kAll;
    if ((fields.days & there) != 0) return true;
  }
  return false;
}

}  // namespace

std::expected<CronFields, CronError> parse_cron(std::string_view text, std::string_view job,
                                                DayMode day_mode) {
  if (text.size() > kTextMax) {
    return Failure{{0, fmt::format("is longer than {} characters", kTextMax), {}}};
  }
  if (const auto at = text.find_first_of("\r\n"); at != text.npos) {
    return Failure{{at, "has more than one line", "one expression a job"}};
  }
  std::vector<Piece> pieces = split_fields(text);
  if (pieces.size() == 1 && pieces.front().text.starts_with('@')) {
    const auto known = std::ranges::find(kMacros, lowered(pieces.front().text), &Macro::name);
    if (known == kMacros.end()) return Failure{unknown_macro(pieces.front())};
    return parse_cron(known->expression, job, day_mode);
  }
  if (!pieces.empty() && pieces.front().text.starts_with('@')) {
    return Failure{unknown_macro(pieces.front())};
  }
  if (!pieces.empty() && pieces.front().text.find('=') != std::string_view::npos) {
    return Failure{{pieces.front().offset,
                    fmt::format("begins with '{}'", shown(pieces.front().text)),
                    "the zone of a job is its key timezone"}};
  }
  if (pieces.size() != 5 && pieces.size() != 6) return Failure{wrong_count(text, pieces)};

  CronFields fields;
  fields.day_mode = day_mode;
  const std::size_t skipped = 6 - pieces.size();
  std::array<std::uint64_t, 6> values{1};
  for (std::size_t i = skipped; i < 6; ++i) {
    const auto read = FieldReader{kFields[i], pieces[i - skipped], job}.read();
    if (!read) return Failure{read.error()};
    values[i] = *read;
  }
  fields.seconds = values[0];
  fields.minutes = values[1];
  fields.hours = static_cast<std::uint32_t>(values[2]);
  fields.days = static_cast<std::uint32_t>(values[3]);
  fields.months = static_cast<std::uint16_t>(values[4]);
  fields.weekdays = static_cast<std::uint8_t>(values[5]);
  const auto piece = [&](std::size_t field) { return pieces[field - skipped].text; };
  fields.days_restricted = !starts_open(piece(3));
  fields.weekdays_restricted = !starts_open(piece(5));
  fields.fixed_time = !has_wildcard(piece(1)) && !has_wildcard(piece(2));
  if (!fields.days_add_up() && !has_a_day(fields)) {
    return Failure{
        {pieces[3 - skipped].offset,
         fmt::format("never comes: no month '{}' has a day '{}'", shown(piece(4)), shown(piece(3))),
         "the last day of every month cannot be said; run on the 1st instead"}};
  }
  return fields;
}

std::string cron_fingerprint(const CronFields& f) {
  return fmt::format("{:x} {:x} {:x} {:x}{}{:x} {:x}", f.seconds, f.minutes, f.hours, f.days,
                     f.days_add_up() ? '|' : '&', f.weekdays, f.months);
}

}  // namespace takt::core
