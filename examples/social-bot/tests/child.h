#pragma once
// Child: a process that a test started, with its output (both streams) in a pipe. Killed and reaped
// by the destructor at the latest, so that no test leaves one behind.

#include <sys/types.h>

#include <cstdio>
#include <string>
#include <vector>

namespace bot::tests {

struct Ended {
  int exit_code = 0;  // 128 + signal when a signal ended it
  std::string output;
};

class Child {
 public:
  Child(const std::vector<std::string>& argv, const std::string& folder,
        const std::vector<std::string>& environment);
  ~Child();
  Child(Child&& other) noexcept;
  Child& operator=(Child&&) = delete;

  /// Waits for one line of output; "" when the process closed it.
  std::string line();
  void signal(int number) const;
  /// Reads the rest of the output and waits for the end.
  Ended finish();

 private:
  pid_t pid_ = -1;
  std::FILE* output_ = nullptr;
};

}  // namespace bot::tests
