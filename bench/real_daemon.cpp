#include "real_daemon.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>
#include <sstream>
#include <thread>

#include "bare.h"
#include "base/time.h"

namespace takt::bench {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::minutes kPatience{1};
constexpr uid_t kNobody = 65534;

exec::Descriptor listen_on(const std::filesystem::path& path) {
  exec::Descriptor socket{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    give_up("no socket to be told on");
  }
  return socket;
}

/// Number of the line "KEY: number ..." of a /proc file.
std::int64_t number_after(const std::string& text, const std::string& key) {
  const auto at = text.find(key);
  return at == std::string::npos ? 0 : std::atoll(text.c_str() + at + key.size());
}

std::string read_file(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

}  // namespace

ScratchFolder::ScratchFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "takt-bench-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) give_up("no scratch folder");
  path_ = name;
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;  // what is left over lies in the temporary folder
  std::filesystem::remove_all(path_, ignored);
}

RealDaemon::RealDaemon(const std::string& fleet) {
  const auto file = folder_.path() / "fleet.toml";
  std::ofstream(file) << fleet;
  std::filesystem::permissions(file, std::filesystem::perms{0600});
  notify_ = listen_on(folder_.path() / "notify");
}

RealDaemon::~RealDaemon() {
  if (pid_ > 0) kill();
}

void RealDaemon::as_nobody() {
  as_nobody_ = true;
  for (const char* name : {"", "fleet.toml", "notify"}) {
    const auto path = folder_.path() / name;
    if (::chown(path.c_str(), kNobody, kNobody) != 0) give_up("cannot give files to nobody");
  }
}

RealDaemon::Seconds RealDaemon::up() {
  const std::string program = sibling("takt").string();
  const std::string file = (folder_.path() / "fleet.toml").string();
  const std::string notify = (folder_.path() / "notify").string();
  const std::string output = (folder_.path() / "up.out").string();
  const auto begun = Clock::now();
  pid_ = ::fork();
  if (pid_ == 0) {
    ::setenv("NOTIFY_SOCKET", notify.c_str(), 1);
    if (as_nobody_ && (::setgid(kNobody) != 0 || ::setuid(kNobody) != 0)) ::_exit(126);
    const int out = ::open(output.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    ::dup2(out, 1);
    ::dup2(out, 2);
    ::execl(program.c_str(), "takt", "up", "-f", file.c_str(), nullptr);
    ::_exit(127);
  }
  std::array<char, 256> said{};
  while (true) {
    pollfd polled{notify_.get(), POLLIN, 0};
    const auto patience = std::chrono::milliseconds(kPatience).count();
    if (::poll(&polled, 1, static_cast<int>(patience)) <= 0) give_up(read_file(output));
    const auto got = ::recv(notify_.get(), said.data(), said.size(), 0);
    if (got > 0 && std::string_view(said.data(), static_cast<std::size_t>(got)).contains("READY=1"))
      return Clock::now() - begun;
  }
}

void RealDaemon::down() {
  ::kill(pid_, SIGTERM);
  wait();
}

void RealDaemon::kill() {
  ::kill(pid_, SIGKILL);
  wait();
}

void RealDaemon::wait() {
  ::waitpid(pid_, nullptr, 0);
  pid_ = 0;
}

ProcessUse RealDaemon::use() const {
  const std::filesystem::path row = fmt::format("/proc/{}", pid_);
  const std::string status = read_file(row / "status");
  ProcessUse use;
  use.resident_kib = number_after(status, "VmRSS:");
  use.peak_kib = number_after(status, "VmHWM:");
  use.switches = number_after(status, "\nvoluntary_ctxt_switches:");
  for (const auto& task : std::filesystem::directory_iterator(row / "task")) {
    if (task.path().filename() == std::to_string(pid_)) continue;
    use.switches += number_after(read_file(task.path() / "status"), "\nvoluntary_ctxt_switches:");
  }
  const std::string stat = read_file(row / "stat");
  std::istringstream fields(stat.substr(stat.rfind(')') + 2));
  std::string skipped;
  for (int i = 0; i < 11; ++i) fields >> skipped;
  std::int64_t user = 0;
  std::int64_t system = 0;
  fields >> user >> system;
  use.processor = std::chrono::milliseconds{(user + system) * 1000 / ::sysconf(_SC_CLK_TCK)};
  return use;
}

std::optional<double> RealDaemon::ask(const std::string& sql) const {
  for (const auto& folder : std::filesystem::directory_iterator(folder_.path() / "state")) {
    const auto file = folder.path() / "takt.db";
    if (!std::filesystem::exists(file)) continue;
    sqlite3* opened = nullptr;
    ::sqlite3_open_v2(file.c_str(), &opened, SQLITE_OPEN_READONLY, nullptr);
    const std::unique_ptr<sqlite3, int (*)(sqlite3*)> database(opened, ::sqlite3_close);
    ::sqlite3_busy_timeout(opened, 1000);
    sqlite3_stmt* prepared = nullptr;
    if (::sqlite3_prepare_v2(opened, sql.c_str(), -1, &prepared, nullptr) != SQLITE_OK) {
      give_up(fmt::format("{}: {}", sql, ::sqlite3_errmsg(opened)));
    }
    const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> query(prepared, ::sqlite3_finalize);
    if (::sqlite3_step(prepared) != SQLITE_ROW) return std::nullopt;
    if (::sqlite3_column_type(prepared, 0) == SQLITE_NULL) return std::nullopt;
    return ::sqlite3_column_double(prepared, 0);
  }
  return std::nullopt;
}

void wait_until(const std::function<bool()>& is_true, const std::string& what) {
  const auto begun = Clock::now();
  while (!is_true()) {
    if (Clock::now() - begun > kPatience) give_up("waited in vain for " + what);
    std::this_thread::sleep_for(std::chrono::milliseconds{5});  // the pace of asking
  }
}

std::filesystem::path sibling(const std::string& name) {
  const auto path = std::filesystem::read_symlink("/proc/self/exe").parent_path() / name;
  if (!std::filesystem::exists(path)) give_up(path.string() + " is not built");
  return path;
}

std::chrono::milliseconds length(std::chrono::milliseconds usual) {
  const char* wanted = std::getenv("FOR");
  if (wanted == nullptr || *wanted == '\0') return usual;
  const auto parsed = parse_duration(wanted);
  if (!parsed) give_up("FOR " + parsed.error());
  return *parsed;
}

}  // namespace takt::bench
