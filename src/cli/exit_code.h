#pragma once
// Exit codes of the command line. Scripts rely on the numbers; they are never reused.

namespace takt::cli {

enum class Exit : int {
  ok = 0,
  failed = 1,         // the thing asked for failed: a run, a disk
  usage = 2,          // the command line makes no sense
  bad_file = 3,       // the fleet file is invalid
  not_found = 4,      // no such job or run
  no_daemon = 5,      // none runs, or it is not ready yet
  refused = 6,        // paused, overlap, a gate; another daemon is there
  degraded = 7,       // status, health
  not_permitted = 8,  // the socket or a file is somebody else's
  timeout = 124,
  interrupted = 130
};

}  // namespace takt::cli
