#pragma once
// BotFolder: an empty folder in which a test runs the real social-bot, its site and its database.
// Fleet time is what the test says: minutes since 2026-12-01 09:00.

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "child.h"
#include "desk/database.h"

namespace bot::tests {

class BotFolder {
 public:
  BotFolder();
  ~BotFolder();
  BotFolder(const BotFolder&) = delete;
  BotFolder& operator=(const BotFolder&) = delete;

  /// Returns once the site accepts connections.
  void start_site();
  Ended stop_site(int signal);

  Child start(const std::string& job, std::chrono::minutes at) const;
  Ended run(const std::string& job, std::chrono::minutes at) const;
  /// Expects exit 0.
  std::string done(const std::string& job, std::chrono::minutes at) const;

  /// One number out of content.db, or out of the site's own database.
  std::int64_t count(std::string_view sql) const;
  std::int64_t site_count(std::string_view sql) const;
  void change(std::string_view sql) const;

  static Time time(std::chrono::minutes at);
  std::string path(const std::string& name) const { return folder_ / name; }

 private:
  std::filesystem::path folder_;
  std::optional<Child> site_;
};

}  // namespace bot::tests
