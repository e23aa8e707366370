#pragma once
// Journal format: what is in the file `journal`, as a pure function over its bytes.
//
//   0        "takt journal 1\n", zeros           who it belongs to, written once when the file is made
//            owner: fleet, speed, store; hash
//   4096     frame, frame, ... , whatever was    each appended and synced before the next
//            there before
//
//   frame    magic, length, generation, hash, then the length-prefixed batches; a multiple of 8 bytes
//
// A generation is one use of the file. The database says which one is current and counts it up in
// the very transaction that takes the frames over; so frames are replayed exactly once, whenever
// the daemon is killed, and emptying the file needs no write at all. Frames of an older generation
// are leftovers. A frame is one synced write: a torn one at the end was never reported, and is
// dropped; one that is broken while a good one follows had been reported, and is a loss.
//
// For fuzzing: parse_journal(bytes, 1) on any bytes must return, in bounded time and memory; the
// frames of make_frame() behind a make_header() block are good seeds.
//
// Private to this folder; any thread.

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/rows.h"

namespace takt::store {

/// Whose journal it is: one fleet, at one speed, in one database (its random id).
struct JournalOwner {
  std::string fleet;
  double speed = 1;
  std::string store_id;
  friend bool operator==(const JournalOwner&, const JournalOwner&) = default;
};

inline constexpr std::size_t kJournalHeaderBytes = 4096;

/// The first kJournalHeaderBytes of a journal. Names longer than a header takes are an error of the
/// caller.
std::string make_header(const JournalOwner& owner);

/// A frame with these batches, for `offset` in the file of `owner`.
std::string make_frame(const JournalOwner& owner, std::int64_t generation, std::size_t offset,
                       std::span<const std::string> encoded_batches);

/// Bytes that a frame takes around its batches, and around each of them, at most.
inline constexpr std::size_t kFrameOverhead = 32;
inline constexpr std::size_t kBatchOverhead = 4;

struct JournalContents {
  JournalOwner owner;
  std::vector<core::Batch> batches;       // of the generation asked for, in order
  std::size_t end = kJournalHeaderBytes;  // where the next frame goes
};

struct JournalFault {
  enum class Kind {
    not_a_journal,  // no header, or a broken one
    broken,         // a frame that had been reported cannot be read
    newer           // written by a newer takt, or for a later state of the database
  } kind;
  std::string what;
};

std::expected<JournalContents, JournalFault> parse_journal(std::span<const std::byte> file,
                                                           std::int64_t generation);

}  // namespace takt::store
