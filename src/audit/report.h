#pragma once
// Report: a judgement as a person or a program reads it.

#include <boost/json/object.hpp>
#include <string>

#include "audit/audit.h"

namespace takt::audit {

/// Counts by word, for tables.
struct Tally {
  std::map<std::string, std::int64_t> attempts;  // by outcome; "open"
  std::map<std::string, std::int64_t> slots;     // by disposition(reason); "waiting"
  std::vector<Duration> lateness;                // of scheduled first attempts, sorted
  std::int64_t jobs = 0;
  std::int64_t witnessed = 0;      // jobs
  std::vector<std::string> notes;  // what was not judged, and why
};

Tally tally(const Scene& scene);

std::string text_of(const Judgement& judgement);
boost::json::object json_of(const Judgement& judgement);

}  // namespace takt::audit
