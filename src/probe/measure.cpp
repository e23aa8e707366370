#include "probe/measure.h"

#include <cmath>
#include <exception>

#include "base/match.h"
#include "probe/file.h"
#include "probe/http_value.h"
#include "probe/sql_database.h"

namespace takt::probe {
namespace {

using core::Measurement;
using core::Unknown;

Measurement ask(const Question& question, const Limits& limits) {
  const auto not_ours = Unknown{"not measured here"};
  return std::visit(
      Match{[&](const core::SqlProbe& of) {
              return first_value(of.query, {question.database, question.now}, limits);
            },
            [&](const core::HttpProbe& of) {
              return http_value(of, {question.probe.condition, question.now, question.ca_file},
                                limits);
            },
            [&](const core::FileProbe& of) { return file_value(of, question.probe.condition); },
            [&](const core::JobProbe&) -> Measurement { return not_ours; },
            [&](const core::CommandProbe&) -> Measurement { return not_ours; },
            [&](const core::PoolProbe&) -> Measurement { return not_ours; },
            [&](const core::MemoryProbe&) -> Measurement { return not_ours; }},
      question.probe.of);
}

}  // namespace

Measurement measurement_of(const Question& question, const Limits& limits) {
  Measurement found;
  try {
    found = ask(question, limits);
  } catch (const std::exception& error) {
    return Unknown{error.what()};
  }
  if (const auto* number = std::get_if<double>(&found); number && !std::isfinite(*number)) {
    return Unknown{"not a finite number"};
  }
  if (const auto* text = std::get_if<std::string>(&found); text && text->size() > kTextBytesMax) {
    return Unknown{"a text of " + std::to_string(text->size()) + " bytes is too long"};
  }
  return found;
}

}  // namespace takt::probe
