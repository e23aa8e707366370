#pragma once
// The certificate that a server showed, as far as libcurl's CURLOPT_CERTINFO tells it.
// Private to this folder.

#include <optional>

#include "net/http.h"
#include "net/transfer.h"

namespace takt::net {

/// The server's own, not those of its chain; nullopt when it has shown none with both dates.
std::optional<Certificate> certificate_of(const Transfer& transfer);

}  // namespace takt::net
