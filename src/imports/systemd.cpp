#include "imports/systemd.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "fleet/complaints.h"
#include "fleet/quote.h"
#include "fleet/source.h"
#include "fleet/timezone.h"
#include "imports/fleet_text.h"
#include "imports/job_names.h"
#include "imports/service_keys.h"
#include "imports/timer_schedule.h"
#include "imports/unit_words.h"

namespace takt::imports {
namespace {

std::string_view stem(std::string_view name) { return name.substr(0, name.rfind('.')); }

class Importer {
 public:
  explicit Importer(const SystemdOptions& options)
      : options_(options),
        complaints_({std::make_shared<const fleet::Source>(options.file, std::string_view{})}) {}

  Imported import(std::span<const std::string> timers) {
    open();
    for (const auto& timer : timers) take_timer(timer);
    if (out_.job_count() == 0) {
      complaints_.warning({}, "there is no timer in it that could be imported",
                          "name a .timer file, or a folder that has some");
    }
    return {out_.render(), out_.job_count(), complaints_.take()};
  }

 private:
  void open() {
    out_.introduce(fmt::format("Made of {} by takt import systemd.", options_.file));
    out_.fleet_key(
        {"timezone", toml_string(options_.timezone), "timers follow the machine's clock"});
    out_.default_key({"cwd", toml_string("/"), "where systemd runs services"});
    out_.default_key({"umask", toml_string("022"), "as systemd does; takt's own is 077"});
  }

  std::optional<Unit> unit(const std::string& name) {
    auto texts = options_.unit_texts(name);
    const auto base = template_of(name);
    if (texts.empty() && !base.empty()) texts = options_.unit_texts(base);
    if (texts.empty()) return std::nullopt;
    return read_unit(name, texts, complaints_);
  }

  void leave_out(std::string_view timer, std::string_view why, std::string hint) {
    complaints_.warning({}, fmt::format("not imported: {} {}", fleet::quote_name(timer), why),
                        std::move(hint));
    out_.comment(fmt::format("not imported: {} {}", timer, why));
  }

  void take_timer(const std::string& name) {
    if (Specifiers{name}.is_template()) {
      return leave_out(name, "is a template", "name one of its instances, like x@y.timer");
    }
    const auto timer = unit(name);
    if (!timer) return leave_out(name, "cannot be found", "");
    const auto* named = timer->last("Timer", "Unit");
    std::vector<std::string> unknown;
    const auto service_name = named != nullptr ? Specifiers{name}.resolve(named->value, unknown)
                                               : fmt::format("{}.service", stem(name));
    if (!service_name.ends_with(".service")) {
      return leave_out(name, fmt::format("starts {}, which is no service", service_name),
                       "a job runs a command");
    }
    const auto service = unit(service_name);
    if (!service) {
      return leave_out(name, fmt::format("starts {}, which is not there", service_name),
                       "put its file beside the timer, or give `systemctl cat TIMER SERVICE` to "
                       "takt import systemd -");
    }
    take_jobs(*timer, *service);
  }

  void take_jobs(const Unit& timer, const Unit& service) {
    JobText common;
    const auto* described = service.last("Unit", "Description");
    if (described == nullptr) described = timer.last("Unit", "Description");
    if (described != nullptr) {
      std::vector<std::string> unknown;
      const auto doc = Specifiers{service.name}.resolve(described->value, unknown);
      if (doc.find_first_not_of(" \t") != std::string::npos) {
        common.keys.push_back({"doc", toml_doc(doc), ""});
      }
    }
    if (!add_service(service, common, complaints_)) {
      return leave_out(timer.name, fmt::format("starts {}, which runs nothing", service.name),
                       "a job runs the ExecStart= of a service");
    }
    for (const auto& schedule : timer_schedules(timer, options_.timezone, zones_, complaints_)) {
      JobText job = common;
      job.name = names_.take({std::string{stem(timer.name)}});
      // The command first, then when it runs, then the rest.
      const auto run = std::ranges::find(job.keys, "run", &KeyLine::key);
      job.keys.insert(run + 1, schedule.keys.begin(), schedule.keys.end());
      job.unmatched.insert(job.unmatched.begin(), schedule.remarks.begin(), schedule.remarks.end());
      out_.job(std::move(job));
    }
  }

  const SystemdOptions& options_;
  fleet::Complaints complaints_;
  FleetText out_;
  JobNames names_;
  fleet::Zones zones_;
};

}  // namespace

Imported import_timers(std::span<const std::string> timers, const SystemdOptions& options) {
  return Importer{options}.import(timers);
}

}  // namespace takt::imports
