#pragma once
// Rows with anything in every field, for laws about rows. Inside a rc::check only.

#include <rapidcheck.h>

#include <string>
#include <vector>

#include "store/row_table.h"

namespace takt::store {

inline std::string any_text() {
  return *rc::gen::container<std::string>(rc::gen::arbitrary<char>());
}

template <std::integral T>
void fill(T& value) {
  value = *rc::gen::arbitrary<T>();
}
inline void fill(double& value) { value = *rc::gen::inRange(1, 1000); }
inline void fill(std::string& value) { value = any_text(); }
template <class E>
  requires(kWords<E>.size() > 0)
void fill(E& value) {
  value = static_cast<E>(*rc::gen::inRange<std::size_t>(0, kWords<E>.size()));
}
inline void fill(WallTime& value) {
  value = wall_from_millis(*rc::gen::inRange<std::int64_t>(0, 4'000'000'000'000));
}
inline void fill(Duration& value) { value = Duration{*rc::gen::arbitrary<std::int64_t>()}; }
template <class Tag, class Value>
void fill(Id<Tag, Value>& id) {
  fill(id.value);
}
inline void fill(std::vector<std::pair<std::string, std::string>>& pairs) {
  const auto texts = *rc::gen::container<std::vector<std::string>>(
      rc::gen::container<std::string>(rc::gen::arbitrary<char>()));
  for (const auto& text : texts) pairs.emplace_back("p" + std::to_string(pairs.size()), text);
}
template <class T>
void fill(std::optional<T>& value) {
  if (*rc::gen::arbitrary<bool>()) fill(value.emplace());
}
inline void fill(core::Gates& gates) {
  gates.resize(*rc::gen::inRange<std::size_t>(0, 3));
  for (core::Gate& gate : gates) {
    fill(gate.gate);
    fill(gate.answer);
    fill(gate.value);
    fill(gate.limit);
    gate.holders.resize(*rc::gen::inRange<std::size_t>(0, 3));
    for (core::Holder& holder : gate.holders) {
      fill(holder.job);
      fill(holder.run);
    }
    fill(gate.until);
    fill(gate.text);
  }
}

template <class Row>
Row any_row() {
  Row row{};
  std::apply([](auto&... field) { (fill(field), ...); }, RowTable<Row>::fields(row));
  return row;
}

}  // namespace takt::store
