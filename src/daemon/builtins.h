#pragma once
// Builtins: the work of jobs that takt does itself. To the coordinator each is an attempt like any other: it
// is told of the start and of the end, and can be killed; but no process stands behind it.
//
//   health          probes measured, all at once ─▶ HealthMeasured ─▶ Mend ─▶ Mended ─▶ EndBuiltin ─▶ ended
//   watchdog        the store's rows read ─▶ RowsSwept ─▶ EndBuiltin ─▶ ended
//   journal_replay  the store told to try again ─▶ it is back, or not within kReplayPatience ─▶ ended
//   retention       history and logs deleted that are not kept ─▶ ended
//
// What each did stands in the attempt's log. A measurement that cannot be had is Unknown, never an end;
// exit code 1 means that the work itself could not be done. Loop's thread; files are read and written on a
// thread of its own.

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/effect.h"
#include "core/event.h"
#include "daemon/chores.h"
#include "daemon/own_programs.h"
#include "net/worker_pool.h"
#include "ports/probe_runner.h"

namespace takt::daemon {

class Builtins {
 public:
  static constexpr std::chrono::seconds kReplayPatience{5};

  using Tell = std::function<void(core::Event)>;
  /// What is asked of the daemon around it; loop's thread.
  struct Facts {
    std::function<WallTime()> now;  // fleet time
    std::function<const core::FleetSpec&()> fleet;
    std::function<Seq()> recorded;
    std::function<bool()> store_ok;
    /// When a file says that it was written, as fleet time: at a speed of 60 a second ago is a minute.
    std::function<WallTime(WallTime)> fleet_time_of;
  };
  Builtins(boost::asio::io_context& io, OwnPrograms& programs, ports::ProbeRunner& probes,
           Chores chores, Facts facts, Tell tell);
  /// Waits for what is being read or written.
  ~Builtins();

  void begin(const core::LaunchAttempt& launch);
  void mend(const core::Mend& mend);
  void end(const core::EndBuiltin& end);
  /// Known tokens alone; their end is told as killed, once nothing that changes anything outside is under
  /// way any more.
  bool kill(Token token);
  /// The store takes rows again.
  void store_is_back();
  /// Nothing more is begun or told.
  void stop();

 private:
  struct Work;
  using WorkPtr = std::shared_ptr<Work>;

  WorkPtr find(Token token) const;
  void measure(const WorkPtr& work);
  void measure_probe(const WorkPtr& work, std::size_t place,
                     std::function<void(core::Measurement)> done);
  void run_probe(const WorkPtr& work, const core::ProbeSpec& probe, const core::CommandProbe& of,
                 std::function<void(core::Measurement)> done);
  void mended(const WorkPtr& work, const core::Mend& mend, bool ok, std::string text);
  void sweep_rows(const WorkPtr& work);
  void replay(const WorkPtr& work);
  void retain(const WorkPtr& work);
  void retain_logs(const WorkPtr& work, const std::expected<std::string, std::string>& rows);
  struct LogFolder;
  std::vector<LogFolder> log_folders() const;
  void mend_by_sql(const WorkPtr& work, const core::Mend& mend, const core::RunSql& sql);
  void mend_by_command(const WorkPtr& work, const core::Mend& mend,
                       const core::RunCommand& command);
  void run_program(const WorkPtr& work, OwnPrograms::Program program, OwnPrograms::Told told);
  void under_way_ended(const WorkPtr& work);
  bool is_over(const WorkPtr& work) const;
  void finish(Token token, int exit_code, std::vector<std::string> lines);
  /// Reads or writes files away from the loop; in its turn where there is no thread to be had.
  template <class Work>
  void work_on_files(Work work) {
    if (!files_.post(work)) boost::asio::post(io_, work);
  }
  void tell_end(Token token, const core::ProcessEnd& end);

  boost::asio::io_context& io_;
  OwnPrograms& programs_;
  ports::ProbeRunner& probes_;
  Chores chores_;
  Facts facts_;
  Tell tell_;
  std::map<Token, WorkPtr> works_;
  bool stopped_ = false;
  net::WorkerPool files_{1};
};

}  // namespace takt::daemon
