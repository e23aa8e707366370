// The world of the site: made of a seed, and of nothing else.
#include "site/world.h"

#include <gtest/gtest.h>

#include <set>

#include "bot_folder.h"

namespace bot::site {
namespace {

const Time kNow = tests::BotFolder::time(0min);

TEST(World, OneSeedIsOneWorld) {
  const World one(7);
  const World same(7);
  const World other(8);
  const auto posts = one.posts(kNow - 3h, kNow);
  ASSERT_FALSE(posts.empty());
  ASSERT_EQ(same.posts(kNow - 3h, kNow).size(), posts.size());
  EXPECT_EQ(same.posts(kNow - 3h, kNow).back().text, posts.back().text);
  EXPECT_EQ(same.engagement(posts.back(), kNow + 5h).likes,
            one.engagement(posts.back(), kNow + 5h).likes);
  EXPECT_NE(other.accounts()[0].followers, one.accounts()[0].followers);
}

TEST(World, EveryListedPostIsFoundByItsIdAndNoneOfTheFuture) {
  const World world(1);
  for (const Post& post : world.posts(kNow - 6h, kNow)) {
    EXPECT_EQ(world.post(post.id, kNow)->text, post.text);
    EXPECT_FALSE(world.post(post.id, post.published_at - 1s)) << post.id;
  }
  for (const char* id : {"", "w", "w-", "w1", "w-1-1", "p1", "w1-99", "w99999999999999999999-1"}) {
    EXPECT_FALSE(world.post(id, kNow)) << id;
  }
}

TEST(World, NewPostsAndNewsAppearEveryHour) {
  const World world(1);
  std::set<std::string> ids;
  for (int hour = 0; hour < 48; ++hour) {
    const Time at = kNow + std::chrono::hours{hour};
    const auto before = ids.size();
    for (const Post& post : world.posts(at, at + 1h)) ids.insert(post.id);
    EXPECT_GE(ids.size(), before + 4);
    EXPECT_FALSE(world.news(at, at + 2h).empty());
  }
}

TEST(World, EngagementOnlyGrowsAndRepliesAreAsManyAsCounted) {
  const World world(1);
  for (const Post& post : world.posts(kNow - 2h, kNow)) {
    Engagement last;
    for (auto age = 0min; age <= 72h; age += 37min) {
      const Time at = post.published_at + age;
      const Engagement engagement = world.engagement(post, at);
      EXPECT_GE(engagement.likes, last.likes);
      EXPECT_GE(engagement.views, last.views);
      last = engagement;
      const auto replies = world.replies(post, at);
      EXPECT_EQ(static_cast<std::int64_t>(replies.size()), engagement.replies);
      for (const Reply& reply : replies) EXPECT_LE(reply.at, at);
    }
  }
}

TEST(World, SomePublishedPostsAreTakenDownButNotAtOnce) {
  const World world(1);
  int taken_down = 0;
  for (int i = 0; i < 1000; ++i) {
    Post post;
    post.id = "p" + std::to_string(i);
    post.published_at = kNow;
    EXPECT_FALSE(world.taken_down(post, kNow + 11h));
    if (world.taken_down(post, kNow + 13h)) ++taken_down;
  }
  EXPECT_GT(taken_down, 5);
  EXPECT_LT(taken_down, 60);
}

}  // namespace
}  // namespace bot::site
