#include "core/params.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

namespace takt::core {
namespace {

using Checked = std::expected<void, std::string>;

template <class Number>
std::optional<Number> whole_number(const std::string& text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

Checked check_bounds(const Param& param, double value) {
  if (param.min && value < *param.min) {
    return std::unexpected(fmt::format("must be at least {}", *param.min));
  }
  if (param.max && value > *param.max) {
    return std::unexpected(fmt::format("must be at most {}", *param.max));
  }
  return {};
}

}  // namespace

Checked check_param(const Param& param, const std::string& value) {
  if (value.find('\0') != std::string::npos) return std::unexpected("must not hold a NUL byte");
  switch (param.type) {
    case ParamType::string:
      if (value.size() > 64 * 1024) return std::unexpected("is longer than 64 KiB");
      return {};
    case ParamType::boolean:
      if (value == "true" || value == "false") return {};
      return std::unexpected("must be true or false");
    case ParamType::integer: {
      const auto number = whole_number<std::int64_t>(value);
      if (!number) return std::unexpected("must be a whole number");
      return check_bounds(param, static_cast<double>(*number));
    }
    case ParamType::number: {
      const auto number = whole_number<double>(value);
      if (!number || !std::isfinite(*number)) return std::unexpected("must be a number");
      return check_bounds(param, *number);
    }
  }
  return {};
}

Checked check_params(const JobSpec& job,
                     const std::vector<std::pair<std::string, std::string>>& given) {
  std::set<std::string> seen;
  for (const auto& [name, value] : given) {
    const auto param =
        std::ranges::find_if(job.params, [&](const Param& p) { return p.name == name; });
    if (param == job.params.end()) {
      return std::unexpected(fmt::format("{} has no parameter '{:.60}'", job.name, name));
    }
    if (!seen.insert(name).second) {
      return std::unexpected(fmt::format("parameter '{}' is given twice", name));
    }
    if (const auto checked = check_param(*param, value); !checked) {
      return std::unexpected(fmt::format("parameter '{}' {}", name, checked.error()));
    }
  }
  return {};
}

}  // namespace takt::core
