#pragma once
// Command: takt-check's command line, from the words to the exit code.
//
//   0  every verdict is absent          4  a witness file is not there
//   1  some verdict is not              5  there is no history to judge
//   2  usage                            6  the database is refused (too new, in use, of a version)
//   3  the fleet file is invalid

#include <ostream>
#include <string>
#include <vector>

namespace takt::audit {

/// `words` without the program's name.
int run(const std::vector<std::string>& words, std::ostream& out, std::ostream& err);

}  // namespace takt::audit
