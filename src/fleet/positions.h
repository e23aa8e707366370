#pragma once
// Positions: where in the fleet file the jobs and their keys stand, for problems that are found
// after decoding (advice, a look at the machine). A side table, so that core::FleetSpec stays free
// of text; 12 bytes a key that is present. Owned by Loaded; belongs to the spec that was decoded
// with it. The keys of one job stand in one file.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "fleet/outside_places.h"
#include "fleet/position.h"
#include "fleet/source.h"

namespace takt::fleet {

class Positions {
 public:
  /// Knows nothing: every position is line 0.
  Positions() = default;
  explicit Positions(std::shared_ptr<const Source> source) : sources_{std::move(source)} {}

  /// The header [job.NAME], or its key where the job is written in another way.
  Position job(JobIndex job) const;
  /// The value of the job's key, or of the same key in [defaults], or else the job's header.
  Position value(JobIndex job, std::string_view key) const;
  /// The name of the job in its need `which`, counted from 0, its own or that of [defaults].
  Position need(JobIndex job, std::size_t which) const;
  Position default_need(std::size_t which) const;
  /// Whether the job has no key `needs` of its own.
  bool has_default_needs(JobIndex job) const;
  /// The value of `cleanup` in [fleet].
  Position cleanup() const { return cleanup_; }
  /// Of a health check, one of its probes, a contact: by their positions in the spec.
  const CheckPlaces& check(std::size_t which) const;
  const ProbePlaces& probe(std::size_t check, std::size_t which) const;
  const ContactPlaces& contact(std::size_t which) const;
  /// The texts that the positions are in; empty when nothing is known.
  const Sources& sources() const { return sources_; }

  // Filled in by the decoder, jobs in the order of the spec. `key` is an index into job_keys().
  /// The jobs from here on stand in this further file.
  void begin_file(std::shared_ptr<const Source> source);
  void add_default(std::size_t key, Position at);
  void add_job(Position header);
  void add_value(std::size_t key, Position at);
  void add_default_needs(const std::vector<Position>& at);
  /// Of the job that was added last.
  void add_needs(const std::vector<Position>& at);
  void set_cleanup(Position at) { cleanup_ = at; }
  void set_checks(std::vector<CheckPlaces> checks) { checks_ = std::move(checks); }
  void set_contacts(std::vector<ContactPlaces> contacts) { contacts_ = std::move(contacts); }

 private:
  struct Value {
    std::uint32_t key;
    int line;
    int column;
  };
  struct Place {
    int line;
    int column;
  };
  struct OwnNeeds {
    JobIndex job;
    std::size_t first;  // in needs_
  };
  const OwnNeeds* own_needs(JobIndex job) const;

  Sources sources_;
  std::vector<Value> defaults_;
  std::vector<Position> headers_;
  std::vector<std::uint32_t> first_value_;  // of each job, in values_
  std::vector<Value> values_;
  std::vector<Place> default_needs_;
  std::vector<OwnNeeds> own_needs_;  // of jobs that have the key, in order
  std::vector<Place> needs_;
  Position cleanup_;
  std::vector<CheckPlaces> checks_;
  std::vector<ContactPlaces> contacts_;
};

}  // namespace takt::fleet
