#pragma once
// Arguments: what was typed after a verb, by name, and read as the types that verbs need. Whatever
// cannot be read is a usage error (exit 2) that names the option.

#include <cstddef>
#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "cli/failure.h"

namespace takt::cli {

/// How an option is declared by its verb.
struct OptionSpec {
  std::string_view names;  // "--since", "-F,--follow": the long one is its key
  std::string_view value;  // "D": what stands for its value in the help; empty: a flag
  std::string_view help;
  bool many = false;  // may be given several times
};

/// "-F,--follow" is known as "follow".
std::string_view option_key(const OptionSpec& option);

class Arguments {
 public:
  void set(std::string_view key, std::vector<std::string> values);
  void set_positionals(std::vector<std::string> values) { positionals_ = std::move(values); }

  /// JOB, RUN and the like; empty when none was given.
  const std::string& positional(std::size_t place = 0) const;

  bool has(std::string_view key) const { return values_.contains(std::string(key)); }
  /// The value of an option that takes one.
  std::optional<std::string> text(std::string_view key) const;
  /// All values of an option that may be repeated.
  std::vector<std::string> texts(std::string_view key) const;

  // nullopt inside: not given.
  std::expected<std::optional<Duration>, Failure> duration(std::string_view key) const;
  std::expected<std::optional<std::int64_t>, Failure> number(std::string_view key,
                                                             std::int64_t least,
                                                             std::int64_t most) const;
  std::expected<std::optional<double>, Failure> real(std::string_view key) const;

 private:
  std::map<std::string, std::vector<std::string>> values_;
  std::vector<std::string> positionals_;
};

/// "12" as a run; nullopt when it is not a number. Names of jobs have a letter, so nothing is both.
std::optional<RunId> as_run(std::string_view text);

/// "k=v" taken apart at the first '='; the value is literal. nullopt: no '=' or no name.
std::optional<std::pair<std::string, std::string>> as_param(std::string_view text);

}  // namespace takt::cli
