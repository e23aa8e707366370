#pragma once
// Incidents: what is told of a subject in trouble, to whom, and that it is told once (notices.h draws it).

#include <optional>
#include <string>

#include "core/turn.h"

namespace takt::core {

/// The contact of the fleet file; nullptr: it has none of that name.
const ContactSpec* contact_named(const State& s, const std::string& name);

/// Gives the notice its number and puts it into the contact's next message.
NoticeRow& enqueue_notice(Turn& turn, const ContactSpec& contact, NoticeRow row);

/// Tells again of what has been going on for `nag` since it was told last.
void nag(Turn& turn);
/// Sets Notices::nag_due by the incidents as they are.
void find_next_nag(State& s);

void forget_incidents(Turn& turn);
void restore_incident(State& s, const NoticeRow& row);

}  // namespace takt::core
