#pragma once
// How a C++ value of a row becomes a value of a column and back. One overload a type; `put` binds
// parameter `at` (from 1) and gives SQLite's result code, `get` reads column `at` (from 0) and is
// false when the column holds a word that this build does not know.
//
//   integers, bool     INTEGER            enumerations with kWords   TEXT, the word
//   double             REAL               WallTime, Duration         INTEGER milliseconds
//   std::string        TEXT, any bytes    Gates, Pairs               TEXT, JSON
//   Id                 as its value       optional                   NULL or the value
//
// Private to this folder.

#include <sqlite3.h>

#include <concepts>
#include <optional>
#include <string>
#include <type_traits>

#include "base/ids.h"
#include "base/time.h"
#include "base/words.h"
#include "store/gate_json.h"

namespace takt::store::sql {

template <class E>
concept Worded = std::is_enum_v<E> && (kWords<E>.size() > 0);

inline std::string_view text_at(sqlite3_stmt* statement, int at) {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, at));
  if (text == nullptr) return {};
  return {text, static_cast<std::size_t>(sqlite3_column_bytes(statement, at))};
}

template <std::integral T>
int put(sqlite3_stmt* statement, int at, T value) {
  return sqlite3_bind_int64(statement, at, static_cast<sqlite3_int64>(value));
}
template <std::integral T>
bool get(sqlite3_stmt* statement, int at, T& value) {
  value = static_cast<T>(sqlite3_column_int64(statement, at));
  return true;
}

inline int put(sqlite3_stmt* statement, int at, double value) {
  return sqlite3_bind_double(statement, at, value);
}
inline bool get(sqlite3_stmt* statement, int at, double& value) {
  value = sqlite3_column_double(statement, at);
  return true;
}

inline int put(sqlite3_stmt* statement, int at, const std::string& value) {
  return sqlite3_bind_text64(statement, at, value.data(), value.size(), SQLITE_TRANSIENT,
                             SQLITE_UTF8);
}
inline bool get(sqlite3_stmt* statement, int at, std::string& value) {
  value = text_at(statement, at);
  return true;
}

template <Worded E>
int put(sqlite3_stmt* statement, int at, E value) {
  const std::string_view text = word(value);
  return sqlite3_bind_text64(statement, at, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
}
template <Worded E>
bool get(sqlite3_stmt* statement, int at, E& value) {
  const auto known = from_word<E>(text_at(statement, at));
  if (known) value = *known;
  return known.has_value();
}

inline int put(sqlite3_stmt* statement, int at, WallTime value) {
  return put(statement, at, millis(value));
}
inline bool get(sqlite3_stmt* statement, int at, WallTime& value) {
  value = wall_from_millis(sqlite3_column_int64(statement, at));
  return true;
}

inline int put(sqlite3_stmt* statement, int at, Duration value) {
  return put(statement, at, value.count());
}
inline bool get(sqlite3_stmt* statement, int at, Duration& value) {
  value = Duration{sqlite3_column_int64(statement, at)};
  return true;
}

template <class Tag, class Value>
int put(sqlite3_stmt* statement, int at, const Id<Tag, Value>& id) {
  return put(statement, at, id.value);
}
template <class Tag, class Value>
bool get(sqlite3_stmt* statement, int at, Id<Tag, Value>& id) {
  return get(statement, at, id.value);
}

inline int put(sqlite3_stmt* statement, int at, const core::Gates& gates) {
  if (gates.empty()) return sqlite3_bind_text(statement, at, "[]", 2, SQLITE_STATIC);
  return put(statement, at, gates_to_json(gates));
}
inline bool get(sqlite3_stmt* statement, int at, core::Gates& gates) {
  const std::string_view text = text_at(statement, at);
  gates = text == "[]" ? core::Gates{} : gates_from_json(text);
  return true;
}

inline int put(sqlite3_stmt* statement, int at, const Pairs& pairs) {
  if (pairs.empty()) return sqlite3_bind_text(statement, at, "{}", 2, SQLITE_STATIC);
  return put(statement, at, pairs_to_json(pairs));
}
inline bool get(sqlite3_stmt* statement, int at, Pairs& pairs) {
  const std::string_view text = text_at(statement, at);
  pairs = text == "{}" ? Pairs{} : pairs_from_json(text);
  return true;
}

template <class T>
int put(sqlite3_stmt* statement, int at, const std::optional<T>& value) {
  return value ? put(statement, at, *value) : sqlite3_bind_null(statement, at);
}
template <class T>
bool get(sqlite3_stmt* statement, int at, std::optional<T>& value) {
  value.reset();
  if (sqlite3_column_type(statement, at) == SQLITE_NULL) return true;
  return get(statement, at, value.emplace());
}

}  // namespace takt::store::sql
