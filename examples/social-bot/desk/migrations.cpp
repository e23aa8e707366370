#include "desk/migrations.h"

#include <fmt/format.h>

#include "desk/failed.h"
#include "desk/file_lock.h"

namespace bot {
namespace {

void migrate(Database& db, std::span<const char* const> scripts) {
  // Two connections that both upgrade to WAL may get SQLITE_BUSY at once, whatever their timeout
  // says.
  const FileLock alone(db.path() + "-lock", FileLock::Wait::kUntilFree);
  db.run("pragma journal_mode = wal");
  Transaction transaction(db);
  const auto done = static_cast<std::size_t>(db.number("pragma user_version"));
  for (std::size_t i = done; i < scripts.size(); ++i) db.script(scripts[i]);
  db.run(fmt::format("pragma user_version = {}", scripts.size()));
  transaction.commit();
}

}  // namespace

Database open_migrated(const std::string& path, std::span<const char* const> scripts) {
  Database db(path);
  const auto version = static_cast<std::size_t>(db.number("pragma user_version"));
  if (version > scripts.size()) {
    throw Failed(
        fmt::format("database {} has version {}, this program knows {}: use a newer program", path,
                    version, scripts.size()));
  }
  if (version < scripts.size()) migrate(db, scripts);
  db.run("pragma synchronous = normal");
  return db;
}

}  // namespace bot
