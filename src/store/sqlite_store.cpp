#include "store/sqlite_store.h"

#include <utility>

#include "base/state_dir.h"
#include "store/overlay.h"
#include "store/sqlite_load.h"
#include "store/sqlite_writer.h"

namespace takt::store {
namespace {

using ports::StoreError;
using std::filesystem::path;

constexpr std::chrono::milliseconds kPatience{1000};  // with somebody else's lock, while opening

path journal_of(const path& file) {
  return journal_file(file.has_parent_path() ? file.parent_path() : path("."));
}

/// Makes the database where there is none, and looks at one that is there.
std::expected<FileIdentity, StoreError> find_or_make(const path& file, const Owner& owner) {
  auto found = identify(file);
  if (found && !*found) {
    if (auto error = create(file)) return std::unexpected(*error);
    found = identify(file);
  } else if (found) {
    if (auto error = inspect(file, Depth::whole, owner)) return std::unexpected(*error);
  }
  if (!found) return std::unexpected(found.error());
  if (!*found) {
    return std::unexpected(
        StoreError{StoreError::Kind::io, file.string() + ": vanished", "start again"});
  }
  return **found;
}

/// A database that cannot be written for now is no reason not to start, while the journal can take
/// what may not wait.
bool may_wait(const StoreError& error, const Journal& journal) {
  const bool for_now = error.kind == StoreError::Kind::io || error.kind == StoreError::Kind::in_use;
  return for_now && core::has_room_for_starts(journal.use());
}

}  // namespace

std::expected<std::unique_ptr<SqliteStore>, StoreError> SqliteStore::open(
    const path& file, const std::string& fleet_name, double speed, ports::StoreListener& listener) {
  const Owner owner{fleet_name, speed};
  const auto identity = find_or_make(file, owner);
  if (!identity) return std::unexpected(identity.error());
  // Migrates, and shows at once what the first commit would stumble over.
  std::optional<StoreError> trouble;
  std::expected<JournalMark, StoreError> mark;
  if (auto tried = open_for_writing(file, kPatience)) {
    mark = journal_mark(*tried, file);
  } else {
    trouble = tried.error();
    mark = journal_mark(file);
  }
  if (!mark) return std::unexpected(trouble.value_or(mark.error()));
  auto journal =
      Journal::open(journal_of(file), {fleet_name, speed, mark->store_id}, mark->generation);
  if (!journal) return std::unexpected(journal.error());

  std::vector<core::Batch> found = journal->take_found();
  const auto replayed = static_cast<std::int64_t>(found.size());
  GroupWriter groups(file, owner, *identity);
  if (!trouble && !found.empty()) {
    trouble = groups.commit(found, mark->generation + 1);
    if (!trouble) {
      found.clear();
      journal->begin(mark->generation += 1);
    }
  }
  if (trouble && !may_wait(*trouble, *journal)) return std::unexpected(*trouble);
  auto store = std::unique_ptr<SqliteStore>(new SqliteStore(file));
  store->replayed_ = replayed;
  store->found_ = found;
  store->writer_ = std::make_unique<SqliteWriter>(std::move(groups), std::move(*journal),
                                                  mark->generation, std::move(found), listener);
  return store;
}

SqliteStore::SqliteStore(path file) : file_(std::move(file)) {}

SqliteStore::~SqliteStore() = default;

std::expected<core::Stored, StoreError> SqliteStore::load() {
  auto stored = load_stored(file_);
  if (!stored) return stored;
  stored->journal_replayed = replayed_;
  return overlay(std::move(*stored), std::exchange(found_, {}));
}

void SqliteStore::retain(KeepRules rules) { writer_->retain(std::move(rules)); }

void SqliteStore::sweep(KeepRules rules, Swept swept) {
  writer_->sweep(std::move(rules), std::move(swept));
}

void SqliteStore::retry_now() { writer_->retry_now(); }

void SqliteStore::submit(core::Batch batch) { writer_->submit(std::move(batch)); }

std::size_t SqliteStore::backlog() const { return writer_->backlog(); }

bool SqliteStore::flush(Duration patience) { return writer_->flush(patience); }

}  // namespace takt::store
