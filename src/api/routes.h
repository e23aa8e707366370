#pragma once
// Routes: the one table of what can be asked over HTTP. For each route its method, path, the scope
// that a token must have, the members that its body may have, and what it does. Requests are
// matched against it, and the tests walk it; there is no other way in.

#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "api/target.h"
#include "base/ids.h"

namespace takt::api {

enum class Method { get, post };

/// What a token must allow; each includes those before it. The Unix socket needs none: whoever may
/// open it is the daemon's own user.
enum class Scope { read, trigger, admin };

enum class FieldType {
  text,      // a string without NUL, at most 1000 bytes
  flag,      // true or false
  duration,  // whole milliseconds, above zero
  params,    // an object of strings, numbers and booleans
  token,     // a whole number above zero
  progress,  // a number from 0 to 100
  note       // like text; cleaned and cut
};

/// A member that a body may have; others are refused.
struct Field {
  std::string_view name;
  FieldType type;
  bool needed = false;
};

enum class Action {
  get_status,
  get_jobs,
  get_job,
  get_job_why,
  get_runs,
  get_run,
  get_run_why,
  get_slots,
  get_events,
  get_pools,
  get_memory,
  get_checks,
  get_metrics,
  get_health,
  get_readiness,
  trigger,
  pause_job,
  resume_job,
  pause_all,
  resume_all,
  cancel,
  reload,
  notify_test,
  beat,
  drain,
  shut_down
};

struct Route {
  Method method;
  std::string_view path;  // "/api/v1/jobs/{job}"; {job} and {contact} are names, {run} a number
  Scope scope;
  std::span<const Field> body;
  Action action;
};

std::span<const Route> routes();

std::string_view method_word(Method method);

/// A route and what stood in its braces.
struct Found {
  const Route* route;
  std::string job;
  RunId run;
  std::string contact = {};
};
struct NoSuchPath {};
struct WrongMethod {
  std::string allow;  // "GET", "GET, POST"
};
/// A name or number in braces that cannot be one.
struct BadPath {
  std::string what;
};

using Matched = std::variant<Found, NoSuchPath, WrongMethod, BadPath>;

Matched match_route(std::string_view method, const Target& target);

}  // namespace takt::api
