#pragma once
// What a JSON pointer (RFC 6901) leads to in somebody's JSON: a number, a text, true or false; nothing
// for null. Unknown, with the reason, when it leads nowhere or to an object or an array, or when that is
// no JSON.
// Private to this folder. Pure.

#include <string_view>

#include "core/health.h"

namespace takt::probe {

core::Measurement json_value(std::string_view body, std::string_view pointer);

}  // namespace takt::probe
