#pragma once
// HTTP probes: what an answer says to a condition.
//
//                        succeeds   fresh, at_least, at_most, equals
//   the status wanted    true       the body (json_value.h for what `json` points to; else a number or
//                                   a text)
//   another status       false      unknown: "HTTP 503"
//   no answer            false      unknown
//   given up, no URL     unknown    unknown
//
// certificate: the time since which it is valid for fresh, the seconds until it expires for the rest;
// false for succeeds once it has run out. Its trust is judged by a `succeeds` without `certificate`.
// At most 5 redirects are followed, none where a status of 300 to 399 is wanted.
// Private to this folder. Blocks.

#include <string>

#include "base/time.h"
#include "core/health.h"
#include "probe/limits.h"

namespace takt::probe {

struct HttpQuestion {
  const core::Condition& condition;
  WallTime now;  // fleet time
  const std::string& ca_file;
};

core::Measurement http_value(const core::HttpProbe& of, const HttpQuestion& question,
                             const Limits& limits);

}  // namespace takt::probe
