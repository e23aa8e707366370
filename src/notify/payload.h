#pragma once
// The one documented JSON that tells a message: to a webhook as its body, to a command in
// TAKT_NOTICE_JSON. docs/guide/notice-json.md is its description.
// Pure: the same message gives the same bytes.

#include <string>
#include <utility>
#include <vector>

#include "ports/notifier.h"

namespace takt::notify {

/// 32 hex digits: the same for the same notices to the same contact, whenever they are sent.
std::string message_id(const ports::Message& message);

std::string payload(const ports::Message& message);

/// "sha256=<hex>": HMAC-SHA256 of the payload. The secret is not empty.
std::string signature(const std::string& payload, const std::string& secret);

/// TAKT_NOTICE_KIND, _JOB, _HEALTH, _PROBE, _TEXT, _COUNT, _SINCE of the most severe notice (empty
/// where there is none), and TAKT_NOTICE_JSON: the payload, where it fits into a variable.
std::vector<std::pair<std::string, std::string>> environment(const ports::Message& message);

}  // namespace takt::notify
