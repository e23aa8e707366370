#pragma once
// CompactOptional: an optional point in time or duration in the space of the value alone. None is
// stored as the least value of T, which no clock and no file ever reaches. For facts that every one
// of 100,000 jobs has room for and few have; everything else uses std::optional, which it converts
// to and from.

#include <compare>
#include <optional>

namespace takt {

template <class T>
class CompactOptional {
 public:
  using value_type = T;

  constexpr CompactOptional() = default;
  constexpr CompactOptional(std::nullopt_t) {}
  constexpr CompactOptional(T value) : value_(value) {}
  constexpr CompactOptional(const std::optional<T>& value) : value_(value.value_or(T::min())) {}

  constexpr operator std::optional<T>() const {
    return has_value() ? std::optional<T>{value_} : std::nullopt;
  }
  constexpr explicit operator bool() const { return has_value(); }
  constexpr bool has_value() const { return value_ != T::min(); }
  constexpr void reset() { value_ = T::min(); }

  /// Only when there is one.
  constexpr const T& operator*() const { return value_; }
  constexpr const T* operator->() const { return &value_; }
  constexpr T value_or(T otherwise) const { return has_value() ? value_ : otherwise; }

  /// None is less than any value.
  friend constexpr auto operator<=>(const CompactOptional&, const CompactOptional&) = default;

 private:
  T value_ = T::min();
};

}  // namespace takt
