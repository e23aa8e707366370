// takt-witness: the job that says when it lived. Everything is in the library takt_witness.

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "witness/options.h"
#include "witness/work.h"

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + (argc > 0 ? 1 : 0), argv + argc);
  const char* job = std::getenv("TAKT_JOB");
  const auto options = takt::witness::parse_options(words, job == nullptr ? "" : job);
  if (!options) {
    std::fputs(options.error().text.c_str(), options.error().exit_code == 0 ? stdout : stderr);
    return options.error().exit_code;
  }
  return takt::witness::work(*options);
}
