#include "fleet/positions.h"

#include <algorithm>
#include <span>
#include <utility>

#include "fleet/description.h"

namespace takt::fleet {

Position Positions::job(JobIndex job) const {
  return job < headers_.size() ? headers_[job] : Position{};
}

Position Positions::value(JobIndex job, std::string_view key) const {
  const auto index = job_keys().find(key);
  if (!index || job >= headers_.size()) return this->job(job);
  const std::size_t first = first_value_[job];
  const std::size_t last = job + 1 < first_value_.size() ? first_value_[job + 1] : values_.size();
  const auto own = std::span{values_}.subspan(first, last - first);
  for (const Value& value : own) {
    if (value.key == *index) return {value.line, value.column, headers_[job].file};
  }
  for (const Value& value : defaults_) {
    if (value.key == *index) return {value.line, value.column};
  }
  return headers_[job];
}

const Positions::OwnNeeds* Positions::own_needs(JobIndex job) const {
  const auto found = std::ranges::lower_bound(own_needs_, job, {}, &OwnNeeds::job);
  return found == own_needs_.end() || found->job != job ? nullptr : &*found;
}

bool Positions::has_default_needs(JobIndex job) const { return own_needs(job) == nullptr; }

Position Positions::default_need(std::size_t which) const {
  if (which >= default_needs_.size()) return {};
  return {default_needs_[which].line, default_needs_[which].column};
}

Position Positions::need(JobIndex job, std::size_t which) const {
  const OwnNeeds* own = own_needs(job);
  if (own == nullptr) return default_need(which);
  if (own->first + which >= needs_.size()) return this->job(job);
  const Place& place = needs_[own->first + which];
  return {place.line, place.column, headers_[job].file};
}

const CheckPlaces& Positions::check(std::size_t which) const {
  static const CheckPlaces nowhere;
  return which < checks_.size() ? checks_[which] : nowhere;
}

const ProbePlaces& Positions::probe(std::size_t check, std::size_t which) const {
  static const ProbePlaces nowhere;
  const auto& probes = this->check(check).probes;
  return which < probes.size() ? probes[which] : nowhere;
}

const ContactPlaces& Positions::contact(std::size_t which) const {
  static const ContactPlaces nowhere;
  return which < contacts_.size() ? contacts_[which] : nowhere;
}

void Positions::add_default_needs(const std::vector<Position>& at) {
  for (const Position& place : at) default_needs_.push_back({place.line, place.column});
}

void Positions::add_needs(const std::vector<Position>& at) {
  own_needs_.push_back({static_cast<JobIndex>(headers_.size() - 1), needs_.size()});
  for (const Position& place : at) needs_.push_back({place.line, place.column});
}

void Positions::add_default(std::size_t key, Position at) {
  defaults_.push_back({static_cast<std::uint32_t>(key), at.line, at.column});
}

void Positions::begin_file(std::shared_ptr<const Source> source) {
  sources_.push_back(std::move(source));
}

void Positions::add_job(Position header) {
  header.file = static_cast<int>(sources_.size()) - 1;
  headers_.push_back(header);
  first_value_.push_back(static_cast<std::uint32_t>(values_.size()));
}

void Positions::add_value(std::size_t key, Position at) {
  values_.push_back({static_cast<std::uint32_t>(key), at.line, at.column});
}

}  // namespace takt::fleet
