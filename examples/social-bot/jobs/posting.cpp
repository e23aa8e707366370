// posting: publishes what is due. A row is claimed (queued -> posting) before the site hears of it
// and settled after; when the job dies in between, the row stays in `posting` and id_recovery asks
// the site about it. The key that goes along makes the site publish a row once, whoever sends it
// again.
#include <fmt/format.h>

#include <boost/json/object.hpp>
#include <optional>

#include "jobs/jobs.h"

namespace bot {
namespace {

constexpr int kMostAtOnce = 3;  // after a pause the backlog comes out bit by bit

struct Claimed {
  std::int64_t id;
  std::string topic, format, text, key;
};

void settle(Desk& desk, const Claimed& post, std::string_view status) {
  desk.db.run("update content set status = ?, updated_at = ? where id = ? and status = 'posting'",
              status, desk.now, post.id);
}

std::optional<Claimed> claim_next(Desk& desk) {
  auto row = desk.db.query(
      "update content set status = 'posting', updated_at = ? where id = (select id from content "
      "where status = 'queued' and scheduled_at <= ? order by scheduled_at limit 1) "
      "returning id, topic, format, text, key",
      desk.now, desk.now);
  if (!row.next()) return std::nullopt;
  Claimed claimed{row.number(0), row.text(1), row.text(2), row.text(3), row.text(4)};
  while (row.next()) {  // to the end: that is where SQLite commits
  }
  return claimed;
}

/// What the site made of it. A row that certainly was not sent goes back into the queue; anything
/// less certain stays in `posting`.
boost::json::value publish(Desk& desk, const Claimed& post) {
  try {
    return desk.site.post("/posts", boost::json::object{{"key", post.key},
                                                        {"topic", post.topic},
                                                        {"format", post.format},
                                                        {"text", post.text}});
  } catch (const NotSent&) {
    settle(desk, post, "queued");
    throw;
  }
}

}  // namespace

void posting(Desk& desk) {
  int posted = 0;
  while (posted < kMostAtOnce) {
    const auto post = claim_next(desk);
    if (!post) break;
    try {
      const auto answer = publish(desk, *post);
      const std::string id = text_of(answer, "id");
      desk.db.run(
          "update content set status = 'posted', site_id = ?, posted_at = ?, "
          "updated_at = ? where id = ?",
          id, time_of(answer, "published_at"), desk.now, post->id);
      fmt::print("posted {} ({}, {}): {}\n", id, post->topic, post->format, post->text);
      ++posted;
    } catch (const Refused& refused) {
      settle(desk, *post, "failed");
      fmt::print("row {} is refused for good: {}\n", post->id, refused.what());
    }
  }
  if (posted == 0) fmt::print("nothing was due\n");
}

}  // namespace bot
