#pragma once
// The tables of content.db: all that the bot knows. README.md explains them; all times are unix
// seconds of fleet time. The health queries of a fleet file read `content` directly, so its columns
// id, status, created_at and updated_at are a promise.
//
//   content.status   queued --> posting --> posted --> removed   (gone from the site)
//                      ^           |
//                      +-----------+  id_recovery: the site never got it
//
//   opportunities.status   open --> answering --> answered
//                            +----> stale

#include "desk/database.h"

namespace bot {

/// Opens $CONTENT_DB (default content.db in the current folder) with all its tables.
Database open_content();

}  // namespace bot
