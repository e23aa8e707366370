#include "net/place.h"

#include <curl/curl.h>

#include <memory>

#include "base/ascii.h"

namespace takt::net {
namespace {

std::string part(CURLU* url, CURLUPart which, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, which, &text, flags) != CURLUE_OK || text == nullptr) return {};
  std::string found = text;
  curl_free(text);
  return found;
}

}  // namespace

std::optional<Place> place_of(const std::string& url) {
  const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> parsed(curl_url(), &curl_url_cleanup);
  if (!parsed || curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), CURLU_NON_SUPPORT_SCHEME) !=
                     CURLUE_OK) {
    return std::nullopt;
  }
  Place place{lowered(part(parsed.get(), CURLUPART_SCHEME)), part(parsed.get(), CURLUPART_HOST),
              part(parsed.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT)};
  if (place.scheme.empty()) return std::nullopt;
  return place;
}

}  // namespace takt::net
