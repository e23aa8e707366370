#include "audit/audit.h"

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "audit/judges.h"
#include "audit/processes.h"
#include "base/fleet_tag.h"
#include "base/state_dir.h"
#include "exec/boot.h"

namespace takt::audit {
namespace {

/// Whether a daemon holds the lock of the state_dir.
bool is_daemon_there(const std::filesystem::path& state_dir) {
  const int fd = ::open(lock_file(state_dir).c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0) return false;
  struct flock lock{};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  const bool told = ::fcntl(fd, F_OFD_GETLK, &lock) == 0;
  ::close(fd);
  return told && lock.l_type != F_UNLCK;
}

std::expected<Diaries, Failure> read(const Request& request) {
  auto diaries = read_diaries(request.witnesses);
  if (diaries) return std::move(*diaries);
  return std::unexpected(Failure{Failure::Kind::no_witness, diaries.error(),
                                 "--witness is a witness file, or the folder of them"});
}

Failure failure_of(const ports::StoreError& error) {
  const bool io = error.kind == ports::StoreError::Kind::io;
  return {io ? Failure::Kind::no_history : Failure::Kind::refused, error.what, error.hint};
}

WallTime now() { return std::chrono::floor<Duration>(std::chrono::system_clock::now()); }

/// One look at everything; the scene it made.
using Looked = std::expected<std::unique_ptr<Scene>, Failure>;

Looked look(const Request& request, bool running, Findings& findings) {
  auto early = read(request);
  if (!early) return std::unexpected(early.error());
  const WallTime at = now();
  auto history = store::read_whole_history(database_file(request.spec.state_dir));
  if (!history && history.error().kind == ports::StoreError::Kind::corrupt) {
    findings.add({Verdict::integrity, "", std::nullopt, history.error().what, {}});
    return nullptr;
  }
  if (!history) return std::unexpected(failure_of(history.error()));
  auto late = read(request);
  if (!late) return std::unexpected(late.error());
  return set_scene(
      request.spec, std::move(*history), *early, std::move(*late),
      {.running = running, .now = at, .until = request.until, .boot_id = exec::boot_id()},
      findings);
}

void judge_scene(const Scene& scene, Findings& findings) {
  judge_lines(scene, findings);
  judge_ends(scene, findings);
  judge_overlap(scene, findings);
  judge_ledger(scene, findings);
  judge_reasons(scene, findings);
  judge_starts(scene, findings);
  judge_retries(scene, findings);
  judge_heartbeats(scene, findings);
  judge_tokens(scene, findings);
}

/// Trees that seem to be missing get the time that heartbeats may lag behind.
std::expected<void, Failure> judge_suspects(const Request& request, const Scene& scene,
                                            Findings& findings) {
  const auto suspects = missing_trees(scene);
  if (suspects.empty()) return {};
  std::this_thread::sleep_for(kHeartbeatLag);
  Findings second(0);
  const bool running = is_daemon_there(request.spec.state_dir);
  if (!running) return {};  // it went away meanwhile, and nobody can keep rows true
  const auto later = look(request, running, second);
  if (!later) return std::unexpected(later.error());
  if (*later != nullptr) judge_missing(**later, suspects, findings);
  return {};
}

}  // namespace

std::expected<Judgement, Failure> judge(const Request& request) {
  Judgement judgement{nullptr, Findings(request.findings_kept)};
  const bool running = request.running.value_or(is_daemon_there(request.spec.state_dir));
  auto scene = look(request, running, judgement.findings);
  if (!scene) return std::unexpected(scene.error());
  judgement.scene = std::move(*scene);
  if (judgement.scene == nullptr) return judgement;
  judge_scene(*judgement.scene, judgement.findings);
  if (!request.look_at_processes) return judgement;
  judge_processes(*judgement.scene, fleet_tag(request.spec.state_dir), judgement.findings);
  auto judged = judge_suspects(request, *judgement.scene, judgement.findings);
  if (!judged) return std::unexpected(judged.error());
  return judgement;
}

}  // namespace takt::audit
