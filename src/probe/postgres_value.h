#pragma once
// A column of PostgreSQL's as a value.
// Private to this folder. Pure.

#include <string_view>

#include "core/health.h"

namespace takt::probe::postgres {

/// `type`: the oid of pg_type; `text`: as the server writes it with DateStyle ISO.
core::Measurement value_of(unsigned type, std::string_view text);

}  // namespace takt::probe::postgres
