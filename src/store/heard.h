#pragma once
// Heard: a listener for tests that remembers what a store said, in order, and lets a test wait for
// it with a deadline instead of sleeping.

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "ports/store.h"

namespace takt::store {

class Heard final : public ports::StoreListener {
 public:
  struct Said {
    enum class What { recorded, failed, back } what;
    Seq seq;                  // recorded
    ports::StoreError error;  // failed
  };

  void recorded(Seq through) override {
    if (on_recorded) on_recorded(through);
    note({Said::What::recorded, through, {}});
  }
  void failed(const ports::StoreError& error) override { note({Said::What::failed, {}, error}); }
  void back() override { note({Said::What::back, {}, {}}); }

  /// False: it did not come within 30 s.
  bool wait_recorded(Seq seq) {
    return wait(
        [seq](const Said& said) { return said.what == Said::What::recorded && said.seq >= seq; });
  }
  bool wait_failed() {
    return wait([](const Said& said) { return said.what == Said::What::failed; });
  }
  bool wait_back() {
    return wait([](const Said& said) { return said.what == Said::What::back; });
  }

  std::vector<Said> all() const {
    const std::scoped_lock lock(mutex_);
    return said_;
  }

  /// "failed(io) back recorded(7)", neighbouring recorded ones as the last of them.
  std::string story() const {
    std::string text;
    const auto said = all();
    for (std::size_t i = 0; i < said.size(); ++i) {
      const bool recorded = said[i].what == Said::What::recorded;
      if (recorded && i + 1 < said.size() && said[i + 1].what == Said::What::recorded) continue;
      text += text.empty() ? "" : " ";
      if (recorded) text += "recorded(" + std::to_string(said[i].seq.value) + ")";
      if (said[i].what == Said::What::back) text += "back";
      if (said[i].what == Said::What::failed) text += "failed(" + kind_of(said[i].error) + ")";
    }
    return text;
  }

  static std::string kind_of(const ports::StoreError& error) {
    using Kind = ports::StoreError::Kind;
    switch (error.kind) {
      case Kind::corrupt:
        return "corrupt";
      case Kind::too_new:
        return "too_new";
      case Kind::foreign_fleet:
        return "foreign_fleet";
      case Kind::in_use:
        return "in_use";
      case Kind::io:
        return "io";
    }
    return "?";
  }

  /// Called first thing in recorded(), on the store's thread. Set before the first submit.
  std::function<void(Seq)> on_recorded;

 private:
  void note(Said said) {
    {
      const std::scoped_lock lock(mutex_);
      said_.push_back(std::move(said));
    }
    more_.notify_all();
  }

  template <class Wanted>
  bool wait(Wanted wanted) {
    std::unique_lock lock(mutex_);
    return more_.wait_for(lock, std::chrono::seconds{30}, [&] {
      for (const Said& said : said_) {
        if (wanted(said)) return true;
      }
      return false;
    });
  }

  std::vector<Said> said_;
  std::condition_variable more_;
  mutable std::mutex mutex_;
};

}  // namespace takt::store
