#include "imports/crontab.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>

#include "base/unicode.h"
#include "core/cron.h"
#include "fleet/complaints.h"
#include "fleet/quote.h"
#include "fleet/source.h"
#include "fleet/timezone.h"
#include "imports/crontab_entry.h"
#include "imports/crontab_setting.h"
#include "imports/fleet_text.h"
#include "imports/job_names.h"
#include "imports/line_problem.h"

namespace takt::imports {
namespace {

using fleet::quote_name;

constexpr std::string_view kBlank = " \t";
constexpr std::string_view kShell = "/bin/sh";
// Together well below what a fleet file takes.
constexpr std::size_t kValueMax = 2000;
constexpr std::size_t kVariablesMax = 200;

/// What the settings so far mean for the lines below them.
struct Surroundings {
  Variables env;
  std::string shell{kShell};
  std::optional<std::string> home;
  std::string zone;          // of CRON_TZ; empty: the machine's
  std::string zone_problem;  // why nothing can follow it
  std::string delay;         // of RANDOM_DELAY, as a duration
};

class Importer {
 public:
  Importer(std::string_view text, const CrontabOptions& options)
      : options_(options),
        source_(std::make_shared<const fleet::Source>(options.file, text)),
        complaints_({source_}) {}

  Imported import() {
    open();
    std::string_view rest = source_->text();
    for (number_ = 1; !rest.empty(); ++number_) {
      const auto end = std::min(rest.find('\n'), rest.size());
      take_line(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    if (out_.job_count() == 0) {
      complaints_.warning({1, 1}, "there is no job in it", "is it a crontab?");
    }
    return {out_.render(), out_.job_count(), complaints_.take()};
  }

 private:
  void open() {
    out_.introduce(fmt::format("Made of {} by takt import crontab. Times are those of the crontab.",
                               options_.file));
    out_.fleet_key(
        {"timezone", toml_string(options_.timezone), "cron follows the machine's clock"});
    out_.default_key({"overlap", toml_string("allow"),
                      "as cron does; \"skip\" leaves out a slot while the last run still goes on"});
    out_.default_key({"catchup", toml_string("none"),
                      "as cron does; \"latest\" makes up for what a downtime left out"});
    out_.default_key({"umask", toml_string("022"), "as cron does; takt's own is 077"});
    if (options_.user_field) return;
    if (const auto home = home_of("")) {
      out_.default_key({"cwd", toml_string(*home), "cron runs jobs in the home folder"});
    }
  }

  void take_line(std::string_view line) {
    line_ = line;
    if (line.ends_with('\r')) {
      line.remove_suffix(1);
      if (!told_of_cr_)
        warn(0, "lines end with CR LF; cron would take the CR as part of a command", "");
      told_of_cr_ = true;
    }
    const auto indent = std::min(line.find_first_not_of(kBlank), line.size());
    const auto text = line.substr(indent);
    if (text.empty()) return out_.blank();
    if (const auto bad = unreadable(line)) return leave_out(*bad);
    if (text.starts_with('#')) {
      const bool spaced = text.size() > 1 && (text[1] == ' ');
      return out_.comment(std::string{text.substr(spaced ? 2 : 1)});
    }
    if (const auto setting = read_crontab_setting(text)) return take_setting(*setting, indent);
    auto entry = read_crontab_entry(text, options_.user_field);
    if (!entry) {
      entry.error().offset += indent;
      return leave_out(entry.error());
    }
    take_entry(*entry, text);
  }

  static std::optional<LineProblem> unreadable(std::string_view line) {
    if (const auto nul = line.find('\0'); nul != std::string_view::npos) {
      return LineProblem{nul, "has a NUL character in it", "is the file a crontab?"};
    }
    if (const auto bad = find_invalid_utf8(line)) {
      return LineProblem{*bad, "is not UTF-8, as a fleet file must be", "convert it with iconv"};
    }
    return std::nullopt;
  }

  void warn(std::size_t offset, std::string message, std::string hint) {
    const auto column = count_columns(line_.substr(0, offset)) + 1;
    complaints_.warning({static_cast<int>(number_), static_cast<int>(column)}, std::move(message),
                        std::move(hint));
  }

  void leave_out(const LineProblem& problem) {
    warn(problem.offset, fmt::format("not imported: the line {}", problem.message), problem.hint);
    out_.comment(fmt::format("not imported, line {}: it {}", number_, problem.message));
    constexpr std::size_t kShown = 500;
    out_.comment(
        fmt::format("    {}{}", line_.substr(0, kShown), line_.size() > kShown ? " ..." : ""));
  }

  // --- settings -------------------------------------------------------------------------------

  void no_equal(const CrontabSetting& setting, std::string_view why) {
    out_.comment(fmt::format("{} = {}: {}", setting.name, setting.value, why));
  }

  void take_setting(const CrontabSetting& setting, std::size_t indent) {
    const auto& [name, value] = setting;
    if (name == "SHELL") {
      now_.shell = value.empty() ? kShell : value;
    } else if (name == "CRON_TZ") {
      take_zone(setting, indent);
    } else if (name == "RANDOM_DELAY") {
      take_delay(setting, indent);
    } else if (name == "MAILTO" || name == "MAILFROM") {
      no_equal(setting, "takt mails nothing; it keeps the output of every run (takt logs JOB)");
    } else if (name == "CONTENT_TYPE" || name == "CONTENT_TRANSFER_ENCODING") {
      no_equal(setting, "it is about cron's mail, and takt mails nothing");
    } else if (name == "LOGNAME" || name == "USER") {
      no_equal(setting, "jobs run as the user of takt, or as `user` says");
    } else if (!is_variable(name)) {
      leave_out({indent, fmt::format("sets {}, which is no name of a variable", quote_name(name)),
                 "letters, digits and '_'; names that begin with TAKT_ are takt's own"});
    } else if (value.size() > kValueMax || now_.env.size() >= kVariablesMax) {
      leave_out({indent, "sets more than a job's environment can hold", ""});
    } else {
      if (name == "HOME") now_.home = value;
      set_variable(now_.env, name, value);
    }
  }

  void take_zone(const CrontabSetting& setting, std::size_t indent) {
    now_.zone = setting.value;
    now_.zone_problem.clear();
    if (setting.value.empty()) return;
    const auto& zone = zones_.find(setting.value);
    if (zone) return;
    now_.zone_problem = zone.error().message;
    warn(indent, fmt::format("CRON_TZ: {}", zone.error().message), zone.error().hint);
    no_equal(setting, "there is no such time zone here");
  }

  void take_delay(const CrontabSetting& setting, std::size_t indent) {
    const auto& value = setting.value;
    int minutes = -1;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), minutes);
    if (error != std::errc{} || end != value.data() + value.size() || minutes < 0 ||
        minutes > 100'000) {
      return leave_out({indent, "has a RANDOM_DELAY that is no number of minutes", ""});
    }
    now_.delay = minutes == 0 ? std::string{} : fmt::format("{}m", minutes);
  }

