#pragma once
// A text of somebody's as a value: a number when it is one from end to end, else the text, without the
// white space around it.
// Private to this folder. Pure.

#include <optional>
#include <string_view>

#include "core/health.h"

namespace takt::probe {

std::string_view trimmed(std::string_view text);

/// Decimal, finite, and nothing but the number.
std::optional<double> number_of(std::string_view text);

core::Measurement plain_value(std::string_view text);

}  // namespace takt::probe
