// learning and reply_learning: likes of what is old enough to compare, averaged by topic, format
// and style, become weights. Posts younger than an hour have not shown yet what they are worth;
// those beyond three days are of another time.
#include <fmt/format.h>

#include "desk/weights.h"
#include "jobs/jobs.h"

namespace bot {
namespace {

constexpr auto kRipe = 1h;
constexpr auto kForgotten = 72h;

/// Mean of likes per hour of age, each post by its newest measurement, by one column of content.
Query post_averages(Desk& desk, std::string_view column) {
  const auto sql = fmt::format(
      "select {}, avg(rate), count(*) from (select topic, format, "
      "max(m.at), 3600.0 * m.likes / (m.at - c.posted_at) as rate "
      "from content c join metrics m on m.content_id = c.id "
      "where c.posted_at > ? and m.at >= c.posted_at + ? group by c.id) group by 1",
      column);
  return desk.db.query(sql, desk.now - kForgotten, std::chrono::seconds{kRipe}.count());
}

Query style_averages(Desk& desk) {
  return desk.db.query(
      "select style, avg(rate), count(*) from (select o.style, max(m.at), "
      "3600.0 * m.likes / (m.at - o.answered_at) as rate "
      "from opportunities o join reply_metrics m on m.opportunity_id = o.id "
      "where o.answered_at > ? and m.at > o.answered_at group by o.id) group by 1",
      desk.now - kForgotten);
}

}  // namespace

void learning(Desk& desk) {
  Transaction transaction(desk.db);
  const int topics = learn_weights(desk.db, "topic", post_averages(desk, "topic"), desk.now);
  const int formats = learn_weights(desk.db, "format", post_averages(desk, "format"), desk.now);
  transaction.commit();
  if (topics + formats == 0) {
    fmt::print("no post is old enough to learn from\n");
    return;
  }
  fmt::print("weighed {} topics and {} formats: {}, {}\n", topics, formats,
             favourite(desk.db, "topic"), favourite(desk.db, "format"));
}

void reply_learning(Desk& desk) {
  Transaction transaction(desk.db);
  const int styles = learn_weights(desk.db, "style", style_averages(desk), desk.now);
  transaction.commit();
  if (styles == 0) {
    fmt::print("no answer has been measured yet\n");
    return;
  }
  fmt::print("weighed {} styles: {}\n", styles, favourite(desk.db, "style"));
}

}  // namespace bot
