#include "store/journal_format.h"

#include <fmt/format.h>

#include <bit>
#include <cstring>
#include <optional>

#include "base/assert.h"
#include "base/stable_hash.h"
#include "store/journal_codec.h"

namespace takt::store {
namespace {

constexpr std::string_view kTitle = "takt journal 1\n";
constexpr std::uint32_t kMagic = 0x4d52'464aU;  // "JFRM"
constexpr std::size_t kFrameHead = 24;
constexpr std::size_t kAlign = 8;

using Kind = JournalFault::Kind;

template <class T>
void put(std::string& out, T value) {
  static_assert(std::endian::native == std::endian::little, "the journal is little endian");
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

template <class T>
std::optional<T> take(std::string_view& from) {
  if (from.size() < sizeof(T)) return std::nullopt;
  T value;
  std::memcpy(&value, from.data(), sizeof value);
  from.remove_prefix(sizeof value);
  return value;
}

std::optional<std::string_view> take_text(std::string_view& from) {
  const auto length = take<std::uint32_t>(from);
  if (!length || *length > from.size()) return std::nullopt;
  const std::string_view text = from.substr(0, *length);
  from.remove_prefix(*length);
  return text;
}

std::size_t aligned(std::size_t bytes) { return (bytes + kAlign - 1) / kAlign * kAlign; }

/// Says of a frame that it belongs to this journal, this generation and this place.
std::uint64_t frame_hash(const JournalOwner& owner, std::int64_t generation, std::size_t offset,
                         std::string_view payload) {
  const auto place = static_cast<std::int64_t>(stable_hash(owner.store_id, generation));
  return stable_hash(payload, place ^ static_cast<std::int64_t>(offset * 0x9e37'79b9ULL) ^
                                  static_cast<std::int64_t>(payload.size()));
}

struct Frame {
  std::int64_t generation = 0;
  std::string_view payload;
  std::size_t size = 0;  // with its head and padding
};

/// The whole frame at `offset`, if there is one.
std::optional<Frame> frame_at(std::string_view file, std::size_t offset,
                              const JournalOwner& owner) {
  if (offset > file.size()) return std::nullopt;
  std::string_view from = file.substr(offset);
  const auto magic = take<std::uint32_t>(from);
  const auto length = take<std::uint32_t>(from);
  const auto generation = take<std::int64_t>(from);
  const auto hash = take<std::uint64_t>(from);
  if (!hash || magic != kMagic || *length > from.size()) return std::nullopt;
  const Frame frame{*generation, from.substr(0, *length), aligned(kFrameHead + *length)};
  if (frame_hash(owner, frame.generation, offset, frame.payload) != *hash) return std::nullopt;
  return frame;
}

/// Where a whole frame of the generation lies at or behind `offset`.
std::optional<std::size_t> find_frame(std::string_view file, std::size_t offset,
                                      const JournalOwner& owner, std::int64_t generation) {
  for (; offset + kFrameHead <= file.size(); offset += kAlign) {
    std::uint32_t magic = 0;
    std::memcpy(&magic, file.data() + offset, sizeof magic);
    if (magic != kMagic) continue;
    const auto frame = frame_at(file, offset, owner);
    if (frame && frame->generation == generation) return offset;
  }
  return std::nullopt;
}

std::optional<JournalOwner> owner_in(std::string_view header) {
  if (header.size() < kJournalHeaderBytes || !header.starts_with(kTitle)) return std::nullopt;
  std::string_view from = header.substr(kTitle.size());
  const auto fleet = take_text(from);
  if (!fleet) return std::nullopt;
  const auto speed = take<double>(from);
  if (!speed) return std::nullopt;
  const auto store = take_text(from);
  if (!store) return std::nullopt;
  const std::size_t hashed = header.size() - from.size();
  const auto hash = take<std::uint64_t>(from);
  if (!hash || *hash != stable_hash(header.substr(0, hashed))) return std::nullopt;
  return JournalOwner{std::string(*fleet), *speed, std::string(*store)};
}

std::optional<JournalFault> read_batches(const Frame& frame, std::size_t offset,
                                         std::vector<core::Batch>& batches) {
  std::string_view from = frame.payload;
  while (!from.empty()) {
    const auto bytes = take_text(from);
    if (!bytes) return JournalFault{Kind::newer, fmt::format("frame at {}: no batches", offset)};
    auto batch = decode_batch(*bytes);
    if (!batch) {
      return JournalFault{Kind::newer, fmt::format("frame at {}: {}", offset, batch.error())};
    }
    batches.push_back(std::move(*batch));
  }
  return std::nullopt;
}

}  // namespace

std::string make_header(const JournalOwner& owner) {
  std::string header(kTitle);
  put(header, static_cast<std::uint32_t>(owner.fleet.size()));
  header += owner.fleet;
  put(header, owner.speed);
  put(header, static_cast<std::uint32_t>(owner.store_id.size()));
  header += owner.store_id;
  put(header, stable_hash(header));
  TAKT_ASSERT(header.size() <= kJournalHeaderBytes, "a fleet's name is short");
  header.resize(kJournalHeaderBytes, '\0');
  return header;
}

std::string make_frame(const JournalOwner& owner, std::int64_t generation, std::size_t offset,
                       std::span<const std::string> encoded_batches) {
  std::string payload;
  for (const std::string& batch : encoded_batches) {
    put(payload, static_cast<std::uint32_t>(batch.size()));
    payload += batch;
  }
  std::string frame;
  put(frame, kMagic);
  put(frame, static_cast<std::uint32_t>(payload.size()));
  put(frame, generation);
  put(frame, frame_hash(owner, generation, offset, payload));
  frame += payload;
  frame.resize(aligned(frame.size()), '\0');
  return frame;
}

std::expected<JournalContents, JournalFault> parse_journal(std::span<const std::byte> bytes,
                                                           std::int64_t generation) {
  const std::string_view file(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const auto owner = owner_in(file.substr(0, kJournalHeaderBytes));
  if (!owner) return std::unexpected(JournalFault{Kind::not_a_journal, "its header is broken"});
  JournalContents contents{*owner, {}, kJournalHeaderBytes};
  for (auto frame = frame_at(file, contents.end, *owner); frame;
       frame = frame_at(file, contents.end, *owner)) {
    if (frame->generation > generation) {
      return std::unexpected(JournalFault{
          Kind::newer, fmt::format("it goes on from generation {} of the database, which has {}",
                                   frame->generation, generation)});
    }
    if (frame->generation < generation) break;
    if (auto fault = read_batches(*frame, contents.end, contents.batches)) {
      return std::unexpected(*fault);
    }
    contents.end += frame->size;
  }
  if (const auto lost = find_frame(file, contents.end, *owner, generation)) {
    return std::unexpected(JournalFault{
        Kind::broken, fmt::format("what is written at {} is broken, while what follows "
                                  "at {} is whole",
                                  contents.end, *lost)});
  }
  return contents;
}

}  // namespace takt::store
