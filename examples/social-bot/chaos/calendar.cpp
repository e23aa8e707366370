#include "chaos/calendar.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <span>

#include "site/chance.h"

namespace bot::chaos {
namespace {

using site::Chance;
using std::chrono::minutes;

/// How often fleet.toml runs a job. An entry lasts as long as that and so holds one of its slots.
struct Target {
  std::string_view job;
  minutes every;
};

constexpr Target kPosting{"posting", minutes{5}};
constexpr Target kReplyPosting{"reply_posting", minutes{30}};
constexpr Target kMetrics{"metrics_scraper", minutes{20}};
constexpr Target kReplyMetrics{"reply_metrics", minutes{20}};
constexpr Target kAnalytics{"analytics", minutes{30}};
constexpr Target kLearning{"learning", minutes{60}};
constexpr Target kReplyLearning{"reply_learning", minutes{60}};
constexpr Target kCollection{"data_collection", minutes{60}};
constexpr Target kNews{"news_scraping", minutes{60}};
constexpr Target kIdRecovery{"id_recovery", minutes{10}};

constexpr std::array kCrashing{kReplyPosting, kMetrics, kReplyMetrics,  kAnalytics,
                               kCollection,   kNews,    kReplyLearning, kIdRecovery};
constexpr std::array kHangingFirst{kMetrics, kReplyMetrics, kAnalytics, kReplyLearning, kNews};
constexpr std::array kHangingLater{kMetrics, kReplyMetrics, kAnalytics};
constexpr std::array kLeaking{kAnalytics, kReplyMetrics, kReplyLearning, kCollection};
constexpr std::array kSlow{kMetrics, kReplyMetrics, kAnalytics, kNews, kCollection, kIdRecovery};

// A slot is a whole minute after the beginning, give or take what the first start took.
constexpr Elapsed kHalfMinute{30};

/// Draws the entries of one period.
class Draw {
 public:
  Draw(std::uint64_t seed, std::int64_t period)
      : chance_(Chance(seed).of("chaos").of(static_cast<std::uint64_t>(period))),
        begin_(period * kPeriod),
        loses_queue_((seed + static_cast<std::uint64_t>(period)) % 2 == 0) {}

  std::vector<Entry> all() && {
    if (loses_queue_) {
      lose_queue();
    } else {
      fail_plans();
    }
    leave_posting(kPosting, true);
    leave_posting(kReplyPosting, false);
    take_site_down();
    add(Hang{next("deaf").one_in(0.5)}, one_of(kHangingFirst), 5, 55);
    add(Hang{next("deaf").one_in(0.5)}, one_of(kHangingLater), 75, 110);
    add(Leak{200 + number("leak", 300)}, one_of(kLeaking), 10, 110);
    add(crash(2), kPosting, 10, 140);
    for (int i = 0; i < 3; ++i) add(crash(1), one_of(kCrashing), 5, 110);
    for (int i = 0; i < 3; ++i) {
      add(Slow{std::chrono::seconds{2 + number("slow", 5)}}, one_of(kSlow), 5, 110);
    }
    return std::move(entries_);
  }

 private:
  Chance next(std::string_view what) { return chance_.of(what).of(++drawn_); }
  int number(std::string_view what, int bound) {
    return static_cast<int>(next(what).below(static_cast<std::uint64_t>(bound)));
  }
  const Target& one_of(std::span<const Target> targets) {
    return targets[next("job").below(targets.size())];
  }

  void put(const Fault& fault, std::string_view job, minutes from, minutes length) {
    entries_.push_back({fault, job, begin_ + from, begin_ + from + length});
  }

  /// The slot of the job that comes next after a minute drawn from [earliest, latest).
  void add(const Fault& fault, const Target& target, int earliest, int latest) {
    const minutes from{earliest + number("minute", latest - earliest)};
    entries_.push_back({fault, target.job, begin_ + from - kHalfMinute,
                        begin_ + from + target.every - kHalfMinute});
  }

  Crash crash(int attempts_max) {
    return {.how = static_cast<Crash::How>(number("crash", 3)),
            .work_done_first = next("when").one_in(0.5),
            .attempts = 1 + number("attempts", attempts_max)};
  }

  void leave_posting(const Target& target, bool sent) { add(LeavePosting{sent}, target, 15, 115); }

  /// Just before a health check, which comes at 10 and 40 past the hour; plan has been there then.
  void lose_queue() {
    const int at = 32 + 30 * number("queue", 3);
    const bool by_learning = at != 62 && next("job").one_in(0.5);
    add(DeleteContent{}, by_learning ? kLearning : kAnalytics, at, at + 1);
  }

  /// Around a slot of plan; over before what is queued has run out.
  void fail_plans() {
    const int from = 35 + number("from", 25);
    const int until = 110 + number("until", 16);
    put(PlanFails{}, "plan", minutes{from}, minutes{until - from});
  }

  /// Over the slots of metrics_scraper and reply_metrics, 7 and 12 past: they are sure to knock.
  void take_site_down() {
    const int from = 46 + 20 * number("from", 4);
    put(SiteDown{}, "feed_site", minutes{from}, minutes{8 + number("length", 6)});
  }

  Chance chance_;
  Elapsed begin_;
  bool loses_queue_;
  std::uint64_t drawn_ = 0;
  std::vector<Entry> entries_;
};

bool is_window(const Entry& entry) {
  return std::holds_alternative<PlanFails>(entry.fault) ||
         std::holds_alternative<SiteDown>(entry.fault);
}

bool holds(const Entry& entry, Elapsed at) { return entry.from <= at && at < entry.until; }

bool strikes(const Entry& entry, const Question& asked) {
  if (entry.job != asked.job) return false;
  if (is_window(entry)) return holds(entry, asked.now);
  const auto* crash = std::get_if<Crash>(&entry.fault);
  const int attempts = crash == nullptr ? 1 : crash->attempts;
  return asked.slot && holds(entry, *asked.slot) && asked.attempt <= attempts;
}

/// Entries that can hold this instant: those of its period, and of the one before, which may
/// reach into it.
std::vector<Entry> around(std::uint64_t seed, Elapsed at) {
  const std::int64_t period = at / kPeriod;
  std::vector<Entry> entries = calendar(seed, period);
  if (period > 0) std::ranges::copy(calendar(seed, period - 1), std::back_inserter(entries));
  return entries;
}

}  // namespace

std::vector<Entry> calendar(std::uint64_t seed, std::int64_t period) {
  return Draw(seed, period).all();
}

std::optional<Entry> fault_of(std::uint64_t seed, const Question& asked) {
  if (asked.now < Elapsed{0}) return std::nullopt;
  const auto entries = around(seed, std::max(Elapsed{0}, asked.slot.value_or(asked.now)));
  const auto found =
      std::ranges::find_if(entries, [&](const Entry& entry) { return strikes(entry, asked); });
  return found == entries.end() ? std::nullopt : std::optional{*found};
}

std::optional<Entry> outage_of(std::uint64_t seed, Elapsed now) {
  return fault_of(seed, {.job = "feed_site", .attempt = 1, .now = now, .slot = std::nullopt});
}

}  // namespace bot::chaos
