#include "exec/cgroup.h"

#include <dirent.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <sstream>
#include <system_error>

#include "base/cgroup_place.h"
#include "exec/proc_table.h"
#include "exec/small_file.h"
#include "exec/spawn.h"

namespace takt::exec {
namespace {

constexpr const char* kTokenAttribute = "user.takt.token";
constexpr std::size_t kPoolMax = 64;
constexpr std::size_t kPidListMax = 4U << 20U;

/// Looked for once: the hierarchy does not move under a running daemon.
const std::optional<CgroupMount>& v2_mount() {
  static const std::optional<CgroupMount> mount =
      cgroup_v2_mount(read_small_file("/proc/self/mountinfo", 4U << 20U));
  return mount;
}

std::uint64_t counter(std::string_view text, std::string_view name) {
  std::uint64_t value = 0;
  for (std::size_t at = 0; (at = text.find(name, at)) != std::string_view::npos; ++at) {
    const std::size_t digits = at + name.size() + 1;
    const bool whole =
        (at == 0 || text[at - 1] == '\n') && digits < text.size() && text[digits - 1] == ' ';
    if (whole) std::from_chars(text.data() + digits, text.data() + text.size(), value);
  }
  return value;
}

std::int64_t number_in(std::string_view text) {
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::vector<std::string> names_of_groups(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->is_directory(error)) names.push_back(entry->path().filename());
  }
  return names;
}

/// Memory and pids for the groups beneath `folder`. The kernel refuses where processes live in it.
void ask_for_controllers(const std::string& folder) {
  const Descriptor directory{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  for (const char* controller : {"+memory", "+pids"}) {
    write_small_file_at(directory.get(), "cgroup.subtree_control", controller);
  }
}

/// Has a child born in `group` that fails to become a program, which is all the proof that is
/// needed.
std::string why_no_births(const CgroupFolder& group) {
  const Descriptor nothing{above_standard(Descriptor{::open("/dev/null", O_RDWR | O_CLOEXEC)})};
  SpawnPlan plan{.program = "/proc/self/takt-probe", .argv = {"takt-probe"}, .cwd = "/"};
  for (int& file : plan.files) file = nothing.get();
  plan.cgroup = group.directory();
  Spawner spawner;
  const auto spawned = spawner.spawn(plan);
  if (spawned || !spawned.error().text.starts_with("clone")) return {};
  return spawned.error().text;
}

}  // namespace

std::optional<std::string> own_cgroup_folder() {
  std::string folder = cgroup_folder_of(::getpid());
  return folder.empty() ? std::nullopt : std::optional(std::move(folder));
}

std::string cgroup_folder_of(int pid) {
  const auto& mount = v2_mount();
  const std::string text = read_small_file("/proc/" + std::to_string(pid) + "/cgroup");
  const std::string_view path = cgroup_path(text);
  return mount && !path.empty() ? cgroup_folder(*mount, path) : std::string();
}

std::unique_ptr<CgroupFolder> CgroupFolder::open(std::string folder) {
  Descriptor directory =
      above_standard(Descriptor{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)});
  if (!directory) return nullptr;
  Descriptor events =
      above_standard(Descriptor{::openat(directory.get(), "cgroup.events", O_RDONLY | O_CLOEXEC)});
  if (!events) return nullptr;
  return std::unique_ptr<CgroupFolder>(
      new CgroupFolder(std::move(folder), std::move(directory), std::move(events)));
}

bool CgroupFolder::populated() const {
  std::array<char, 128> text{};
  const ssize_t n = ::pread(events_.get(), text.data(), text.size(), 0);
  return n > 0 && counter({text.data(), static_cast<std::size_t>(n)}, "populated") != 0;
}

std::vector<int> CgroupFolder::pids() const {
  std::vector<int> pids;
  std::istringstream lines(read_small_file_at(directory_.get(), "cgroup.procs", kPidListMax));
  for (int pid = 0; lines >> pid;) {
    if (pid > 0) pids.push_back(pid);
  }
  struct stat facts{};
  if (::fstat(directory_.get(), &facts) != 0 || facts.st_nlink <= 2) return pids;
  for (const auto& below : folders_beneath(folder_)) {
    const auto more = below->pids();
    pids.insert(pids.end(), more.begin(), more.end());
  }
  return pids;
}

bool CgroupFolder::kill_all() const {
  spent_ = true;
  return write_small_file_at(directory_.get(), "cgroup.kill", "1") == 0;
}

void CgroupFolder::terminate() const {
  const auto& mount = v2_mount();
  if (!mount || !folder_.starts_with(mount->point)) return;
  std::string path = folder_.substr(mount->point.size());
  if (mount->root != "/") path.insert(0, mount->root);
  for (const int pid : pids()) signal_in_cgroup(pid, path, {SIGTERM, SIGCONT});
}

std::uint64_t CgroupFolder::oom_kills() const {
  return counter(read_small_file_at(directory_.get(), "memory.events"), "oom_kill");
}

