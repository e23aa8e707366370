#include "site/feed_site.h"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_to.hpp>
#include <charconv>
#include <chrono>
#include <cmath>

namespace bot::site {
namespace {

namespace json = boost::json;

constexpr double kOurReach = 25;           // likes of an average post of ours, in the end
constexpr double kReplyReachShare = 0.02;  // what an answer gets of the attention of the post above
constexpr double kHoursOfAttention = 4;    // how soon nobody reads new answers any more
constexpr std::int64_t kHoursMax = 24 * 7;
constexpr std::int64_t kFollowersAtFirst = 80;
constexpr std::int64_t kLikesPerFollower = 15;
constexpr std::size_t kTextMax = 500;

HttpReply page_of(int status, const json::value& content) {
  return {status, json::serialize(content)};
}

HttpReply refusal(int status, std::string_view why) {
  return page_of(status, json::object{{"error", why}});
}

std::int64_t number_or(std::string_view text, std::int64_t otherwise) {
  std::int64_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  return problem == std::errc{} && end == text.data() + text.size() ? value : otherwise;
}

std::vector<std::string> split(std::string_view text, char at) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const auto end = std::min(text.find(at), text.size());
    if (end > 0) parts.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

json::value shown(const Account& account) {
  return json::object{
      {"name", account.name}, {"topic", account.topic}, {"followers", account.followers}};
}

std::string text_in(const json::object& object, const char* member) {
  const json::value* found = object.if_contains(member);
  return found == nullptr || !found->is_string() ? "" : json::value_to<std::string>(*found);
}

}  // namespace

FeedSite::FeedSite(std::uint64_t seed, const std::string& database, std::string key)
    : world_(seed),
      book_(database),
      key_(std::move(key)),
      latest_(book_.newest().value_or(
          std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()))) {}

std::int64_t FeedSite::Visit::option(std::string_view name, std::int64_t otherwise) const {
  const auto found = options.find(name);
  return found == options.end() ? otherwise : number_or(found->second, otherwise);
}

Time FeedSite::Visit::since(std::int64_t default_hours) const {
  const auto hours = std::clamp<std::int64_t>(option("hours", default_hours), 0, kHoursMax);
  return now - std::chrono::hours{hours};
}

FeedSite::Visit FeedSite::visit_of(const HttpQuestion& question) {
  const auto parts = split(question.target, '?');
  Visit visit;
  if (!parts.empty()) visit.words = split(parts[0], '/');
  for (const std::string& pair : split(parts.size() > 1 ? parts[1] : "", '&')) {
    const auto sign = std::min(pair.find('='), pair.size());
    visit.options[pair.substr(0, sign)] = pair.substr(std::min(sign + 1, pair.size()));
  }
  const std::int64_t told = number_or(question.fleet_now, visit.option("now", 0));
  visit.now = told > 0 ? from_unix(told) : latest_;
  if (question.site_key == key_) latest_ = std::max(latest_, visit.now);
  return visit;
}

HttpReply FeedSite::answer(const HttpQuestion& question) {
  // A key of another start of the site: the client has read an old port file and shall read it
  // again.
  if (!question.site_key.empty() && question.site_key != key_) {
    return refusal(421, "this is another site than you think");
  }
  const Visit visit = visit_of(question);
  if (question.method == "GET") return page(visit);
  if (question.method != "POST") return refusal(405, "GET and POST only");
  if (question.site_key.empty())
    return refusal(403, "writing needs the X-Site-Key of the port file");
  if (visit.words != std::vector<std::string>{"posts"}) return refusal(404, "no such page");
  return publish(visit, question.body);
}

HttpReply FeedSite::page(const Visit& visit) {
  if (visit.words.empty()) {
    return page_of(200, json::object{{"site", "takt example feed"},
                                     {"published", book_.since(Time{}).size()},
                                     {"now", unix_seconds(visit.now)}});
  }
  const std::string& place = visit.words[0];
  if (place == "posts") return posts_page(visit);
  if (place == "accounts") return accounts_page(visit);
  if (place == "keys" && visit.words.size() == 2) {
    const auto post = book_.by_key(visit.words[1]);
    return post ? page_of(200, shown(*post, visit.now)) : refusal(404, "no post has this key");
  }
  if (visit.words.size() != 1) return refusal(404, "no such page");
  json::array list;
  if (place == "feed") {
    for (const Post& post : world_.posts(visit.since(3), visit.now)) {
      const bool shows = world_.engagement(post, visit.now).likes >= visit.option("min_likes", 0);
      if (shows) list.push_back(shown(post, visit.now));
    }
    return page_of(200, json::object{{"posts", list}});
  }
  if (place == "news") {
    for (const NewsItem& item : world_.news(visit.since(3), visit.now)) {
      list.push_back(json::object{{"id", item.id},
                                  {"topic", item.topic},
                                  {"headline", item.headline},
                                  {"published_at", unix_seconds(item.published_at)}});
    }
    return page_of(200, json::object{{"news", list}});
  }
  if (place == "trends") {
    for (const Trend& trend : world_.trends(visit.now)) {
      list.push_back(json::object{{"topic", trend.topic}, {"volume", trend.volume}});
    }
    return page_of(200, json::object{{"trends", list}});
  }
  return refusal(404, "no such page");
}

