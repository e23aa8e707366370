#pragma once
// UnitWords: values of a unit taken apart: words with quotes and escapes, specifiers, commands.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace takt::imports {

/// What %i and the like stand for in a unit.
class Specifiers {
 public:
  /// `name` of the unit: "backup.service", "sync@mail.service".
  explicit Specifiers(std::string_view name);

  /// Whether the name is that of a template, which stands for no unit.
  bool is_template() const { return template_; }
  const std::string& instance() const { return instance_; }

  /// The text with %i %I %j %n %N %p %P and %% resolved. Others stay, and are added to `unknown`.
  std::string resolve(std::string_view text, std::vector<std::string>& unknown) const;

 private:
  std::optional<std::string> meaning(char specifier) const;

  std::string name_;
  std::string stem_;
  std::string prefix_;
  std::string instance_;
  bool template_ = false;
};

/// "sync@mail.service" is made of "sync@.service"; empty for all others.
std::string template_of(std::string_view name);

struct UnitWord {
  std::string text;
  bool bare = false;  // without quotes and escapes
};

/// Words between blanks, without their quotes and C escapes. nullopt: a quote is not closed.
std::optional<std::vector<UnitWord>> split_unit_words(std::string_view value);

/// One command of an ExecStart=.
struct ExecCommand {
  std::vector<std::string> argv;
  bool may_fail = false;  // prefix -: its failure does not count
  bool expands = true;    // no prefix ':': $NAME and ${NAME} stand for variables
  std::string prefixes;   // of those that are left: @ + ! |
};

/// The commands of one line, which a bare ';' separates. nullopt: it has none, or an open quote.
std::optional<std::vector<ExecCommand>> read_exec_line(std::string_view value,
                                                       const Specifiers& specifiers,
                                                       std::vector<std::string>& unknown);

/// Whether it takes a shell: a variable is in it, or its failure does not count.
bool needs_shell(const ExecCommand& command);

/// The command as the shell takes it, to the same effect.
std::string shell_line(const ExecCommand& command);

}  // namespace takt::imports
