#include "exec/leftovers.h"

#include <signal.h>

#include <algorithm>
#include <filesystem>

#include "exec/boot.h"
#include "exec/small_file.h"

namespace takt::exec {
namespace {

constexpr std::chrono::milliseconds kWaitFirst{2};
constexpr std::chrono::milliseconds kWaitMax{100};
constexpr int kUnclearLooksMax = 3;
constexpr int kKernelThreads = 2;  // pid of kthreadd, parent of all kernel threads

}  // namespace

/// One walk over /proc and over the groups' folders.
struct Leftovers::Scene {
  std::vector<ProcessEntry> table;
  std::map<Token, std::vector<int>> tagged;
  std::multimap<Token, std::unique_ptr<CgroupFolder>> groups;
  bool unclear = false;  // some environment could not be read: perhaps in the middle of exec
};

Leftovers::Leftovers(boost::asio::io_context& io, std::string fleet_tag, std::string cgroup_name,
                     std::string cgroup_parent, Gone gone)
    : timer_(io),
      fleet_tag_(std::move(fleet_tag)),
      cgroup_name_(std::move(cgroup_name)),
      cgroup_parent_(std::move(cgroup_parent)),
      gone_(std::move(gone)) {}

void Leftovers::kill(const core::AttemptRow& attempt) {
  open_[attempt.token] = {.process = attempt.process};
  if (!looking_) look_later(std::chrono::milliseconds{0});
}

void Leftovers::look_later(std::chrono::milliseconds after) {
  looking_ = true;
  timer_.expires_after(after);
  timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    const auto self = weak.lock();
    if (error || !self) return;
    self->looking_ = false;
    self->look();
  });
}

void Leftovers::look() {
  const auto self = shared_from_this();  // gone_ may drop the last other owner
  const Scene scene = survey();
  std::vector<std::pair<Token, int>> gone;
  for (auto& [token, open] : open_) {
    const auto& boot = open.process.boot_id;
    const bool other_boot = !boot.empty() && boot != boot_id();
    if (!other_boot && kill_what_lives(token, open, scene)) {
      open.clean_looks = 0;
      continue;
    }
    ++open.clean_looks;
    const bool sure = other_boot || !scene.unclear || open.clean_looks >= kUnclearLooksMax;
    if (sure) gone.emplace_back(token, static_cast<int>(open.killed.size()));
  }
  for (const auto& [token, killed] : gone) open_.erase(token);
  wait_ =
      open_.empty() ? std::chrono::milliseconds{0} : std::clamp(wait_ * 2, kWaitFirst, kWaitMax);
  if (!open_.empty()) look_later(wait_);
  for (const auto& [token, killed] : gone) gone_(token, killed);
}

Leftovers::Scene Leftovers::survey() const {
  Scene scene{.table = read_process_table()};
  for (const ProcessEntry& process : scene.table) {
    if (!process.alive() || process.pid == kKernelThreads || process.parent == kKernelThreads) {
      continue;
    }
    const ProcessTag tag = read_tag(process.pid, fleet_tag_);
    if (tag.token && open_.contains(tag.token)) scene.tagged[tag.token].push_back(process.pid);
    scene.unclear = scene.unclear || tag.kind == ProcessTag::Kind::unclear;
  }
  std::set<std::string> parents;
  if (!cgroup_parent_.empty()) parents.insert(cgroup_parent_);
  for (const auto& [token, open] : open_) {
    const std::filesystem::path folder(open.process.cgroup);
    if (is_of_fleet(folder)) parents.insert(folder.parent_path());
  }
  for (const auto& [token, pids] : scene.tagged) {
    const std::filesystem::path folder(cgroup_folder_of(pids.front()));
    if (is_of_fleet(folder)) parents.insert(folder.parent_path());
  }
  for (const std::string& parent : parents) {
    for (auto& folder : folders_beneath(parent)) {
      const Token token = folder->token();
      if (open_.contains(token)) scene.groups.emplace(token, std::move(folder));
    }
  }
  return scene;
}

/// A row is data: only a folder that can be one of this fleet's is looked into.
bool Leftovers::is_of_fleet(const std::string& folder) const {
  const std::filesystem::path path(folder);
  return path.is_absolute() && !cgroup_name_.empty() &&
         path.parent_path().filename() == cgroup_name_ && path.lexically_normal() == path;
}

/// True when something of the attempt was still alive.
bool Leftovers::kill_what_lives(Token token, Case& open, const Scene& scene) const {
  std::set<int> members;
  bool alive = false;
  const auto [first, last] = scene.groups.equal_range(token);
  for (auto group = first; group != last; ++group) {
    const auto pids = group->second->pids();
    members.insert(pids.begin(), pids.end());
    alive = alive || group->second->populated();
  }
  std::vector<int> roots;
  const auto tagged = scene.tagged.find(token);
  if (tagged != scene.tagged.end()) roots = tagged->second;
  const auto& main = open.process;
  const bool main_lives = main.pid > 0 && std::ranges::any_of(scene.table, [&](const auto& entry) {
                            return entry.pid == main.pid && entry.start_ticks == main.start_ticks;
                          });
  if (main_lives && !main.boot_id.empty()) {
    for (const auto& entry : scene.table) {
      if (entry.pid == main.pid || entry.session == main.pid) roots.push_back(entry.pid);
    }
  }
  const auto living = living_descendants(scene.table, roots);
  for (const ProcessEntry& entry : scene.table) {
    if (members.contains(entry.pid)) open.killed.emplace(entry.pid, entry.start_ticks);
  }
  for (const ProcessEntry& entry : living) open.killed.emplace(entry.pid, entry.start_ticks);
  for (auto group = first; group != last; ++group) {
    if (group->second->populated())
      group->second->kill_all();
    else
      group->second->remove();
  }
  for (const ProcessEntry& entry : living) signal_exactly(entry, {SIGKILL});
  return alive || !living.empty();
}

}  // namespace takt::exec
