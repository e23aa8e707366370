#pragma once
// Console: where a verb's words go. Data to `out`, talk to `err`. In JSON mode `out` gets exactly one
// object (or one a line where a verb streams).

#include <boost/json/object.hpp>
#include <ostream>
#include <string_view>

#include "cli/failure.h"

namespace takt::cli {

struct Console {
  std::ostream& out;
  std::ostream& err;
  bool json = false;
  bool color = false;
  bool out_is_terminal = false;

  /// One object on a line of its own, flushed.
  void print_json(const boost::json::object& object) const;

  /// A remark for the person at the terminal: one line on `err`. Control characters are escaped.
  void talk(std::string_view text) const;

  /// The failure on `err`, and in JSON mode as {"error":{...}} on `out`.
  void report(const Failure& failure) const;
};

enum class ColorMode { automatic, always, never };

/// Whether to colour: `always` and `never` are obeyed; automatic means a terminal, TERM other than
/// "dumb", and no NO_COLOR.
bool wants_color(ColorMode mode, bool out_is_terminal);

}  // namespace takt::cli
