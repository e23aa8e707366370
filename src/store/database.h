#pragma once
// Database: the file that a store lives in, before the first statement of work: is it there, is it
// takt's, of this fleet, whole, and of a version we know. Private to this folder.
//
//   missing                     made: as FILE.new with its schema, then renamed into place, so that
//   a
//                               file without a schema is never ours
//   missing, FILE-wal is there  refused: the newest rows are in there, and worthless without the
//   file a link, not a plain file    refused empty, garbage, broken      refused as corrupt, kept
//   byte for byte a newer schema              refused as too_new, untouched another fleet or speed
//   refused as foreign_fleet, untouched an older schema             migrated
//
// Looking is done through a reading connection, which changes nothing in the file.

#include <sys/types.h>

#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>

#include "ports/store.h"
#include "store/sql.h"

namespace takt::store {

/// Whose database it should be.
struct Owner {
  std::string fleet;
  double speed = 1;
};

/// Which file it is, whatever its name.
struct FileIdentity {
  dev_t device = 0;
  ino_t inode = 0;
  friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};

/// The plain file at this path; nullopt: there is none. Errors: it is a link or no plain file, or
/// the system does not tell.
std::expected<std::optional<FileIdentity>, ports::StoreError> identify(
    const std::filesystem::path& file);

/// How closely to look: `whole` reads every page (of files up to kWholeCheckBytesMax; beyond that,
/// and with `quick`, broken pages are found when they are read).
enum class Depth { quick, whole };
inline constexpr std::uintmax_t kWholeCheckBytesMax = 256ULL << 20U;

/// Nothing: the existing file is a good database, of this owner (or of nobody yet) when one is
/// given.
std::optional<ports::StoreError> inspect(const std::filesystem::path& file, Depth depth,
                                         const std::optional<Owner>& owner);

/// Makes an empty database (mode 0600). The folder must exist; an existing file is never replaced.
std::optional<ports::StoreError> create(const std::filesystem::path& file);

/// What the database says of its journal.
struct JournalMark {
  std::string store_id;
  std::int64_t generation = 0;
};

/// An error also when the schema is older than this takt's.
std::expected<JournalMark, ports::StoreError> journal_mark(sql::Connection& database,
                                                           const std::filesystem::path& file);
/// The same through a reading connection, for a database that cannot be written.
std::expected<JournalMark, ports::StoreError> journal_mark(const std::filesystem::path& file);

/// A connection for writing to an inspected file: WAL, synchronous NORMAL, schema up to date.
std::expected<sql::Connection, ports::StoreError> open_for_writing(
    const std::filesystem::path& file, std::chrono::milliseconds busy);

}  // namespace takt::store
