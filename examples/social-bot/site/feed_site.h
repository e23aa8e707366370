#pragma once
// The feed site's pages: what each method and path answers. JSON throughout; times are unix
// seconds.
//
//   GET  /                          who this is, and how much was published
//   GET  /feed?hours=N&min_likes=N  what others posted
//   GET  /posts?hours=N             what was published here by us, replies included
//   POST /posts                     {key, topic, format, text, reply_to?} -> 201 {id}, 200 when
//   known GET  /posts/ID                  one post, of anybody GET  /posts/ID/replies          what
//   people answered GET  /keys/KEY                  the post that was published with this key GET
//   /accounts/suggested        GET /accounts/NAME      GET /accounts/NAME/posts?hours=N GET
//   /news?hours=N              GET /trends
//
// "Now" is the header X-Fleet-Now, or ?now=, or the latest time that a job has told so far.
// One thread. Answers hold no reference to the site.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "site/http_server.h"
#include "site/post_book.h"
#include "site/world.h"

namespace bot::site {

class FeedSite {
 public:
  /// `key` is what a request that writes must show in X-Site-Key (port_file.h).
  FeedSite(std::uint64_t seed, const std::string& database, std::string key);

  HttpReply answer(const HttpQuestion& question);

 private:
  /// A request taken apart: "/posts/p1/replies?hours=2" has the words posts, p1, replies.
  struct Visit {
    std::vector<std::string> words;
    std::map<std::string, std::string, std::less<>> options;
    Time now;
    std::int64_t option(std::string_view name, std::int64_t otherwise) const;
    Time since(std::int64_t default_hours) const;
  };

  Visit visit_of(const HttpQuestion& question);
  HttpReply page(const Visit& visit);
  HttpReply posts_page(const Visit& visit);
  HttpReply accounts_page(const Visit& visit);
  HttpReply publish(const Visit& visit, const std::string& body);
  std::optional<Post> find_post(const std::string& id, Time now);
  boost::json::value shown(const Post& post, Time now) const;
  std::int64_t followers_of_ours(Time now);

  World world_;
  PostBook book_;
  std::string key_;
  Time latest_;
};

}  // namespace bot::site
