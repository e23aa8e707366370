#pragma once
// The world that the feed site shows: accounts, what they post, news, how much people care. All of
// it follows from a seed and the hour (Chance), nothing is stored, and new things appear as time
// goes on. Some topics, formats and tones are liked better than others; nobody tells, the bot has
// to learn it.
//
//   likes of a post at age a  =  floor( potential x (1 - e^(-a / 6 h)) )
//   potential                 =  reach x appeal(topic) x appeal(format) x mood(topic, hour) x luck

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "desk/fleet_time.h"
#include "site/chance.h"

namespace bot::site {

struct Account {
  std::string name;
  std::string topic;
  std::int64_t followers = 0;
};

struct Post {
  std::string id;
  std::string key;  // of a post that was published by POST, else ""
  std::string author;
  std::string topic;
  std::string format;
  std::string text;
  std::string reply_to;
  Time published_at;
  double reach = 0;  // likes of an average post of this author, in the end
};

struct Engagement {
  std::int64_t likes = 0;
  std::int64_t reposts = 0;
  std::int64_t replies = 0;
  std::int64_t views = 0;
};

struct Reply {
  std::string author;
  std::string text;
  Time at;
};

struct NewsItem {
  std::string id;
  std::string topic;
  std::string headline;
  Time published_at;
};

struct Trend {
  std::string topic;
  std::int64_t volume = 0;
};

class World {
 public:
  explicit World(std::uint64_t seed);

  const std::vector<Account>& accounts() const { return accounts_; }
  const Account* account(std::string_view name) const;
  /// A handful of accounts, others each hour.
  std::vector<Account> suggested(Time now) const;

  /// What accounts posted from `from` up to and including `now`, oldest first.
  std::vector<Post> posts(Time from, Time now) const;
  /// One of those posts by its id ("w<hour>-<n>"); nullopt when there is none or it is yet to come.
  std::optional<Post> post(std::string_view id, Time now) const;

  std::vector<NewsItem> news(Time from, Time now) const;
  std::vector<Trend> trends(Time now) const;

  /// What a post has gathered by `now`: never less than a moment before.
  Engagement engagement(const Post& post, Time now) const;
  /// The answers that arrived by `now`; as many as engagement() counts.
  std::vector<Reply> replies(const Post& post, Time now) const;
  /// One published post in forty is taken down by the site's moderators twelve hours later.
  bool taken_down(const Post& post, Time now) const;

 private:
  double appeal(std::string_view what) const;
  double mood(std::string_view topic, std::int64_t hour) const;
  double potential(const Post& post) const;
  Post post_of_hour(std::int64_t hour, std::uint64_t n) const;
  std::uint64_t posts_in_hour(std::int64_t hour) const;

  Chance chance_;
  std::vector<Account> accounts_;
};

}  // namespace bot::site
