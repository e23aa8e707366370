#pragma once
// Why an attempt could not be started: an errno and words fit for an operator
// ("cwd /srv/x: No such file or directory").

#include <string>

namespace takt::exec {

struct SpawnProblem {
  int error = 0;
  std::string text;
  bool passing =
      false;  // out of processes, descriptors or memory for the moment: worth another try
};

/// "`what`: the errno's words".
SpawnProblem problem_with(std::string what, int error);

}  // namespace takt::exec
