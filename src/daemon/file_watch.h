#pragma once
// FileWatch: notices that the fleet's files may have changed, by inotify. It sleeps until something
// happens to one of them: the files themselves are watched for writes, their folders only for names
// that come and go (editors write a new file and rename it), so whatever else lies there wakes nobody.
//
//   a file is written to        being written until whoever has it open closes it
//   a name comes or goes        one of the files, or one that a pattern of `include` stands for
//
// It tells that something happened, never what; who is told looks again. Loop's thread only.

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <string>

#include "fleet/load.h"

namespace takt::daemon {

class FileWatch {
 public:
  /// Without inotify (too many instances on this machine) nothing is ever noticed; see trouble().
  FileWatch(boost::asio::io_context& loop, std::function<void()> changed);

  /// Watches these from now on, and nothing else.
  void watch(const fleet::FilesRead& read);

  /// One of the files was written to and is still open for writing.
  bool is_being_written() const { return !being_written_.empty(); }

  /// Why changes go unnoticed, in words; empty: they do not.
  const std::string& trouble() const { return trouble_; }

 private:
  struct Folder {
    std::filesystem::path path;
    std::set<std::string> names;  // of watched files
    std::set<std::string> parts;  // of patterns
  };
  void wait();
  void read_events();
  bool concerns(int descriptor, unsigned mask, const char* name);
  void watch_file(const std::filesystem::path& file);
  int add(const std::filesystem::path& path, unsigned mask);
  void forget(int descriptor);

  boost::asio::posix::stream_descriptor descriptor_;
  std::function<void()> changed_;
  std::map<int, Folder> folders_;
  std::map<int, std::filesystem::path> files_;
  std::set<int> being_written_;
  std::string trouble_;
};

}  // namespace takt::daemon
