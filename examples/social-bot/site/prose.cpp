#include "site/prose.h"

#include <fmt/format.h>

namespace bot::site {
namespace {

constexpr std::array<std::string_view, 8> kAdjectives = {"quiet", "brisk",   "amber", "northern",
                                                         "salty", "patient", "tall",  "curious"};
constexpr std::array<std::string_view, 8> kAnimals = {"otter",  "heron", "lynx",  "magpie",
                                                      "badger", "newt",  "finch", "moth"};
constexpr std::array<std::string_view, 6> kOpenings = {
    "After a year with",   "What nobody told me about", "The long way round with",
    "A small thing about", "Slowly learning",           "Old notes on"};
constexpr std::array<std::string_view, 6> kEndings = {
    "the first attempt is for learning, the second is for keeping.",
    "I was wrong about the hard part, and glad of it.",
    "it is mostly patience, and then suddenly it is not.",
    "measure first, then argue.",
    "the cheap tool did it, the clever one did not.",
    "somebody had written it down forty years ago."};
constexpr std::array<std::string_view, 6> kReplies = {
    "Same here, took me a week.", "Do you have a source for that?",
    "This made my morning.",      "I would have done it the other way round.",
    "Saved for the weekend.",     "Not my experience at all."};
constexpr std::array<std::string_view, 5> kHappenings = {
    "a record that stood for decades falls", "a free handbook appears", "a famous workshop closes",
    "a study contradicts the old rule", "volunteers finish a ten-year project"};

}  // namespace

std::string account_name(Chance chance, std::size_t number) {
  return fmt::format("{}_{}_{}", pick(kAdjectives, chance.of(1)), pick(kAnimals, chance.of(2)),
                     number);
}

std::string post_text(std::string_view topic, std::string_view format, bool hook, Chance chance) {
  const std::string body =
      fmt::format("{} {}: {}", pick(kOpenings, chance.of(1)), topic, pick(kEndings, chance.of(2)));
  const std::string tail =
      format == "thread" ? " More below, one point at a time, with pictures where they help." : "";
  if (!hook) return body + tail;
  return fmt::format("Would you have guessed {}%? {}{}", 3 + chance.of(3).below(94), body, tail);
}

std::string reply_text(Chance chance) { return pick(kReplies, chance); }

std::string headline(std::string_view topic, Chance chance) {
  return fmt::format("{}: {}", topic, pick(kHappenings, chance));
}

}  // namespace bot::site
