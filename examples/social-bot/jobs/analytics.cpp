// analytics: posts, answers and likes by hour and by day, for the last two days, worked out anew
// each time: a row of metrics that came late finds its way into its hour. Likes of a bucket are
// what the measurements in it gained over the ones before them.
#include <fmt/format.h>

#include "jobs/jobs.h"

namespace bot {
namespace {

constexpr auto kWindow = 48h;

constexpr std::string_view kAddUp = R"(
insert into analytics (bucket, start_at, posts, replies, likes, updated_at)
with gained as (
  select at, likes - lag(likes, 1, 0) over (partition by content_id order by at) as likes
  from metrics
),
happened as (
  select posted_at as at, 1 as posts, 0 as replies, 0 as likes
    from content where posted_at is not null
  union all
  select answered_at, 0, 1, 0 from opportunities where answered_at is not null
  union all
  select at, 0, 0, likes from gained
)
select ?1, at - at % ?2 as start_at, sum(posts), sum(replies), sum(likes), ?3
from happened where at >= ?4 - ?4 % ?2 group by 2
on conflict (bucket, start_at) do update set posts = excluded.posts, replies = excluded.replies,
  likes = excluded.likes, updated_at = excluded.updated_at)";

}  // namespace

void analytics(Desk& desk) {
  Transaction transaction(desk.db);
  const Time from = desk.now - kWindow;
  const int hours = desk.db.run(kAddUp, "hour", 3600, desk.now, from);
  desk.db.run(kAddUp, "day", 86400, desk.now, from);
  transaction.commit();
  auto today = desk.db.query(
      "select posts, replies, likes from analytics where bucket = 'day' and start_at = ?",
      std::chrono::floor<std::chrono::days>(desk.now));
  const bool any = today.next();
  fmt::print("{} hours added up; today {} posts, {} answers, {} likes\n", hours,
             any ? today.number(0) : 0, any ? today.number(1) : 0, any ? today.number(2) : 0);
}

}  // namespace bot
