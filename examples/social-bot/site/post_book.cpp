#include "site/post_book.h"

#include <fmt/format.h>

#include <array>

#include "desk/migrations.h"

namespace bot::site {
namespace {

constexpr std::array kScripts = {R"(
create table posts (
  number       integer primary key,
  key          text not null unique,
  author       text not null,
  topic        text not null,
  format       text not null,
  text         text not null,
  reply_to     text not null,          -- '' for a post that answers nothing
  published_at integer not null,
  reach        real not null
) strict;
create index posts_by_time on posts (published_at);
)"};

constexpr std::string_view kColumns =
    "select number, key, author, topic, format, text, reply_to, published_at, reach from posts";

Post read(const Query& row) {
  return {.id = fmt::format("p{}", row.number(0)),
          .key = row.text(1),
          .author = row.text(2),
          .topic = row.text(3),
          .format = row.text(4),
          .text = row.text(5),
          .reply_to = row.text(6),
          .published_at = row.time(7),
          .reach = row.real(8)};
}

}  // namespace

PostBook::PostBook(const std::string& path) : db_(open_migrated(path, kScripts)) {}

Publication PostBook::publish(const Post& post) {
  const bool is_new =
      db_.run(
          "insert into posts (key, author, topic, format, text, reply_to, published_at, reach) "
          "values (?, ?, ?, ?, ?, ?, ?, ?) on conflict (key) do nothing",
          post.key, post.author, post.topic, post.format, post.text, post.reply_to,
          post.published_at, post.reach) == 1;
  return {by_key(post.key).value(), is_new};
}

std::optional<Post> PostBook::by_id(std::string_view id) {
  return first(db_.query(fmt::format("{} where 'p' || number = ?", kColumns), id));
}

std::optional<Post> PostBook::by_key(std::string_view key) {
  return first(db_.query(fmt::format("{} where key = ?", kColumns), key));
}

std::vector<Post> PostBook::since(Time from) {
  auto rows = db_.query(fmt::format("{} where published_at >= ? order by number", kColumns), from);
  std::vector<Post> posts;
  while (rows.next()) posts.push_back(read(rows));
  return posts;
}

std::optional<Time> PostBook::newest() {
  auto rows = db_.query("select max(published_at) from posts");
  if (!rows.next() || rows.is_null(0)) return std::nullopt;
  return rows.time(0);
}

std::optional<Post> PostBook::first(Query rows) {
  if (!rows.next()) return std::nullopt;
  return read(rows);
}

}  // namespace bot::site
