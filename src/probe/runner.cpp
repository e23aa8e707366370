#include "probe/runner.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <utility>

#include "net/worker_pool.h"
#include "probe/limits.h"
#include "probe/measure.h"
#include "probe/sql_database.h"

namespace takt::probe {
namespace {

namespace asio = boost::asio;

/// The timer of the loop's lets whoever measures say better why there is no answer.
constexpr Duration kSlack{250};

}  // namespace

struct Runner::State : std::enable_shared_from_this<Runner::State> {
  State(asio::io_context& loop, RunnerOptions opts)
      : io(loop), options(std::move(opts)), threads(options.threads) {}

  asio::io_context& io;
  RunnerOptions options;
  net::WorkerPool threads;
  std::shared_ptr<net::Cancel> cancel = std::make_shared<net::Cancel>();
  std::size_t under_way = 0;
  bool gone = false;

  /// What is under way, seen from the loop.
  template <class Answer>
  struct Job {
    Job(asio::io_context& io, std::function<void(Answer)> whom)
        : timer(io), done(std::move(whom)), loop_has_work(io.get_executor()) {}
    asio::steady_timer timer;
    std::function<void(Answer)> done;  // empty: answered
    asio::executor_work_guard<asio::io_context::executor_type> loop_has_work;
  };

  template <class Answer>
  void answer(Job<Answer>& job, Answer found) {
    job.timer.cancel();
    job.loop_has_work.reset();
    const auto done = std::exchange(job.done, nullptr);
    if (done && !gone) done(std::move(found));
  }

  /// `work`: on a thread, Limits to Answer. `unknown`: words to Answer.
  template <class Answer, class Work, class Unknown>
  void submit(Duration timeout, Work work, Unknown unknown, std::function<void(Answer)> done) {
    auto job = std::make_shared<Job<Answer>>(io, std::move(done));
    if (under_way >= options.threads + options.waiting_max) {
      asio::post(io, [self = shared_from_this(), job, unknown] {
        self->answer(*job, unknown("too many probes wait"));
      });
      return;
    }
    ++under_way;
    const Limits limits{Limits::Clock::now() + timeout, timeout, cancel};
    job->timer.expires_at(limits.until + kSlack);
    job->timer.async_wait([self = shared_from_this(), job, unknown, limits](const auto& error) {
      if (!error) self->answer(*job, unknown(limits.words()));
    });
    const bool taken = threads.post([self = weak_from_this(), &loop = io, job, limits, unknown,
                                     work = std::move(work)]() mutable {
      Answer found = limits.over() ? unknown(limits.words()) : work(limits);
      asio::post(loop, [self = std::move(self), job = std::move(job), found = std::move(found)] {
        const auto state = self.lock();
        if (!state) return;
        --state->under_way;
        state->answer(*job, found);
      });
    });
    if (taken) return;
    --under_way;
    asio::post(io, [self = shared_from_this(), job, unknown] {
      self->answer(*job, unknown("there is no thread to be had"));
    });
  }
};

Runner::Runner(asio::io_context& io, RunnerOptions options)
    : state_(std::make_shared<State>(io, std::move(options))) {}

Runner::~Runner() {
  state_->gone = true;
  state_->cancel->set();
  state_->threads.join();
}

void Runner::measure(const core::ProbeSpec& probe, const std::string& database, WallTime now,
                     Measured done) {
  state_->submit<core::Measurement>(
      probe.timeout,
      [probe, database, now, ca_file = state_->options.ca_file](const Limits& limits) {
        return measurement_of({probe, database, now, ca_file}, limits);
      },
      [](std::string why) { return core::Measurement{core::Unknown{std::move(why)}}; },
      std::move(done));
}

void Runner::execute(const std::string& statement, const std::string& database, WallTime now,
                     Duration timeout, Executed done) {
  state_->submit<Statement>(
      timeout,
      [statement, database, now](const Limits& limits) {
        auto changed = change(statement, {database, now}, limits);
        return changed ? Statement{true, words_of_rows(*changed)}
                       : Statement{false, std::move(changed.error())};
      },
      [](std::string why) { return Statement{false, std::move(why)}; }, std::move(done));
}

void Runner::cancel() {
  state_->cancel->set();
  state_->cancel = std::make_shared<net::Cancel>();
}

}  // namespace takt::probe
