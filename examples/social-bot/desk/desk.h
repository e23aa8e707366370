#pragma once
// Desk: what every job finds when it starts: the database, the site, the fleet's time, and dice.
// The dice are seeded with the time, so a job that is run again for the same TAKT_NOW chooses the
// same things.

#include <random>

#include "desk/database.h"
#include "desk/site_client.h"

namespace bot {

struct Desk {
  Database& db;
  SiteClient& site;
  Time now;
  std::mt19937_64 dice;
};

}  // namespace bot
