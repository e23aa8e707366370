#include "store/journal_codec.h"

#include <bit>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <optional>
#include <utility>

#include "base/match.h"
#include "store/row_table.h"
#include "store/sql_value.h"

namespace takt::store {
namespace {

using sql::Worded;

enum class Type : std::uint8_t { null = 0, integer = 1, real = 2, text = 3 };

class Encoder {
 public:
  explicit Encoder(std::string& out) : out_(out) {}

  void varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7U) out_.push_back(static_cast<char>(value | 0x80U));
    out_.push_back(static_cast<char>(value));
  }
  void letter(char kind) { out_.push_back(kind); }

  template <std::integral T>
  void put(T value) {
    type(Type::integer);
    const auto wide = static_cast<std::int64_t>(value);
    varint((static_cast<std::uint64_t>(wide) << 1U) ^ static_cast<std::uint64_t>(wide >> 63));
  }
  void put(double value) {
    type(Type::real);
    const auto bits = std::bit_cast<std::uint64_t>(value);
    for (unsigned shift = 0; shift < 64; shift += 8) {
      out_.push_back(static_cast<char>(bits >> shift));
    }
  }
  void put(std::string_view text) {
    type(Type::text);
    varint(text.size());
    out_ += text;
  }
  void put(const std::string& text) { put(std::string_view(text)); }
  template <Worded E>
  void put(E value) {
    put(word(value));
  }
  void put(WallTime value) { put(millis(value)); }
  void put(Duration value) { put(value.count()); }
  template <class Tag, class Value>
  void put(const Id<Tag, Value>& id) {
    put(id.value);
  }
  void put(const core::Gates& gates) { put(gates.empty() ? std::string{} : gates_to_json(gates)); }
  void put(const Pairs& pairs) { put(pairs.empty() ? std::string{} : pairs_to_json(pairs)); }
  template <class T>
  void put(const std::optional<T>& value) {
    if (value) {
      put(*value);
    } else {
      type(Type::null);
    }
  }

 private:
  void type(Type type) { out_.push_back(static_cast<char>(type)); }
  std::string& out_;
};

/// Reads on until the first thing that does not fit; after that everything fails.
class Decoder {
 public:
  explicit Decoder(std::string_view bytes) : rest_(bytes) {}

  const std::string& error() const { return error_; }
  bool ok() const { return error_.empty(); }
  bool at_end() const { return rest_.empty(); }
  bool fail(std::string why) {
    if (error_.empty()) error_ = std::move(why);
    rest_ = {};
    return false;
  }

  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const auto byte = static_cast<std::uint8_t>(letter());
      if (!ok()) return 0;
      value |= static_cast<std::uint64_t>(byte & 0x7fU) << shift;
      if ((byte & 0x80U) == 0) return value;
    }
    fail("a number that is too long");
    return 0;
  }
  char letter() {
    if (rest_.empty()) {
      fail("it ends in the middle");
      return 0;
    }
    const char first = rest_.front();
    rest_.remove_prefix(1);
    return first;
  }

  template <std::integral T>
  void get(T& value) {
    if (!expect(Type::integer)) return;
    const std::uint64_t zigzag = varint();
    const auto wide = static_cast<std::int64_t>((zigzag >> 1U) ^ (~(zigzag & 1U) + 1U));
    if constexpr (std::same_as<T, bool>) {
      if (wide != 0 && wide != 1) fail("a truth value that is none");
      value = wide == 1;
    } else {
      // Unsigned 64-bit values keep their bits; others have to fit.
      const bool fits = sizeof(T) == sizeof wide || std::in_range<T>(wide);
      if (!fits) fail("a number that is too large");
      value = fits ? static_cast<T>(wide) : T{};
    }
  }
  void get(double& value) {
    if (!expect(Type::real)) return;
    std::uint64_t bits = 0;
    for (unsigned shift = 0; shift < 64; shift += 8) {
      bits |= static_cast<std::uint64_t>(static_cast<std::uint8_t>(letter())) << shift;
    }
    value = std::bit_cast<double>(bits);
  }
  void get(std::string& text) { text = view(); }
  template <Worded E>
  void get(E& value) {
    const std::string_view text = view();
    if (!ok()) return;
    const auto known = from_word<E>(text);
    if (!known) fail("the word '" + std::string(text.substr(0, 40)) + "' is not known");
    value = known.value_or(E{});
  }
  void get(WallTime& value) {
    std::int64_t number = 0;
    get(number);
    value = wall_from_millis(number);
  }
  void get(Duration& value) {
    std::int64_t number = 0;
    get(number);
    value = Duration{number};
  }
  template <class Tag, class Value>
  void get(Id<Tag, Value>& id) {
    get(id.value);
  }
  void get(core::Gates& gates) {
    const std::string_view text = view();
    if (!text.empty()) gates = gates_from_json(text);
  }
  void get(Pairs& pairs) {
    const std::string_view text = view();
    if (!text.empty()) pairs = pairs_from_json(text);
  }
  template <class T>
  void get(std::optional<T>& value) {
    value.reset();
    if (!rest_.empty() && rest_.front() == static_cast<char>(Type::null)) {
      rest_.remove_prefix(1);
      return;
    }
    get(value.emplace());
  }

 private:
  bool expect(Type type) {
    if (letter() == static_cast<char>(type) && ok()) return true;
    return fail("a field of another type");
  }
  std::string_view view() {
    if (!expect(Type::text)) return {};
    const std::uint64_t length = varint();
    if (length > rest_.size()) {
      fail("a text that is longer than what is left");
      return {};
    }
    const std::string_view text = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return text;
  }

  std::string_view rest_;
  std::string error_;
};