HttpReply FeedSite::posts_page(const Visit& visit) {
  json::array list;
  if (visit.words.size() == 1) {
    for (const Post& post : book_.since(visit.since(48))) {
      if (!world_.taken_down(post, visit.now)) list.push_back(shown(post, visit.now));
    }
    return page_of(200, json::object{{"posts", list}});
  }
  const auto post = find_post(visit.words[1], visit.now);
  if (!post) return refusal(404, "no such post");
  if (visit.words.size() == 2) return page_of(200, shown(*post, visit.now));
  if (visit.words[2] != "replies" || visit.words.size() > 3) return refusal(404, "no such page");
  for (const Reply& reply : world_.replies(*post, visit.now)) {
    list.push_back(json::object{
        {"author", reply.author}, {"text", reply.text}, {"at", unix_seconds(reply.at)}});
  }
  return page_of(200, json::object{{"replies", list}});
}

HttpReply FeedSite::accounts_page(const Visit& visit) {
  json::array list;
  if (visit.words.size() == 2 && visit.words[1] == "suggested") {
    for (const Account& account : world_.suggested(visit.now)) list.push_back(site::shown(account));
    return page_of(200, json::object{{"accounts", list}});
  }
  if (visit.words.size() == 2 && visit.words[1] == "bot") {
    return page_of(200, json::object{{"name", "bot"}, {"followers", followers_of_ours(visit.now)}});
  }
  const Account* account = visit.words.size() > 1 ? world_.account(visit.words[1]) : nullptr;
  if (account == nullptr) return refusal(404, "no such account");
  if (visit.words.size() == 2) return page_of(200, site::shown(*account));
  if (visit.words[2] != "posts" || visit.words.size() > 3) return refusal(404, "no such page");
  for (const Post& post : world_.posts(visit.since(24), visit.now)) {
    if (post.author == account->name) list.push_back(shown(post, visit.now));
  }
  return page_of(200, json::object{{"posts", list}});
}

HttpReply FeedSite::publish(const Visit& visit, const std::string& body) {
  boost::system::error_code problem;
  const json::value sent = json::parse(body, problem);
  if (problem || !sent.is_object()) return refusal(400, "the body is not a JSON object");
  Post post;
  post.key = text_in(sent.as_object(), "key");
  post.author = "bot";
  post.topic = text_in(sent.as_object(), "topic");
  post.format = text_in(sent.as_object(), "format");
  post.text = text_in(sent.as_object(), "text");
  post.reply_to = text_in(sent.as_object(), "reply_to");
  post.published_at = visit.now;
  if (post.key.empty() || post.text.empty()) return refusal(400, "key and text are needed");
  if (post.text.size() > kTextMax) return refusal(422, "a text has at most 500 bytes");
  post.reach = kOurReach;
  if (!post.reply_to.empty()) {
    const auto above = find_post(post.reply_to, visit.now);
    if (!above) return refusal(422, "the post to answer is not there");
    const double hours =
        std::chrono::duration<double, std::ratio<3600>>(visit.now - above->published_at).count();
    post.reach = kReplyReachShare * above->reach * std::exp(-hours / kHoursOfAttention);
  }
  const Publication done = book_.publish(post);
  return page_of(done.is_new ? 201 : 200, shown(done.post, visit.now));
}

std::optional<Post> FeedSite::find_post(const std::string& id, Time now) {
  if (id.starts_with('w')) return world_.post(id, now);
  auto post = book_.by_id(id);
  if (post && world_.taken_down(*post, now)) return std::nullopt;
  return post;
}

json::value FeedSite::shown(const Post& post, Time now) const {
  const Engagement engagement = world_.engagement(post, now);
  json::object object{{"id", post.id},
                      {"author", post.author},
                      {"topic", post.topic},
                      {"format", post.format},
                      {"text", post.text},
                      {"published_at", unix_seconds(post.published_at)},
                      {"likes", engagement.likes},
                      {"reposts", engagement.reposts},
                      {"replies", engagement.replies},
                      {"views", engagement.views}};
  if (!post.key.empty()) object["key"] = post.key;
  if (!post.reply_to.empty()) object["reply_to"] = post.reply_to;
  return object;
}

std::int64_t FeedSite::followers_of_ours(Time now) {
  std::int64_t likes = 0;
  for (const Post& post : book_.since(Time{})) likes += world_.engagement(post, now).likes;
  return kFollowersAtFirst + likes / kLikesPerFollower;
}

}  // namespace bot::site
