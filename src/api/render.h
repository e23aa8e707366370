#pragma once
// Render: the fleet's values as the JSON that others rely on (documented field by field in
// docs/reference of the command line). The server answers with it and the command line prints the
// very same when no daemon runs, so that nothing is rendered twice.
//
//   times      "2026-03-08T06:30:00.000Z", or null
//   durations  whole milliseconds, in keys that end in _ms
//   words      the spelling of core/vocabulary.h
//
// Fields may be added, never renamed. Strings that are not UTF-8 get U+FFFD for each stray byte, so
// that the result is always valid JSON. Pure; any thread.

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/string.hpp>
#include <optional>
#include <string_view>
#include <vector>

#include "api/backend.h"
#include "core/rows.h"
#include "core/view.h"
#include "ports/history.h"

namespace takt::api {

/// `text` with every byte that is not UTF-8 replaced by U+FFFD.
boost::json::string utf8(std::string_view text);

boost::json::array gates(const core::Gates& gates);

/// {"jobs":[...],"now"}: `now` is fleet time, for showing times relative to it.
boost::json::object ls(const std::vector<core::JobView>& jobs, WallTime now);
boost::json::object job(const core::JobView& job);

boost::json::object runs(const std::vector<ports::RunWithAttempts>& runs);
boost::json::object run(const ports::RunWithAttempts& run);

boost::json::object slots(const std::vector<core::SlotsRow>& slots);
boost::json::object events(const std::vector<core::EventRow>& events);
boost::json::object pools(const std::vector<core::PoolView>& pools);
boost::json::object why(const core::WhyView& why);

/// Null in JSON where the memory cannot be read.
boost::json::object status(const core::FleetView& fleet, const core::MemoryReading& memory);

boost::json::object memory(const Memory& memory);

/// {"ok","checks":[{"name","jobs","probes":[...]}]}: ok unless a probe fails or could not be measured.
boost::json::object health(const std::vector<core::HealthView>& checks);

/// The problems of a fleet file, as `check` and `reload` show them.
boost::json::array problems(const std::vector<fleet::Problem>& problems);

/// {"ok":true,"summary","problems":[...]}; of an invalid file {"ok":false,"problems":[...],"error"}.
boost::json::object reloaded(const Reloaded& reloaded);

boost::json::object triggered(RunId run, std::string_view state);
boost::json::object ok();

/// {"error":{"what","where","hint"}}, with "gates" when gates said no.
boost::json::object error(std::string_view what, std::string_view where, std::string_view hint,
                          const core::Gates& refusing = {});

}  // namespace takt::api
