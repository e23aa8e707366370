#include "chaos/chaos.h"

#include <fmt/format.h>

#include <charconv>

#include "chaos/calendar.h"
#include "chaos/deeds.h"
#include "desk/failed.h"

namespace bot::chaos {
namespace {

std::uint64_t seed_of(const std::string& text) {
  std::uint64_t seed = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), seed);
  if (problem != std::errc{} || end != text.data() + text.size()) {
    throw Failed(fmt::format("the seed of --chaos is a number, not '{}'", text));
  }
  return seed;
}

}  // namespace

Chaos Chaos::of(const std::string& seed_text) {
  const std::uint64_t seed = seed_of(seed_text);
  Chaos chaos;
  if (auto who = told_by_takt()) {
    const Time now = who->now;
    chaos.active_ = Active{seed, *std::move(who), Diary(default_diary(), seed, now), std::nullopt};
  }
  return chaos;
}

void Chaos::do_job(Desk& desk, const std::function<void()>& work) const {
  if (!active_) return work();
  const Told& who = active_->who;
  const Time began = active_->diary.began();
  Question asked{
      .job = who.job, .attempt = who.attempt, .now = who.now - began, .slot = std::nullopt};
  if (who.slot) asked.slot = *who.slot - began;
  const auto entry = fault_of(active_->seed, asked);
  if (!entry) return work();
  suffer(*entry, {active_->diary, who, desk, work});
}

bool Chaos::is_site_open(Time now) {
  if (!active_) return true;
  const Diary& diary = active_->diary;
  const auto outage = outage_of(active_->seed, now - diary.began());
  if (!outage) return true;
  const Time from = diary.began() + outage->from;
  const Time until = diary.began() + outage->until;
  const bool was_up = active_->who.now < from;
  if (active_->outage_noted != until) {
    diary.note(
        active_->who, now, word(outage->fault),
        {{"how", was_up ? "dies" : "503"}, {"from", rfc3339(from)}, {"until", rfc3339(until)}});
    active_->outage_noted = until;
  }
  if (was_up) die(Crash::How::exit_1);
  return false;
}

}  // namespace bot::chaos
