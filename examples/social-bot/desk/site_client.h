#pragma once
// The feed site as the jobs see it: JSON over HTTP. Every request carries the job's fleet time,
// since the site has no clock of its own. A site that is not up yet (the whole fleet starts at
// once) is tried again for a while; after that, and for every answer that is no success, the job
// fails.

#include <boost/json/value.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "desk/failed.h"
#include "desk/fleet_time.h"

namespace bot {

/// A post as the site shows it at one moment.
struct SeenPost {
  std::string id;
  std::string key;  // ours only: the key it was published with
  std::string author;
  std::string topic;
  std::string format;
  std::string text;
  std::string reply_to;  // "" for a post that answers nothing
  Time published_at;
  std::int64_t likes = 0;
  std::int64_t reposts = 0;
  std::int64_t replies = 0;
  std::int64_t views = 0;
};

/// The site was not there, or turned the request away unseen (503): it surely has not acted on it.
struct NotSent : Failed {
  using Failed::Failed;
};

/// The site will never take this request (400, 422), however often it is sent.
struct Refused : Failed {
  using Failed::Failed;
};

class SiteClient {
 public:
  /// Connects on each request. `patience` is wall time: $SITE_WAIT_MS, default 5 s.
  explicit SiteClient(Time now);

  /// GET; throws NotSent when the site is not there (or says 503), Failed for any answer but 200.
  boost::json::value get(const std::string& target);

  /// GET; nullopt for 404.
  std::optional<boost::json::value> find(const std::string& target);

  /// POST of a JSON body; throws like get (201 is a success too), and Refused.
  boost::json::value post(const std::string& target, const boost::json::value& body);

  /// The posts that `target` lists.
  std::vector<SeenPost> posts(const std::string& target);

 private:
  struct Answer {
    int status;
    std::string body;
  };
  Answer exchange(const std::string& method, const std::string& target, const std::string& body);

  Time now_;
  std::string port_file_;
  std::chrono::milliseconds patience_;
};

/// Members of an answer. They throw Failed when it is not there, or of another kind.
std::string text_of(const boost::json::value& object, const char* member);
std::int64_t number_of(const boost::json::value& object, const char* member);
Time time_of(const boost::json::value& object, const char* member);

}  // namespace bot
