#pragma once
// Audit: takt-check. Judges a real fleet from outside, by its database, what its jobs wrote down
// themselves, and the process table; it asks no daemon and changes nothing.
//
//   diaries ─▶ history (one snapshot) ─▶ diaries again ─▶ /proc
//
// In this order: a line that was there before the snapshot has its row in it; a row has its lines
// after it; what has ended in it is gone.

#include <expected>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "audit/finding.h"
#include "audit/scene.h"
#include "ports/store.h"

namespace takt::audit {

struct Request {
  core::FleetSpec spec;
  std::vector<std::filesystem::path> witnesses;
  std::optional<bool> running;  // none: as the lock of the state_dir says
  std::optional<WallTime> until;
  bool look_at_processes = true;
  int findings_kept = 10;  // of each verdict
};

struct Judgement {
  std::unique_ptr<Scene> scene;  // null: the database could not be read, and why is a finding
  Findings findings;
};

struct Failure {
  enum class Kind { no_history, no_witness, refused };
  Kind kind;
  std::string what;
  std::string hint;
};

/// Takes as long as reading everything does; two seconds more when a process seems to be missing.
std::expected<Judgement, Failure> judge(const Request& request);

}  // namespace takt::audit
