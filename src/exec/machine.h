#pragma once
// What this machine allows takt to do, found out by trying: for `takt doctor`, and for whoever
// wants to know why a lane of exec was chosen.

#include <filesystem>
#include <string>
#include <vector>

namespace takt::exec {

/// One line of the doctor's report.
struct Fact {
  std::string name;  // "cgroup v2"
  bool ok = false;
  std::string value;  // what was found, in words
  std::string lost;   // what is lost without it; empty when ok
};

struct MachineFacts {
  std::vector<Fact> facts;
};

/// Tries everything once; leaves nothing behind. `state_dir` need not exist: its nearest existing
/// parent is measured. Blocking, tens of milliseconds.
MachineFacts probe_machine(const std::filesystem::path& state_dir);

}  // namespace takt::exec
