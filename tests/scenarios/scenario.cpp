#include "scenarios/scenario.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <vector>

#include "scenarios/fleet_words.h"
#include "scenarios/hand_shell.h"
#include "scenarios/health_steps.h"
#include "scenarios/narrator.h"
#include "scenarios/words.h"

namespace takt::scenarios {
namespace {

std::string all_or_name(const std::string& word) { return word == "all" ? "" : word; }

core::ProcessEnd end_of(const Words& words) {
  core::ProcessEnd end;
  if (const auto code = value_of(words, "exit")) end.exit_code = std::stoi(*code);
  if (const auto signal = value_of(words, "signal")) end.signal = std::stoi(*signal);
  if (const auto number = value_of(words, "errno")) {
    end.spawn_errno = std::stoi(*number);
    end.error = std::string("spawn: ") + std::strerror(*end.spawn_errno);
  }
  if (const auto leaked = value_of(words, "leaked")) end.leaked = std::stoi(*leaked);
  end.out_of_memory = has(words, "oom");
  if (end.out_of_memory) end.signal = 9;
  if (!end.exit_code && !end.signal && !end.spawn_errno && !has(words, "unknown")) {
    throw std::invalid_argument("how does it end? exit=, signal=, errno=, oom or unknown");
  }
  return end;
}

class Player {
 public:
  Player() {
    fleet_.name = "scenario";
    add_life_steps();
    add_process_steps();
    add_request_steps();
    add_store_steps();
    add_memory_steps();
    health_.add_to(steps_);
    add_view_steps();
  }

  /// Plays one step and returns what came of it.
  std::vector<std::string> step(const std::string& line) {
    Words words = words_of(line);
    if (words.front().starts_with('+')) {
      shell().advance(signed_duration(words.front()));
      words.erase(words.begin());
    }
    if (!words.empty()) perform(words);
    return std::exchange(told_, {});
  }

 private:
  void perform(const Words& words) {
    std::string verb = words.front();
    const bool two = words.size() > 1 && steps_.contains(verb + " " + words[1]);
    if (two) verb += " " + words[1];
    const auto found = steps_.find(verb);
    if (found == steps_.end()) throw std::invalid_argument("no such step");
    found->second({words.begin() + (verb.find(' ') == std::string::npos ? 1 : 2), words.end()});
  }

  HandShell& shell() {
    if (!shell_) throw std::logic_error("the fleet has not started");
    return *shell_;
  }

  core::FleetSpec& fleet() { return shell_ ? shell_->spec() : fleet_; }

  void first_start(const Words& words) {
    shell_ = std::make_unique<HandShell>(fleet_, speed_,
                                         [this](WallTime at, const core::Effect& effect) {
                                           health_.note_message(effect);
                                           for (std::string& line : narrator_.tell(at, effect))
                                             told_.push_back(std::move(line));
                                         });
    if (const auto clock = value_of(words, "clock")) {
      const auto at = parse_rfc3339(*clock);
      if (!at) throw std::invalid_argument("a clock says something like 1970-01-01T00:00:00Z");
      shell_->set_clock(*at);
    }
    shell_->start(Duration{0});
  }

  void kill() {
    shell().kill();
    narrator_.forget_all_but(shell().rows());
  }

  /// A pool of that name gets another size; a new one comes last.
  void put_pool(const Words& words) {
    core::PoolSpec pool = pool_of(words);
    auto& pools = fleet().pools;
    const auto old = std::ranges::find(pools, pool.name, &core::PoolSpec::name);
    if (old == pools.end()) {
      pools.push_back(std::move(pool));
    } else {
      *old = std::move(pool);
    }
  }

  /// 1000 MiB in all, of which so many percent are used.
  static core::MemoryReading reading(const Words& words) {
    core::MemoryReading reading;
    reading.total_bytes = 1000LL << 20U;
    reading.available_bytes = reading.total_bytes * (100 - std::stoll(words.at(0))) / 100;
    if (const auto stalled = value_of(words, "stalled")) reading.stalled = std::stod(*stalled);
    return reading;
  }

  void clean(const Words& words) {
    core::CleanedUp cleaned;
    cleaned.action = "cleanup command";
    cleaned.ok = !has(words, "fails");
    cleaned.before = memory_;
    cleaned.after = memory_ = reading(words);
    cleaned.last = !has(words, "more");
    shell().tell(cleaned);
  }

  void remove_job(const std::string& name) {
    std::erase_if(fleet().jobs, [&](const core::JobSpec& job) { return job.name == name; });
  }

  void put_job(const Words& words) {
    core::JobSpec job = job_of(fleet(), words);
    auto& jobs = fleet().jobs;
    const auto old = std::ranges::find(jobs, job.name, &core::JobSpec::name);
    if (old == jobs.end()) {
      jobs.push_back(std::move(job));
    } else {
      *old = std::move(job);
    }
  }

