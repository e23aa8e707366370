#pragma once
// Mailbox: an e-mail address as people write it, "me@example.org" or "Me <me@example.org>". What passes here
// goes into the dialogue with a mail server and into headers, so nothing does that could end a line of them.

#include <optional>
#include <string_view>

namespace takt {

/// The bare address. nullopt: there is none, it is longer than a mail server takes (RFC 5321: 254 bytes), or
/// something in it or in the name would have to be quoted.
std::optional<std::string_view> address_of(std::string_view mailbox);

}  // namespace takt
