#include "audit/command.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <boost/json/serialize.hpp>
#include <cstdlib>
#include <filesystem>

#include "audit/audit.h"
#include "audit/report.h"
#include "fleet/load.h"

namespace takt::audit {
namespace {

enum : int {
  kFine = 0,
  kFound = 1,
  kUsage = 2,
  kBadFile = 3,
  kNotThere = 4,
  kNoHistory = 5,
  kRefused = 6
};

constexpr const char* kAbout =
    R"(takt-check: judges a fleet from outside.

It reads the fleet's database (beside a daemon or without one, and changes nothing), the files that
its jobs wrote with takt-witness, and the process table, and holds them against each other.

  LOST       a slot that nothing became of, or whose reason for not running does not hold
  EXTRA      something ran, or was decided, that no slot or request asked for; or it ran twice
  OVERLAP    more of one job alive at once than it allows
  GHOST      a witness line, or a living process, without its row
  LIE        a row that says what did not happen: ok without the job's own end, ...
  ORPHAN     a process that outlived the recorded end of its attempt
  FENCE      a token given out twice, or backwards
  EARLY      a start before its slot
  RETRY      an attempt that the retry law does not allow
  HEARTBEAT  a stored fact that is not the fold of the history
  INTEGRITY  a database that contradicts itself

Jobs that wrote no witness lines are judged by their rows alone.)";

constexpr const char* kCodes =
    "Exit codes: 0 no verdict; 1 some; 2 usage; 3 the fleet file is invalid; 4 a witness file is "
    "not\n"
    "there; 5 no history; 6 the database is refused.";

struct Words {
  std::string file;
  std::vector<std::string> witnesses;
  std::string until;
  bool running = false;
  bool stopped = false;
  bool json = false;
  bool trust_file = false;
  bool no_processes = false;
  int findings = 10;
};

void declare(CLI::App& app, Words& words) {
  app.add_option("-f,--file", words.file, "the fleet file; default ./fleet.toml, then $TAKT_FLEET")
      ->type_name("FILE");
  app.add_option("-w,--witness", words.witnesses,
                 "witness files, or folders of *.witness; may be repeated")
      ->type_name("PATH")
      ->allow_extra_args(true);
  app.add_option("--until", words.until, "judge slots up to this instant (RFC 3339)")
      ->type_name("T");
  auto* running = app.add_flag("--running", words.running,
                               "a daemon runs, and must have decided all that is due by now");
  app.add_flag("--stopped", words.stopped, "none runs (default: as the lock of the state_dir says)")
      ->excludes(running);
  app.add_option("-n,--findings", words.findings, "show at most N of each verdict (default 10)")
      ->type_name("N")
      ->check(CLI::Range(0, 1'000'000));
  app.add_flag("--no-processes", words.no_processes, "do not look at the process table");
  app.add_flag("--trust-file", words.trust_file, "judge by a fleet file that others may write");
  app.add_flag("--json", words.json, "print one JSON object");
}

std::filesystem::path fleet_file(const Words& words) {
  std::error_code error;
  if (!words.file.empty()) return words.file;
  const char* named = std::getenv("TAKT_FLEET");
  if (!std::filesystem::exists("fleet.toml", error) && named != nullptr) return named;
  return "fleet.toml";
}

int refuse(const Words& words, std::ostream& out, std::ostream& err, int code,
           const std::string& what, const std::string& hint) {
  if (words.json) {
    const boost::json::object error{{"what", what}, {"where", "takt-check"}, {"hint", hint}};
    out << boost::json::serialize(boost::json::object{{"error", error}}) << "\n";
  }
  err << "takt-check: " << what << "\n";
  if (!hint.empty()) err << "  " << hint << "\n";
  return code;
}

int code_of(Failure::Kind kind) {
  switch (kind) {
    case Failure::Kind::no_history:
      return kNoHistory;
    case Failure::Kind::no_witness:
      return kNotThere;
    case Failure::Kind::refused:
      return kRefused;
  }
  return kRefused;
}

int carry_out(const Words& words, std::ostream& out, std::ostream& err) {
  Request request;
  if (!words.until.empty()) {
    request.until = parse_rfc3339(words.until);
    if (!request.until) {
      return refuse(words, out, err, kUsage, "--until " + words.until + " is no RFC 3339 time",
                    "write it like 2026-03-01T12:00:00Z");
    }
  }
  const auto file = fleet_file(words);
  auto loaded = fleet::load(file, {.trust_file = words.trust_file});
  if (!loaded.spec) {
    std::string problems;
    for (const auto& problem : loaded.problems) problems += fleet::render(problem);
    err << problems;
    return refuse(words, out, err, kBadFile, file.string() + " is no valid fleet file",
                  "`takt check` says the same");
  }
  request.spec = std::move(*loaded.spec);
  for (const auto& path : words.witnesses) request.witnesses.emplace_back(path);
  if (words.running || words.stopped) request.running = words.running;
  request.look_at_processes = !words.no_processes;
  request.findings_kept = words.findings;
  const auto judgement = judge(request);
  if (!judgement) {
    const Failure& failure = judgement.error();
    return refuse(words, out, err, code_of(failure.kind), failure.what, failure.hint);
  }
  if (words.json) {
    out << boost::json::serialize(json_of(*judgement)) << "\n";
  } else {
    out << text_of(*judgement);
  }
  return judgement->findings.total() == 0 ? kFine : kFound;
}

}  // namespace

int run(const std::vector<std::string>& arguments, std::ostream& out, std::ostream& err) {
  Words words;
  CLI::App app{kAbout, "takt-check"};
  app.footer(kCodes);
  declare(app, words);
  try {
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::CallForHelp&) {
    out << app.help();
    return kFine;
  } catch (const CLI::Error& error) {
    return refuse(words, out, err, kUsage, error.what(), "takt-check --help tells more");
  }
  return carry_out(words, out, err);
}

}  // namespace takt::audit
