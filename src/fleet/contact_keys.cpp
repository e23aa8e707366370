// The keys of a contact.
//
//   webhook = "https://example.org/hook"     a POST of the documented JSON
//   command = ["notify-send", "takt"]        the JSON on its standard input
//   email = { smtp, to }                     decoded in email_keys.cpp

#include <fmt/format.h>

#include <array>
#include <utility>

#include "base/unicode.h"
#include "fleet/command_key.h"
#include "fleet/contacts.h"
#include "fleet/description.h"
#include "fleet/members.h"
#include "fleet/quote.h"
#include "fleet/table_keys.h"
#include "fleet/url_key.h"

namespace takt::fleet {
namespace {

using core::ContactSpec;

constexpr std::size_t kSecretMin = 6;
constexpr std::size_t kSecretMax = 1024;

void note_way(const Item& item, ContactDraft& draft) {
  draft.has_way = true;
  draft.places.by = item.at;
}

void decode_webhook(const Item& item, ContactDraft& draft, Complaints& complaints) {
  note_way(item, draft);
  if (auto url = read_url(item, complaints)) draft.spec.by = core::Webhook{*std::move(url)};
}

void decode_command(const Item& item, ContactDraft& draft, Complaints& complaints) {
  note_way(item, draft);
  if (auto command = read_command_in(draft.folder, item, complaints)) {
    draft.spec.by = core::NotifyCommand{std::move(command)};
  }
}

void decode_email_key(const Item& item, ContactDraft& draft, Complaints& complaints) {
  note_way(item, draft);
  decode_email(item, draft, complaints);
}

/// Nothing of it is ever quoted. A short one is guessed from a single signed message, and could not be
/// masked in logs: it would be found in half of their words.
void decode_secret(const Item& item, ContactDraft& draft, Complaints& complaints) {
  draft.secret_at = item.key_at;
  const auto* text = item.node->as_string();
  if (text == nullptr) {
    return complaints.error(item.at, fmt::format("{} must be a string", item.label));
  }
  const std::string& secret = text->get();
  if (count_columns(secret) < kSecretMin || secret.size() > kSecretMax) {
    return complaints.error(
        item.at,
        fmt::format("{} must be {} to {} characters long", item.label, kSecretMin, kSecretMax),
        "a shorter one is guessed, and cannot be masked in logs: openssl rand -hex 32");
  }
  if (secret.find('\0') != std::string::npos) {
    return complaints.error(item.at, fmt::format("{} has a NUL character in it", item.label));
  }
  draft.spec.secret = secret;
}

constexpr auto kEmailSchema = R"({"$ref": "#/$defs/email"})";
constexpr auto kSecretSchema = R"({"type": "string", "minLength": 6, "maxLength": 1024})";

constexpr std::array<Key<ContactDraft>, 6> kContact{{
    {{.name = "webhook",
      .shape = shape::kUrl,
      .fallback = "one of the three",
      .meaning = "where the notice is posted to, as JSON",
      .choice = Choice::contact},
     decode_webhook},
    {{.name = "command",
      .shape = shape::kCommand,
      .fallback = "one of the three",
      .meaning = "what is started with the JSON on its standard input, in the file's folder",
      .choice = Choice::contact},
     decode_command},
    {{.name = "email",
      .shape = shape::custom(
          "table", R"(a table like { smtp = "host:587", to = "me@example.org" })", kEmailSchema),
      .fallback = "one of the three",
      .meaning = "server and recipients of a mail",
      .choice = Choice::contact},
     decode_email_key},
    {{"secret", shape::custom("string", "a string", kSecretSchema), "none",
      "key that the JSON is signed with (HMAC-SHA256), at least 6 characters"},
     decode_secret},
    {{"nag", shape::kPositiveDuration, "none",
      "told again each time this has passed and it is not well again"},
     store_duration<&ContactSpec::nag>},
    {{"after", shape::integer(1, 1'000'000), "1",
      "failures in a row before the first notice of a job"},
     store_integer<&ContactSpec::after>},
}};

core::ContactSpec decode_contact(const Member& contact, FleetDraft& fleet, Complaints& complaints) {
  ContactDraft draft;
  draft.spec.name = contact.key->str();
  draft.folder = fleet.folder;
  draft.places.header = contact.at;
  if (const auto* table = table_of(contact, "notify", "contact", complaints)) {
    const auto entries =
        match_keys(*table, contact_keys(), header_of(contact, "notify"), complaints);
    decode_entries(entries, contact_keys(), "", draft, complaints);
    if (!draft.has_way) {
      complaints.error(
          contact.at,
          fmt::format("contact {} cannot be told anything", quote_name(draft.spec.name)),
          "add one of webhook, command and email");
    }
    if (draft.secret_at && std::holds_alternative<core::Email>(draft.spec.by)) {
      complaints.warning(*draft.secret_at,
                         "secret changes nothing: it signs JSON, and this contact gets a mail",
                         "leave it out");
    }
  }
  fleet.contact_places.push_back(draft.places);
  return std::move(draft.spec);
}

}  // namespace

void decode_contacts(const toml::table& contacts, FleetDraft& draft, Complaints& complaints) {
  std::vector<std::string> names;
  for (const Member& contact : in_file_order(contacts)) {
    names.emplace_back(contact.key->str());
    draft.spec.contacts.push_back(decode_contact(contact, draft, complaints));
  }
  draft.contacts = FamilyNames{std::move(names), kNoContacts};
}

const KeyTable<ContactDraft>& contact_keys() {
  static const KeyTable<ContactDraft> keys{{section<ContactDraft>("", kContact)}};
  return keys;
}

}  // namespace takt::fleet
