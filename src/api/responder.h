#pragma once
// Responder: from a request to its answer, by way of the route table. Questions about now are
// answered from the backend's memory, history on the worker, requests when their rows are
// committed. Knows nothing of sockets. Loop's thread only.

#include "api/backend.h"
#include "api/exchange.h"
#include "api/history_worker.h"

namespace takt::api {

class Responder {
 public:
  /// Both must outlive it.
  Responder(Backend& backend, HistoryWorker& worker) : backend_(backend), worker_(worker) {}

  /// Calls `done` once, on the loop's thread: at once, or when the answer is there. It may be
  /// called after the responder is gone.
  void answer(const Request& request, Done done);

 private:
  Backend& backend_;
  HistoryWorker& worker_;
};

}  // namespace takt::api
