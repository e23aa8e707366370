#pragma once
// The session's making, apart from session.h because it needs Asio's socket type. Included by the
// two files that speak HTTP, and by no other header.

#include <boost/asio/local/stream_protocol.hpp>
#include <memory>

#include "api/session.h"

namespace takt::api {

/// A session on `socket`, alive until its connection is closed. `responder` must outlive the
/// sessions in `live`, which the server closes first.
std::shared_ptr<Session> make_session(boost::asio::local::stream_protocol::socket socket,
                                      Responder& responder, std::shared_ptr<LiveSessions> live,
                                      Patience patience);

}  // namespace takt::api
