#pragma once
// KernelFile: one of the kernel's small text files, opened once and read again and again by pread,
// which costs about a third of opening it anew. A file that is not there stays unreadable, and so does
// one whose group has gone.

#include <array>
#include <string>
#include <string_view>

namespace takt::memory {

class KernelFile {
 public:
  /// What is beyond this is not read; memory.stat, the longest of them, has some 2 KiB.
  static constexpr std::size_t kTextMax = 16U << 10U;
  using Buffer = std::array<char, kTextMax>;

  KernelFile() = default;
  /// Opened at the first read.
  explicit KernelFile(std::string path) : path_(std::move(path)) {}
  KernelFile(KernelFile&& other) noexcept;
  KernelFile& operator=(KernelFile&& other) noexcept;
  ~KernelFile();

  /// The text as it is now, in `buffer`; empty when it cannot be read.
  std::string_view read(Buffer& buffer) noexcept;

 private:
  enum class State { unopened, open, missing };
  std::string path_;
  State state_ = State::unopened;
  int fd_ = -1;
};

}  // namespace takt::memory
