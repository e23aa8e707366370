// viral_scraper and peer_scraper fill seen_posts: the one with what went viral anywhere on the
// site, the other with what the ten best-scored accounts post, viral or not. Together they are what
// vi_deep_analysis compares.
#include <fmt/format.h>

#include <vector>

#include "jobs/jobs.h"

namespace bot {
namespace {

constexpr int kViralFromLikes = 500;

int keep(Desk& desk, const std::vector<SeenPost>& posts) {
  Transaction transaction(desk.db);
  const auto before = desk.db.number("select count(*) from seen_posts");
  for (const SeenPost& post : posts) {
    desk.db.run(
        "insert into seen_posts (id, author, topic, format, text, likes, viral, "
        "published_at, seen_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (id) do "
        "update set likes = excluded.likes, viral = excluded.viral, "
        "seen_at = excluded.seen_at",
        post.id, post.author, post.topic, post.format, post.text, post.likes,
        post.likes >= kViralFromLikes ? 1 : 0, post.published_at, desk.now);
  }
  const auto after = desk.db.number("select count(*) from seen_posts");
  transaction.commit();
  return static_cast<int>(after - before);
}

std::vector<std::string> watched_accounts(Database& db) {
  std::vector<std::string> names;
  auto rows = db.query("select name from accounts order by score desc, name limit 10");
  while (rows.next()) names.push_back(rows.text(0));
  return names;
}

}  // namespace

void viral_scraper(Desk& desk) {
  const auto posts = desk.site.posts(fmt::format("/feed?hours=24&min_likes={}", kViralFromLikes));
  const int fresh = keep(desk, posts);
  fmt::print("{} viral posts in the last day, {} of them new\n", posts.size(), fresh);
}

void peer_scraper(Desk& desk) {
  std::vector<SeenPost> posts;
  const auto names = watched_accounts(desk.db);
  for (const std::string& name : names) {
    auto some = desk.site.posts(fmt::format("/accounts/{}/posts?hours=24", name));
    posts.insert(posts.end(), some.begin(), some.end());
  }
  const int fresh = keep(desk, posts);
  fmt::print("{} posts of {} watched accounts, {} of them new\n", posts.size(), names.size(),
             fresh);
}

}  // namespace bot
