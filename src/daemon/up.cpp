#include "daemon/up.h"

#include <fmt/format.h>
#include <malloc.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <cstdio>
#include <random>
#include <utility>

#include "api/server.h"
#include "base/fleet_tag.h"
#include "base/state_dir.h"
#include "core/coordinator.h"
#include "daemon/console.h"
#include "daemon/fleet_clock.h"
#include "daemon/fleet_daemon.h"
#include "daemon/notify.h"
#include "daemon/own_work.h"
#include "daemon/planning.h"
#include "daemon/reloader.h"
#include "daemon/state_folder.h"
#include "exec/boot.h"
#include "exec/launcher.h"
#include "memory/kernel_meter.h"
#include "notify/payload.h"
#include "notify/sender.h"
#include "probe/runner.h"
#include "store/sqlite_store.h"

namespace takt::daemon {
namespace {

constexpr int kOk = 0;
constexpr int kFailed = 1;
constexpr int kRefused = 6;

void complain(const std::string& what, const std::string& hint) {
  std::fprintf(stderr, "takt: %s\n", what.c_str());
  if (!hint.empty()) std::fprintf(stderr, "      %s\n", hint.c_str());
}

int refuse_store(const ports::StoreError& error) {
  complain(error.what, error.hint);
  using Kind = ports::StoreError::Kind;
  return error.kind == Kind::io ? kFailed : kRefused;
}

std::string random_node_id() {
  std::random_device device;
  return fmt::format("{:08x}{:08x}", device(), device());
}

std::string words_of(const store::Trimmed& trimmed) {
  return fmt::format("{} runs, {} ranges of slots, {} events and {} notices", trimmed.runs,
                     trimmed.slots, trimmed.events, trimmed.notices);
}

/// What builtin jobs ask of the database.
Chores chores_on(store::SqliteStore& store, const std::filesystem::path& database) {
  Chores chores;
  chores.read_living = [database] { return store::read_living(database); };
  chores.retry_store = [&store] { store.retry_now(); };
  chores.sweep_history = [&store](const core::FleetSpec& fleet, Chores::Swept done) {
    store.sweep(store::KeepRules::of(fleet),
                [done = std::move(done)](bool ok, const store::Trimmed& trimmed) {
                  if (ok) return done(words_of(trimmed));
                  done(std::unexpected(std::string{"the database does not take it"}));
                });
  };
  return chores;
}

/// A daemon outlives closed pipes and full quotas; both are errors of a write, not deaths.
void ignore_deadly_signals() {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

/// SIGTERM and SIGINT shut down (twice: at once); SIGHUP reloads.
class Signals {
 public:
  Signals(boost::asio::io_context& io, FleetDaemon& daemon, Reloader& reloader)
      : set_(io, SIGTERM, SIGINT, SIGHUP), daemon_(daemon), reloader_(reloader) {
    wait();
  }

 private:
  void wait() {
    set_.async_wait([this](const boost::system::error_code& error, int signal) {
      if (error) return;
      if (signal == SIGHUP) {
        reloader_.reload({});
      } else {
        notify_stopping();
        daemon_.shut_down();
      }
      wait();
    });
  }

  boost::asio::signal_set set_;
  FleetDaemon& daemon_;
  Reloader& reloader_;
};

/// Everything between a loaded store and the end of the fleet.
class Up {
 public:
  /// The spec of `options` goes to the coordinator: it is the largest thing of a large fleet, and one
  /// is enough.
  Up(UpOptions& options, boost::asio::io_context& io, store::SqliteStore& store,
     const core::Stored& stored)
      : options_(options),
        state_dir_(options.spec.state_dir),
        io_(io),
        clock_(options.speed, stored.fleet ? std::optional{stored.fleet->clock} : std::nullopt),
        console_(stdout, options.color, options.json),
        node_{NodeId{random_node_id()}, getpid(), exec::boot_id()},
        daemon_(io,
                core::Coordinator(std::exchange(options.spec, {}), stored, node_, options.speed,
                                  clock_.now()),
                clock_, store, meter_, database_file(state_dir_), console_),
        probes_(io),
        notifier_(io),
        launcher_(io, daemon_, launcher_options()),
        reloader_(io, daemon_,
                  {.fleet_file = options.fleet_file,
                   .trust_file = options.trust_file,
                   .database = database_file(state_dir_),
                   .read = options.read,
                   .jobs = static_cast<std::size_t>(daemon_.fleet().jobs)}),
        signals_(io, daemon_, reloader_),
        end_(io) {
    daemon_.connect(launcher_);
    daemon_.connect(
        {probes_, notifier_, notify::environment, chores_on(store, database_file(state_dir_))});
    daemon_.connect(reloader_);
    if (options.run_for) daemon_.keep_tally();
  }

  FleetDaemon& daemon() { return daemon_; }

  int run() {
    auto server = api::Server::listen(io_, daemon_, socket_file(state_dir_));
    if (!server) {
      complain(server.error(), "other daemons and `takt doctor` may tell more");
      return kFailed;
    }
    daemon_.on_stopped([&] {
      (*server)->stop();
      // What is posted by now (the answer to `down` among it) still goes out.
      end_.expires_after(std::chrono::milliseconds{50});
      end_.async_wait([this](const boost::system::error_code&) { io_.stop(); });
    });
    if (options_.run_for) {
      end_.expires_after(*options_.run_for);
      end_.async_wait([this](const boost::system::error_code& error) {
        if (!error) daemon_.shut_down();
      });
    }
    const Instant began = clock_.now();
    const auto wall_began = std::chrono::steady_clock::now();
    if (!launcher_.lane_reason().empty()) {
      console_.say(clock_.wall_now(), "processes: " + launcher_.lane_reason());
    }
    if (!reloader_.trouble().empty()) {
      console_.say(
          clock_.wall_now(),
          "changes of the fleet file go unnoticed until `takt reload`: " + reloader_.trouble());
    }
    daemon_.open([this] { ready(); });
    io_.run();
    return conclude(clock_.now() - began, std::chrono::duration_cast<Duration>(
                                              std::chrono::steady_clock::now() - wall_began));
  }

 private:
  exec::LauncherOptions launcher_options() {
    exec::LauncherOptions wanted;
    const std::string tag = fleet_tag(state_dir_);
    wanted.cgroup_name = "takt-" + tag;
    wanted.fleet_tag = tag;
    wanted.node = node_.node;
    wanted.clock = [this] { return clock_.wall_now(); };
    return wanted;
  }

  void ready() {
    // What loading and the first batch took is a multiple of what stays, and is let go of by now.
    malloc_trim(0);
    const core::FleetView fleet = daemon_.fleet();
    const std::string text = fmt::format("{} is up: {} jobs", fleet.name, fleet.jobs);
    notify_ready(text);
    console_.say(clock_.wall_now(), text);
  }

  int conclude(Duration fleet_time, Duration wall_time) {
    if (!daemon_.all_recorded()) {
      complain("the last rows could not be written; what they tell is settled by the next start",
               "see the store_failed event above");
    }
    if (daemon_.some_in_journal_only()) {
      complain("the last rows are in the journal; the next start brings them into the database",
               "see the store_failed event above");
    }
    if (!options_.run_for) return kOk;
    if (!options_.json) std::fputs(daemon_.tally().summary(fleet_time, wall_time).c_str(), stdout);
    const core::FleetView view = daemon_.fleet();
    return daemon_.tally().all_well() && view.ok() && daemon_.all_recorded() ? kOk : kFailed;
  }

  const UpOptions& options_;
  const std::filesystem::path state_dir_;
  boost::asio::io_context& io_;
  FleetClock clock_;
  Console console_;
  core::NodeFacts node_;
  memory::KernelMeter meter_;
  FleetDaemon daemon_;
  probe::Runner probes_;
  notify::Sender notifier_;
  exec::ProcessLauncher launcher_;
  Reloader reloader_;
  Signals signals_;
  boost::asio::steady_timer end_;
};

}  // namespace

int run_up(UpOptions options) {
  ignore_deadly_signals();
  const std::filesystem::path state_dir = options.spec.state_dir;
  auto folder = StateFolder::take(state_dir);
  if (!folder) {
    complain(folder.error().what, folder.error().hint);
    return folder.error().kind == StateFolderError::Kind::in_use ? kRefused : kFailed;
  }

  boost::asio::io_context io;
  StoreRelay relay(io);
  auto store =
      store::SqliteStore::open(database_file(state_dir), options.spec.name, options.speed, relay);
  if (!store) return refuse_store(store.error());
  auto stored = (*store)->load();
  if (!stored) return refuse_store(stored.error());

  if (const auto trouble = settle_offsets(options.spec, database_file(state_dir), Keep::yes)) {
    complain("planned offsets are not kept: " + trouble->what, trouble->hint);
  }
  auto rules = store::KeepRules::of(options.spec);  // of which `up` leaves nothing behind
  Up up(options, io, **store, *stored);
  *stored = {};  // the coordinator has taken what it needs
  relay.connect(up.daemon());
  (*store)->retain(std::move(rules));
  up.daemon().on_reloaded(
      [&store](const core::FleetSpec& fleet) { (*store)->retain(store::KeepRules::of(fleet)); });
  const int code = up.run();
  store->reset();  // before `up` goes: its last words go to the relay's listener
  return code;
}

}  // namespace takt::daemon
