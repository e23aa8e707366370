#include "api/routes.h"

#include <array>
#include <charconv>
#include <optional>

#include "fleet/names.h"
#include "fleet/quote.h"

namespace takt::api {
namespace {

constexpr std::array kTriggerBody{Field{"params", FieldType::params},
                                  Field{"force", FieldType::flag}};
constexpr std::array kPauseBody{Field{"for_ms", FieldType::duration},
                                Field{"reason", FieldType::text}};
constexpr std::array kBeatBody{Field{"token", FieldType::token, true},
                               Field{"progress", FieldType::progress},
                               Field{"note", FieldType::note}};
constexpr std::span<const Field> kNoBody{};

constexpr std::array kRoutes{
    Route{Method::get, "/api/v1/status", Scope::read, kNoBody, Action::get_status},
    Route{Method::get, "/api/v1/jobs", Scope::read, kNoBody, Action::get_jobs},
    Route{Method::get, "/api/v1/jobs/{job}", Scope::read, kNoBody, Action::get_job},
    Route{Method::get, "/api/v1/jobs/{job}/why", Scope::read, kNoBody, Action::get_job_why},
    Route{Method::get, "/api/v1/runs", Scope::read, kNoBody, Action::get_runs},
    Route{Method::get, "/api/v1/runs/{run}", Scope::read, kNoBody, Action::get_run},
    Route{Method::get, "/api/v1/runs/{run}/why", Scope::read, kNoBody, Action::get_run_why},
    Route{Method::get, "/api/v1/slots", Scope::read, kNoBody, Action::get_slots},
    Route{Method::get, "/api/v1/events", Scope::read, kNoBody, Action::get_events},
    Route{Method::get, "/api/v1/pools", Scope::read, kNoBody, Action::get_pools},
    Route{Method::get, "/api/v1/memory", Scope::read, kNoBody, Action::get_memory},
    Route{Method::get, "/api/v1/health", Scope::read, kNoBody, Action::get_checks},
    Route{Method::get, "/metrics", Scope::read, kNoBody, Action::get_metrics},
    Route{Method::get, "/healthz", Scope::read, kNoBody, Action::get_health},
    Route{Method::get, "/readyz", Scope::read, kNoBody, Action::get_readiness},
    Route{Method::post, "/api/v1/jobs/{job}/trigger", Scope::trigger, kTriggerBody,
          Action::trigger},
    Route{Method::post, "/api/v1/jobs/{job}/pause", Scope::trigger, kPauseBody, Action::pause_job},
    Route{Method::post, "/api/v1/jobs/{job}/resume", Scope::trigger, kNoBody, Action::resume_job},
    Route{Method::post, "/api/v1/runs/{run}/cancel", Scope::trigger, kNoBody, Action::cancel},
    Route{Method::post, "/api/v1/beat", Scope::trigger, kBeatBody, Action::beat},
    Route{Method::post, "/api/v1/pause", Scope::admin, kPauseBody, Action::pause_all},
    Route{Method::post, "/api/v1/resume", Scope::admin, kNoBody, Action::resume_all},
    Route{Method::post, "/api/v1/reload", Scope::admin, kNoBody, Action::reload},
    Route{Method::post, "/api/v1/notify/{contact}/test", Scope::admin, kNoBody,
          Action::notify_test},
    Route{Method::post, "/api/v1/drain", Scope::admin, kNoBody, Action::drain},
    Route{Method::post, "/api/v1/down", Scope::admin, kNoBody, Action::shut_down},
};

/// The next segment of a pattern; patterns are ours, so they are well formed.
std::string_view next_segment(std::string_view& pattern) {
  pattern.remove_prefix(1);
  const auto end = std::min(pattern.find('/'), pattern.size());
  const auto segment = pattern.substr(0, end);
  pattern.remove_prefix(end);
  return segment;
}

/// What stood in the braces of `pattern`; nullopt when `path` has another shape.
struct Captured {
  std::optional<std::string> job;
  std::optional<std::string> run;
  std::optional<std::string> contact;
};

std::optional<Captured> fit(std::string_view pattern, const std::vector<std::string>& path) {
  Captured captured;
  for (const auto& segment : path) {
    if (pattern.empty()) return std::nullopt;
    const auto wanted = next_segment(pattern);
    if (wanted == "{job}") {
      captured.job = segment;
    } else if (wanted == "{run}") {
      captured.run = segment;
    } else if (wanted == "{contact}") {
      captured.contact = segment;
    } else if (wanted != segment) {
      return std::nullopt;
    }
  }
  if (!pattern.empty()) return std::nullopt;
  return captured;
}

std::optional<RunId> run_id(std::string_view text) {
  RunId id;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id.value);
  if (error != std::errc{} || end != text.data() + text.size() || id.value < 1) return std::nullopt;
  return id;
}

Matched found(const Route& route, const Captured& captured) {
  Found out{.route = &route,
            .job = captured.job.value_or(""),
            .run = {},
            .contact = captured.contact.value_or("")};
  for (const auto& name : {captured.job, captured.contact}) {
    if (!name) continue;
    if (const auto valid = fleet::valid_name(*name); !valid) {
      return BadPath{fleet::quote_name(*name) + " " + valid.error()};
    }
  }
  if (captured.run) {
    const auto id = run_id(*captured.run);
    if (!id) return BadPath{fleet::quote_name(*captured.run) + " is not the number of a run"};
    out.run = *id;
  }
  return out;
}

}  // namespace

std::span<const Route> routes() { return kRoutes; }

std::string_view method_word(Method method) { return method == Method::get ? "GET" : "POST"; }

Matched match_route(std::string_view method, const Target& target) {
  std::string allow;
  for (const auto& route : kRoutes) {
    const auto captured = fit(route.path, target.path);
    if (!captured) continue;
    if (method_word(route.method) == method) return found(route, *captured);
    if (!allow.empty()) allow += ", ";
    allow += method_word(route.method);
  }
  if (allow.empty()) return NoSuchPath{};
  return WrongMethod{std::move(allow)};
}

}  // namespace takt::api
