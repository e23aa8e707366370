// takt-check: the black-box checker. Everything is in the library takt_audit.

#include <iostream>
#include <string>
#include <vector>

#include "audit/command.h"

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + (argc > 0 ? 1 : 0), argv + argc);
  std::ios::sync_with_stdio(false);
  return takt::audit::run(words, std::cout, std::cerr);
}
