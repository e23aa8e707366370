#pragma once
// Single values as JSON: what all of render.h is put together from. Private to this folder.

#include <boost/json/array.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/render.h"
#include "base/ids.h"
#include "base/time.h"
#include "base/words.h"

namespace takt::api {

inline boost::json::value time(const std::optional<WallTime>& at) {
  if (!at) return nullptr;
  return boost::json::string(format_rfc3339(*at));
}

inline boost::json::value duration(const std::optional<Duration>& d) {
  if (!d) return nullptr;
  return d->count();
}

template <class E>
boost::json::value word_of(const std::optional<E>& value) {
  if (!value) return nullptr;
  return boost::json::string(word(*value));
}

template <class E>
boost::json::string word_of(E value) {
  return boost::json::string(word(value));
}

template <class Number>
boost::json::value number(const std::optional<Number>& value) {
  if (!value) return nullptr;
  return *value;
}

inline boost::json::value id(const std::optional<RunId>& run) {
  if (!run) return nullptr;
  return run->value;
}

inline boost::json::value text_or_null(std::string_view text) {
  if (text.empty()) return nullptr;
  return utf8(text);
}

inline boost::json::array names(const std::vector<std::string>& items) {
  boost::json::array out;
  for (const auto& item : items) out.push_back(utf8(item));
  return out;
}

}  // namespace takt::api
