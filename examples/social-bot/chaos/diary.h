#pragma once
// Diary: chaos.jsonl, what was broken on purpose, one JSON object a line, beside content.db. A line is
// on the disk before its fault acts, so whatever the fault kills, it is known; the judge (judge.py)
// holds it against takt's history. The first line tells when the chaos began, the origin of the
// calendar:
//
//   {"at":"2026-...Z","wall":"2026-...Z","chaos":"begins","seed":1}
//   {"at":...,"wall":...,"job":"plan","run":7,"attempt":1,"fault":"plan_fails","until":"2026-...Z"}

#include <boost/json/object.hpp>
#include <cstdint>
#include <string>

#include "chaos/told.h"

namespace bot::chaos {

class Diary {
 public:
  /// Opens the file; whoever comes first makes it, with the first line. Throws Failed.
  Diary(std::string path, std::uint64_t seed, Time now);

  /// Fleet time of the first line.
  Time began() const { return began_; }

  /// Appends a line, at once (O_APPEND, one write), and syncs it. `more` follows job, run, attempt
  /// and fault. Throws Failed.
  void note(const Told& who, Time at, std::string_view fault,
            const boost::json::object& more = {}) const;

 private:
  std::string path_;
  Time began_;
};

/// chaos.jsonl beside $CONTENT_DB.
std::string default_diary();

/// "2026-03-08T06:30:00Z".
std::string rfc3339(Time at);

}  // namespace bot::chaos
