#include "net/transfer.h"

#include <cstdlib>
#include <new>
#include <utility>

#include "net/place.h"

namespace takt::net {
namespace {

void begin_once() {
  static const CURLcode begun = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (begun != CURLE_OK) throw std::bad_alloc();  // the one thing that it can lack
}

/// A variable that OpenSSL's own programs hear; libcurl leaves it to its callers.
const char* trust_from(const char* variable) {
  const char* path = std::getenv(variable);
  return path != nullptr && *path != '\0' ? path : nullptr;
}

}  // namespace

Transfer::Transfer(std::string url, std::string protocols, Limits limits)
    : url_(std::move(url)), protocols_(std::move(protocols)), limits_(std::move(limits)) {
  begin_once();
  easy_ = curl_easy_init();
  multi_ = curl_multi_init();
  if (easy_ == nullptr || multi_ == nullptr) throw std::bad_alloc();
  set(CURLOPT_URL, url_.c_str());
  set(CURLOPT_ERRORBUFFER, words_.data());
  set(CURLOPT_PROTOCOLS_STR, protocols_.c_str());
  set(CURLOPT_REDIR_PROTOCOLS_STR, protocols_.c_str());
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(limits_.total.count()));
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(limits_.connect.count()));
  set(CURLOPT_PROXY, "");
  set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_QUICK_EXIT, 1L);
  set(CURLOPT_USERAGENT, "takt/" TAKT_VERSION);
  if (!limits_.ca_file.empty()) {
    set(CURLOPT_CAINFO, limits_.ca_file.c_str());
  } else if (const char* file = trust_from("SSL_CERT_FILE")) {
    set(CURLOPT_CAINFO, file);
  }
  if (const char* folder = trust_from("SSL_CERT_DIR")) set(CURLOPT_CAPATH, folder);
}

Transfer::~Transfer() {
  curl_multi_remove_handle(multi_, easy_);
  curl_easy_cleanup(easy_);
  curl_multi_cleanup(multi_);
  curl_slist_free_all(headers_);
  curl_slist_free_all(recipients_);
}

void Transfer::add_header(const std::string& line) {
  headers_ = curl_slist_append(headers_, line.c_str());
  set(CURLOPT_HTTPHEADER, headers_);
}

void Transfer::add_recipient(const std::string& line) {
  recipients_ = curl_slist_append(recipients_, line.c_str());
  set(CURLOPT_MAIL_RCPT, recipients_);
}

std::expected<void, Problem> Transfer::ready() {
  const auto refused = [](std::string why) {
    return std::unexpected(Problem{Problem::Kind::refused, std::move(why)});
  };
  const auto place = place_of(url_);
  if (!place) return refused("the URL cannot be read");
  if ((',' + protocols_ + ',').find(',' + place->scheme + ',') == std::string::npos) {
    return refused('\'' + place->scheme + "' is not one of " + protocols_);
  }
  if (limits_.total <= Duration{0}) {  // libcurl takes 0 for "as long as it likes"
    return std::unexpected(problem(CURLE_OPERATION_TIMEDOUT));
  }
  return {};
}

std::expected<CURLcode, Problem> Transfer::run(const Cancel& cancel) {
  if (auto may = ready(); !may) return std::unexpected(may.error());
  curl_multi_add_handle(multi_, easy_);
  int running = 1;
  while (true) {
    if (cancel.is_set()) return std::unexpected(Problem{Problem::Kind::cancelled, "given up"});
    if (curl_multi_perform(multi_, &running) != CURLM_OK) {
      return std::unexpected(Problem{Problem::Kind::unreachable, "libcurl gave up"});
    }
    if (running == 0) break;
    curl_waitfd enough{cancel.descriptor(), CURL_WAIT_POLLIN, 0};
    const unsigned watched = cancel.descriptor() >= 0 ? 1 : 0;
    curl_multi_poll(multi_, &enough, watched, cancel.wait_ms(1000), nullptr);
  }
  int left = 0;
  const CURLMsg* ended = curl_multi_info_read(multi_, &left);
  return ended != nullptr ? ended->data.result : CURLE_FAILED_INIT;
}

std::string Transfer::where() const {
  const char* last = info<const char*>(CURLINFO_EFFECTIVE_URL);
  const auto place = place_of(last != nullptr && *last != '\0' ? last : url_);
  return place ? place->words() : std::string("the server");
}

}  // namespace takt::net