  /// The oldest living attempt that is meant.
  Token living(const Words& words, bool started) {
    const auto run = value_of(words, "run");
    for (const auto& [token, one] : shell().living()) {
      const bool of_job = shell().rows().attempts().at(token).job == words.at(0);
      const bool of_run = !run || std::stoll(*run) == one.launch.run.value;
      if (of_job && of_run && one.started == started) return token;
    }
    throw std::invalid_argument("no such process");
  }

  Token any_living(const Words& words) {
    try {
      return living(words, true);
    } catch (const std::invalid_argument&) {
      return living(words, false);  // could not be spawned, or ended as fast as it began
    }
  }

  Token leftover(const std::string& job) {
    for (const auto& [token, row] : shell().leftovers()) {
      if (row.job == job) return token;
    }
    throw std::invalid_argument("no such leftover");
  }

  RequestId next_request() { return RequestId{++last_request_}; }

  void trigger(const Words& words) {
    core::Trigger trigger{next_request(), words.at(0), {}, has(words, "force")};
    for (const std::string& word : words) {
      const auto equals = word.find('=');
      if (equals == std::string::npos) continue;
      trigger.params.emplace_back(word.substr(0, equals), word.substr(equals + 1));
    }
    shell().tell(trigger);
  }

  void beat(const Words& words) {
    core::BeatHeard heard{next_request(), {}, {}};
    const auto token = value_of(words, "token");
    heard.token = token ? Token{std::stoll(*token)} : any_living(words);
    if (const auto progress = value_of(words, "progress")) {
      heard.beat.progress = core::parse_progress(*progress);
    }
    heard.beat.note = value_of(words, "note");
    shell().tell(heard);
  }

  void pause(const Words& words) {
    core::Pause pause{next_request(), all_or_name(words.at(0)), {}, {}};
    if (const auto lasting = value_of(words, "for")) pause.lasting = signed_duration(*lasting);
    pause.reason = value_of(words, "reason").value_or("");
    shell().tell(pause);
  }

  void show(const std::string& what) {
    const core::Coordinator& daemon = shell().daemon();
    const Instant now = shell().now();
    if (what == "fleet") {
      const core::FleetView view = daemon.fleet_view(now);
      told_.push_back(fmt::format(
          "fleet epoch {}, {}, {}{}", scenario_time(daemon.epoch()),
          daemon.reconciled() ? "reconciled" : "not reconciled", view.ok() ? "ok" : "not ok",
          view.waiting > 0 ? fmt::format(", {} waiting", view.waiting) : ""));
      return;
    }
    const auto view = daemon.job_view(what, now);
    if (!view) throw std::invalid_argument("no such job");
    const core::JobRow& row = shell().rows().jobs().at(what);
    const auto next = [](std::optional<WallTime> at) { return at ? scenario_time(*at) : "none"; };
    told_.push_back(fmt::format("{} is {}{}{}, next {}; stored cursor {}@{}, {} failed in a row",
                                what, word(view->state), view->stuck ? ", stuck" : "",
                                view->overdue ? ", overdue" : "", next(view->next_at),
                                row.next_number, next(row.next_at), view->consecutive_failures));
  }

  void why(const std::string& job) {
    const auto view = shell().daemon().why(job, shell().now());
    if (!view) throw std::invalid_argument("no such job");
    told_.push_back(view->summary);
    for (const core::Gate& gate : view->gates) {
      if (gate.answer == core::GateAnswer::pass) continue;
      told_.push_back(fmt::format("  {} {}: {} of {}; {}", word(gate.gate), word(gate.answer),
                                  gate.value, gate.limit, gate.text));
    }
  }

  void add_life_steps() {
    steps_["fleet"] = [this](const Words& w) { speed_ = read_fleet(fleet(), w); };
    steps_["pool"] = [this](const Words& w) { put_pool(w); };
    steps_["job"] = [this](const Words& w) { put_job(w); };
    steps_["set"] = [this](const Words& w) { read_fleet(fleet(), w); };
    steps_["remove"] = [this](const Words& w) { remove_job(w.at(0)); };
    steps_["start"] = [this](const Words& w) { first_start(w); };
    steps_["kill daemon"] = [this](const Words&) { kill(); };
    steps_["reboot after"] = [this](const Words& w) {
      if (shell().up()) kill();
      shell().reboot();
      shell().start(signed_duration(w.at(0)));
    };
    steps_["restart after"] = [this](const Words& w) {
      if (shell().up()) kill();
      shell().start(signed_duration(w.at(0)));
    };
    steps_["stall"] = [this](const Words& w) { shell().stall(signed_duration(w.at(0))); };
    steps_["oversleep"] = [this](const Words& w) { shell().oversleep(signed_duration(w.at(0))); };
    steps_["step clock"] = [this](const Words& w) {
      shell().tell(core::ClockStepped{signed_duration(w.at(0))});
    };
  }

