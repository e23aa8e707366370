// metrics_scraper and reply_metrics: one look at all that we have published in the last two days.
// Both read the site's list of our posts; the one keeps the numbers of posts, the other those of
// answers.
#include <fmt/format.h>

#include "jobs/jobs.h"

namespace bot {
namespace {

constexpr auto kOurPosts = "/posts?hours=48";

}  // namespace

void metrics_scraper(Desk& desk) {
  const auto posts = desk.site.posts(kOurPosts);
  Transaction transaction(desk.db);
  int stored = 0;
  std::int64_t likes = 0;
  for (const SeenPost& post : posts) {
    const int rows = desk.db.run(
        "insert into metrics (content_id, at, likes, reposts, replies, views) "
        "select id, ?, ?, ?, ?, ? from content where site_id = ? on conflict do nothing",
        desk.now, post.likes, post.reposts, post.replies, post.views, post.id);
    stored += rows;
    likes += rows * post.likes;
  }
  transaction.commit();
  fmt::print("measured {} posts, {} likes in all\n", stored, likes);
}

void reply_metrics(Desk& desk) {
  const auto posts = desk.site.posts(kOurPosts);
  Transaction transaction(desk.db);
  int stored = 0;
  std::int64_t likes = 0;
  for (const SeenPost& post : posts) {
    const int rows = desk.db.run(
        "insert into reply_metrics (opportunity_id, at, likes, replies) "
        "select id, ?, ?, ? from opportunities where reply_id = ? on conflict do nothing",
        desk.now, post.likes, post.replies, post.id);
    stored += rows;
    likes += rows * post.likes;
  }
  transaction.commit();
  fmt::print("measured {} answers, {} likes in all\n", stored, likes);
}

}  // namespace bot
