// plan: keeps the queue filled for the next two and a half hours, one post every twelve minutes.
// Topics and formats are drawn by their weights; a fresh headline of the topic is taken up once;
// and when the deep analysis says so, the post opens with a question.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "desk/port_file.h"
#include "desk/weights.h"
#include "jobs/jobs.h"

namespace bot {
namespace {

constexpr auto kHorizon = 150min;
constexpr auto kSpacing = 12min;
constexpr auto kNewsAge = 6h;
constexpr double kSurelyNotChance = 2.0;  // Welch's t

constexpr std::array<std::string_view, 8> kTopics = {
    "astronomy", "baking", "bicycles", "compilers", "databases", "gardens", "maps", "trains"};
constexpr std::array<std::string_view, 4> kFormats = {"question", "story", "thread", "tip"};
constexpr std::array<std::string_view, 4> kPoints = {
    "start with the part that you can measure.", "the boring way is the one that lasts.",
    "write down what you expected before you look.", "ask who did it before you."};

/// A headline of this topic that no post has used yet; "" when there is none.
std::string fresh_headline(Desk& desk, const std::string& topic) {
  auto news = desk.db.query(
      "select headline from news where topic = ? and published_at > ? and not exists "
      "(select 1 from content where instr(content.text, news.headline) and content.created_at > ?) "
      "order by published_at desc limit 1",
      topic, desk.now - kNewsAge, desk.now - kNewsAge);
  return news.next() ? news.text(0) : "";
}

std::string written(Desk& desk, const std::string& topic, const std::string& format, bool ask) {
  const std::string headline = fresh_headline(desk, topic);
  const auto point = kPoints[desk.dice() % kPoints.size()];
  const std::string opening = ask ? fmt::format("Ever wondered about {}? ", topic) : "";
  if (!headline.empty())
    return fmt::format("{}In the news: {}. My {}: {}", opening, headline, format, point);
  return fmt::format("{}A {} about {}: {}", opening, format, topic, point);
}

}  // namespace

void plan(Desk& desk) {
  const Weights topics = weights_of(desk.db, "topic", kTopics);
  const Weights formats = weights_of(desk.db, "format", kFormats);
  Transaction transaction(desk.db);  // two plans at once would fill the same places
  const bool ask = desk.db.number(
                       "select count(*) from viral_features where feature = 'question' "
                       "and t > ?",
                       kSurelyNotChance) > 0;
  const Time last = from_unix(desk.db.number(
      "select max(scheduled_at) from content where status = 'queued' and scheduled_at <= ?",
      desk.now + kHorizon));
  int queued = 0;
  for (Time at = std::max(desk.now, last + kSpacing); at <= desk.now + kHorizon; at += kSpacing) {
    const std::string topic = choose(topics, desk.dice);
    const std::string format = choose(formats, desk.dice);
    desk.db.run(
        "insert into content (status, topic, format, text, key, scheduled_at, created_at, "
        "updated_at) values ('queued', ?, ?, ?, ?, ?, ?, ?)",
        topic, format, written(desk, topic, format, ask), random_key(), at, desk.now, desk.now);
    ++queued;
  }
  transaction.commit();
  const std::string liked = favourite(desk.db, "topic");
  fmt::print("queued {} posts until {}{}{}\n", queued, clock_face(desk.now + kHorizon),
             liked.empty() ? "" : ", favouring ", liked);
}

}  // namespace bot
