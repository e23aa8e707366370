// tweet_reconciliation: compares the posted rows of the last two days with the site's own list.
// What the site shows and we do not know (a restored content.db) is adopted; what we believe posted
// and the site shows no longer (taken down by its moderators) becomes `removed`.
#include <fmt/format.h>

#include <set>

#include "jobs/jobs.h"

namespace bot {
namespace {

constexpr auto kWindow = 48h;
constexpr auto kSettled = 10min;  // a younger row may have come after the list was made

int adopt(Desk& desk, const SeenPost& post) {
  return desk.db.run(
      "insert into content (status, topic, format, text, key, site_id, scheduled_at, posted_at, "
      "created_at, updated_at) values ('posted', ?, ?, ?, ?, ?, ?, ?, ?, ?) "
      "on conflict do nothing",
      post.topic, post.format, post.text, post.key, post.id, post.published_at, post.published_at,
      post.published_at, desk.now);
}

int mark_removed(Desk& desk, const std::set<std::string>& on_site) {
  std::set<std::int64_t> missing;
  auto ours = desk.db.query(
      "select id, site_id from content where status = 'posted' and site_id "
      "is not null and posted_at >= ? and posted_at < ?",
      desk.now - kWindow, desk.now - kSettled);
  while (ours.next()) {
    if (!on_site.contains(ours.text(1))) missing.insert(ours.number(0));
  }
  for (const auto id : missing) {
    desk.db.run("update content set status = 'removed', updated_at = ? where id = ?", desk.now, id);
  }
  return static_cast<int>(missing.size());
}

}  // namespace

void tweet_reconciliation(Desk& desk) {
  const auto listed = desk.site.posts(fmt::format("/posts?hours={}", kWindow / 1h));
  Transaction transaction(desk.db);
  std::set<std::string> on_site;
  int adopted = 0;
  for (const SeenPost& post : listed) {
    on_site.insert(post.id);
    if (post.reply_to.empty()) adopted += adopt(desk, post);
  }
  const int removed = mark_removed(desk, on_site);
  transaction.commit();
  fmt::print("{} posts on the site: {} adopted, {} of ours are gone from there\n", listed.size(),
             adopted, removed);
}

}  // namespace bot
