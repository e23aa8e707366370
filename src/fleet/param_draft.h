#pragma once
// What the table of one parameter says, before its values are held against its type: the type may
// stand after them.

#include <optional>

#include "core/spec.h"
#include "fleet/read.h"

namespace takt::fleet {

struct ParamDraft {
  std::optional<core::ParamType> type;
  bool has_type = false;  // rightly or wrongly
  std::optional<Item> default_value;
  std::optional<Item> min;
  std::optional<Item> max;
};

}  // namespace takt::fleet
