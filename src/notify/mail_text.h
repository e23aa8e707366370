#pragma once
// The text of an e-mail (RFC 5322, MIME), out of a message and its contact: a subject in words, and one
// line a notice. Nothing that a job or a probe said can become a header or another recipient.
// Pure. Private to this folder.

#include <expected>
#include <string>
#include <string_view>

#include "core/contact.h"
#include "ports/notifier.h"

namespace takt::notify {

/// "Ann <ann@example.org>" or the bare address: the address, as SMTP wants it; or what is wrong.
std::expected<std::string, std::string> bare_address(std::string_view text);

/// All addresses in it pass bare_address. Lines end in CR LF and are at most 78 bytes long, where the
/// addresses let them.
std::string mail_text(const ports::Message& message, const core::Email& to);

/// Text of any kind for a header's value (RFC 2047): itself when it is short, printable ASCII.
std::string encoded_header(std::string_view text);

/// Quoted-printable (RFC 2045); line feeds end lines.
std::string quoted_printable(std::string_view text);

/// "Mon, 05 Jan 2026 00:04:13 +0000".
std::string mail_date(WallTime at);

}  // namespace takt::notify
