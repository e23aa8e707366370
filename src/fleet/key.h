#pragma once
// Key: one row of the description of the fleet file: name, shape, default, meaning, and the
// function that decodes it. A key whose feature does not exist yet has `supported = false` and no
// function; giving it both is all it takes to turn it on.
//
//   Key<JobDraft> rows  ->  KeyTable<JobDraft>   what the decoder looks names up in
//                       ->  TableInfo            what the schema and the reference walk over

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fleet/shape.h"

namespace takt::fleet {

class Complaints;
struct Item;

/// Keys of one choice exclude each other within a table.
enum class Choice { none, schedule, work, probe, condition, contact };
inline constexpr std::size_t kChoices = 6;

/// Whether a table that has such keys must have one of them. A job may be without a schedule, and have
/// its work from [defaults].
constexpr bool must_be_made(Choice choice) {
  return choice == Choice::probe || choice == Choice::condition || choice == Choice::contact;
}

struct KeyInfo {
  std::string_view name;
  Shape shape;
  std::string_view fallback;  // the default as a person would write it; "none" where there is none
  std::string_view meaning;
  bool supported = true;
  Choice choice = Choice::none;
};

/// A row for tables of `Draft`. `decode` has the shape checked by the readers of read.h, complains
/// or stores into the draft.
template <class Draft>
struct Key : KeyInfo {
  void (*decode)(const Item& item, Draft& draft, Complaints& complaints) = nullptr;
};

/// Rows that belong together, under one heading of the reference.
struct Section {
  std::string_view title;
  std::vector<const KeyInfo*> keys;
};

/// The keys of one table, in the order of the reference, found by name.
class KeyNames {
 public:
  explicit KeyNames(std::vector<Section> sections);

  const std::vector<Section>& sections() const { return sections_; }
  std::span<const std::string_view> names() const { return names_; }
  /// Place of a key among all of this table; nullopt for an unknown name.
  std::optional<std::size_t> find(std::string_view name) const;
  const KeyInfo& at(std::size_t index) const { return *keys_[index]; }

 private:
  std::vector<Section> sections_;
  std::vector<std::string_view> names_;
  std::vector<const KeyInfo*> keys_;
  std::vector<std::size_t> by_name_;
};

/// KeyNames whose rows decode into `Draft`.
template <class Draft>
class KeyTable : public KeyNames {
 public:
  using KeyNames::KeyNames;
  const Key<Draft>& row(std::size_t index) const {
    return static_cast<const Key<Draft>&>(at(index));
  }
};

template <class Draft>
Section section(std::string_view title, std::span<const Key<Draft>> rows) {
  Section result{title, {}};
  for (const Key<Draft>& row : rows) result.keys.push_back(&row);
  return result;
}

}  // namespace takt::fleet
