#pragma once
// JobNames: a valid name for each imported job, from what it runs: the script's or the program's, past
// shells, interpreters and wrappers. The same input gives the same names.
//
//   cd /srv && nice -n 5 ./sync.sh --all     sync
//   python3 /srv/bot/manage.py clean         manage, and where that is taken manage-clean
//   run-parts /etc/cron.daily                cron.daily

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace takt::imports {

/// What a command could be called: the best name first, none of them need be valid or free.
std::vector<std::string> names_of_command(std::string_view command);

class JobNames {
 public:
  /// The first of `wanted` that is free, bent into a valid name; else the first one with a number.
  /// No two calls give the same name.
  std::string take(const std::vector<std::string>& wanted);

 private:
  std::set<std::string, std::less<>> taken_;
};

}  // namespace takt::imports
