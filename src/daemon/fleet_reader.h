#pragma once
// FleetReader: reads the fleet file away from the loop. A file with 100,000 jobs takes a second, a
// file on a dead mount takes for ever; neither may hold up a start. One look at a time; whoever asks
// while one is under way shares the next, since that one sees what was written in the meantime.
//
//   loop ── look(done) ──▶ worker: load, preflight, plan ── post ──▶ loop: done(look)
//
// Loop's thread, but for the reading itself.

#include <functional>
#include <memory>
#include <vector>

#include <filesystem>

#include "core/spec.h"
#include "fleet/load.h"
#include "fleet/problem.h"

namespace boost::asio {
class io_context;
}

namespace takt::daemon {

/// What was found at one look.
struct FleetLook {
  std::shared_ptr<const core::FleetSpec> fleet;  // with planned offsets; null: it cannot be used
  std::vector<fleet::Problem> problems;          // of the file and of this machine
  fleet::FilesRead read;
};

class FleetReader {
 public:
  using Done = std::function<void(const FleetLook&)>;

  /// `loop` outlives the reader. `file` is absolute. Offsets that were planned are in `database`.
  FleetReader(boost::asio::io_context& loop, std::filesystem::path file, bool trust_file,
              std::filesystem::path database);
  /// Waits for a look that is under way; nobody is told of it.
  ~FleetReader();
  FleetReader(const FleetReader&) = delete;
  FleetReader& operator=(const FleetReader&) = delete;

  /// Looks at the file as it is from now on; `done` is called once, later.
  void look(Done done);

  /// After a large fleet has come or gone: what the heap keeps of it goes back to the system.
  void give_back_memory();

 private:
  struct Worker;
  void begin();
  void tell(const FleetLook& look);

  boost::asio::io_context& loop_;
  std::filesystem::path file_;
  bool trust_file_;
  std::filesystem::path database_;
  bool looking_ = false;
  std::vector<Done> served_;   // by the look under way
  std::vector<Done> waiting_;  // for the next one
  std::unique_ptr<Worker> worker_;
};

}  // namespace takt::daemon
