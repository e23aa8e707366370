#include "bot_folder.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <stdexcept>

namespace bot::tests {
namespace {

std::filesystem::path fresh_folder() {
  std::string name = std::filesystem::temp_directory_path() / "social-bot-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
  return name;
}

std::string rfc3339(Time at) {
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{at - day};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.000Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

}  // namespace

BotFolder::BotFolder() : folder_(fresh_folder()) {}

BotFolder::~BotFolder() {
  site_.reset();
  std::filesystem::remove_all(folder_);
}

void BotFolder::start_site() {
  site_.emplace(Child({SOCIAL_BOT_PROGRAM, "site"}, folder_, {}));
  const std::string line = site_->line();
  if (!line.starts_with("feed site on ")) throw std::runtime_error("the site said: " + line);
}

Ended BotFolder::stop_site(int signal) {
  site_->signal(signal);
  Ended ended = site_->finish();
  site_.reset();
  return ended;
}

Child BotFolder::start(const std::string& job, std::chrono::minutes at) const {
  return Child({SOCIAL_BOT_PROGRAM, job}, folder_,
               {"TAKT_NOW=" + rfc3339(time(at)), "SITE_WAIT_MS=0"});
}

Ended BotFolder::run(const std::string& job, std::chrono::minutes at) const {
  return start(job, at).finish();
}

std::string BotFolder::done(const std::string& job, std::chrono::minutes at) const {
  const Ended ended = run(job, at);
  EXPECT_EQ(ended.exit_code, 0) << job << ": " << ended.output;
  return ended.output;
}

std::int64_t BotFolder::count(std::string_view sql) const {
  return Database(path("content.db")).number(sql);
}

std::int64_t BotFolder::site_count(std::string_view sql) const {
  return Database(path("site.db")).number(sql);
}

void BotFolder::change(std::string_view sql) const { Database(path("content.db")).run(sql); }

Time BotFolder::time(std::chrono::minutes at) {
  return std::chrono::sys_days{std::chrono::year{2026} / 12 / 1} + 9h + at;
}

}  // namespace bot::tests
