#include "core/health.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <string_view>

#include "base/match.h"
#include "base/unicode.h"

namespace takt::core {
namespace {

using Answer = Judgement::Answer;

constexpr double kMillisFrom = 1e11;  // as seconds that is the year 5138
constexpr std::size_t kShown = 120;   // of a text that was measured

std::string shortened(std::string text) {
  if (text.size() > kShown) text = std::string{whole_characters(text, kShown)} + "…";
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < ' ') c = ' ';
  }
  return text;
}

std::string number_words(double number) { return fmt::format("{:.15g}", number); }

std::optional<double> number_in(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && std::string_view{" \t\r\n"}.find(text.back()) != text.npos) {
    text.remove_suffix(1);
  }
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) {
    return std::nullopt;
  }
  return value;
}

std::optional<double> number_of(const Measurement& measured) {
  return std::visit(
      Match{[](const Unknown&) -> std::optional<double> { return std::nullopt; },
            [](const Absent&) -> std::optional<double> { return std::nullopt; },
            [](bool value) -> std::optional<double> { return value ? 1 : 0; },
            [](double value) -> std::optional<double> { return value; },
            [](const std::string& text) -> std::optional<double> { return number_in(text); }},
      measured);
}

std::optional<WallTime> time_of_number(double number) {
  if (!std::isfinite(number) || number < 0) return std::nullopt;
  const double ms = number >= kMillisFrom ? number : number * 1000;
  if (ms > 253402300799999.0) return std::nullopt;  // beyond the year 9999
  return wall_from_millis(std::llround(ms));
}

/// What SQL writes without a zone ("2026-01-05 00:04:13", also with a fraction, or the day alone), made
/// RFC 3339. An offset without minutes ("+01", as PostgreSQL writes it) gets them.
std::string made_rfc3339(std::string_view written) {
  constexpr std::size_t kDay = std::string_view{"2026-01-05"}.size();
  constexpr std::size_t kSeconds = std::string_view{"2026-01-05T00:04:13"}.size();
  constexpr std::size_t kMinutes = std::string_view{"2026-01-05T00:04"}.size();
  std::string text{written};
  if (text.size() == kDay) {
    text.append("T00:00:00Z");
    return text;
  }
  if (text.size() > kDay && text[kDay] == ' ') text[kDay] = 'T';
  if (text.size() == kMinutes) text.append(":00");
  const std::size_t zone = text.find_first_of("Z+-z", std::min(kSeconds, text.size()));
  if (zone == std::string::npos) {
    text.push_back('Z');
  } else if (text.size() - zone == std::string_view{"+01"}.size()) {
    text.append(":00");
  }
  return text;
}

std::optional<WallTime> time_in(std::string_view text) {
  if (const auto number = number_in(text)) return time_of_number(*number);
  const auto end = text.find_last_not_of(" \r\n\t");
  return parse_rfc3339(made_rfc3339(text.substr(0, end + 1)));
}

std::string limit_words(const Condition& condition) {
  return std::visit(
      Match{[](const Fresh& c) { return "not older than " + format_duration(c.at_most); },
            [](const AtLeast& c) { return "at least " + number_words(c.limit); },
            [](const AtMost& c) { return "at most " + number_words(c.limit); },
            [](const Equals& c) {
              return "equal to " +
                     std::visit(
                         Match{[](double value) { return number_words(value); },
                               [](bool value) { return std::string{value ? "true" : "false"}; },
                               [](const std::string& text) {
                                 return fmt::format("\"{}\"", shortened(text));
                               }},
                         c.value);
            },
            [](const Succeeds& c) { return std::string{c.wanted ? "success" : "failure"}; }},
      condition);
}

Judgement unknown(std::string why) {
  Judgement judgement;
  judgement.answer = Answer::unknown;
  judgement.value = "unknown";
  judgement.text = "not known: " + shortened(std::move(why));
  return judgement;
}

Judgement judged(bool holds, std::string value) {
  Judgement judgement;
  judgement.answer = holds ? Answer::holds : Answer::does_not_hold;
  judgement.value = std::move(value);
  return judgement;
}

/// Milliseconds say nothing of an age, and hide the rest of it.
std::string age_words(Duration age) {
  if (age < std::chrono::seconds{10}) return format_duration(age);
  return format_duration(std::chrono::floor<std::chrono::seconds>(age));
}