template <class Row>
void encode_row(Encoder& out, char kind, const Row& row) {
  out.letter(kind);
  out.varint(RowTable<Row>::kColumns.size());
  std::apply([&](const auto&... field) { (out.put(field), ...); }, RowTable<Row>::fields(row));
}

template <class Row>
Row decode_row(Decoder& in) {
  Row row{};
  std::uint64_t left = in.varint();
  if (left > RowTable<Row>::kColumns.size()) {
    in.fail("a row with more fields than this takt knows");
    return row;
  }
  const auto next = [&](auto& field) {
    if (left == 0 || !in.ok()) return;
    left -= 1;
    in.get(field);
  };
  std::apply([&](auto&... field) { (next(field), ...); }, RowTable<Row>::fields(row));
  return row;
}

void encode_any(Encoder& out, const core::Row& row) {
  std::visit(Match{[&](const core::NodeRow& r) { encode_row(out, 'N', r); },
                   [&](const core::JobRow& r) { encode_row(out, 'J', r); },
                   [&](const core::HeartbeatRow& r) { encode_row(out, 'H', r); },
                   [&](const core::RunRow& r) { encode_row(out, 'R', r); },
                   [&](const core::AttemptRow& r) { encode_row(out, 'A', r); },
                   [&](const core::SlotsRow& r) { encode_row(out, 'S', r); },
                   [&](const core::EventRow& r) { encode_row(out, 'E', r); },
                   [&](const core::ProbeRow& r) { encode_row(out, 'P', r); },
                   [&](const core::NoticeRow& r) { encode_row(out, 'C', r); }},
             row);
}

core::Row decode_any(Decoder& in) {
  switch (in.letter()) {
    case 'N':
      return decode_row<core::NodeRow>(in);
    case 'J':
      return decode_row<core::JobRow>(in);
    case 'H':
      return decode_row<core::HeartbeatRow>(in);
    case 'R':
      return decode_row<core::RunRow>(in);
    case 'A':
      return decode_row<core::AttemptRow>(in);
    case 'S':
      return decode_row<core::SlotsRow>(in);
    case 'E':
      return decode_row<core::EventRow>(in);
    case 'P':
      return decode_row<core::ProbeRow>(in);
    case 'C':
      return decode_row<core::NoticeRow>(in);
    default:
      in.fail("a row of a kind that this takt does not know");
      return core::NodeRow{};
  }
}

}  // namespace

void encode_batch(const core::Batch& batch, std::string& out) {
  Encoder encoder(out);
  encoder.put(batch.seq);
  encoder.put(batch.synced);
  encode_row(encoder, 'F', batch.fleet);
  encoder.varint(batch.rows.size());
  for (const core::Row& row : batch.rows) encode_any(encoder, row);
}

std::expected<core::Batch, std::string> decode_batch(std::string_view bytes) {
  Decoder in(bytes);
  core::Batch batch;
  in.get(batch.seq);
  in.get(batch.synced);
  if (in.letter() != 'F') in.fail("a batch without its fleet");
  batch.fleet = decode_row<core::FleetRow>(in);
  const std::uint64_t rows = in.varint();
  for (std::uint64_t i = 0; i < rows && in.ok(); ++i) batch.rows.push_back(decode_any(in));
  if (in.ok() && !in.at_end()) in.fail("bytes behind the last row");
  if (!in.ok()) return std::unexpected(in.error());
  return batch;
}

}  // namespace takt::store
