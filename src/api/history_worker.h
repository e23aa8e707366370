#pragma once
// HistoryWorker: the API's one thread for what takes long: reading history and writing out large
// answers. The loop hands work in and gets the answer posted back; its queue is bounded, and a full
// one is answered at once.
//
//   loop ── read(work) ──▶ [at most kPendingMax] ──▶ worker: work(history) ── post ──▶ loop:
//   done(answer)

#include <cstddef>
#include <functional>
#include <memory>

#include "api/backend.h"
#include "api/exchange.h"
#include "ports/history.h"

namespace boost::asio {
class io_context;
}

namespace takt::api {

class HistoryWorker {
 public:
  static constexpr std::size_t kPendingMax = 64;

  /// Both must outlive the worker. History is opened at the first read, and again after a failure.
  HistoryWorker(boost::asio::io_context& loop, const Backend& backend);
  ~HistoryWorker();
  HistoryWorker(const HistoryWorker&) = delete;
  HistoryWorker& operator=(const HistoryWorker&) = delete;

  using Reading = std::function<std::expected<Response, ports::StoreError>(ports::History&)>;
  using Writing = std::function<Response()>;

  /// Runs `reading` on the worker; `done` is called on the loop's thread: with its answer, or
  /// unavailable (503) when history cannot be read or too much is asked at once.
  void read(Reading reading, Done done);

  /// The same for work that needs no history.
  void write(Writing writing, Done done);

 private:
  struct Worker;
  void run(Writing work, Done done);

  boost::asio::io_context& loop_;
  std::shared_ptr<std::size_t> pending_ = std::make_shared<std::size_t>(0);  // loop's thread only
  std::unique_ptr<Worker> worker_;
};

}  // namespace takt::api
