#pragma once
// Journal: the file beside the database that takes batches while the database cannot. Its space is
// really there from the start (zeros are written and synced, not only reserved), so appending works
// on a full disk; each append is one write and one sync.
//
//   make:   journal.new, zeros, header, sync, rename     size: 1 MiB, less where the disk is small
//   append: check that the path still names this file, write behind the last frame, sync
//   begin:  the next generation goes on at the front; nothing is written
//
// After a write or sync that failed the file is not written to again in this generation: what the
// kernel dropped cannot be known. Private to this folder; one thread.

#include <expected>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/journal.h"
#include "store/database.h"
#include "store/journal_format.h"

namespace takt::store {

inline constexpr std::size_t kJournalBytes = 1U << 20U;

class Journal {
 public:
  /// Opens the journal and reads what `generation` left in it; makes the file where there is none.
  /// One that belongs to another database is put aside as FILE.aside-N; a broken one as
  /// FILE.corrupt-N, and that is an error. A journal that cannot be made or opened is there, but
  /// has no capacity and says why in trouble().
  static std::expected<Journal, ports::StoreError> open(std::filesystem::path file,
                                                        JournalOwner owner,
                                                        std::int64_t generation);

  Journal(Journal&& other) noexcept;
  Journal& operator=(Journal&&) = delete;
  ~Journal();

  /// Batches found by open(), to be taken over by the database. Once.
  std::vector<core::Batch> take_found() { return std::exchange(found_, {}); }

  /// Something was, or may have been, written in this generation: the database has to begin another
  /// one before it counts what it takes over as its own.
  bool is_used() const { return is_used_; }

  /// Appends what fits of the batches, in order, as one synced frame; how many that were. Fewer
  /// than all: no more fits, or trouble() says what failed; nothing is to be appended then before
  /// the next begin().
  std::size_t append(std::span<const core::Batch> batches);

  /// The database has taken everything over and counts from now on by `generation`.
  void begin(std::int64_t generation);

  core::JournalUse use() const;
  const std::string& trouble() const { return trouble_; }

 private:
  Journal(std::filesystem::path file, JournalOwner owner, std::int64_t generation);
  std::optional<ports::StoreError> take_over();
  std::optional<ports::StoreError> put_aside(const JournalFault& fault);
  void open_file(int flags);
  void make();
  bool fits_disk_better() const;
  bool write_synced(std::size_t offset, const std::string& bytes);
  std::string out_of_place() const;

  std::filesystem::path file_;
  JournalOwner owner_;
  std::int64_t generation_;
  int fd_ = -1;
  std::size_t size_ = 0;
  std::size_t end_ = kJournalHeaderBytes;
  bool is_used_ = false;
  FileIdentity identity_;
  std::string trouble_;
  std::vector<core::Batch> found_;
};

}  // namespace takt::store
