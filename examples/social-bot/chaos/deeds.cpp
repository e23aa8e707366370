#include "chaos/deeds.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "desk/failed.h"

namespace bot::chaos {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

constexpr std::string_view kHows[] = {"SIGSEGV", "SIGABRT", "exit 1"};
constexpr std::size_t kStepBytes = std::size_t{10} << 20;
constexpr int kLeakMebibytesMax = 1536;

void note(const Scene& scene, const Fault& fault, const json::object& more = {}) {
  scene.diary.note(scene.who, scene.who.now, word(fault), more);
}

void crash(const Crash& fault, const Scene& scene) {
  if (fault.work_done_first) scene.work();
  note(scene, fault,
       {{"how", kHows[static_cast<std::size_t>(fault.how)]},
        {"when", fault.work_done_first ? "after the work" : "before the work"}});
  die(fault.how);
}

[[noreturn]] void hang(const Hang& fault, const Scene& scene) {
  note(scene, fault, {{"deaf", fault.deaf}});
  if (fault.deaf) std::signal(SIGTERM, SIG_IGN);
  fmt::print("hangs{} (on purpose)\n", fault.deaf ? " and hears no SIGTERM" : "");
  std::fflush(stdout);
  for (;;) ::pause();
}

[[noreturn]] void leak(const Leak& fault, const Scene& scene) {
  const int most = std::min(fault.mebibytes, kLeakMebibytesMax);
  note(scene, fault, {{"mebibytes", most}});
  std::vector<std::unique_ptr<char[]>> kept;
  while (kept.size() * kStepBytes < static_cast<std::size_t>(most) << 20) {
    kept.push_back(std::make_unique<char[]>(kStepBytes));  // zeroed, and so really there
    std::this_thread::sleep_for(10ms);  // long enough for a limit to be noticed by watching
  }
  fmt::print(stderr, "out of memory after {} MiB (on purpose)\n", most);
  std::_Exit(1);
}

struct Row {
  std::int64_t id;
  std::string topic, format, text, key;
};

/// The queued row that posting would take next; for an accident that sends nothing, the last of
/// them, so that there is time to find it before it is due.
std::optional<Row> queued_row(Desk& desk, bool next) {
  auto rows =
      desk.db.query(fmt::format("select id, topic, format, text, key from content where "
                                "status = 'queued' order by scheduled_at {} limit 1",
                                next ? "asc" : "desc"));
  if (!rows.next()) return std::nullopt;
  return Row{rows.number(0), rows.text(1), rows.text(2), rows.text(3), rows.text(4)};
}

std::optional<Row> claim(const LeavePosting& fault, const Scene& scene) {
  Transaction transaction(scene.desk.db);
  auto row = queued_row(scene.desk, fault.sent);
  if (!row) return std::nullopt;
  note(scene, fault, {{"row", row->id}, {"sent", fault.sent}});
  scene.desk.db.run("update content set status = 'posting', updated_at = ? where id = ?",
                    scene.desk.now, row->id);
  transaction.commit();
  return row;
}

void leave_posting(const LeavePosting& fault, const Scene& scene) {
  const auto row = claim(fault, scene);
  if (!row) return scene.work();
  if (fault.sent) {
    scene.desk.site.post("/posts", json::object{{"key", row->key},
                                                {"topic", row->topic},
                                                {"format", row->format},
                                                {"text", row->text}});
  }
  die(Crash::How::abort);
}

void delete_content(const DeleteContent& fault, const Scene& scene) {
  Transaction transaction(scene.desk.db);
  const auto queued = scene.desk.db.number("select count(*) from content where status = 'queued'");
  if (queued == 0) {
    transaction.commit();
    return scene.work();
  }
  note(scene, fault, {{"rows", queued}});
  scene.desk.db.run("delete from content where status = 'queued'");
  transaction.commit();
  throw Failed(fmt::format("deleted {} queued rows by accident (on purpose)", queued));
}

void plan_fails(const PlanFails& fault, const Entry& entry, const Scene& scene) {
  const Time until = scene.diary.began() + entry.until;
  note(scene, fault,
       {{"from", rfc3339(scene.diary.began() + entry.from)}, {"until", rfc3339(until)}});
  throw Failed(fmt::format("cannot plan before {} (on purpose)", rfc3339(until)));
}

void slow(const Slow& fault, const Scene& scene) {
  note(scene, fault, {{"by_wall_s", fault.by.count()}});
  std::this_thread::sleep_for(fault.by);
  scene.work();
}

}  // namespace

void die(Crash::How how) {
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  std::fflush(stdout);
  for (const int signal : {SIGSEGV, SIGABRT}) std::signal(signal, SIG_DFL);
  if (how == Crash::How::segmentation_fault) std::raise(SIGSEGV);
  if (how == Crash::How::abort) std::abort();
  std::_Exit(1);
}

void suffer(const Entry& entry, const Scene& scene) {
  struct Act {
    const Entry& entry;
    const Scene& scene;
    void operator()(const Crash& fault) const { crash(fault, scene); }
    void operator()(const Hang& fault) const { hang(fault, scene); }
    void operator()(const Leak& fault) const { leak(fault, scene); }
    void operator()(const LeavePosting& fault) const { leave_posting(fault, scene); }
    void operator()(const DeleteContent& fault) const { delete_content(fault, scene); }
    void operator()(const PlanFails& fault) const { plan_fails(fault, entry, scene); }
    void operator()(const Slow& fault) const { slow(fault, scene); }
    void operator()(const SiteDown&) const { scene.work(); }  // the site's own (outages.h)
  };
  std::visit(Act{entry, scene}, entry.fault);
}

}  // namespace bot::chaos
