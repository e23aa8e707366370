#include "exec/proc_table.h"

#include <dirent.h>
#include <signal.h>
#include <sys/syscall.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "base/cgroup_place.h"
#include "exec/descriptor.h"
#include "exec/small_file.h"

namespace takt::exec {
namespace {

constexpr unsigned kToProcessGroup = 1U << 2U;  // PIDFD_SIGNAL_PROCESS_GROUP, Linux 6.9
constexpr std::size_t kEnvironMax = 8U << 20U;  // above what execve takes by default

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};
using Directory = std::unique_ptr<DIR, CloseDirectory>;

int number_of(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() ? value : 0;
}

/// Calls `visit` with every directory entry that is a number.
template <class Visit>
bool each_number_in(const char* folder, Visit visit) {
  const Directory directory{::opendir(folder)};
  if (!directory) return false;
  while (const dirent* entry = ::readdir(directory.get())) {
    const int number = number_of(entry->d_name);
    if (number > 0) visit(number);
  }
  return true;
}

template <class Visit>
void each_word(std::string_view text, char separator, Visit visit) {
  while (!text.empty()) {
    const auto end = text.find(separator);
    if (end != 0) visit(text.substr(0, end));
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

/// Fields of stat after the name, which may itself hold spaces and parentheses.
std::optional<ProcessEntry> parse_stat(int pid, std::string_view text) {
  const auto name_end = text.rfind(')');
  if (name_end == std::string_view::npos) return std::nullopt;
  ProcessEntry entry{.pid = pid};
  int field = 3;
  each_word(text.substr(name_end + 1), ' ', [&](std::string_view value) {
    if (field == 3) entry.state = value.front();
    if (field == 4) entry.parent = number_of(value);
    if (field == 6) entry.session = number_of(value);
    if (field == 20) entry.threads = number_of(value);
    if (field == 22) {
      std::from_chars(value.data(), value.data() + value.size(), entry.start_ticks);
    }
    ++field;
  });
  if (field <= 22) return std::nullopt;
  return entry;
}

bool kernel_lists_children() {
  static const bool lists = ::access("/proc/thread-self/children", R_OK) == 0;
  return lists;
}

/// The kernel's own lists of children, one a thread. Nothing for a process that is gone.
void add_listed_children(const std::string& process, std::vector<int>& children) {
  const std::string tasks = "/proc/" + process + "/task";
  each_number_in(tasks.c_str(), [&](int thread) {
    const std::string path = tasks + "/" + std::to_string(thread) + "/children";
    const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    std::string text;
    std::array<char, 4096> part;
    for (ssize_t n = 0; file && (n = ::read(file.get(), part.data(), part.size())) > 0;) {
      text.append(part.data(), static_cast<std::size_t>(n));
    }
    each_word(text, ' ', [&](std::string_view word) { children.push_back(number_of(word)); });
  });
}

}  // namespace

std::optional<ProcessEntry> read_process(int pid) {
  std::array<char, 32> path{};
  *std::to_chars(std::copy_n("/proc/", 6, path.data()), path.data() + 20, pid).ptr = '\0';
  return parse_stat(pid, read_small_file(std::string(path.data()) + "/stat", 4096));
}

std::vector<ProcessEntry> read_process_table() {
  std::vector<ProcessEntry> table;
  const int self = ::getpid();
  each_number_in("/proc", [&](int pid) {
    if (pid == self) return;
    if (auto entry = read_process(pid)) table.push_back(*entry);
  });
  return table;
}

std::vector<ProcessEntry> living_descendants(const std::vector<ProcessEntry>& table,
                                             const std::vector<int>& roots) {
  std::multimap<int, const ProcessEntry*> by_parent;
  std::map<int, const ProcessEntry*> by_pid;
  for (const ProcessEntry& entry : table) {
    by_parent.emplace(entry.parent, &entry);
    by_pid.emplace(entry.pid, &entry);
  }
  std::vector<ProcessEntry> living;
  std::set<int> seen;
  std::vector<int> todo = roots;
  while (!todo.empty()) {
    const int pid = todo.back();
    todo.pop_back();
    if (!seen.insert(pid).second) continue;
    const auto entry = by_pid.find(pid);
    if (entry != by_pid.end() && entry->second->alive()) living.push_back(*entry->second);
    const auto [first, last] = by_parent.equal_range(pid);
    for (auto child = first; child != last; ++child) todo.push_back(child->second->pid);
  }
  return living;
}

std::vector<ProcessEntry> living_descendants(const std::vector<int>& roots) {
  if (!kernel_lists_children()) return living_descendants(read_process_table(), roots);
  std::vector<ProcessEntry> living;
  std::set<int> seen;
  std::vector<int> todo = roots;
  while (!todo.empty()) {
    const int pid = todo.back();
    todo.pop_back();
    if (!seen.insert(pid).second) continue;
    const auto entry = read_process(pid);
    if (!entry) continue;
    if (entry->alive()) living.push_back(*entry);
    add_listed_children(std::to_string(pid), todo);
  }
  return living;
}

std::vector<int> children_of_self() {
  std::vector<int> children;
  if (kernel_lists_children()) {
    add_listed_children("self", children);
    return children;
  }
  const int self = ::getpid();
  for (const ProcessEntry& entry : read_process_table()) {
    if (entry.parent == self) children.push_back(entry.pid);
  }
  return children;
}

ProcessTag read_tag(int pid, std::string_view fleet_tag) {
  constexpr std::string_view kToken = "TAKT_TOKEN=";
  constexpr std::string_view kFleet = "TAKT_FLEET_TAG=";
  const std::string text =
      read_small_file("/proc/" + std::to_string(pid) + "/environ", kEnvironMax);
  if (text.empty()) return {};
  ProcessTag tag{.kind = ProcessTag::Kind::untagged};
  each_word(text, '\0', [&](std::string_view entry) {
    if (entry.starts_with(kFleet) && entry.substr(kFleet.size()) == fleet_tag) {
      tag.kind = ProcessTag::Kind::tagged;
    }
    if (entry.starts_with(kToken)) {
      entry.remove_prefix(kToken.size());
      std::from_chars(entry.data(), entry.data() + entry.size(), tag.token.value);
    }
  });
  if (tag.kind == ProcessTag::Kind::untagged) tag.token = {};
  return tag;
}

bool signal_exactly(const ProcessEntry& process, std::initializer_list<int> signals) {
  const Descriptor pidfd{open_pidfd(process.pid)};
  if (!pidfd) return false;
  const auto now = read_process(process.pid);
  if (!now || now->start_ticks != process.start_ticks) return false;
  bool sent = false;
  for (const int signal : signals) sent = signal_pidfd(pidfd.get(), signal) || sent;
  return sent;
}

bool signal_in_cgroup(int pid, std::string_view path, std::initializer_list<int> signals) {
  const Descriptor pidfd{open_pidfd(pid)};
  if (!pidfd) return false;
  const std::string text = read_small_file("/proc/" + std::to_string(pid) + "/cgroup");
  const std::string_view current = cgroup_path(text);
  const bool inside = current == path || (current.starts_with(path) && current[path.size()] == '/');
  if (path.empty() || !inside) return false;
  bool sent = false;
  for (const int signal : signals) sent = signal_pidfd(pidfd.get(), signal) || sent;
  return sent;
}

int open_pidfd(int pid) { return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0U)); }

bool signal_pidfd(int pidfd, int signal) {
  return ::syscall(SYS_pidfd_send_signal, pidfd, signal, nullptr, 0U) == 0;
}

bool kill_group_of(int pidfd) {
  return ::syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, nullptr, kToProcessGroup) == 0;
}

}  // namespace takt::exec
