#include "imports/fleet_text.h"

#include <fmt/format.h>

#include "base/match.h"

namespace takt::imports {
namespace {

void add_line(std::string& out, std::string_view line) {
  out += line;
  out += '\n';
}

void add_keys(std::string& out, const std::vector<KeyLine>& keys) {
  for (const auto& [key, value, remark] : keys) {
    add_line(out, fmt::format("{} = {}{}{}", key, value, remark.empty() ? "" : "  ",
                              remark.empty() ? "" : toml_comment(remark)));
  }
}

/// One blank line, however many are asked for; none at the top.
void add_blank(std::string& out) {
  if (!out.empty() && !out.ends_with("\n\n")) out += '\n';
}

}  // namespace

void FleetText::job(JobText job) {
  parts_.emplace_back(std::move(job));
  ++jobs_;
}

const Variables* FleetText::shared_env() const {
  const Variables* shared = nullptr;
  for (const auto& part : parts_) {
    const auto* job = std::get_if<JobText>(&part);
    if (job == nullptr) continue;
    if (job->env.empty() || (shared != nullptr && *shared != job->env)) return nullptr;
    shared = &job->env;
  }
  return jobs_ > 1 ? shared : nullptr;
}

std::string FleetText::render() const {
  std::string out;
  for (const auto& text : intro_) add_line(out, toml_comment(text));
  const auto* shared = shared_env();
  auto defaults = defaults_;
  if (shared != nullptr) defaults.push_back({"env", toml_table(*shared), ""});
  if (!fleet_.empty()) {
    add_blank(out);
    add_line(out, "[fleet]");
    add_keys(out, fleet_);
  }
  if (!defaults.empty()) {
    add_blank(out);
    add_line(out, "[defaults]");
    add_keys(out, defaults);
  }
  add_blank(out);
  bool after_job = false;
  for (const auto& part : parts_) {
    if (after_job) add_blank(out);
    after_job = false;
    std::visit(Match{[&](const std::string& text) { add_line(out, toml_comment(text)); },
                     [&](const Blank&) { add_blank(out); },
                     [&](const JobText& job) {
                       add_line(out, fmt::format("[job.{}]", toml_key(job.name)));
                       add_keys(out, job.keys);
                       if (!job.env.empty() && shared == nullptr) {
                         add_keys(out, {{"env", toml_table(job.env), ""}});
                       }
                       for (const auto& text : job.unmatched) add_line(out, toml_comment(text));
                       after_job = true;
                     }},
               part);
  }
  while (out.ends_with("\n\n")) out.pop_back();
  return out;
}

}  // namespace takt::imports
