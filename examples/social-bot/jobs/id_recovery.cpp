// id_recovery: a row in `posting` belongs to a job that is at it right now, or to one that died
// between claiming and settling. The site knows which keys it has published: a post that is there
// gets its id; a row that the site never got goes back into the queue, once no job can still be
// holding it.
#include <fmt/format.h>

#include <vector>

#include "jobs/jobs.h"

namespace bot {
namespace {

constexpr auto kSurelyAbandoned = 10min;

struct Open {
  std::int64_t id;
  std::string key;
  Time updated_at;
};

std::vector<Open> rows_without_id(Database& db) {
  std::vector<Open> open;
  auto rows = db.query(
      "select id, key, updated_at from content where status = 'posting' "
      "or (status = 'posted' and site_id is null) order by id");
  while (rows.next()) open.push_back({rows.number(0), rows.text(1), rows.time(2)});
  return open;
}

}  // namespace

void id_recovery(Desk& desk) {
  int found = 0;
  int requeued = 0;
  const auto open = rows_without_id(desk.db);
  for (const Open& row : open) {
    if (const auto post = desk.site.find("/keys/" + row.key)) {
      found += desk.db.run(
          "update content set status = 'posted', site_id = ?, posted_at = ?, "
          "updated_at = ? where id = ? and site_id is null",
          text_of(*post, "id"), time_of(*post, "published_at"), desk.now, row.id);
    } else if (row.updated_at <= desk.now - kSurelyAbandoned) {
      requeued += desk.db.run(
          "update content set status = 'queued', updated_at = ? where id = ? "
          "and status in ('posting', 'posted') and site_id is null",
          desk.now, row.id);
    }
  }
  fmt::print("{} rows without an id: {} found on the site, {} back in the queue\n", open.size(),
             found, requeued);
}

}  // namespace bot
