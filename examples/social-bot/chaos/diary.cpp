#include "chaos/diary.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "desk/failed.h"
#include "desk/site_client.h"

namespace bot::chaos {
namespace {

namespace json = boost::json;

[[noreturn]] void fail(const std::string& path) {
  throw Failed(fmt::format("{}: {}", path, std::strerror(errno)));
}

void append(const std::string& path, const json::object& line) {
  const std::string text = json::serialize(line) + "\n";
  const int file = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
  if (file < 0) fail(path);
  const bool kept = ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
                    ::fdatasync(file) == 0;
  if (!kept) fail(path);
  ::close(file);
}

std::string wall_now() {
  return rfc3339(std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()));
}

/// The file with its first line. Linked into place when whole, so that nobody ever reads half of it;
/// of several who come first, one succeeds.
void begin(const std::string& path, std::uint64_t seed, Time now) {
  const std::string fresh = fmt::format("{}.{}", path, ::getpid());
  append(fresh, {{"at", rfc3339(now)}, {"wall", wall_now()}, {"chaos", "begins"}, {"seed", seed}});
  const bool placed = ::link(fresh.c_str(), path.c_str()) == 0 || errno == EEXIST;
  const int problem = errno;
  ::unlink(fresh.c_str());
  errno = problem;
  if (!placed) fail(path);
}

Time begun(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  boost::system::error_code problem;
  const json::value first = json::parse(line, problem);
  if (problem) throw Failed(fmt::format("{}: the first line is not JSON", path));
  return parse_time(text_of(first, "at"));
}

}  // namespace

std::string rfc3339(Time at) {
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{at - day};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

std::string default_diary() {
  const char* database = std::getenv("CONTENT_DB");
  const std::filesystem::path beside{database == nullptr ? "" : database};
  return beside.parent_path() / "chaos.jsonl";
}

Diary::Diary(std::string path, std::uint64_t seed, Time now) : path_(std::move(path)) {
  if (::access(path_.c_str(), F_OK) != 0) begin(path_, seed, now);
  began_ = begun(path_);
}

void Diary::note(const Told& who, Time at, std::string_view fault, const json::object& more) const {
  json::object line{{"at", rfc3339(at)}, {"wall", wall_now()},     {"job", who.job},
                    {"run", who.run},    {"attempt", who.attempt}, {"fault", fault}};
  for (const auto& member : more) line.insert(member);
  append(path_, line);
}

}  // namespace bot::chaos
