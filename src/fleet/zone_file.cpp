#include "fleet/zone_file.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "fleet/zone_footer.h"

namespace takt::fleet {
namespace {

using core::ZoneChange;
using std::chrono::seconds;

constexpr std::size_t kHeaderSize = 44;
constexpr std::size_t kTypeSize = 6;
constexpr seconds kOffsetMax = std::chrono::hours{26};
constexpr std::size_t kFooterMax = 200;

/// A big-endian number of up to 8 bytes, with its sign.
std::int64_t number(std::string_view bytes) {
  std::uint64_t value = (bytes.front() & 0x80) != 0 ? ~std::uint64_t{0} : 0;
  for (const char byte : bytes) value = value << 8U | static_cast<unsigned char>(byte);
  return static_cast<std::int64_t>(value);
}

struct Header {
  char version = 0;
  std::size_t utc_flags, standard_flags, leaps, times, types, letters;

  std::size_t body_size(std::size_t time_size) const {
    return times * (time_size + 1) + types * kTypeSize + letters + leaps * (time_size + 4) +
           standard_flags + utc_flags;
  }
};

std::optional<Header> read_header(std::string_view bytes) {
  if (bytes.size() < kHeaderSize || !bytes.starts_with("TZif")) return std::nullopt;
  const auto count = [&](std::size_t index) {
    return static_cast<std::size_t>(number(bytes.substr(20 + 4 * index, 4)) & 0xffffffff);
  };
  return Header{bytes[4], count(0), count(1), count(2), count(3), count(4), count(5)};
}

struct Body {
  seconds offset_before{0};
  std::vector<ZoneChange> changes;
};

std::unexpected<std::string> cut_short() { return std::unexpected(std::string{"is cut short"}); }

std::expected<Body, std::string> read_body(std::string_view bytes, const Header& header,
                                           std::size_t time_size) {
  if (header.leaps != 0) return std::unexpected("counts leap seconds");
  if (header.types == 0 || header.types > 256) return std::unexpected("has no types of local time");
  const std::string_view types = bytes.substr(header.times * (time_size + 1));
  std::vector<seconds> offsets;
  for (std::size_t i = 0; i < header.types; ++i) {
    offsets.emplace_back(number(types.substr(i * kTypeSize, 4)));
    if (std::chrono::abs(offsets.back()) >= kOffsetMax) {
      return std::unexpected("has an offset of more than a day");
    }
  }
  Body body{offsets.front(), {}};
  std::optional<std::int64_t> last;
  for (std::size_t i = 0; i < header.times; ++i) {
    const std::int64_t at = number(bytes.substr(i * time_size, time_size));
    const auto type = static_cast<unsigned char>(bytes[header.times * time_size + i]);
    if (type >= offsets.size()) return std::unexpected("names a type that it does not have");
    if (last && at <= *last) return std::unexpected("has changes out of order");
    last = at;
    if (at <= core::kFirstSecond.time_since_epoch().count()) {
      body.offset_before = offsets[type];
    } else if (at < core::kLastSecond.time_since_epoch().count()) {
      body.changes.push_back({std::chrono::sys_seconds{seconds{at}}, offsets[type]});
    }
  }
  return body;
}

std::expected<std::string_view, std::string> footer_in(std::string_view bytes) {
  if (!bytes.starts_with('\n')) return cut_short();
  const std::size_t end = bytes.find('\n', 1);
  if (end == bytes.npos) return cut_short();
  if (end > kFooterMax) return std::unexpected("has a footer that is too long");
  return bytes.substr(1, end - 1);
}

/// Goes on where the table ends.
std::expected<void, std::string> extend(Body& body, std::string_view text) {
  if (text.empty()) return {};
  const auto footer = parse_footer(text);
  if (!footer) return std::unexpected("has a footer that cannot be read: it " + footer.error());
  constexpr std::chrono::sys_seconds kSince =
      std::chrono::sys_days{std::chrono::year{1970} / 1 / 1};
  const auto last = body.changes.empty() ? kSince : body.changes.back().at;
  const std::chrono::year_month_day date{std::chrono::floor<std::chrono::days>(last)};
  if (body.changes.empty() && !footer->dst) body.offset_before = footer->offset;
  for (const ZoneChange& change : changes_of(*footer, date.year(), kZoneYearMax)) {
    if (change.at > last) body.changes.push_back(change);
  }
  return {};
}

}  // namespace

std::expected<core::Zone, std::string> parse_zone(std::string_view bytes, const std::string& name) {
  auto header = read_header(bytes);
  if (!header) return std::unexpected("is not a zone file");
  std::size_t time_size = 4;
  bytes.remove_prefix(kHeaderSize);
  if (header->version >= '2') {
    // The first part repeats what fits into 32 bits, for old readers.
    if (bytes.size() < header->body_size(time_size)) return cut_short();
    bytes.remove_prefix(header->body_size(time_size));
    header = read_header(bytes);
    if (!header) return cut_short();
    bytes.remove_prefix(kHeaderSize);
    time_size = 8;
  }
  const std::size_t size = header->body_size(time_size);
  if (bytes.size() < size) return cut_short();
  auto body = read_body(bytes.substr(0, size), *header, time_size);
  if (!body) return std::unexpected(body.error());
  if (time_size == 8) {
    const auto footer = footer_in(bytes.substr(size));
    if (!footer) return std::unexpected(footer.error());
    if (auto extended = extend(*body, *footer); !extended) {
      return std::unexpected(extended.error());
    }
  }
  return core::Zone{name, body->offset_before, std::move(body->changes)};
}

}  // namespace takt::fleet
