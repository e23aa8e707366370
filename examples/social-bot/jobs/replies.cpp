// mega_viral_harvester finds big fresh posts of others, reply_posting answers the biggest of them.
// An answer to an old post is read by nobody and looks foolish: what was not answered in time is
// stale. As with posts, a key makes sure that an answer is published once; one left in `answering`
// by a job that died is sent again while it is fresh, and later only looked up.
#include <fmt/format.h>

#include <array>
#include <boost/json/object.hpp>
#include <vector>

#include "desk/port_file.h"
#include "desk/weights.h"
#include "jobs/jobs.h"

namespace bot {
namespace {

constexpr auto kAnswerWithin = 4h;
constexpr int kMostAtOnce = 2;
constexpr int kBigFromLikes = 200;

constexpr std::array<std::string_view, 3> kStyles = {"agreeing", "asking", "adding"};

struct Answer {
  std::string id, author, topic, key, style;
  Time published_at;  // the post above
};

std::string words_of(const Answer& answer) {
  const auto sentence = answer.style == "asking"   ? "what surprised you most about {}, @{}?"
                        : answer.style == "adding" ? "one more thing about {}, @{}: sleep on it."
                                                   : "that is {} as I know it, @{}.";
  return fmt::format(fmt::runtime(sentence), answer.topic, answer.author);
}

int give_up_stale(Desk& desk) {
  return desk.db.run(
      "update opportunities set status = 'stale' where status = 'open' and "
      "published_at < ?",
      desk.now - kAnswerWithin);
}

/// Marks the biggest open ones as ours to answer, and gives all that are.
std::vector<Answer> claim(Desk& desk, const Weights& styles) {
  Transaction transaction(desk.db);
  std::vector<std::string> ids;
  auto open = desk.db.query(
      "select id from opportunities where status = 'open' order by likes desc limit ?",
      kMostAtOnce);
  while (open.next()) ids.push_back(open.text(0));
  for (const std::string& id : ids) {
    desk.db.run("update opportunities set status = 'answering', style = ? where id = ?",
                choose(styles, desk.dice), id);
  }
  std::vector<Answer> claimed;
  auto rows = desk.db.query(
      "select id, author, topic, key, style, published_at from opportunities "
      "where status = 'answering'");
  while (rows.next()) {
    claimed.push_back(
        {rows.text(0), rows.text(1), rows.text(2), rows.text(3), rows.text(4), rows.time(5)});
  }
  transaction.commit();
  return claimed;
}

boost::json::value send(Desk& desk, const Answer& answer) {
  return desk.site.post("/posts", boost::json::object{{"key", answer.key},
                                                      {"topic", answer.topic},
                                                      {"format", answer.style},
                                                      {"text", words_of(answer)},
                                                      {"reply_to", answer.id}});
}

void settle(Desk& desk, const Answer& answer, const boost::json::value& sent) {
  desk.db.run(
      "update opportunities set status = 'answered', reply_id = ?, answered_at = ? "
      "where id = ?",
      text_of(sent, "id"), time_of(sent, "published_at"), answer.id);
  fmt::print("answered {} of @{} ({})\n", answer.id, answer.author, answer.style);
}

void give_up(Desk& desk, const Answer& answer, std::string_view why) {
  desk.db.run("update opportunities set status = 'stale' where id = ?", answer.id);
  fmt::print("{} is not answered: {}\n", answer.id, why);
}

void answer_or_give_up(Desk& desk, const Answer& answer) {
  if (answer.published_at >= desk.now - kAnswerWithin) {
    settle(desk, answer, send(desk, answer));
  } else if (const auto sent_back_then = desk.site.find("/keys/" + answer.key)) {
    settle(desk, answer, *sent_back_then);
  } else {
    give_up(desk, answer, "it is too old by now");
  }
}

}  // namespace

void mega_viral_harvester(Desk& desk) {
  const auto posts = desk.site.posts(
      fmt::format("/feed?hours={}&min_likes={}", kAnswerWithin / 1h, kBigFromLikes));
  Transaction transaction(desk.db);
  int fresh = 0;
  for (const SeenPost& post : posts) {
    fresh += desk.db.run(
        "insert into opportunities (id, status, author, topic, likes, published_at, "
        "found_at, key) values (?, 'open', ?, ?, ?, ?, ?, ?) on conflict do nothing",
        post.id, post.author, post.topic, post.likes, post.published_at, desk.now, random_key());
    desk.db.run("update opportunities set likes = ? where id = ?", post.likes, post.id);
  }
  transaction.commit();
  fmt::print("{} big posts, {} of them new\n", posts.size(), fresh);
}

void reply_posting(Desk& desk) {
  const int stale = give_up_stale(desk);
  const auto answers = claim(desk, weights_of(desk.db, "style", kStyles));
  for (const Answer& answer : answers) {
    try {
      answer_or_give_up(desk, answer);
    } catch (const Refused& refused) {
      give_up(desk, answer, refused.what());
    }
  }
  if (answers.empty()) fmt::print("nothing to answer\n");
  if (stale > 0) fmt::print("{} came too late to be answered\n", stale);
}

}  // namespace bot
