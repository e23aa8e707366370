#pragma once
// [notify.NAME]: contacts, who are told when jobs fail and come back. A contact is told by one of
// webhook, command and email; the rest holds for all of them.

#include <optional>
#include <string>

#include "core/contact.h"
#include "fleet/drafts.h"
#include "fleet/toml.h"

namespace takt::fleet {

/// The table of `email`.
struct EmailDraft {
  core::Email email;
  std::string host;  // of the server
  std::string folder;
  // Rightly or wrongly:
  bool has_smtp = false;
  bool has_to = false;
  std::optional<Position> user_at;
  std::optional<Position> password_file_at;
};
inline core::Email& part(EmailDraft& draft, const core::Email*) { return draft.email; }

struct ContactDraft {
  core::ContactSpec spec;
  ContactPlaces places;
  std::string folder;
  bool has_way = false;  // webhook, command or email, rightly or wrongly
  std::optional<Position> secret_at;
};
inline core::ContactSpec& part(ContactDraft& draft, const core::ContactSpec*) { return draft.spec; }

/// All entries of the table `notify`, in the order of the file, into the spec; their names too.
void decode_contacts(const toml::table& contacts, FleetDraft& draft, Complaints& complaints);

/// `email = { smtp, to, from, user, password_file }`, decoded in email_keys.cpp.
void decode_email(const Item& item, ContactDraft& draft, Complaints& complaints);

}  // namespace takt::fleet
