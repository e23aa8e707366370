#pragma once
// Calendar: what goes wrong when. A pure function of the seed; "when" is fleet time since the chaos
// began (diary.h), so that one seed brings the same faults to the same slots of any fresh fleet.
//
//   a period of 3 h, minutes     0        60       120      180
//     crash           4          .posting.once.....................   and of three others
//     hang            2          [ first ]    [ second ]
//     leak            1          .....................
//     slow            3          ..............................
//     leave_posting   2          ..............................      posting, reply_posting
//     site_down       1                 [.............]               8 to 13 minutes
//     delete_content  1              x    x    x        of each second period
//     plan_fails      1             [===========]       of the others, 50 to 90 minutes
//
// The rates let a fleet that recovers keep 95 % of its posting slots: nothing here lasts in a job
// that posts, a lost queue comes shortly before a health check, and never while plan cannot fill it.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "chaos/fault.h"

namespace bot::chaos {

using Elapsed = std::chrono::seconds;  // fleet time since the chaos began

inline constexpr Elapsed kPeriod = std::chrono::hours{3};

struct Entry {
  Fault fault;
  std::string_view job;
  Elapsed from;
  Elapsed until;  // exclusive
};

/// All of one period, counted from 0. Those of one job do not share a slot with others of it unless
/// two were drawn for it at once: then the earlier in this list counts.
std::vector<Entry> calendar(std::uint64_t seed, std::int64_t period);

/// An attempt as the calendar sees it.
struct Question {
  std::string_view job;
  int attempt = 1;
  Elapsed now{};
  std::optional<Elapsed> slot;
};

/// What goes wrong with that attempt. Faults of one run go by its slot (a run without one, which is
/// there to put things right, is spared) and strike its first attempt; plan_fails goes by the time.
std::optional<Entry> fault_of(std::uint64_t seed, const Question& asked);

/// Whether the site is down then.
std::optional<Entry> outage_of(std::uint64_t seed, Elapsed now);

}  // namespace bot::chaos