  // --- entries --------------------------------------------------------------------------------

  std::optional<std::string> home_of(std::string_view user) const {
    if (user == "root") return "/root";
    auto home = options_.home_of ? options_.home_of(user) : std::nullopt;
    if (home && !home->starts_with('/')) return std::nullopt;
    return home;
  }

  void take_entry(const CrontabEntry& entry, std::string_view text) {
    if (!now_.zone_problem.empty()) {
      return leave_out({0, "follows a CRON_TZ that is not known here", "see the warning above"});
    }
    JobText job;
    job.name = names_.take(names_of_command(entry.command.text));
    if (const auto never = never_comes(entry.time, job.name)) return leave_out(*never);
    job.keys.push_back({"doc", toml_doc(text), ""});
    job.keys.push_back({"run", run_of(entry.command), ""});
    add_schedule(entry.time, job);
    if (!entry.user.empty()) job.keys.push_back({"user", toml_string(entry.user), ""});
    add_folder(entry.user, job);
    job.env = now_.env;
    for (const auto& remark : entry.time.remarks) job.unmatched.push_back(remark);
    if (entry.silent)
      job.unmatched.emplace_back("the - in front of the line (do not log) has no equal");
    if (entry.user.empty() && entry.command.text.starts_with("root ")) {
      warn(0, "the command begins with 'root'",
           "is it a system crontab, with users? Then say --user-field");
    }
    out_.job(std::move(job));
  }

  /// What H stands for depends on the name, and with it whether its day ever comes.
  static std::optional<LineProblem> never_comes(const CrontabTime& time, std::string_view name) {
    if (time.expression.empty()) return std::nullopt;
    const auto fields = core::parse_cron(time.expression, name);
    if (fields) return std::nullopt;
    return LineProblem{0, fields.error().message, fields.error().hint};
  }

  std::string run_of(const CrontabCommand& command) const {
    const auto text = command_line(command, now_.shell);
    if (now_.shell == kShell) return toml_string(text);
    const std::array argv{now_.shell, std::string{"-c"}, text};
    return toml_list(argv);
  }

  void add_schedule(const CrontabTime& time, JobText& job) {
    if (time.expression.empty()) {
      job.unmatched.emplace_back(
          "@reboot has no equal: by hand (takt trigger), or by what starts takt at boot");
      return;
    }
    const auto interval = options_.plan_offsets ? interval_of(time.expression) : std::string{};
    if (!interval.empty()) {
      job.keys.push_back({"every", toml_string(interval), "at a phase that takt plans"});
    } else {
      job.keys.push_back({"cron", toml_string(time.expression), ""});
      if (!now_.zone.empty()) job.keys.push_back({"timezone", toml_string(now_.zone), ""});
      add_dst(time, job);
    }
    if (!now_.delay.empty()) {
      job.keys.push_back({"jitter", toml_string(now_.delay),
                          "RANDOM_DELAY, drawn once from the job's name instead of at each run"});
    }
  }

  /// Where cron and takt do not agree on what is a time of day that is meant once.
  static void add_dst(const CrontabTime& time, JobText& job) {
    const auto fields = core::parse_cron(time.expression, job.name);
    if (!fields || fields->fixed_time == time.meant_once) return;
    job.keys.push_back({"dst_gap", toml_string(time.meant_once ? "after" : "skip"), ""});
    job.keys.push_back({"dst_overlap", toml_string(time.meant_once ? "first" : "both"), ""});
  }

  void add_folder(const std::string& user, JobText& job) const {
    const auto home = now_.home ? now_.home : user.empty() ? std::nullopt : home_of(user);
    if (home && home->starts_with('/') && home->size() < 4096) {
      job.keys.push_back({"cwd", toml_string(*home), ""});
    } else if (!user.empty() || now_.home) {
      job.unmatched.push_back(
          "cron would run it in the home folder, which is not known here: set cwd");
    }
  }

  const CrontabOptions& options_;
  std::shared_ptr<const fleet::Source> source_;
  fleet::Complaints complaints_;
  FleetText out_;
  JobNames names_;
  Surroundings now_;
  fleet::Zones zones_;
  std::size_t number_ = 0;
  std::string_view line_;
  bool told_of_cr_ = false;
};

}  // namespace

Imported import_crontab(std::string_view text, const CrontabOptions& options) {
  return Importer{text, options}.import();
}

bool has_user_field(std::string_view path) {
  return path == "/etc/crontab" || path.starts_with("/etc/cron.d/");
}

}  // namespace takt::imports
