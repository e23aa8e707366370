// news_scraping and data_collection: what goes on outside. Headlines become openings of planned
// posts; trends and the number of followers are noted once per run, for analytics and for whoever
// looks.
#include <fmt/format.h>

#include <boost/json/array.hpp>

#include "jobs/jobs.h"

namespace bot {

void news_scraping(Desk& desk) {
  const auto answer = desk.site.get("/news?hours=6");
  const auto& items = answer.at("news").as_array();
  Transaction transaction(desk.db);
  int fresh = 0;
  for (const auto& item : items) {
    fresh += desk.db.run(
        "insert into news (id, topic, headline, published_at, found_at) "
        "values (?, ?, ?, ?, ?) on conflict do nothing",
        text_of(item, "id"), text_of(item, "topic"), text_of(item, "headline"),
        time_of(item, "published_at"), desk.now);
  }
  transaction.commit();
  fmt::print("{} headlines, {} of them new\n", items.size(), fresh);
}

void data_collection(Desk& desk) {
  const auto trends = desk.site.get("/trends");
  const auto followers = number_of(desk.site.get("/accounts/bot"), "followers");
  Transaction transaction(desk.db);
  std::string top;
  for (const auto& trend : trends.at("trends").as_array()) {
    if (top.empty()) top = text_of(trend, "topic");
    desk.db.run("insert into trends (topic, at, volume) values (?, ?, ?) on conflict do nothing",
                text_of(trend, "topic"), desk.now, number_of(trend, "volume"));
  }
  desk.db.run("insert into followers (at, count) values (?, ?) on conflict do nothing", desk.now,
              followers);
  transaction.commit();
  fmt::print("{} followers; {} trends most\n", followers, top);
}

}  // namespace bot
