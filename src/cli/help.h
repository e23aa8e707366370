#pragma once
// Help: written from the table of verbs.

#include <string>

#include "cli/verb.h"

namespace takt::cli {

std::string overview();
std::string help_of(const Verb& verb);

}  // namespace takt::cli
