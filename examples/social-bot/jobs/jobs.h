#pragma once
// The jobs: each does one thing, prints a line or two about it, and throws Failed when it cannot.
// They share nothing but content.db; a job may be killed at any moment and started again.
//
//   plan --> content --> posting --> site --> metrics_scraper --> metrics --> learning --> weights
//   --> plan mega_viral_harvester --> opportunities --> reply_posting --> site --> reply_metrics
//        --> reply_learning --> weights --> reply_posting

#include <span>
#include <string_view>

#include "desk/desk.h"

namespace bot {

void plan(Desk& desk);
void posting(Desk& desk);
void reply_posting(Desk& desk);
void metrics_scraper(Desk& desk);
void reply_metrics(Desk& desk);
void mega_viral_harvester(Desk& desk);
void account_discovery(Desk& desk);
void learning(Desk& desk);
void reply_learning(Desk& desk);
void analytics(Desk& desk);
void data_collection(Desk& desk);
void news_scraping(Desk& desk);
void viral_scraper(Desk& desk);
void peer_scraper(Desk& desk);
void vi_deep_analysis(Desk& desk);
void tweet_reconciliation(Desk& desk);
void id_recovery(Desk& desk);

struct NamedJob {
  std::string_view name;
  std::string_view does;
  void (*run)(Desk&);
};

/// All of them, in the order of the fleet file.
std::span<const NamedJob> all_jobs();

/// nullptr when there is none of that name.
const NamedJob* find_job(std::string_view name);

}  // namespace bot
