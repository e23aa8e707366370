#include "site/world.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "site/prose.h"

namespace bot::site {
namespace {

constexpr std::size_t kAccounts = 60;
constexpr std::size_t kSuggestions = 6;
constexpr double kViralShare = 0.10;
constexpr double kGrowthSeconds = 6 * 3600.0;
constexpr double kLikesPerReply = 9;

std::uint64_t subject(std::int64_t number) { return static_cast<std::uint64_t>(number); }

/// The share of its potential that a post has gathered at an age.
double grown(Time published_at, Time now) {
  const auto age = std::max(0s, now - published_at);
  return 1 - std::exp(-static_cast<double>(age.count()) / kGrowthSeconds);
}

std::optional<std::int64_t> number_in(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

World::World(std::uint64_t seed) : chance_(seed) {
  for (std::size_t i = 0; i < kAccounts; ++i) {
    const Chance chance = chance_.of("account").of(i);
    const double followers = 200 * std::pow(250.0, chance.of("followers").unit());  // 200 to 50,000
    accounts_.push_back({account_name(chance, i), pick(kTopics, chance.of("topic")),
                         static_cast<std::int64_t>(followers)});
  }
}

const Account* World::account(std::string_view name) const {
  const auto found = std::ranges::find(accounts_, name, &Account::name);
  return found == accounts_.end() ? nullptr : &*found;
}

std::vector<Account> World::suggested(Time now) const {
  std::vector<Account> some;
  const auto first = chance_.of("suggested").of(subject(hour_of(now))).below(kAccounts);
  for (std::size_t i = 0; i < kSuggestions; ++i) {
    some.push_back(accounts_[(first + i * 7) % kAccounts]);
  }
  return some;
}

double World::appeal(std::string_view what) const {
  return std::exp(chance_.of("appeal").of(what).between(-0.9, 0.9));  // 0.4 to 2.5
}

double World::mood(std::string_view topic, std::int64_t hour) const {
  return chance_.of("mood").of(topic).of(subject(hour)).between(0.6, 1.4);
}

double World::potential(const Post& post) const {
  const double luck = chance_.of("luck").of(post.id).between(0.6, 1.4);
  return post.reach * appeal(post.topic) * appeal(post.format) *
         mood(post.topic, hour_of(post.published_at)) * luck;
}

std::uint64_t World::posts_in_hour(std::int64_t hour) const {
  return 8 + chance_.of("posts").of(subject(hour)).below(9);
}

Post World::post_of_hour(std::int64_t hour, std::uint64_t n) const {
  const Chance chance = chance_.of("post").of(subject(hour)).of(n);
  const Account& author = accounts_[chance.of("author").below(kAccounts)];
  const bool viral = chance.of("viral").one_in(kViralShare);
  const bool hook = chance.of("hook").one_in(viral ? 0.7 : 0.2);
  const bool at_home = chance.of("at home").one_in(0.7);
  Post post;
  post.id = fmt::format("w{}-{}", hour, n);
  post.author = author.name;
  post.topic = at_home ? author.topic : pick(kTopics, chance.of("topic"));
  post.format = pick(kFormats, chance.of("format"));
  post.text = post_text(post.topic, post.format, hook, chance.of("text"));
  post.published_at = start_of_hour(hour) + std::chrono::seconds{chance.of("second").below(3600)};
  post.reach = static_cast<double>(author.followers) * (viral ? 0.4 : 0.01);
  return post;
}

std::vector<Post> World::posts(Time from, Time now) const {
  std::vector<Post> found;
  for (auto hour = hour_of(from); hour <= hour_of(now); ++hour) {
    for (std::uint64_t n = 0; n < posts_in_hour(hour); ++n) {
      Post post = post_of_hour(hour, n);
      if (post.published_at >= from && post.published_at <= now) found.push_back(std::move(post));
    }
  }
  std::ranges::sort(found, {}, &Post::published_at);
  return found;
}

std::optional<Post> World::post(std::string_view id, Time now) const {
  const auto dash = id.find('-');
  if (!id.starts_with('w') || dash == std::string_view::npos) return std::nullopt;
  const auto hour = number_in(id.substr(1, dash - 1));
  const auto n = number_in(id.substr(dash + 1));
  if (!hour || !n || *hour < 0 || *hour > hour_of(now) || *n < 0) return std::nullopt;
  if (subject(*n) >= posts_in_hour(*hour)) return std::nullopt;
  Post post = post_of_hour(*hour, subject(*n));
  if (post.published_at > now) return std::nullopt;
  return post;
}

std::vector<NewsItem> World::news(Time from, Time now) const {
  std::vector<NewsItem> items;
  for (auto hour = hour_of(from); hour <= hour_of(now); ++hour) {
    const Chance chance = chance_.of("news").of(subject(hour));
    const auto count = 2 + chance.below(3);
    for (std::uint64_t n = 0; n < count; ++n) {
      const std::string topic = pick(kTopics, chance.of("topic").of(n));
      const auto second = std::chrono::seconds{chance.of("second").of(n).below(3600)};
      const Time at = start_of_hour(hour) + second;
      if (at < from || at > now) continue;
      items.push_back({fmt::format("n{}-{}", hour, n), topic,
                       headline(topic, chance.of("headline").of(n)), at});
    }
  }
  return items;
}

std::vector<Trend> World::trends(Time now) const {
  std::vector<Trend> trends;
  for (const std::string_view topic : kTopics) {
    const double volume = 1000 * appeal(topic) * mood(topic, hour_of(now));
    trends.push_back({std::string{topic}, static_cast<std::int64_t>(volume)});
  }
  std::ranges::sort(trends, std::ranges::greater{}, &Trend::volume);
  return trends;
}

Engagement World::engagement(const Post& post, Time now) const {
  const double likes = potential(post) * grown(post.published_at, now);
  const double seen_by = chance_.of("views").of(post.id).between(18, 40);
  return {.likes = static_cast<std::int64_t>(likes),
          .reposts = static_cast<std::int64_t>(likes / 6),
          .replies = static_cast<std::int64_t>(likes / kLikesPerReply),
          .views = static_cast<std::int64_t>(likes * seen_by)};
}

std::vector<Reply> World::replies(const Post& post, Time now) const {
  const double in_the_end = potential(post) / kLikesPerReply;
  const auto count = engagement(post, now).replies;
  std::vector<Reply> replies;
  for (std::int64_t k = 0; k < count; ++k) {
    // The age at which the growth curve passes k + 1 replies.
    const double share = static_cast<double>(k + 1) / in_the_end;
    const double age = -kGrowthSeconds * std::log1p(-std::min(share, 0.999999));
    const Chance chance = chance_.of("reply").of(post.id).of(subject(k));
    const auto arrived = std::chrono::seconds{static_cast<std::int64_t>(age)};
    replies.push_back({accounts_[chance.of("author").below(kAccounts)].name,
                       reply_text(chance.of("text")), post.published_at + arrived});
  }
  return replies;
}

bool World::taken_down(const Post& post, Time now) const {
  return now - post.published_at >= 12h && chance_.of("moderation").of(post.id).one_in(1.0 / 40);
}

}  // namespace bot::site
