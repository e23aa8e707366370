#pragma once
// Writing the log file of one attempt (format: log_format.h): lines with time and stream, a cap on
// the job's bytes, and a disk that may refuse. Nothing here ever fails towards the job: what cannot
// be stored is counted and marked.
//
// The cap counts the bytes of the job, not the times in front of them. Used on the log thread only.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.h"
#include "exec/descriptor.h"
#include "exec/log_format.h"

namespace takt::exec {

class LogFile {
 public:
  /// The file (0600) and its folder (0700, with the ones above it) are made when there is something
  /// to write: a silent attempt has no log. Neither may be a symbolic link; a regular file that is in
  /// the way belonged to a forgotten store and is replaced at once. When it cannot be made, problem()
  /// tells why and all bytes count as lost.
  LogFile(const std::string& path, std::uint64_t max_bytes);

  /// Bytes of one stream, out or err, read at `now`.
  void write(LogStream stream, std::string_view bytes, WallTime now);

  /// The end: unfinished lines, the marks, `unread` bytes that were left in the pipes. The file's
  /// time of modification becomes `now` (fleet time), by which it ages. Nothing is written after
  /// it.
  void finish(std::uint64_t unread, WallTime now);

  /// Everything the job wrote, stored or not.
  std::uint64_t emitted_bytes() const { return emitted_; }
  /// Why bytes were lost; empty when none were.
  const std::string& problem() const { return problem_; }

 private:
  std::string& partial(LogStream stream) { return partial_[static_cast<std::size_t>(stream)]; }
  void make();
  void take(LogStream stream, std::string_view bytes);
  void add(LogStream stream, std::string_view text, bool newline);
  void add_partials();
  void remark(LogStream stream, const std::string& text);
  void store();
  void failed(int error);

  Descriptor file_;
  bool made_ = false;  // or tried to
  std::string path_;
  std::uint64_t max_bytes_;
  std::uint64_t emitted_ = 0;
  std::uint64_t accepted_ = 0;  // within the cap
  std::uint64_t cut_ = 0;
  std::uint64_t lost_ = 0;
  std::uint64_t lost_marked_ = 0;
  std::int64_t offset_ = 0;  // end of what is stored whole
  std::string time_;
  WallTime time_of_{Duration{-1}};
  std::string pending_;                // formatted, not yet written
  std::uint64_t pending_payload_ = 0;  // bytes of the job in it
  std::array<std::string, 2> partial_;
  std::string problem_;
};

}  // namespace takt::exec
