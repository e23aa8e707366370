#pragma once
// UnitFile: a unit of systemd: its file and its drop-ins, read as one list of settings.
//
//   [Section]        Key=value          # comment     ; comment
//   Key=a \          goes on in the next line; comments in between are left out
//      b             Key=   takes back what was said before, for keys that add up

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fleet/complaints.h"
#include "fleet/position.h"

namespace takt::imports {

/// A file as it is read: what problems call it, and what is in it.
struct UnitText {
  std::string file;
  std::string text;
};

struct Setting {
  std::string section;
  std::string key;
  std::string value;
  fleet::Position at;
};

struct Unit {
  std::string name;  // with its suffix
  std::vector<Setting> settings;

  /// What is said last; nullptr: nothing.
  const Setting* last(std::string_view section, std::string_view key) const;
  /// All that count, in order: those after the last empty one.
  std::vector<const Setting*> all(std::string_view section, std::string_view key) const;
};

/// The unit and its drop-ins, in this order. What cannot be read is a warning, and is left out.
Unit read_unit(std::string name, std::span<const UnitText> texts, fleet::Complaints& complaints);

/// yes, true, on, 1.
bool is_yes(std::string_view value);

/// The units in what `systemctl cat` prints: texts behind lines like "# /etc/systemd/system/x.timer"
/// or "# /etc/systemd/system/x.timer.d/y.conf", each with the name of its unit.
struct ListedUnit {
  std::string name;
  UnitText text;
};
std::vector<ListedUnit> units_of_listing(std::string_view text);

}  // namespace takt::imports
