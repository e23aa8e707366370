#pragma once
// Chaos: the bot with things going wrong on purpose, so that whoever runs it can be watched putting
// them right. calendar.h has what and when, deeds.h how, diary.h writes it down, ../judge.py judges.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "chaos/diary.h"
#include "chaos/told.h"
#include "desk/desk.h"

namespace bot::chaos {

class Chaos {
 public:
  /// Nothing goes wrong.
  static Chaos none() { return {}; }
  /// With the faults of a seed (a number), in attempts that takt started; none() for others. Throws
  /// Failed.
  static Chaos of(const std::string& seed);

  /// The job's work, with what the calendar has for this attempt (deeds.h).
  void do_job(Desk& desk, const std::function<void()>& work) const;

  /// Whether the site takes requests at that fleet time. A site that was up when an outage begins
  /// dies of the first request in it.
  bool is_site_open(Time now);

 private:
  struct Active {
    std::uint64_t seed;
    Told who;
    Diary diary;
    std::optional<Time> outage_noted;  // the end of the outage that this process noted last
  };
  std::optional<Active> active_;
};

}  // namespace bot::chaos
