#include "daemon/line_writer.h"

#include <fmt/format.h>
#include <pthread.h>
#include <signal.h>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

namespace takt::daemon {

/// Shared with the thread, which may outlive the writer while its stream blocks.
struct LineWriter::Queue {
  std::FILE* out = nullptr;
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::string> lines;
  std::size_t dropped = 0;
  bool closing = false;
  bool done = false;

  void run() {
    std::unique_lock lock(mutex);
    while (true) {
      changed.wait(lock, [this] { return !lines.empty() || closing; });
      if (lines.empty()) break;
      std::deque<std::string> taken = std::exchange(lines, {});
      if (dropped > 0) {
        taken.push_back(fmt::format("(nobody read: {} lines are not shown)\n", dropped));
        dropped = 0;
      }
      lock.unlock();
      for (const std::string& line : taken) std::fwrite(line.data(), 1, line.size(), out);
      std::fflush(out);
      lock.lock();
    }
    done = true;
    changed.notify_all();
  }
};

LineWriter::LineWriter(std::FILE* out) : queue_(std::make_shared<Queue>()) {
  queue_->out = out;
  sigset_t all;
  sigset_t before;
  sigfillset(&all);  // signals are the loop's
  pthread_sigmask(SIG_SETMASK, &all, &before);
  std::thread([queue = queue_] { queue->run(); }).detach();
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

LineWriter::~LineWriter() {
  std::unique_lock lock(queue_->mutex);
  queue_->closing = true;
  queue_->changed.notify_all();
  queue_->changed.wait_for(lock, std::chrono::seconds{2}, [this] { return queue_->done; });
}

void LineWriter::write(std::string line) {
  {
    const std::scoped_lock lock(queue_->mutex);
    if (queue_->lines.size() >= kQueuedMax) {
      queue_->dropped += 1;
      return;
    }
    queue_->lines.push_back(std::move(line));
  }
  queue_->changed.notify_one();
}

}  // namespace takt::daemon
