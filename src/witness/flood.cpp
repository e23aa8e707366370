#include "witness/flood.h"

#include <unistd.h>

#include <algorithm>

namespace takt::witness {
namespace {

constexpr std::size_t kPiece = 64UL << 10U;
constexpr std::chrono::milliseconds kPace{20};

}  // namespace

std::string Flood::next_piece() {
  std::string piece = std::move(left_);
  left_.clear();
  while (piece.size() < kPiece) {
    if (output_.binary) {
      piece += static_cast<char>(number_++ % 256);
    } else if (output_.no_newline) {
      piece += static_cast<char>('a' + number_++ % 26);
    } else {
      piece += std::to_string(number_++) + " the quick brown fox\n";
    }
  }
  return piece;
}

std::chrono::nanoseconds Flood::pour(std::chrono::nanoseconds elapsed) {
  std::int64_t due = output_.bytes;
  if (output_.bytes_per_second > 0) {
    const auto paced = std::chrono::duration<double>(elapsed + kPace).count() *
                       static_cast<double>(output_.bytes_per_second);
    if (paced < static_cast<double>(due)) due = static_cast<std::int64_t>(paced);
  }
  const int fd = output_.to_stderr ? STDERR_FILENO : STDOUT_FILENO;
  while (written_ < due) {
    std::string piece = next_piece();
    const auto size =
        std::min<std::int64_t>(static_cast<std::int64_t>(piece.size()), due - written_);
    const ssize_t done = ::write(fd, piece.data(), static_cast<std::size_t>(size));
    if (done < 0) {
      written_ = output_.bytes;
      break;
    }
    written_ += done;
    left_ = piece.substr(static_cast<std::size_t>(done));
  }
  return elapsed + kPace;
}

}  // namespace takt::witness
