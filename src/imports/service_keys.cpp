#include "imports/service_keys.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <optional>
#include <string_view>

#include "fleet/quote.h"
#include "fleet/read.h"
#include "imports/time_span.h"
#include "imports/unit_words.h"

namespace takt::imports {
namespace {

constexpr std::string_view kService = "Service";
constexpr std::size_t kVariableBytesMax = 64 * 1024;

/// Read by name, below.
constexpr std::array<std::string_view, 13> kRead{
    "ExecStart", "Type",  "WorkingDirectory", "User",       "Environment",   "EnvironmentFile",
    "Nice",      "UMask", "TimeoutStartSec",  "TimeoutSec", "RuntimeMaxSec", "TimeoutStopSec",
    "MemoryMax"};

struct Hint {
  std::string_view key;
  std::string_view says;
};
/// Why a setting has no equal, or needs none.
constexpr std::array<Hint, 14> kHints{
    {{"ExecCondition", "make it part of the command"},
     {"ExecStartPre", "make it part of the command"},
     {"ExecStartPost", "make it part of the command"},
     {"ExecStopPost", "make it part of the command"},
     {"Restart", "see retries, backoff and retry_on"},
     {"RestartSec", "see retries, backoff and retry_on"},
     {"StandardOutput", "takt keeps the output of every run (takt logs JOB)"},
     {"StandardError", "takt keeps the output of every run (takt logs JOB)"},
     {"SyslogIdentifier", "takt keeps the output of every run (takt logs JOB)"},
     {"Group", "a job has the groups of its user"},
     {"SupplementaryGroups", "a job has the groups of its user"},
     {"KillMode", "takt ends the whole process tree"},
     {"SuccessExitStatus", "0 alone is a success; test for others in the command"},
     {"OnFailure", "takt runs tells of failures"}}};

/// Of [Unit], what says nothing about a job.
constexpr std::array<std::string_view, 5> kSilent{
    "Description", "Documentation", "DefaultDependencies", "SourcePath", "CollectMode"};

bool has_only_digits(std::string_view text, char last) {
  return !text.empty() &&
         std::ranges::all_of(text, [last](char c) { return c >= '0' && c <= last; });
}

class Service {
 public:
  Service(const Unit& unit, JobText& job, fleet::Complaints& complaints)
      : unit_(unit), job_(job), complaints_(complaints), specifiers_(unit.name) {}

  bool read() {
    if (!add_run()) return false;
    add_user();
    add_folder();
    add_environment();
    add_numbers();
    add_times();
    add_rest();
    add_unknown_specifiers();
    return true;
  }

 private:
  const Setting* setting(std::string_view key) const { return unit_.last(kService, key); }
  std::string resolved(std::string_view text) { return specifiers_.resolve(text, unknown_); }
  void key(std::string name, std::string value, std::string remark = {}) {
    job_.keys.push_back({std::move(name), std::move(value), std::move(remark)});
  }
  void remark(std::string text) { job_.unmatched.push_back(std::move(text)); }

  void leave_out(const Setting& one, std::string_view why) {
    complaints_.warning(
        one.at, fmt::format("not imported: {}={} {}", one.key, fleet::quote_value(one.value), why));
    remark(fmt::format("not imported: {}={} {}", one.key, one.value, why));
  }

  // --- what runs ------------------------------------------------------------------------------

  bool add_run() {
    std::vector<ExecCommand> commands;
    for (const auto* line : unit_.all(kService, "ExecStart")) {
      auto some = read_exec_line(line->value, specifiers_, unknown_);
      if (!some) {
        leave_out(*line, "is no command");
        continue;
      }
      commands.insert(commands.end(), some->begin(), some->end());
    }
    if (commands.empty()) return false;
    const auto run = run_of(commands);
    if (run.size() >= fleet::kArgumentBytesMax) {
      complaints_.warning({}, fmt::format("{}: the command is too long", unit_.name),
                          "put it into a script");
      return false;
    }
    key("run", run);
    for (const auto& command : commands) {
      if (!command.prefixes.empty()) {
        remark(fmt::format("the {} in front of {} has no equal", command.prefixes,
                           command.argv.front()));
      }
    }
    return true;
  }

  static std::string run_of(const std::vector<ExecCommand>& commands) {
    if (commands.size() == 1) {
      const auto& only = commands.front();
      return needs_shell(only) ? toml_string(shell_line(only)) : toml_list(only.argv);
    }
    std::string text;
    for (const auto& command : commands) {
      if (!text.empty()) text += " && ";
      text +=
          command.may_fail ? fmt::format("{{ {}; }}", shell_line(command)) : shell_line(command);
    }
    return toml_string(text);
  }

  // --- who, where, with what --------------------------------------------------------------------

  void add_user() {
    const auto* user = setting("User");
    if (user == nullptr) return;
    const auto name = resolved(user->value);
    const bool plain = std::ranges::all_of(name, [](char c) { return c > ' ' && c < 0x7F; });
    if (!plain || name.size() > 64 || name.find_first_of(":/%") != std::string::npos) {
      return leave_out(*user, "is no user name");
    }
    key("user", toml_string(name));
  }

  void add_folder() {
    const auto* folder = setting("WorkingDirectory");
    if (folder == nullptr) return;
    auto path = resolved(folder->value);
    const bool optional = path.starts_with('-');
    if (optional) path.erase(0, 1);
    if (!path.starts_with('/') || path.size() > 4000) {
      return remark(fmt::format("WorkingDirectory={}: set cwd to that folder", folder->value));
    }
    key("cwd", toml_string(path), optional ? "takt disables the job while it is missing" : "");
  }

