// account_discovery: whom does the site suggest, and who of them is worth watching? An account
// scores by its reach (logarithm: ten times the followers is one more) and by how well its topic
// does with us.
#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <cmath>

#include "desk/weights.h"
#include "jobs/jobs.h"

namespace bot {

void account_discovery(Desk& desk) {
  const auto answer = desk.site.get("/accounts/suggested");
  const Weights topics = weights_of(desk.db, "topic", {});
  Transaction transaction(desk.db);
  const auto known = desk.db.number("select count(*) from accounts");
  for (const auto& account : answer.at("accounts").as_array()) {
    const std::string topic = text_of(account, "topic");
    const auto followers = number_of(account, "followers");
    const auto weight = topics.contains(topic) ? topics.find(topic)->second : 1.0;
    desk.db.run(
        "insert into accounts (name, topic, followers, score, found_at, last_seen_at) "
        "values (?, ?, ?, ?, ?, ?) on conflict (name) do update set followers = "
        "excluded.followers, score = excluded.score, last_seen_at = excluded.last_seen_at",
        text_of(account, "name"), topic, followers,
        weight * std::log10(1.0 + static_cast<double>(followers)), desk.now, desk.now);
  }
  const auto all = desk.db.number("select count(*) from accounts");
  transaction.commit();
  fmt::print("{} accounts known, {} of them new\n", all, all - known);
}

}  // namespace bot
