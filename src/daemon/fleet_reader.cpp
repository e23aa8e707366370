#include "daemon/fleet_reader.h"

#include <malloc.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <exception>
#include <utility>

#include "daemon/planning.h"
#include "fleet/load.h"
#include "fleet/preflight.h"

namespace takt::daemon {
namespace {

fleet::Problem not_kept(const std::filesystem::path& file, const ports::StoreError& trouble) {
  return {.severity = fleet::Problem::Severity::warning,
          .file = file.string(),
          .message = "planned offsets are not kept: " + trouble.what,
          .hint = trouble.hint,
          .line_text = {}};
}

FleetLook look_at(const std::filesystem::path& file, bool trust_file,
                  const std::filesystem::path& database) {
  FleetLook look;
  try {
    auto loaded = fleet::load(file, {.trust_file = trust_file});
    look.problems = std::move(loaded.problems);
    look.read = std::move(loaded.read);
    if (!loaded.spec) return look;
    auto more = fleet::preflight(*loaded.spec, loaded.where);
    look.problems.insert(look.problems.end(), more.begin(), more.end());
    if (const auto trouble = settle_offsets(*loaded.spec, database, Keep::yes)) {
      look.problems.push_back(not_kept(file, *trouble));
    }
    look.fleet = std::make_shared<const core::FleetSpec>(std::move(*loaded.spec));
  } catch (const std::exception& error) {  // out of memory for a giant file: the old one stays
    look.fleet.reset();
    look.problems = {{.file = file.string(), .message = error.what(), .hint = {}, .line_text = {}}};
  }
  return look;
}

}  // namespace

/// The thread comes with the first look: most daemons never need it.
struct FleetReader::Worker {
  boost::asio::thread_pool pool{1};
};

FleetReader::FleetReader(boost::asio::io_context& loop, std::filesystem::path file, bool trust_file,
                         std::filesystem::path database)
    : loop_(loop),
      file_(std::move(file)),
      trust_file_(trust_file),
      database_(std::move(database)) {}

FleetReader::~FleetReader() {
  if (worker_) worker_->pool.join();
}

void FleetReader::look(Done done) {
  waiting_.push_back(std::move(done));
  if (!looking_) begin();
}

void FleetReader::give_back_memory() {
  if (worker_) boost::asio::post(worker_->pool, [] { malloc_trim(0); });
}

void FleetReader::begin() {
  looking_ = true;
  served_ = std::exchange(waiting_, {});
  if (!worker_) worker_ = std::make_unique<Worker>();
  boost::asio::post(worker_->pool, [this] {
    auto look = std::make_shared<const FleetLook>(look_at(file_, trust_file_, database_));
    boost::asio::post(loop_, [this, look] { tell(*look); });
  });
}

void FleetReader::tell(const FleetLook& look) {
  looking_ = false;
  for (const Done& done : std::exchange(served_, {})) done(look);
  if (!looking_ && !waiting_.empty()) begin();
}

}  // namespace takt::daemon
