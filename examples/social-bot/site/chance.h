#pragma once
// Chance without a state: every "random" fact of the feed site is a hash of the seed and of what
// the fact is about. So the site stores nothing but what was published; the likes of a post at
// 14:05 are the same whoever asks, however often, and after any restart.

#include <cstdint>
#include <string_view>

namespace bot::site {

class Chance {
 public:
  constexpr explicit Chance(std::uint64_t seed) : state_(seed) {}

  /// The chance of a narrower subject: of("posts").of(hour).of(3).
  constexpr Chance of(std::uint64_t subject) const { return Chance{mix(state_ ^ mix(subject))}; }
  constexpr Chance of(std::string_view subject) const {
    std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
    for (const char c : subject) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    return of(hash);
  }

  /// 0 <= x < 1.
  constexpr double unit() const { return static_cast<double>(mix(state_) >> 11) * 0x1p-53; }
  constexpr double between(double low, double high) const { return low + (high - low) * unit(); }
  /// 0 .. bound-1.
  constexpr std::uint64_t below(std::uint64_t bound) const {
    return static_cast<std::uint64_t>(unit() * static_cast<double>(bound));
  }
  constexpr bool one_in(double probability) const { return unit() < probability; }

 private:
  static constexpr std::uint64_t mix(std::uint64_t x) {  // the finaliser of splitmix64
    x += 0x9e3779b97f4a7c15;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
    return x ^ (x >> 31);
  }
  std::uint64_t state_;
};

}  // namespace bot::site
