#include "api/history_worker.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <exception>
#include <utility>

namespace takt::api {
namespace {

Response unavailable(const ports::StoreError& error) {
  return bad(Status::unavailable, error.what, "history", error.hint);
}

}  // namespace

/// What lives on the worker's thread. The pool is last, so that it is joined before the rest goes.
struct HistoryWorker::Worker {
  const Backend& backend;
  std::unique_ptr<ports::History> history;
  boost::asio::thread_pool pool{1};

  Response read(const Reading& reading) {
    if (!history) {
      auto opened = backend.open_history();
      if (!opened) return unavailable(opened.error());
      history = std::move(*opened);
    }
    auto answer = reading(*history);
    if (answer) return std::move(*answer);
    history.reset();  // whatever broke it, the next question starts afresh
    return unavailable(answer.error());
  }
};

HistoryWorker::HistoryWorker(boost::asio::io_context& loop, const Backend& backend)
    : loop_(loop), worker_(new Worker{.backend = backend, .history = nullptr}) {}

HistoryWorker::~HistoryWorker() { worker_->pool.join(); }

void HistoryWorker::read(Reading reading, Done done) {
  run([worker = worker_.get(), reading = std::move(reading)] { return worker->read(reading); },
      std::move(done));
}

void HistoryWorker::write(Writing writing, Done done) { run(std::move(writing), std::move(done)); }

void HistoryWorker::run(Writing work, Done done) {
  if (*pending_ >= kPendingMax) {
    done(
        bad(Status::unavailable, "too many questions at once", "history", "ask again in a second"));
    return;
  }
  ++*pending_;
  boost::asio::post(worker_->pool, [&loop = loop_, pending = pending_, work = std::move(work),
                                    done = std::move(done)]() mutable {
    Response answer;
    try {
      answer = work();
    } catch (const std::exception&
                 error) {  // out of memory for a giant list: this answer fails, no more
      answer = bad(Status::failed, error.what(), "history", "ask for less with limit or since_ms");
    }
    boost::asio::post(loop,
                      [pending, answer = std::move(answer), done = std::move(done)]() mutable {
                        --*pending;
                        done(std::move(answer));
                      });
  });
}

}  // namespace takt::api
