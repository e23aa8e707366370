#pragma once
// WorkerPool: threads for what blocks, made when the first piece of work comes: a fleet that asks for none
// has none, and leaves its share of the machine's threads to its jobs. One owner, on one thread.

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <cstddef>
#include <optional>
#include <system_error>
#include <utility>

namespace takt::net {

class WorkerPool {
 public:
  explicit WorkerPool(std::size_t threads) : threads_(threads) {}
  ~WorkerPool() { join(); }

  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  /// False: there is no thread to be had now (and none was made before); the work is not taken.
  template <class Work>
  [[nodiscard]] bool post(Work work) {
    if (!pool_) {
      try {
        pool_.emplace(threads_);
      } catch (const std::system_error&) {  // out of threads or memory; perhaps not the next time
        return false;
      }
    }
    boost::asio::post(*pool_, std::move(work));
    return true;
  }

  /// Waits for all that was taken.
  void join() {
    if (pool_) pool_->join();
  }

 private:
  std::size_t threads_;
  std::optional<boost::asio::thread_pool> pool_;
};

}  // namespace takt::net