  void add_process_steps() {
    steps_["started"] = [this](const Words& w) { shell().started(living(w, false)); };
    steps_["deferred"] = [this](const Words& w) {
      shell().tell(
          core::StartDeferred{living(w, false), "clone: Resource temporarily unavailable"});
    };
    steps_["ending"] = [this](const Words& w) {
      shell().tell(core::MainsEnded{{living(w, true)}});
    };
    steps_["ended"] = [this](const Words& w) { shell().ended(any_living(w), end_of(w)); };
    steps_["done"] = [this](const Words& w) {
      const Token token = living(w, false);
      shell().started(token);
      shell().ended(token, end_of(w));
    };
    steps_["beat"] = [this](const Words& w) { beat(w); };
    steps_["line"] = [this](const Words& w) {
      std::string text;
      for (std::size_t i = 1; i < w.size(); ++i) text += (i > 1 ? " " : "") + w[i];
      shell().tell(core::BeatHeard{{}, any_living({w.at(0)}), core::parse_beat(text)});
    };
    steps_["gone"] = [this](const Words& w) { shell().gone(leftover(w.at(0))); };
  }

  void add_request_steps() {
    steps_["trigger"] = [this](const Words& w) { trigger(w); };
    steps_["cancel"] = [this](const Words& w) {
      shell().tell(core::Cancel{next_request(), RunId{std::stoll(w.at(0))}});
    };
    steps_["pause"] = [this](const Words& w) { pause(w); };
    steps_["resume"] = [this](const Words& w) {
      shell().tell(core::Resume{next_request(), all_or_name(w.at(0))});
    };
    steps_["reload"] = [this](const Words&) {
      shell().tell(core::Reload{next_request(), std::make_shared<core::FleetSpec>(fleet())});
    };
    steps_["reload fails"] = [this](const Words& w) {
      shell().tell(core::ReloadFailed{w.empty() ? "a syntax error" : w.front(), {}});
    };
    steps_["drain"] = [this](const Words&) { shell().tell(core::Drain{next_request()}); };
    steps_["shutdown"] = [this](const Words&) { shell().tell(core::ShutDown{next_request()}); };
  }

  void add_store_steps() {
    steps_["hold store"] = [this](const Words&) { shell().hold_store(); };
    steps_["record"] = [this](const Words& w) { shell().record(std::stoul(w.at(0))); };
    steps_["release store"] = [this](const Words&) { shell().release_store(); };
    steps_["store fails"] = [this](const Words& w) {
      shell().fail_store(std::stoul(value_of(w, "journal").value_or("0")));
    };
    steps_["store back"] = [this](const Words&) { shell().bring_store_back(); };
  }

  void add_memory_steps() {
    steps_["memory"] = [this](const Words& w) {
      memory_ = reading(w);
      shell().tell(core::MemoryRead{memory_});
    };
    steps_["cleaned"] = [this](const Words& w) { clean(w); };
  }

  void add_view_steps() {
    steps_["show"] = [this](const Words& w) { show(w.at(0)); };
    steps_["why"] = [this](const Words& w) { why(w.at(0)); };
  }

  core::FleetSpec fleet_;
  double speed_ = 1;
  std::int64_t last_request_ = 0;
  core::MemoryReading memory_;
  Narrator narrator_;
  std::vector<std::string> told_;
  std::unique_ptr<HandShell> shell_;
  std::map<std::string, Step> steps_;
  HealthSteps health_{{.shell = [this]() -> HandShell& { return shell(); },
                       .fleet = [this]() -> core::FleetSpec& { return fleet(); },
                       .living = [this](const Words& words) { return living(words, true); },
                       .next_request = [this] { return next_request(); },
                       .say = [this](std::string text) { told_.push_back(std::move(text)); }}};
};

}  // namespace

std::string play(const std::string& text) {
  Player player;
  std::string played;
  std::istringstream stream{text};
  int number = 0;
  for (std::string line; std::getline(stream, line);) {
    number += 1;
    if (line.starts_with('>')) continue;
    played += line + "\n";
    if (words_of(line).empty() || line.starts_with('#')) continue;
    try {
      for (const std::string& told : player.step(line)) played += "> " + told + "\n";
    } catch (const std::exception& e) {
      throw std::runtime_error(fmt::format("line {}: {}: {}", number, line, e.what()));
    }
  }
  return played;
}

}  // namespace takt::scenarios
