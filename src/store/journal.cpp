#include "store/journal.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "store/journal_codec.h"
#include "store/store_error.h"

namespace takt::store {
namespace {

using ports::StoreError;
using std::filesystem::path;

constexpr std::size_t kJournalBytesMin = 16U << 10U;
constexpr std::uintmax_t kShareOfFreeSpace = 4;  // at most a quarter of what is free

std::string words(int error) { return std::generic_category().message(error); }

/// Writes all of it; 0 or errno.
int write_all(int fd, std::size_t offset, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t done = pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return errno;
    if (done == 0) return EIO;
    offset += static_cast<std::size_t>(done);
    bytes.remove_prefix(static_cast<std::size_t>(done));
  }
  return 0;
}

/// The whole file, or errno.
std::expected<std::string, int> read_all(int fd, std::size_t size) {
  std::string bytes(size, '\0');
  std::size_t done = 0;
  while (done < size) {
    const ssize_t got = pread(fd, bytes.data() + done, size - done, static_cast<off_t>(done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::unexpected(errno);
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  bytes.resize(done);
  return bytes;
}

/// The size that a journal should have on the disk of `folder`; 0: there is no room.
std::size_t size_for(const path& folder) {
  struct statvfs disk{};
  if (statvfs(folder.c_str(), &disk) != 0) return 0;
  const std::uintmax_t free = static_cast<std::uintmax_t>(disk.f_bavail) * disk.f_frsize;
  const std::uintmax_t share = free / kShareOfFreeSpace / 4096 * 4096;
  if (share < kJournalBytesMin) return 0;
  return static_cast<std::size_t>(std::min<std::uintmax_t>(share, kJournalBytes));
}

int sync_folder(const path& folder) {
  const int fd = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return errno;
  const int error = fsync(fd) == 0 ? 0 : errno;
  close(fd);
  return error;
}

path folder_of(const path& file) { return file.has_parent_path() ? file.parent_path() : "."; }

/// FILE.WORD-N with the first N that is free.
path free_name(const path& file, std::string_view word) {
  for (int n = 1;; ++n) {
    path name = fmt::format("{}.{}-{}", file.string(), word, n);
    std::error_code ignored;
    if (!std::filesystem::exists(std::filesystem::symlink_status(name, ignored))) return name;
  }
}

}  // namespace

std::expected<Journal, StoreError> Journal::open(path file, JournalOwner owner,
                                                 std::int64_t generation) {
  Journal journal(std::move(file), std::move(owner), generation);
  journal.open_file(O_RDWR);
  if (journal.fd_ >= 0) {
    if (auto error = journal.take_over()) return std::unexpected(*error);
  }
  const bool is_empty = journal.found_.empty();
  if (journal.fd_ < 0 && journal.trouble_.empty()) journal.make();
  if (journal.fd_ >= 0 && is_empty && journal.fits_disk_better()) journal.make();
  return journal;
}

Journal::Journal(path file, JournalOwner owner, std::int64_t generation)
    : file_(std::move(file)), owner_(std::move(owner)), generation_(generation) {}

Journal::Journal(Journal&& other) noexcept
    : file_(std::move(other.file_)),
      owner_(std::move(other.owner_)),
      generation_(other.generation_),
      fd_(std::exchange(other.fd_, -1)),
      size_(other.size_),
      end_(other.end_),
      is_used_(other.is_used_),
      identity_(other.identity_),
      trouble_(std::move(other.trouble_)),
      found_(std::move(other.found_)) {}

Journal::~Journal() {
  if (fd_ >= 0) close(fd_);
}

/// Leaves fd_ at -1 when there is no file (no trouble), or when it cannot be used (trouble).
void Journal::open_file(int flags) {
  fd_ = ::open(file_.c_str(), flags | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
  struct stat status{};
  if (fd_ >= 0 && fstat(fd_, &status) == 0 && S_ISREG(status.st_mode)) {
    size_ = static_cast<std::size_t>(status.st_size);
    identity_ = {status.st_dev, status.st_ino};
    return;
  }
  if (fd_ < 0 && errno == ENOENT) return;
  trouble_ = fd_ < 0 ? fmt::format("{}: cannot be opened: {}", file_.string(), words(errno))
                     : fmt::format("{}: is not a plain file", file_.string());
  if (fd_ >= 0) close(std::exchange(fd_, -1));
}

std::optional<StoreError> Journal::take_over() {
  if (size_ > 64 * kJournalBytes) {
    return put_aside({JournalFault::Kind::not_a_journal, "it is far too large"});
  }
  const auto bytes = read_all(fd_, size_);
  if (!bytes) {
    return system_error(file_, "cannot be read", bytes.error(),
                        "look at the disk; or move the file aside to begin without what is in it");
  }
  auto contents = parse_journal(std::as_bytes(std::span(*bytes)), generation_);
  if (!contents) return put_aside(contents.error());
  if (contents->owner != owner_) {
    // The database it belongs to is gone, so what it holds can be brought nowhere.
    if (contents->batches.empty()) {
      unlink(file_.c_str());
    } else if (rename(file_.c_str(), free_name(file_, "aside").c_str()) != 0) {
      return system_error(file_, "belongs to another database and cannot be put aside", errno,
                          "move it away");
    }
    close(std::exchange(fd_, -1));
    return std::nullopt;
  }
  found_ = std::move(contents->batches);
  is_used_ = !found_.empty();
  end_ = contents->end;
  return std::nullopt;
}

std::optional<StoreError> Journal::put_aside(const JournalFault& fault) {
  if (fault.kind == JournalFault::Kind::newer) {
    return StoreError{StoreError::Kind::too_new, file_.string() + ": " + fault.what,
                      "use the newer takt that wrote it, or the database that it belongs to; or "
                      "move the file aside to begin without what is in it"};
  }
  const path kept = free_name(file_, "corrupt");
  if (rename(file_.c_str(), kept.c_str()) != 0) {
    return system_error(file_, "is broken and cannot be put aside", errno, "move it away");
  }
  return StoreError{
      StoreError::Kind::corrupt,
      fmt::format("{}: {}; it is kept as {}", file_.string(), fault.what, kept.filename().string()),
      "ends and starts of the last minutes before takt stopped may be missing from "
      "the database. Start again to go on without them"};
}

/// A new journal in the place of the one that is there, if any; on trouble that one stays.
void Journal::make() {
  const path made = file_.string() + ".new";
  const std::size_t size = size_for(folder_of(file_));
  if (size == 0) {
    if (fd_ < 0) trouble_ = fmt::format("{}: no room for a journal", folder_of(file_).string());
    return;
  }
  unlink(made.c_str());
  const int fd = ::open(made.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  int error = fd < 0 ? errno : 0;
  const std::string header = make_header(owner_);
  const std::string zeros(64U << 10U, '\0');
  for (std::size_t at = header.size(); error == 0 && at < size; at += zeros.size()) {
    error = write_all(fd, at, std::string_view(zeros).substr(0, size - at));
  }
  if (error == 0) error = write_all(fd, 0, header);
  if (error == 0 && fsync(fd) != 0) error = errno;
  if (error == 0 && rename(made.c_str(), file_.c_str()) != 0) error = errno;
  if (error == 0) error = sync_folder(folder_of(file_));
  if (fd >= 0) close(fd);
  if (error != 0) {
    unlink(made.c_str());
    if (fd_ < 0) trouble_ = fmt::format("{}: cannot be made: {}", file_.string(), words(error));
    return;
  }
  if (fd_ >= 0) close(std::exchange(fd_, -1));
  end_ = kJournalHeaderBytes;
  open_file(O_RDWR);
}

/// It was made when the disk had less room, or by a takt that made smaller ones.
bool Journal::fits_disk_better() const {
  return size_ < kJournalBytes && size_for(folder_of(file_)) > size_;
}

std::size_t Journal::append(std::span<const core::Batch> batches) {
  if (fd_ < 0 || !trouble_.empty()) return 0;
  std::vector<std::string> encoded;
  std::size_t room = size_ > end_ + kFrameOverhead ? size_ - end_ - kFrameOverhead : 0;
  for (const core::Batch& batch : batches) {
    std::string bytes;
    encode_batch(batch, bytes);
    if (bytes.size() + kBatchOverhead > room) break;
    room -= bytes.size() + kBatchOverhead;
    encoded.push_back(std::move(bytes));
  }
  if (encoded.empty()) return 0;
  trouble_ = out_of_place();
  if (!trouble_.empty()) return 0;
  is_used_ = true;  // also when it fails: what reaches the disk then cannot be known
  const std::string frame = make_frame(owner_, generation_, end_, encoded);
  if (!write_synced(end_, frame)) return 0;
  end_ += frame.size();
  return encoded.size();
}

bool Journal::write_synced(std::size_t offset, const std::string& bytes) {
  int error = write_all(fd_, offset, bytes);
  if (error == 0 && fdatasync(fd_) != 0) error = errno;
  if (error == 0) return true;
  trouble_ = fmt::format("{}: cannot be written: {}", file_.string(), words(error));
  return false;
}

/// A file that has lost its name is found by nobody after a crash.
std::string Journal::out_of_place() const {
  const auto found = identify(file_);
  if (!found) return found.error().what;
  if (*found == identity_) return {};
  return file_.string() + ": was deleted, moved or replaced while in use";
}

void Journal::begin(std::int64_t generation) {
  generation_ = generation;
  end_ = kJournalHeaderBytes;
  is_used_ = false;
  if (fd_ >= 0 && trouble_.empty()) return;
  // A descriptor that failed is not trusted again; and where there was no journal there may be one.
  trouble_.clear();
  if (fd_ >= 0) close(std::exchange(fd_, -1));
  const FileIdentity before = identity_;
  open_file(O_RDWR);
  if (fd_ < 0 && trouble_.empty()) {
    make();
  } else if (fd_ >= 0 && identity_ != before) {
    trouble_ = file_.string() + ": was replaced by another file";
    identity_ = before;
    close(std::exchange(fd_, -1));
  }
}

core::JournalUse Journal::use() const {
  if (fd_ < 0 || (!trouble_.empty() && !is_used_)) return {};
  return {static_cast<std::int64_t>(end_ - kJournalHeaderBytes),
          static_cast<std::int64_t>(size_ - kJournalHeaderBytes)};
}

}  // namespace takt::store
