#include "jobs/jobs.h"

#include <algorithm>
#include <array>

namespace bot {
namespace {

constexpr std::array kJobs = {
    NamedJob{"posting", "publishes the queued posts that are due", posting},
    NamedJob{"plan", "writes posts and queues them for the coming hours", plan},
    NamedJob{"reply_posting", "answers harvested posts while they are fresh", reply_posting},
    NamedJob{"metrics_scraper", "stores what our posts have gathered so far", metrics_scraper},
    NamedJob{"reply_metrics", "stores what our answers have gathered so far", reply_metrics},
    NamedJob{"mega_viral_harvester", "finds big posts worth answering", mega_viral_harvester},
    NamedJob{"account_discovery", "finds accounts worth watching", account_discovery},
    NamedJob{"learning", "turns metrics into weights of topics and formats", learning},
    NamedJob{"reply_learning", "turns reply metrics into weights of styles", reply_learning},
    NamedJob{"analytics", "adds up hours and days", analytics},
    NamedJob{"data_collection", "notes trends and the number of followers", data_collection},
    NamedJob{"news_scraping", "collects headlines that posts can start from", news_scraping},
    NamedJob{"viral_scraper", "collects posts that went viral", viral_scraper},
    NamedJob{"peer_scraper", "collects what watched accounts post", peer_scraper},
    NamedJob{"vi_deep_analysis", "measures what sets viral posts apart", vi_deep_analysis},
    NamedJob{"tweet_reconciliation", "compares our list of posts with the site's",
             tweet_reconciliation},
    NamedJob{"id_recovery", "finds out what became of posts without an id", id_recovery},
};

}  // namespace

std::span<const NamedJob> all_jobs() { return kJobs; }

const NamedJob* find_job(std::string_view name) {
  const auto found = std::ranges::find(kJobs, name, &NamedJob::name);
  return found == kJobs.end() ? nullptr : &*found;
}

}  // namespace bot
