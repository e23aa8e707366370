#pragma once
// Help: written from the table of verbs.

#include <string>

#include "cli/verb.h"

namespace takt::cli {

std::string overview();

/// What a verb needs, as a sentence; empty when it needs nothing.
std::string_view needs_text(Needs needs);
std::string help_of(const Verb& verb);

}  // namespace takt::cli
