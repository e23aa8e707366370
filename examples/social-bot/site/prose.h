#pragma once
// The words of the feed site: topics, names, sentences. Which of them is taken is chance's
// business.

#include <array>
#include <string>
#include <string_view>

#include "site/chance.h"

namespace bot::site {

inline constexpr std::array<std::string_view, 8> kTopics = {
    "astronomy", "baking", "bicycles", "compilers", "databases", "gardens", "maps", "trains"};
inline constexpr std::array<std::string_view, 4> kFormats = {"question", "story", "thread", "tip"};

template <std::size_t N>
std::string pick(const std::array<std::string_view, N>& words, Chance chance) {
  return std::string{words[chance.below(N)]};
}

/// "quiet_otter_17"
std::string account_name(Chance chance, std::size_t number);

/// What somebody posts. A `hook` is a question and a number up front; viral posts have one more
/// often.
std::string post_text(std::string_view topic, std::string_view format, bool hook, Chance chance);

std::string reply_text(Chance chance);

std::string headline(std::string_view topic, Chance chance);

}  // namespace bot::site
