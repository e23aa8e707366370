#pragma once
// Parameters of a trigger, checked against the job's declaration before anything happens. A value
// is never interpreted: it reaches the job as the bytes that were given.

#include <expected>
#include <string>
#include <utility>
#include <vector>

#include "core/spec.h"

namespace takt::core {

/// Says what is wrong with `value` for `param` in words ("must be at most 10"); success: it fits.
std::expected<void, std::string> check_param(const Param& param, const std::string& value);

/// Checks all given parameters: known, at most once, of their type, within their bounds.
std::expected<void, std::string> check_params(
    const JobSpec& job, const std::vector<std::pair<std::string, std::string>>& given);

}  // namespace takt::core
