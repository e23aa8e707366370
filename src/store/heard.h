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
    enum class What { recorded, failed, journaled, journal_full, back } what;
    Seq seq;                  // recorded, journaled
    ports::StoreError error;  // failed; journal_full: what
    core::JournalUse journal;
    core::StoreBack outage;  // back
  };

  void recorded(Seq through) override {
    if (on_recorded) on_recorded(through);
    note({Said::What::recorded, through, {}, {}, {}});
  }
  void failed(const ports::StoreError& error, const core::JournalUse& journal) override {
    note({Said::What::failed, {}, error, journal, {}});
  }
  void journaled(Seq through, const core::JournalUse& journal) override {
    note({Said::What::journaled, through, {}, journal, {}});
  }
  void journal_full(const std::string& why, const core::JournalUse& journal) override {
    note({Said::What::journal_full, {}, {ports::StoreError::Kind::io, why, {}}, journal, {}});
  }
  void back(const core::StoreBack& outage) override {
    note({Said::What::back, {}, {}, {}, outage});
  }

  /// False: it did not come within 30 s.
  bool wait_recorded(Seq seq) {
    return wait(
        [seq](const Said& said) { return said.what == Said::What::recorded && said.seq >= seq; });
  }
  bool wait_journaled(Seq seq) {
    return wait(
        [seq](const Said& said) { return said.what == Said::What::journaled && said.seq >= seq; });
  }
  bool wait_journal_full() {
    return wait([](const Said& said) { return said.what == Said::What::journal_full; });
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

  /// "failed(io) journaled(6) back recorded(7)", neighbours of a kind as the last of them.
  std::string story() const {
    std::string text;
    const auto said = all();
    for (std::size_t i = 0; i < said.size(); ++i) {
      const auto what = said[i].what;
      const bool counts = what == Said::What::recorded || what == Said::What::journaled;
      if (counts && i + 1 < said.size() && said[i + 1].what == what) continue;
      text += text.empty() ? "" : " ";
      const std::string seq = "(" + std::to_string(said[i].seq.value) + ")";
      if (what == Said::What::recorded) text += "recorded" + seq;
      if (what == Said::What::journaled) text += "journaled" + seq;
      if (what == Said::What::journal_full) text += "journal_full";
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
