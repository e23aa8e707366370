#pragma once
// What a message is called in a line: for the subject of an e-mail, the `summary` of the JSON, and to
// tell which of its notices matters most.
// Pure.

#include <string>

#include "ports/notifier.h"

namespace takt::notify {

/// quarantined, escalated, failed, stuck, overdue, probe, recovered, test; of equal ones the first.
const core::NoticeRow& most_severe(const ports::Message& message);

/// "plan failed 3 times in a row", "orders/fresh still fails".
std::string words_of(const core::NoticeRow& notice);

/// The most severe one, "and 4 more".
std::string summary(const ports::Message& message);

/// "[takt social] plan failed, and 4 more". One line of printable UTF-8, whatever the names are.
std::string subject(const ports::Message& message);

/// The text in one line: control characters and what is not UTF-8 become "?".
std::string one_line(std::string_view text);

}  // namespace takt::notify
