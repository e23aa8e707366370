#include "notify/payload.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <boost/json.hpp>
#include <span>
#include <stdexcept>

#include "base/time.h"
#include "notify/words.h"

namespace takt::notify {
namespace {

namespace json = boost::json;

/// Linux takes no variable of 128 KiB or more (MAX_ARG_STRLEN).
constexpr std::size_t kVariableBytesMax = 120 << 10;

std::string hex(std::span<const unsigned char> bytes) {
  std::string text;
  for (const unsigned char byte : bytes) text += fmt::format("{:02x}", byte);
  return text;
}

json::value text_or_null(const std::string& text) {
  if (text.empty()) return nullptr;
  return json::string(text);
}

json::object json_of(const core::NoticeRow& notice) {
  return {{"id", notice.notice.value},
          {"kind", word(notice.kind)},
          {"job", text_or_null(notice.job)},
          {"health", text_or_null(notice.health)},
          {"probe", text_or_null(notice.probe)},
          {"run", notice.run ? json::value(notice.run->value) : json::value(nullptr)},
          {"at", format_rfc3339(notice.at)},
          {"since", format_rfc3339(notice.since_at)},
          {"count", notice.count},
          {"again", notice.again},
          {"text", one_line(notice.text)}};
}

}  // namespace

std::string message_id(const ports::Message& message) {
  std::string named = message.fleet + '\n' + message.contact.name;
  for (const auto& notice : message.notices) {
    named += fmt::format("\n{} {}", notice.notice.value, millis(notice.at));
  }
  std::array<unsigned char, 32> digest{};
  if (EVP_Digest(named.data(), named.size(), digest.data(), nullptr, EVP_sha256(), nullptr) != 1) {
    throw std::runtime_error("no SHA-256");
  }
  return hex(std::span(digest).first(16));
}

std::string payload(const ports::Message& message) {
  json::array notices;
  for (const auto& notice : message.notices) notices.push_back(json_of(notice));
  return json::serialize(json::object{{"fleet", message.fleet},
                                      {"at", format_rfc3339(message.now)},
                                      {"contact", message.contact.name},
                                      {"message_id", message_id(message)},
                                      {"summary", summary(message)},
                                      {"left_out", message.left_out},
                                      {"notices", std::move(notices)}});
}

std::string signature(const std::string& payload, const std::string& secret) {
  std::array<unsigned char, 32> digest{};
  unsigned bytes = 0;
  const auto* data = reinterpret_cast<const unsigned char*>(payload.data());
  if (HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()), data, payload.size(),
           digest.data(), &bytes) == nullptr) {
    throw std::runtime_error("no HMAC-SHA256");
  }
  return "sha256=" + hex(digest);
}

std::vector<std::pair<std::string, std::string>> environment(const ports::Message& message) {
  const auto& notice = most_severe(message);
  const std::string whole = payload(message);
  return {{"TAKT_NOTICE_KIND", std::string(word(notice.kind))},
          {"TAKT_NOTICE_JOB", one_line(notice.job)},
          {"TAKT_NOTICE_HEALTH", one_line(notice.health)},
          {"TAKT_NOTICE_PROBE", one_line(notice.probe)},
          {"TAKT_NOTICE_TEXT", one_line(notice.text)},
          {"TAKT_NOTICE_COUNT", std::to_string(notice.count)},
          {"TAKT_NOTICE_SINCE", format_rfc3339(notice.since_at)},
          {"TAKT_NOTICE_JSON", whole.size() <= kVariableBytesMax ? whole : std::string()}};
}

}  // namespace takt::notify
