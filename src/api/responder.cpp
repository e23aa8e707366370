#include "api/responder.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "api/body.h"
#include "api/explain.h"
#include "api/render.h"
#include "api/routes.h"
#include "api/window.h"
#include "base/match.h"
#include "fleet/names.h"
#include "fleet/quote.h"

namespace takt::api {
namespace {

/// A matched request on its way to its answer.
struct Asked {
  const Found& found;
  const Target& target;
  const Body& body;
  Backend& backend;
  HistoryWorker& worker;
};

Response no_such_job(std::string_view job) {
  return bad(Status::not_found, "no job " + fleet::quote_name(job), "jobs", "see takt ls");
}

Response no_such_run(RunId run) {
  return bad(Status::not_found, fmt::format("no run {}", run.value), "runs", "see takt runs");
}

// --- questions about now
// ------------------------------------------------------------------------------

void answer_status(const Asked& asked, const Done& done) {
  if (!asked.backend.ready()) {
    done(bad(Status::unavailable, "the daemon is not ready: it settles what the last one left",
             "status", "ask again in a second"));
    return;
  }
  done(good(status(asked.backend.fleet(), asked.backend.memory().fleet.reading)));
}

void answer_jobs(const Asked& asked, Done done) {
  asked.worker.write([jobs = asked.backend.jobs(),
                      now = asked.backend.fleet().now] { return good(ls(jobs, now)); },
                     std::move(done));
}

void answer_job(const Asked& asked, const Done& done) {
  const auto jobs = asked.backend.jobs();
  const auto found = std::ranges::find(jobs, asked.found.job, &core::JobView::name);
  done(found == jobs.end() ? no_such_job(asked.found.job) : good(job(*found)));
}

void answer_job_why(const Asked& asked, const Done& done) {
  const auto view = asked.backend.why(asked.found.job);
  done(view ? good(why(*view)) : no_such_job(asked.found.job));
}

void answer_metrics(const Asked& asked, Done done) {
  Metrics metrics = asked.backend.metrics();
  metrics.ready = asked.backend.ready();
  metrics.fleet = asked.backend.fleet();
  metrics.memory = asked.backend.memory();
  if (static_cast<std::size_t>(metrics.fleet.jobs) <= Metrics::kJobsMax) {
    metrics.jobs = asked.backend.jobs();
  }
  asked.worker.write(
      [metrics = std::move(metrics)] { return plain(render(metrics), kMetricsType); },
      std::move(done));
}

/// The loop answers: that is all that liveness means.
void answer_health(const Done& done) { done(good(ok())); }

void answer_readiness(const Asked& asked, const Done& done) {
  done(asked.backend.ready() ? good(ok())
                             : bad(Status::unavailable, "the daemon settles what the last one left",
                                   "readiness", "ask again in a second"));
}

// --- history
// ------------------------------------------------------------------------------------------

/// A run out of history, turned into an answer by `render`.
template <class Render>
void answer_one_run(const Asked& asked, Done done, Render render) {
  asked.worker.read(
      [id = asked.found.run,
       render](ports::History& history) -> std::expected<Response, ports::StoreError> {
        ports::RunQuery query;
        query.run = id;
        query.window.limit = 1;
        const auto rows = history.runs(query);
        if (!rows) return std::unexpected(rows.error());
        return rows->empty() ? no_such_run(id) : good(render(rows->front()));
      },
      std::move(done));
}

void answer_run_why(const Asked& asked, Done done) {
  if (const auto view = asked.backend.why(asked.found.run)) {
    done(good(why(*view)));
    return;
  }
  answer_one_run(asked, std::move(done), [](const auto& item) { return why(explain(item)); });
}

/// Rows of a list, rendered, or the store's complaint.
template <class Rows, class Render>
std::expected<Response, ports::StoreError> list(std::expected<Rows, ports::StoreError> rows,
                                                std::optional<std::size_t> at_most, Render render) {
  if (!rows) return std::unexpected(std::move(rows.error()));
  if (at_most && rows->size() > *at_most) rows->resize(*at_most);
  return good(render(*rows));
}

std::expected<std::string, Response> asked_job(const Asked& asked) {
  const auto found = asked.target.query.find("job");
  if (found == asked.target.query.end()) return std::string();
  if (const auto valid = fleet::valid_name(found->second); !valid) {
    return std::unexpected(bad(Status::bad_request,
                               fleet::quote_name(found->second) + " " + valid.error(), "query",
                               "job is the name of a job"));
  }
  return found->second;
}

std::expected<std::optional<core::RunState>, Response> asked_state(const Asked& asked) {
  const auto found = asked.target.query.find("state");
  if (found == asked.target.query.end()) return std::nullopt;
  const auto state = from_word<core::RunState>(found->second);
  if (state) return state;
  return std::unexpected(bad(Status::bad_request,
                             "no run state " + fleet::quote_name(found->second), "query",
                             fmt::format("one of {}", fmt::join(kWords<core::RunState>, ", "))));
}

std::expected<AskedWindow, Response> asked_window(const Asked& asked) {
  const auto& query = asked.target.query;
  return parse_window(query, query.contains("since_ms") ? asked.backend.fleet().now : WallTime{});
}

void answer_runs(const Asked& asked, Done done) {
  const auto window = asked_window(asked);
  if (!window) return done(window.error());
  const auto job = asked_job(asked);
  if (!job) return done(job.error());
  const auto state = asked_state(asked);
  if (!state) return done(state.error());

  ports::RunQuery query{.job = *job, .run = {}, .state = *state, .window = window->window};
  asked.worker.read(
      [query, at_most = window->at_most](ports::History& history) {
        return list(history.runs(query), at_most, [](const auto& rows) { return runs(rows); });
      },
      std::move(done));
}

void answer_slots(const Asked& asked, Done done) {
  const auto window = asked_window(asked);
  if (!window) return done(window.error());
  const auto job = asked_job(asked);
  if (!job) return done(job.error());

  ports::SlotQuery query{.job = *job, .window = window->window};
  asked.worker.read(
      [query, at_most = window->at_most](ports::History& history) {
        return list(history.slots(query), at_most, [](const auto& rows) { return slots(rows); });
      },
      std::move(done));
}

void answer_events(const Asked& asked, Done done) {
  const auto window = asked_window(asked);
  if (!window) return done(window.error());
  const auto after =
      parse_number(asked.target.query, "after", 0, std::numeric_limits<std::int64_t>::max());
  if (!after) return done(after.error());

  ports::EventQuery query{.after = {}, .window = window->window};
  if (*after) query.after = EventId{**after};
  asked.worker.read(
      [query, at_most = window->at_most](ports::History& history) {
        return list(history.events(query), at_most, [](const auto& rows) { return events(rows); });
      },
      std::move(done));
}

// --- requests
// -----------------------------------------------------------------------------------------

Response refused(const core::Refusal& refusal, std::string_view where) {
  using Kind = core::Refusal::Kind;
  switch (refusal.kind) {
    case Kind::not_found:
      return bad(Status::not_found, refusal.what, where, refusal.hint);
    case Kind::invalid:
      return bad(Status::bad_request, refusal.what, where, refusal.hint);
    case Kind::failed:
      return bad(Status::bad_gateway, refusal.what, where, refusal.hint);
    case Kind::refused:
      break;
  }
  return bad(Status::conflict, refusal.what, where, refusal.hint, refusal.gates);
}

void request(const Asked& asked, core::Event event, Done done) {
  const auto& found = asked.found;
  std::string where = "fleet";
  if (found.run) where = fmt::format("run {}", found.run.value);
  if (!found.job.empty()) where = "job " + found.job;
  if (!found.contact.empty()) where = "contact " + found.contact;
  asked.backend.request(std::move(event),
                        [where = std::move(where), done = std::move(done)](const Reply& reply) {
                          if (!reply.result) return done(refused(reply.result.error(), where));
                          if (const auto run = *reply.result)
                            return done(good(triggered(*run, reply.state)));
                          done(good(ok()));
                        });
}

void answer_reload(const Asked& asked, Done done) {
  asked.backend.reload([done = std::move(done)](const Reloaded& reloaded) {
    if (!reloaded.is_bad_file() && !reloaded.result) {
      return done(refused(reloaded.result.error(), "fleet file"));
    }
    Response response = good(api::reloaded(reloaded));
    if (reloaded.is_bad_file()) response.status = Status::unprocessable;
    done(std::move(response));
  });
}

void dispatch(const Asked& asked, Done done) {
  const auto& job = asked.found.job;
  const auto& body = asked.body;
  switch (asked.found.route->action) {
    case Action::get_status:
      return answer_status(asked, done);
    case Action::get_jobs:
      return answer_jobs(asked, std::move(done));
    case Action::get_job:
      return answer_job(asked, done);
    case Action::get_pools:
      return done(good(pools(asked.backend.pools())));
    case Action::get_job_why:
      return answer_job_why(asked, done);
    case Action::get_runs:
      return answer_runs(asked, std::move(done));
    case Action::get_run:
      return answer_one_run(asked, std::move(done), [](const auto& item) { return run(item); });
    case Action::get_run_why:
      return answer_run_why(asked, std::move(done));
    case Action::get_slots:
      return answer_slots(asked, std::move(done));
    case Action::get_events:
      return answer_events(asked, std::move(done));
    case Action::get_memory:
      return done(good(memory(asked.backend.memory())));
    case Action::get_checks:
      return done(good(health(asked.backend.health())));
    case Action::get_metrics:
      return answer_metrics(asked, std::move(done));
    case Action::get_health:
      return answer_health(done);
    case Action::get_readiness:
      return answer_readiness(asked, done);
    case Action::trigger:
      return request(asked, core::Trigger{{}, job, body.params, body.force}, std::move(done));
    case Action::pause_job:
    case Action::pause_all:  // no job: every job
      return request(asked, core::Pause{{}, job, body.lasting, body.reason}, std::move(done));
    case Action::resume_job:
    case Action::resume_all:
      return request(asked, core::Resume{{}, job}, std::move(done));
    case Action::cancel:
      return request(asked, core::Cancel{{}, asked.found.run}, std::move(done));
    case Action::reload:
      return answer_reload(asked, std::move(done));
    case Action::notify_test:
      return request(asked, core::NotifyTest{{}, asked.found.contact}, std::move(done));
    case Action::beat:
      return request(asked, core::BeatHeard{{}, body.token, body.beat}, std::move(done));
    case Action::drain:
      return request(asked, core::Drain{}, std::move(done));
    case Action::shut_down:
      return request(asked, core::ShutDown{}, std::move(done));
  }
}

}  // namespace

void Responder::answer(const Request& request, Done done) {
  const auto target = parse_target(request.target);
  if (!target) {
    return done(bad(Status::bad_request, "the path or query is malformed", "request line",
                    "see the routes under /api/v1"));
  }
  const auto found_route = [&](const Found& found) {
    Body body;
    if (found.route->method == Method::post) {
      auto parsed = parse_body(*found.route, request);
      if (!parsed) return done(std::move(parsed.error()));
      body = std::move(*parsed);
    }
    dispatch({found, *target, body, backend_, worker_}, std::move(done));
  };
  std::visit(
      Match{found_route,
            [&](const NoSuchPath&) {
              done(bad(Status::not_found, "no such path", "request line", "see /api/v1/status"));
            },
            [&](const WrongMethod& wrong) {
              auto response = bad(Status::method_not_allowed, "this path takes " + wrong.allow,
                                  "request line", "use " + wrong.allow);
              response.allow = wrong.allow;
              done(std::move(response));
            },
            [&](const BadPath& path) {
              done(bad(Status::bad_request, path.what, "request line",
                       "names are [a-z0-9][a-z0-9_.-]{0,63}, runs are numbers"));
            }},
      match_route(request.method, *target));
}

}  // namespace takt::api
