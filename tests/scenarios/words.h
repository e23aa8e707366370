#pragma once
// The words of one line of a scenario.

#include <algorithm>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

namespace takt::scenarios {

using Words = std::vector<std::string>;

inline Words words_of(const std::string& line) {
  Words words;
  std::istringstream stream{line};
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

/// What stands behind "key=", if a word begins with that.
inline std::optional<std::string> value_of(const Words& words, const std::string& key) {
  for (const std::string& word : words) {
    if (word.starts_with(key + "=")) return word.substr(key.size() + 1);
  }
  return std::nullopt;
}

inline bool has(const Words& words, const std::string& word) {
  return std::ranges::find(words, word) != words.end();
}

}  // namespace takt::scenarios