  void add_environment() {
    std::size_t bytes = 0;
    for (const auto* line : unit_.all(kService, "Environment")) {
      const auto words = split_unit_words(line->value);
      if (!words) {
        leave_out(*line, "has a quote that is not closed");
        continue;
      }
      for (const auto& word : *words) {
        const auto text = resolved(word.text);
        const auto equals = std::min(text.find('='), text.size());
        const auto name = text.substr(0, equals);
        bytes += text.size();
        if (equals == text.size() || !is_variable(name) || bytes > kVariableBytesMax) {
          leave_out(*line,
                    fmt::format("sets {}, which a job cannot have", fleet::quote_name(name)));
          continue;
        }
        set_variable(job_.env, name, text.substr(equals + 1));
      }
    }
    add_environment_file();
  }

  void add_environment_file() {
    bool taken = false;
    for (const auto* line : unit_.all(kService, "EnvironmentFile")) {
      auto path = resolved(line->value);
      const bool optional = path.starts_with('-');
      if (optional) path.erase(0, 1);
      if (taken || !path.starts_with('/') || path.size() > 4000) {
        remark(fmt::format("EnvironmentFile={}: a job has one env_file, of an absolute path",
                           line->value));
        continue;
      }
      taken = true;
      key("env_file", toml_string(path),
          optional ? "must be there, and of mode 0600" : "must be of mode 0600");
    }
  }

  void add_numbers() {
    if (const auto* nice = setting("Nice")) {
      int value = 99;
      const auto& text = nice->value;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
      const bool whole = error == std::errc{} && end == text.data() + text.size();
      if (!whole || value < -20 || value > 19) {
        leave_out(*nice, "is no niceness");
      } else {
        key("nice", std::to_string(value));
      }
    }
    if (const auto* mask = setting("UMask")) {
      if (has_only_digits(mask->value, '7') && mask->value.size() <= 4 &&
          (mask->value.size() < 4 || mask->value.front() == '0')) {
        key("umask", toml_string(mask->value));
      } else {
        leave_out(*mask, "is no mask");
      }
    }
    if (const auto* memory = setting("MemoryMax")) {
      if (memory->value != "infinity") add_memory(*memory);
    }
  }

  void add_memory(const Setting& memory) {
    std::string_view digits = memory.value;
    const bool unit = std::string_view{"KMGT"}.find(digits.back()) != std::string_view::npos;
    if (unit) digits.remove_suffix(1);
    // Far beyond any machine, and within what a fleet file takes.
    const std::size_t most = unit ? 6 : 15;
    if (!has_only_digits(digits, '9') || digits.front() == '0' || digits.size() > most) {
      return remark(
          fmt::format("MemoryMax={}: memory_max takes a size like \"512M\"", memory.value));
    }
    key("memory_max", unit ? toml_string(memory.value) : memory.value);
  }

  // --- how long -------------------------------------------------------------------------------

  void add_limit(const Setting* one, std::string name) {
    if (one == nullptr) return;
    const auto span = parse_time_span(one->value);
    if (!span) return leave_out(*one, "is no time span");
    if (*span <= Duration{0} || *span >= kDurationMax) return;  // no limit
    key(std::move(name), toml_string(format_duration(*span)));
  }

  /// A oneshot service is starting for as long as it runs; all others have started at once.
  void add_times() {
    const auto* type = setting("Type");
    const bool oneshot = type != nullptr && type->value == "oneshot";
    const auto* both = setting("TimeoutSec");
    const auto* start = setting("TimeoutStartSec");
    const auto* runtime = setting("RuntimeMaxSec");
    if (oneshot) {
      add_limit(start != nullptr ? start : both, "timeout");
    } else {
      add_limit(runtime, "timeout");
    }
    const auto* stop = setting("TimeoutStopSec");
    add_limit(stop != nullptr ? stop : both, "kill_grace");
    if (type == nullptr) return;
    for (const auto* foreground : {"oneshot", "simple", "exec", "idle"}) {
      if (type->value == foreground) return;
    }
    remark(
        fmt::format("Type={}: takt waits for the process that it starts, which must not go into "
                    "the background",
                    type->value));
  }

  // --- everything else ----------------------------------------------------------------------------

  void add_rest() {
    for (const auto& one : unit_.settings) {
      const bool read = one.section == kService && std::ranges::find(kRead, one.key) != kRead.end();
      const bool silent =
          one.section == "Unit" && std::ranges::find(kSilent, one.key) != kSilent.end();
      if (read || silent || one.section == "Install" || one.value.empty()) continue;
      if (one.section.starts_with("X-") || one.key.starts_with("X-")) continue;
      const auto hint = std::ranges::find(kHints, one.key, &Hint::key);
      remark(fmt::format("{}={}{}{}", one.key, one.value, hint == kHints.end() ? "" : ": ",
                         hint == kHints.end() ? " has no equal" : hint->says));
    }
  }

  void add_unknown_specifiers() {
    std::ranges::sort(unknown_);
    const auto [first, last] = std::ranges::unique(unknown_);
    unknown_.erase(first, last);
    for (const auto& specifier : unknown_) {
      remark(fmt::format("{} is left as it is: write what it stands for", specifier));
    }
  }

  const Unit& unit_;
  JobText& job_;
  fleet::Complaints& complaints_;
  Specifiers specifiers_;
  std::vector<std::string> unknown_;
};

}  // namespace

bool add_service(const Unit& service, JobText& job, fleet::Complaints& complaints) {
  return Service{service, job, complaints}.read();
}

}  // namespace takt::imports
