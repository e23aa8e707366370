// decode: the tables at the top of the file, each handed to the part that knows its keys.

#include <fmt/format.h>
#include <malloc.h>

#include <filesystem>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/stable_hash.h"
#include "fleet/checks.h"
#include "fleet/contacts.h"
#include "fleet/description.h"
#include "fleet/job.h"
#include "fleet/load.h"
#include "fleet/memory_table.h"
#include "fleet/names.h"
#include "fleet/needs.h"
#include "fleet/pools.h"
#include "fleet/quote.h"
#include "fleet/syntax.h"
#include "fleet/table_keys.h"
#include "fleet/top_level.h"

namespace takt::fleet {
namespace {

/// From here on the tree of a file is worth giving back to the system at once.
constexpr std::size_t kLargeText = 1 << 20;

std::string folder_of(const std::filesystem::path& path) {
  std::error_code error;
  const auto absolute = std::filesystem::absolute(path, error);
  return absolute_path("/", (error ? path : absolute).parent_path().string());
}

std::string name_of(const std::filesystem::path& path) {
  std::string name = path.filename().string();
  if (name.ends_with(".toml")) name.resize(name.size() - std::string_view{".toml"}.size());
  return as_name(name, "fleet");
}

/// A pattern of `include` and its place.
struct Pattern {
  std::string text;
  Position at;
};

void complain_include(const toml::node& node, Complaints& complaints) {
  complaints.error(position_of(node),
                   fmt::format(R"(include must be a list of paths like ["jobs/*.toml"], not {})",
                               found_in(node)));
}

std::vector<Pattern> decode_include(const toml::node& node, Complaints& complaints) {
  std::vector<Pattern> patterns;
  const auto* list = node.as_array();
  if (list == nullptr) {
    complain_include(node, complaints);
    return patterns;
  }
  for (const toml::node& item : *list) {
    const auto* text = item.as_string();
    if (text == nullptr) {
      complain_include(item, complaints);
    } else if (FileProblem wrong = judge_pattern(text->get()); !wrong.message.empty()) {
      complaints.error(position_of(item),
                       fmt::format("include {} {}", quote_value(text->get()), wrong.message),
                       std::move(wrong.hint));
    } else {
      patterns.push_back({text->get(), position_of(item)});
    }
  }
  return patterns;
}

/// Decodes the fleet file, then what it includes, each tree gone before the next is built.
class FleetDecoder {
 public:
  FleetDecoder(const std::filesystem::path& path, Loaded& loaded, Complaints& complaints)
      : path_(path), loaded_(loaded), complaints_(complaints) {
    draft_.folder = folder_of(path);
    draft_.wall = &wall_;
    draft_.spec.name = name_of(path);
  }

  /// False when it cannot be read as TOML.
  bool decode_main(const Source& source) {
    loaded_.read.content = stable_hash(source.text());
    const auto root = parse_toml(source, complaints_);
    if (!root) return false;
    const TopLevel top = match_tables(*root, complaints_);
    if (top.fleet != nullptr) {
      const auto entries = match_keys(*top.fleet, fleet_keys(), "[fleet]", complaints_);
      decode_entries(entries, fleet_keys(), "", draft_, complaints_);
    }
    if (draft_.spec.state_dir.empty()) {
      draft_.spec.state_dir = absolute_path(draft_.folder, "state/" + draft_.spec.name);
    }
    loaded_.state_dir = draft_.spec.state_dir;
    loaded_.where.set_cleanup(draft_.cleanup_at);
    if (top.memory != nullptr) decode_memory(*top.memory, draft_, complaints_);
    if (top.pool != nullptr) decode_pools(*top.pool, draft_, complaints_);
    if (top.notify != nullptr) decode_contacts(*top.notify, draft_, complaints_);
    if (top.health != nullptr) decode_checks(*top.health, draft_, complaints_);
    loaded_.where.set_checks(std::move(draft_.check_places));
    loaded_.where.set_contacts(std::move(draft_.contact_places));
    defaults_ = empty_job_draft(draft_);
    if (top.defaults != nullptr) {
      decode_defaults(*top.defaults, defaults_, loaded_.where, complaints_);
    }
    if (top.include != nullptr) patterns_ = decode_include(*top.include, complaints_);
    all_known_ = top.include == nullptr;
    if (top.job != nullptr) add_jobs(*top.job);
    return true;
  }

  void decode_included(IncludeReader& includes) {
    all_known_ = true;
    std::vector<Included> all;  // read first: complaints about reading stand in the fleet file
    for (const Pattern& pattern : patterns_) {
      all.push_back(includes.read(pattern.text));
      for (const Included::Wrong& wrong : all.back().wrong) tell(pattern, wrong);
    }
    for (Included& included : all) {
      for (IncludedFile& file : included.files) decode_file(std::exchange(file, {}));
    }
    complaints_.end_files();
  }

  /// What can be said only when the jobs of all files are there.
  void check_whole() {
    check_needs(draft_.spec.jobs, *defaults_.spec.needs, all_known_, loaded_.where, complaints_);
    check_mentions(draft_.mentions, draft_.spec.jobs, all_known_, complaints_);
  }

  core::FleetSpec finish() && {
    if (draft_.spec.jobs.empty()) {
      complaints_.warning({1, 1}, "the fleet has no jobs", R"(add a table like [job.hello])");
    }
    return std::move(draft_.spec);
  }

 private:
  void tell(const Pattern& pattern, const Included::Wrong& wrong) {
    if (wrong.is_error) {
      all_known_ = false;
      complaints_.error(pattern.at, wrong.message, wrong.hint);
    } else {
      complaints_.warning(pattern.at, wrong.message, wrong.hint);
    }
  }

  void decode_file(const IncludedFile& file) {
    const auto source = std::make_shared<const Source>(file.path.string(), file.text);
    loaded_.read.content =
        stable_hash(file.path.string(), static_cast<std::int64_t>(loaded_.read.content));
    loaded_.read.content = stable_hash(file.text, static_cast<std::int64_t>(loaded_.read.content));
    complaints_.begin_file(source);
    loaded_.where.begin_file(source);
    const auto root = parse_toml(*source, complaints_);
    if (!root) {
      all_known_ = false;
      return;
    }
    for (auto&& [key, node] : *root) {
      if (key.str() == "job") {
        if (const auto* jobs = as_table(key, node, complaints_)) add_jobs(*jobs);
      } else if (find_table(key.str()) != nullptr) {
        complaints_.error(
            blamed_position(key, node),
            fmt::format("{} belongs into {}: an included file holds jobs only", key.str(),
                        quote_path(path_.string())),
            key.str() == "include" ? "includes do not nest: name the file there" : "");
      } else {
        complain_unknown(key, node, complaints_);
      }
    }
  }

  void add_jobs(const toml::table& table) {
    auto jobs = decode_jobs(table, defaults_, loaded_.where, complaints_);
    if (patterns_.empty()) {
      draft_.spec.jobs = std::move(jobs);  // the only file: TOML itself forbids a name twice
      return;
    }
    for (core::JobSpec& job : jobs) {
      const auto index = static_cast<JobIndex>(draft_.spec.jobs.size());
      const auto [earlier, is_new] = places_.emplace(job.name, index);
      if (!is_new) blame_twin(job.name, earlier->second, index);
      draft_.spec.jobs.push_back(std::move(job));
    }
  }

  void blame_twin(const std::string& name, JobIndex earlier, JobIndex later) {
    const Position at = loaded_.where.job(earlier);
    const auto& source = loaded_.where.sources()[static_cast<std::size_t>(at.file)];
    complaints_.error(loaded_.where.job(later),
                      fmt::format("the job {} is there twice: also at {}:{}:{}", quote_name(name),
                                  escape(source->file(), kPathColumns), at.line, at.column),
                      "names are unique over all files; rename one of the two");
  }

  const std::filesystem::path& path_;
  Loaded& loaded_;
  Complaints& complaints_;
  WallParts wall_;
  FleetDraft draft_;
  JobDraft defaults_;
  std::vector<Pattern> patterns_;
  bool all_known_ = true;  // the jobs of all files: none of them is unreadable
  std::unordered_map<std::string, JobIndex> places_;  // of jobs, where there are several files
};

}  // namespace

Loaded decode(std::string_view text, const std::filesystem::path& path, IncludeReader* includes) {
  auto source = std::make_shared<const Source>(path.string(), text);
  Loaded loaded;
  loaded.where = Positions{source};
  Complaints complaints{Sources{source}};
  {
    FleetDecoder decoder{path, loaded, complaints};
    if (decoder.decode_main(*source)) {
      if (includes != nullptr) decoder.decode_included(*includes);
      decoder.check_whole();
      if (!complaints.has_errors()) loaded.spec = std::move(decoder).finish();
    }
  }
  loaded.problems = complaints.take();
  if (text.size() > kLargeText) malloc_trim(0);
  return loaded;
}

}  // namespace takt::fleet