bool CgroupFolder::limit_memory(std::int64_t bytes) const {
  spent_ = true;
  if (write_small_file_at(directory_.get(), "memory.max", std::to_string(bytes)) != 0) return false;
  // Both are comforts that an older kernel may lack: without the first it kills one process of the
  // group, without the second the limit is of memory alone.
  write_small_file_at(directory_.get(), "memory.oom.group", "1");
  write_small_file_at(directory_.get(), "memory.swap.max", "0");
  return true;
}

std::int64_t CgroupFolder::memory_used() const {
  return number_in(read_small_file_at(directory_.get(), "memory.current"));
}

std::int64_t CgroupFolder::memory_peak() const {
  return number_in(read_small_file_at(directory_.get(), "memory.peak"));
}

bool CgroupFolder::has_memory() const {
  return ::faccessat(directory_.get(), "memory.events", R_OK, 0) == 0;
}

Token CgroupFolder::token() const {
  std::array<char, 32> text{};
  const ssize_t n = ::fgetxattr(directory_.get(), kTokenAttribute, text.data(), text.size());
  Token token;
  if (n > 0) std::from_chars(text.data(), text.data() + n, token.value);
  return token;
}

bool CgroupFolder::set_token(Token token) const {
  const std::string text = std::to_string(token.value);
  return ::fsetxattr(directory_.get(), kTokenAttribute, text.data(), text.size(), 0) == 0;
}

bool CgroupFolder::reusable() const {
  if (spent_) return false;
  std::array<char, 128> text{};
  const ssize_t n = ::pread(events_.get(), text.data(), text.size(), 0);
  if (n <= 0) return false;
  const std::string_view events(text.data(), static_cast<std::size_t>(n));
  struct stat facts{};
  return counter(events, "populated") == 0 && counter(events, "frozen") == 0 &&
         ::fstat(directory_.get(), &facts) == 0 && facts.st_nlink == 2;
}

bool CgroupFolder::remove() const {
  if (::rmdir(folder_.c_str()) == 0 || errno == ENOENT) return true;
  for (const auto& below : folders_beneath(folder_)) below->remove();
  return ::rmdir(folder_.c_str()) == 0 || errno == ENOENT;
}

std::vector<std::unique_ptr<CgroupFolder>> folders_beneath(const std::string& parent) {
  std::vector<std::unique_ptr<CgroupFolder>> folders;
  for (const std::string& name : names_of_groups(parent)) {
    if (auto folder = CgroupFolder::open(parent + "/" + name)) folders.push_back(std::move(folder));
  }
  return folders;
}

std::expected<CgroupParent, std::string> CgroupParent::open(const std::string& name,
                                                            const std::string& node,
                                                            bool controllers) {
  const auto own = own_cgroup_folder();
  if (!own) return std::unexpected("cgroup v2 is not mounted");
  const std::string folder = *own + "/" + name;
  if (controllers) ask_for_controllers(*own);
  if (::mkdir(folder.c_str(), 0755) != 0 && errno != EEXIST) {
    return std::unexpected(folder + ": " + std::generic_category().message(errno));
  }
  if (controllers) ask_for_controllers(folder);
  CgroupParent parent(folder, node);
  for (const auto& old : folders_beneath(folder)) old->remove();
  auto probe = parent.make();
  if (!probe) return std::unexpected(folder + ": " + std::generic_category().message(errno));
  std::string why = why_no_births(*probe);
  if (why.empty() && ::faccessat(probe->directory(), "cgroup.kill", W_OK, AT_EACCESS) != 0) {
    why = "cgroup.kill is missing (Linux 5.14 has it)";
  }
  if (why.empty() && !probe->set_token(Token{})) why = "extended attributes are refused";
  parent.has_controllers_ = controllers && probe->has_memory();
  parent.release(std::move(probe));
  if (!why.empty()) return std::unexpected(folder + ": " + why);
  return parent;
}

CgroupParent::~CgroupParent() {
  if (folder_.empty()) return;
  for (const auto& folder : free_) folder->remove();
  for (const auto& folder : to_remove_) folder->remove();
  ::rmdir(folder_.c_str());  // not while an attempt lives in it, which is what is wanted
}

std::unique_ptr<CgroupFolder> CgroupParent::make() {
  std::string folder;
  do {
    folder = folder_ + "/" + node_ + "-" + std::to_string(++made_);
  } while (::mkdir(folder.c_str(), 0755) != 0 && errno == EEXIST);
  return CgroupFolder::open(folder);
}

std::unique_ptr<CgroupFolder> CgroupParent::acquire(Token token) {
  std::unique_ptr<CgroupFolder> folder;
  if (!free_.empty()) {
    folder = std::move(free_.back());
    free_.pop_back();
  } else {
    folder = make();
  }
  if (folder && !folder->set_token(token)) return nullptr;
  return folder;
}

void CgroupParent::release(std::unique_ptr<CgroupFolder> folder) {
  std::erase_if(to_remove_, [](const auto& old) { return old->remove(); });
  if (free_.size() < kPoolMax && folder->reusable() && folder->set_token(Token{})) {
    free_.push_back(std::move(folder));
  } else if (!folder->remove()) {
    to_remove_.push_back(std::move(folder));
  }
}

}  // namespace takt::exec
