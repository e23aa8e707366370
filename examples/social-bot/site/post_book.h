#pragma once
// The site's only memory: what was published to it, in site.db. A key is published once: the same
// key again gives back the post of the first time, so that a client that does not know whether its
// request arrived may simply repeat it.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "desk/database.h"
#include "site/world.h"

namespace bot::site {

struct Publication {
  Post post;
  bool is_new = false;
};

class PostBook {
 public:
  explicit PostBook(const std::string& path);

  /// Committed when it returns. `post.id` is ignored; the book gives ids "p1", "p2", ...
  Publication publish(const Post& post);

  std::optional<Post> by_id(std::string_view id);
  std::optional<Post> by_key(std::string_view key);
  /// Published from `from` on, oldest first.
  std::vector<Post> since(Time from);
  /// When the newest one was published; nullopt for an empty book.
  std::optional<Time> newest();

 private:
  std::optional<Post> first(Query rows);
  Database db_;
};

}  // namespace bot::site
