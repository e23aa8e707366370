#include "desk/site_client.h"

#include <fmt/format.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_to.hpp>
#include <cstdlib>
#include <thread>

#include "desk/failed.h"
#include "desk/http_exchange.h"
#include "desk/port_file.h"

namespace bot {
namespace {

namespace json = boost::json;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kPatience{5'000};
constexpr milliseconds kAnswerLimit{10'000};
constexpr milliseconds kBetweenTries{50};
constexpr int kTurnedAway = 503;

milliseconds patience_from_env() {
  const char* text = std::getenv("SITE_WAIT_MS");
  return text == nullptr ? kPatience : milliseconds{std::strtol(text, nullptr, 10)};
}

json::value parsed(const std::string& target, const std::string& body) {
  boost::system::error_code problem;
  json::value value = json::parse(body, problem);
  if (problem) throw Failed(fmt::format("the site answered {} with something not JSON", target));
  return value;
}

/// A member that an answer may lack.
std::string optional_text(const json::value& object, const char* member) {
  const json::value* found = object.as_object().if_contains(member);
  return found == nullptr || !found->is_string() ? "" : json::value_to<std::string>(*found);
}

SeenPost seen_post(const json::value& post) {
  return {.id = text_of(post, "id"),
          .key = optional_text(post, "key"),
          .author = text_of(post, "author"),
          .topic = text_of(post, "topic"),
          .format = text_of(post, "format"),
          .text = text_of(post, "text"),
          .reply_to = optional_text(post, "reply_to"),
          .published_at = time_of(post, "published_at"),
          .likes = number_of(post, "likes"),
          .reposts = number_of(post, "reposts"),
          .replies = number_of(post, "replies"),
          .views = number_of(post, "views")};
}

const json::value& member_of(const json::value& object, const char* member) {
  const json::object* members = object.if_object();
  const json::value* found = members == nullptr ? nullptr : members->if_contains(member);
  if (found == nullptr) throw Failed(fmt::format("the site's answer has no '{}'", member));
  return *found;
}

}  // namespace

std::string text_of(const json::value& object, const char* member) {
  const json::value& found = member_of(object, member);
  if (!found.is_string()) throw Failed(fmt::format("the site's '{}' is not a text", member));
  return json::value_to<std::string>(found);
}

std::int64_t number_of(const json::value& object, const char* member) {
  const json::value& found = member_of(object, member);
  if (!found.is_int64()) throw Failed(fmt::format("the site's '{}' is not a number", member));
  return found.as_int64();
}

Time time_of(const json::value& object, const char* member) {
  return from_unix(number_of(object, member));
}

SiteClient::SiteClient(Time now)
    : now_(now), port_file_(default_port_file()), patience_(patience_from_env()) {}

json::value SiteClient::get(const std::string& target) {
  std::optional<json::value> found = find(target);
  if (!found) throw Failed(fmt::format("the site knows no {}", target));
  return *std::move(found);
}

std::optional<json::value> SiteClient::find(const std::string& target) {
  const Answer answer = exchange("GET", target, "");
  if (answer.status == 404) return std::nullopt;
  if (answer.status != 200) {
    throw Failed(
        fmt::format("the site answered {} to GET {}: {}", answer.status, target, answer.body));
  }
  return parsed(target, answer.body);
}

json::value SiteClient::post(const std::string& target, const json::value& body) {
  const Answer answer = exchange("POST", target, json::serialize(body));
  if (answer.status != 200 && answer.status != 201) {
    const auto what =
        fmt::format("the site answered {} to POST {}: {}", answer.status, target, answer.body);
    if (answer.status == 400 || answer.status == 422) throw Refused(what);
    throw Failed(what);
  }
  return parsed(target, answer.body);
}

std::vector<SeenPost> SiteClient::posts(const std::string& target) {
  const json::value answer = get(target);
  const json::value& listed = member_of(answer, "posts");
  if (!listed.is_array()) throw Failed("the site's 'posts' is not a list");
  std::vector<SeenPost> posts;
  for (const json::value& post : listed.as_array()) posts.push_back(seen_post(post));
  return posts;
}

SiteClient::Answer SiteClient::exchange(const std::string& method, const std::string& target,
                                        const std::string& body) {
  const auto give_up_at = steady_clock::now() + patience_;
  std::string trouble;
  for (;;) {
    // Read anew each time: a site that comes back has another port.
    if (const auto address = read_port_file(port_file_)) {
      const HttpRequest request{address->port, method,       target,
                                body,          address->key, std::to_string(unix_seconds(now_))};
      auto answer = http_exchange(request, kAnswerLimit);
      if (answer &&
          answer->status == kTurnedAway) {  // it will not change its mind within `patience_`
        throw NotSent(fmt::format("the feed site turns everybody away: {}", answer->body));
      }
      if (answer) return {answer->status, std::move(answer->body)};
      trouble = answer.error().text;
      if (answer.error().connected) throw Failed(fmt::format("the site broke off: {}", trouble));
    } else {
      trouble = fmt::format("there is no {}", port_file_);
    }
    if (steady_clock::now() >= give_up_at) break;
    std::this_thread::sleep_for(kBetweenTries);
  }
  throw NotSent(
      fmt::format("the feed site is not up ({}): start it with 'social-bot site'", trouble));
}

}  // namespace bot
