#pragma once
// Problem: one complaint about a fleet file, with its place and a way out. `takt check` prints them
// as
//
//   fleet.toml:7:1: error: unknown key 'evry' in [job.posting]
//   evry = "5m"
//   ^
//     hint: did you mean 'every'?
//
// Problems are plain data; whoever finds them owns them.

#include <string>

namespace takt::fleet {

struct Problem {
  enum class Severity { error, warning } severity = Severity::error;
  std::string file;
  int line = 0;  // from 1; 0: the file as a whole
  int column = 0;
  std::string message;    // one line, quotes of the file in it are cut and escaped
  std::string hint;       // what to do next; may be empty
  std::string line_text;  // the line, a long one cut around the column; may be empty
  int caret = 0;          // column within line_text when that was cut; 0: the same as `column`
};

/// The problem as a compiler would print it; every line ends with a newline. Tabs of the source
/// line are kept so that the caret stays under its column; whatever could drive a terminal is
/// escaped.
std::string render(const Problem& problem);

}  // namespace takt::fleet
