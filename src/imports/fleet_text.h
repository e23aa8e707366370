#pragma once
// FleetText: the fleet file that an import makes, as text in the order of what it was made from:
//
//   # remarks on the whole
//   [fleet]      timezone
//   [defaults]   what the other scheduler does and takt would not do by itself
//
//   # what stood above the job
//   [job.NAME]
//   key = value  # remark
//   # what has no equal

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "imports/toml_text.h"

namespace takt::imports {

/// key = value, the value in TOML; the remark behind it may be empty.
struct KeyLine {
  std::string key;
  std::string value;
  std::string remark;
};

struct JobText {
  std::string name;
  std::vector<KeyLine> keys;
  Variables env;
  std::vector<std::string> unmatched;  // comments at the end: what has no equal
};

class FleetText {
 public:
  /// Comments in front of everything.
  void introduce(std::string text) { intro_.push_back(std::move(text)); }
  void fleet_key(KeyLine line) { fleet_.push_back(std::move(line)); }
  void default_key(KeyLine line) { defaults_.push_back(std::move(line)); }

  /// A comment, or a blank line, behind what is there.
  void comment(std::string text) { parts_.emplace_back(std::move(text)); }
  void blank() { parts_.emplace_back(Blank{}); }
  void job(JobText job);

  std::size_t job_count() const { return jobs_; }

  /// The whole file. Variables that all jobs have alike are defaults.
  std::string render() const;

 private:
  struct Blank {};
  using Part = std::variant<std::string, Blank, JobText>;

  const Variables* shared_env() const;

  std::vector<std::string> intro_;
  std::vector<KeyLine> fleet_;
  std::vector<KeyLine> defaults_;
  std::vector<Part> parts_;
  std::size_t jobs_ = 0;
};

}  // namespace takt::imports
