#include "witness/options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>

namespace takt::witness {
namespace {

constexpr std::string_view kAbout =
    R"(takt-witness: a job that says, in a file of its own, when it lived.

It appends `W start RUN ATTEMPT TOKEN PID STARTTIME REALTIME BOOTTIME` as the first thing it does and
`W end ...` as the last, each with one write and synced (times in nanoseconds), so that takt-check can
hold takt's own history against it. Everything else makes it a badly behaved job. It is bounded: none
of its processes outlives --for and --lifetime together, and it never makes more than 20,000.

Durations are written like 250ms, 90s or 1h30m; sizes like 512K, 64M or 2G.)";

constexpr std::string_view kCodes =
    "Exit codes: --exit, or 0; 2 for a usage error; 74 when the diary cannot be written;\n"
    "75 when memory or processes were refused by the system.";

/// "512M" in bytes (1024).
std::optional<std::int64_t> parse_size(std::string_view text) {
  int shift = 0;
  if (!text.empty()) {
    const auto unit = std::string_view("KMG").find(text.back());
    if (unit != std::string_view::npos) {
      shift = 10 * static_cast<int>(unit + 1);
      text.remove_suffix(1);
    }
  }
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc{} && end == text.data() + text.size() && number >= 0;
  if (!whole || number > (std::numeric_limits<std::int64_t>::max() >> shift)) return std::nullopt;
  return number << shift;
}

CLI::Option* add_duration(CLI::App& app, const std::string& name, const std::string& help,
                          const std::function<void(Duration)>& put) {
  return app
      .add_option_function<std::string>(
          name,
          [name, put](const std::string& text) {
            const auto parsed = parse_duration(text);
            if (!parsed) throw CLI::ValidationError(name, text + ": " + parsed.error());
            if (*parsed > kLifetimeMax) throw CLI::ValidationError(name, "is at most 1d");
            put(*parsed);
          },
          help)
      ->type_name("D");
}

void add_size(CLI::App& app, const std::string& name, const std::string& help, std::int64_t& size,
              std::int64_t most) {
  app.add_option_function<std::string>(
         name,
         [name, most, &size](const std::string& text) {
           const auto parsed = parse_size(text);
           if (!parsed) throw CLI::ValidationError(name, "a size is written like 512K, 64M or 2G");
           if (*parsed > most) throw CLI::ValidationError(name, fmt::format("is at most {}", most));
           size = *parsed;
         },
         help)
      ->type_name("SIZE");
}

void add_diary(CLI::App& app, Options& options, std::string& folder, bool& unwitnessed) {
  app.add_option("--file", options.diary, "the diary")->type_name("F");
  app.add_option("--dir", folder, "the diary is DIR/JOB.witness, by TAKT_JOB")->type_name("DIR");
  app.add_flag("--unwitnessed", unwitnessed, "write no diary");
  app.add_flag("--look-back", options.look_back,
               "before the start, say `W alive` of the diary's last attempt when it still lives");
  add_duration(app, "--mark-every", "say `W alive` of itself this often",
               [&](Duration every) { options.mark_every = every; });
}

void add_work(CLI::App& app, Options& options) {
  add_duration(app, "--for", "live this long (default 0s)",
               [&](Duration d) { options.length = d; });
  add_duration(app, "--lifetime",
               "beyond --for, the most that any process of it may live (default 1m)",
               [&](Duration d) { options.lifetime = d; });
  app.add_option("--exit", options.exit_code, "exit with this code")->check(CLI::Range(0, 255));
  app.add_option("--signal", options.signal, "after the end line, die by this signal")
      ->check(CLI::Range(1, 64));
  add_size(app, "--memory", "allocate and touch this much first, and keep it", options.memory_bytes,
           kMemoryMax);
  app.add_option("--say", options.say, "print this line once everything is set up");
  add_duration(app, "--beat", "beat this often, to the descriptor in TAKT_FD",
               [&](Duration every) { options.beat_every = every; });
  app.add_flag("--ignore-term", options.ignore_term, "ignore SIGTERM");
  app.add_flag("--close-stdout", options.close_stdout, "close stdout and stderr at once");
  app.add_option("--list-fds", options.fds_file,
                 "write the numbers of the open descriptors to F (- for stdout), one a line")
      ->type_name("F");
  app.add_option("--env", options.env_file, "write the environment to F (- for stdout)")
      ->type_name("F");
}

void add_output(CLI::App& app, Output& output, std::string& stream) {
  add_size(app, "--output", "write this many bytes of numbered lines", output.bytes, kMemoryMax);
  add_size(app, "--rate", "at most this many bytes a second", output.bytes_per_second, kMemoryMax);
  app.add_option("--to", stream, "the output's stream: stdout (default) or stderr")
      ->check(CLI::IsMember({"stdout", "stderr"}))
      ->type_name("STREAM");
  app.add_flag("--binary", output.binary, "the output is every byte value in turn");
  app.add_flag("--no-newline", output.no_newline, "the output is one line without an end");
}

void add_processes(CLI::App& app, Options& options) {
  app.add_option("--fork", options.forks, "make N children that end at once, and collect them")
      ->check(CLI::Range(0, kProcessesMax));
  app.add_option("--fork-stay", options.staying, "make N children that outlive the main process")
      ->check(CLI::Range(0, kStayingMax));
  app.add_option("--spawn-orphans", options.orphans,
                 "make N grandchildren that end at once, after their parent")
      ->check(CLI::Range(0, kProcessesMax));
  app.add_option("--fork-bomb", options.bomb,
                 "keep N processes alive, each replaced when it dies (20,000 births in all); they "
                 "ignore SIGTERM and some leave the session")
      ->check(CLI::Range(0, kStayingMax));
  app.add_flag("--daemonize", options.daemonize,
               "leave a process behind by double fork and setsid, without the pipes");
  app.add_flag("--daemonize-clean", options.daemonize_clean,
               "the same, and its environment is wiped");
  add_duration(app, "--hold-stdout", "leave a child behind that keeps the pipes open this long",
               [&](Duration d) { options.hold_stdout = d; });
}

}  // namespace

std::expected<Options, Refusal> parse_options(const std::vector<std::string>& words,
                                              const std::string& job) {
  Options options;
  std::string folder;
  std::string stream = "stdout";
  bool unwitnessed = false;
  CLI::App app{std::string(kAbout), "takt-witness"};
  app.footer(std::string(kCodes));
  app.get_formatter()->column_width(28);
  add_diary(app, options, folder, unwitnessed);
  add_work(app, options);
  add_output(app, options.output, stream);
  add_processes(app, options);
  try {
    app.parse(std::vector<std::string>(words.rbegin(), words.rend()));
  } catch (const CLI::CallForHelp&) {
    return std::unexpected(Refusal{app.help(), 0});
  } catch (const CLI::Error& error) {
    return std::unexpected(Refusal{fmt::format("takt-witness: {}\n", error.what())});
  }
  const int diaries = (options.diary ? 1 : 0) + (folder.empty() ? 0 : 1) + (unwitnessed ? 1 : 0);
  if (diaries != 1) {
    return std::unexpected(
        Refusal{"takt-witness: say where the diary is with one of --file F and --dir DIR, or say "
                "--unwitnessed; --help tells more\n"});
  }
  if (!folder.empty()) {
    if (job.empty()) {
      return std::unexpected(Refusal{
          "takt-witness: --dir needs TAKT_JOB, which takt gives to its jobs; use --file\n"});
    }
    options.diary = folder + "/" + job + ".witness";
  }
  options.output.to_stderr = stream == "stderr";
  return options;
}

}  // namespace takt::witness
