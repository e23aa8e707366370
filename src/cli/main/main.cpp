// takt: the program. Everything is in the library takt_cli.

#include <unistd.h>

#include <iostream>
#include <string>
#include <vector>

#include "cli/run.h"

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + (argc > 0 ? 1 : 0), argv + argc);
  std::ios::sync_with_stdio(false);
  takt::cli::Console console{.out = std::cout,
                             .err = std::cerr,
                             .json = false,
                             .color = false,
                             .out_is_terminal = ::isatty(STDOUT_FILENO) == 1};
  return takt::cli::run(words, console);
}