Judgement judge_freshness(const Fresh& fresh, const Measurement& measured, WallTime now) {
  if (std::holds_alternative<Absent>(measured)) return judged(false, "never");
  const auto at = time_of(measured);
  if (!at) return unknown(fmt::format("\"{}\" is not a time", words_of(measured)));
  const Duration age = now - *at;
  if (age < Duration{0}) {
    return judged(true, fmt::format("{} ahead ({})", age_words(-age), format_rfc3339(*at)));
  }
  return judged(age <= fresh.at_most,
                fmt::format("{} old ({})", age_words(age), format_rfc3339(*at)));
}

Judgement judge_number(const Measurement& measured, const auto& holds) {
  if (std::holds_alternative<Absent>(measured)) return judged(false, words_of(measured));
  const auto number = number_of(measured);
  if (!number) return unknown(fmt::format("\"{}\" is not a number", words_of(measured)));
  return judged(holds(*number), words_of(measured));
}

bool equals(const Equals& wanted, const Measurement& measured) {
  const auto as_number = [&](double value) {
    const auto number = number_of(measured);
    return number && *number == value;
  };
  return std::visit(Match{[&](double value) { return as_number(value); },
                          [&](bool value) {
                            if (const auto* text = std::get_if<std::string>(&measured)) {
                              if (*text == "true" || *text == "false")
                                return (*text == "true") == value;
                            }
                            return as_number(value ? 1 : 0);
                          },
                          [&](const std::string& value) {
                            if (const auto* text = std::get_if<std::string>(&measured))
                              return *text == value;
                            return !std::holds_alternative<Absent>(measured) &&
                                   words_of(measured) == value;
                          }},
                    wanted.value);
}

/// Whatever is neither no, nothing nor zero went well.
bool succeeded(const Measurement& measured) {
  if (const auto* value = std::get_if<bool>(&measured)) return *value;
  if (const auto* number = std::get_if<double>(&measured)) return *number != 0;
  return !std::holds_alternative<Absent>(measured);
}

Judgement judge_known(const Condition& condition, const Measurement& measured, WallTime now) {
  return std::visit(
      Match{[&](const Fresh& c) { return judge_freshness(c, measured, now); },
            [&](const AtLeast& c) {
              return judge_number(measured, [&](double number) { return number >= c.limit; });
            },
            [&](const AtMost& c) {
              return judge_number(measured, [&](double number) { return number <= c.limit; });
            },
            [&](const Equals& c) { return judged(equals(c, measured), words_of(measured)); },
            [&](const Succeeds& c) {
              return judged(succeeded(measured) == c.wanted,
                            succeeded(measured) ? "success" : "failure");
            }},
      condition);
}

}  // namespace

std::string words_of(const Measurement& measured) {
  return std::visit(
      Match{[](const Unknown& unknown) { return "unknown: " + shortened(unknown.why); },
            [](const Absent&) { return std::string{"nothing"}; },
            [](bool value) { return std::string{value ? "true" : "false"}; },
            [](double value) { return number_words(value); },
            [](const std::string& text) { return shortened(text); }},
      measured);
}

std::optional<WallTime> time_of(const Measurement& measured) {
  if (const auto* number = std::get_if<double>(&measured)) return time_of_number(*number);
  if (const auto* text = std::get_if<std::string>(&measured)) return time_in(*text);
  return std::nullopt;
}

Judgement judge(const Condition& condition, const Measurement& measured, WallTime now) {
  const auto* nothing_known = std::get_if<Unknown>(&measured);
  Judgement judgement = nothing_known != nullptr ? unknown(nothing_known->why)
                                                 : judge_known(condition, measured, now);
  judgement.limit = limit_words(condition);
  if (judgement.answer != Answer::unknown) {
    judgement.text = fmt::format("{}, {} is wanted", judgement.value, judgement.limit);
  }
  return judgement;
}

std::string words_of(const Remedy& remedy) {
  return std::visit(Match{[](const RunJob& run) { return "run " + run.job; },
                          [](const RunSql&) { return std::string{"sql"}; },
                          [](const RunCommand&) { return std::string{"command"}; },
                          [](const TellEvent&) { return std::string{"event"}; }},
                    remedy);
}

}  // namespace takt::core
