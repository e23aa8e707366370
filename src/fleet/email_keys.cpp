// `email` of a contact: which server, from whom, to whom. Whatever stands here ends up in the dialogue
// with the server, so nothing passes that could end one of its lines.
//
//   smtp = "mail.example.org:587"     the same as "smtp://mail.example.org:587"
//   smtp = "smtps://mail.example.org" encrypted from the first byte, port 465

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/ascii.h"
#include "base/mailbox.h"
#include "fleet/contacts.h"
#include "fleet/description.h"
#include "fleet/quote.h"
#include "fleet/table_keys.h"
#include "fleet/url_key.h"

namespace takt::fleet {
namespace {

using core::Email;

constexpr int kSubmissionPort = 587;
constexpr int kEncryptedPort = 465;
constexpr std::size_t kUserBytesMax = 254;

bool is_plain(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7F; });
}

void decode_smtp(const Item& item, EmailDraft& draft, Complaints& complaints) {
  draft.has_smtp = true;
  const auto text = read_text(item, complaints);
  if (!text) return;
  const auto refuse = [&](std::string_view wrong, std::string hint) {
    complaints.error(
        item.at, fmt::format("{} {} {}", item.label, quote_value(without_password(*text)), wrong),
        std::move(hint));
  };
  const bool schemed = has_scheme(*text);
  const std::string scheme = schemed ? lowered(text->substr(0, text->find(':'))) : "smtp";
  std::string_view rest = *text;
  if (schemed) rest.remove_prefix(scheme.size() + std::string_view{"://"}.size());
  if (rest.ends_with('/')) rest.remove_suffix(1);
  if (scheme != "smtp" && scheme != "smtps") {
    return refuse("is no mail server", R"(write it like "smtp://mail.example.org:587")");
  }
  const auto server = parse_authority(rest);
  if (!server) return refuse(server.error(), R"(write it like "mail.example.org:587")");
  if (server->has_user) return refuse("has a user in it", "user and password_file are keys");
  const int port = server->port.value_or(scheme == "smtps" ? kEncryptedPort : kSubmissionPort);
  draft.host = server->host;
  draft.email.smtp = fmt::format("{}://{}:{}", scheme, server->host, port);
}

/// The address of a mailbox, perhaps with a name; or a complaint.
std::optional<std::string> read_address(const Item& item, Complaints& complaints) {
  auto text = read_text(item, complaints);
  if (!text) return std::nullopt;
  if (address_of(*text)) return text;
  complaints.error(item.at,
                   fmt::format("{} {} is no address of a mailbox", item.label, quote_value(*text)),
                   R"(write it like "me@example.org" or "Me <me@example.org>")");
  return std::nullopt;
}

void decode_from(const Item& item, EmailDraft& draft, Complaints& complaints) {
  if (auto from = read_address(item, complaints)) draft.email.from = *std::move(from);
}

void decode_to(const Item& item, EmailDraft& draft, Complaints& complaints) {
  draft.has_to = true;
  const auto* list = item.node->as_array();
  if (list == nullptr) {
    if (!item.node->is_string()) return complain_type(item, item.shape->expected, complaints);
    if (auto to = read_address(item, complaints)) draft.email.to.push_back(*std::move(to));
    return;
  }
  if (list->empty()) return complaints.error(item.at, fmt::format("{} is empty", item.label));
  for (const toml::node& node : *list) {
    const Item one{"each entry of " + item.label, &shape::kText, &node, item.key_at,
                   position_of(node)};
    if (auto to = read_address(one, complaints)) draft.email.to.push_back(*std::move(to));
  }
}

void decode_user(const Item& item, EmailDraft& draft, Complaints& complaints) {
  draft.user_at = item.at;
  auto user = read_text(item, complaints);
  if (!user) return;
  if (!is_plain(*user) || user->size() > kUserBytesMax) {
    return complaints.error(
        item.at, fmt::format("{} {} is no user of a mail server", item.label, quote_value(*user)));
  }
  draft.email.user = *std::move(user);
}

void decode_password_file(const Item& item, EmailDraft& draft, Complaints& complaints) {
  draft.password_file_at = item.at;
  store_path<&Email::password_file>(item, draft, complaints);
}

void finish_email(const Item& item, EmailDraft& draft, Complaints& complaints) {
  if (!draft.has_smtp) {
    complaints.error(item.at, fmt::format("{} has no smtp", item.label),
                     R"(add smtp = "mail.example.org:587")");
  }
  if (!draft.has_to) {
    complaints.error(item.at, fmt::format("{} has no to", item.label),
                     R"(add to = "me@example.org")");
  }
  if (draft.user_at && !draft.password_file_at) {
    complaints.error(*draft.user_at, "a user without password_file cannot log in",
                     "add the path of a file with the password, mode 0600");
  }
  if (draft.password_file_at && !draft.user_at) {
    complaints.error(*draft.password_file_at, "password_file is for a user, and there is none",
                     "add user, or leave it out");
  }
  if (draft.email.from.empty()) draft.email.from = "takt@" + draft.host;
}

constexpr auto kAddressSchema = R"({"type": "string", "pattern": "^[^@\\s]+@[^@\\s]+$"})";
constexpr auto kAddressesSchema =
    R"({"anyOf": [{"type": "string", "pattern": "^[^@\\s]+@[^@\\s]+$"},
        {"type": "array", "minItems": 1,
         "items": {"type": "string", "pattern": "^[^@\\s]+@[^@\\s]+$"}}]})";
constexpr auto kServerSchema = R"({"type": "string", "minLength": 1})";

constexpr std::array<Key<EmailDraft>, 5> kEmail{{
    {{"smtp",
      shape::custom("host:port or URL", R"(a server like "mail.example.org:587")", kServerSchema),
      "required",
      "the mail server: \"host:587\" is smtp://host:587 (encrypted where it can be, always with a "
      "user), smtps://host:465 is encrypted from the start"},
     decode_smtp},
    {{"to",
      shape::custom("address or list of them", R"(an address like "me@example.org", or a list)",
                    kAddressesSchema),
      "required", "who gets it"},
     decode_to},
    {{"from", shape::custom("address", R"(an address like "me@example.org")", kAddressSchema),
      "takt@ the server", "who it is from"},
     decode_from},
    {{"user", shape::kText, "none", "who logs in"}, decode_user},
    {{"password_file", shape::kPath, "none",
      "file with the password in its first line, mode 0600; relative to the file's folder"},
     decode_password_file},
}};

}  // namespace

void decode_email(const Item& item, ContactDraft& contact, Complaints& complaints) {
  if (!item.node->is_table()) return complain_type(item, item.shape->expected, complaints);
  EmailDraft draft;
  draft.folder = contact.folder;
  decode_nested(item, email_keys(), draft, complaints);
  finish_email(item, draft, complaints);
  if (!draft.email.password_file.empty()) contact.places.password_file = *draft.password_file_at;
  contact.spec.by = std::move(draft.email);
}

const KeyTable<EmailDraft>& email_keys() {
  static const KeyTable<EmailDraft> keys{{section<EmailDraft>("", kEmail)}};
  return keys;
}

}  // namespace takt::fleet
