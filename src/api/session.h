#pragma once
// Session: one HTTP connection, from accept to close. Reads a request, has it answered, writes the
// answer, and again while the client keeps the connection.
//
//   reading ──▶ answering ──▶ writing ──▶ reading ...
//      │ 10 s: 408      │          │ 30 s
//      └──▶ closed ◀────┴──────────┘
//
// Limits: header 16 KiB (431), body 1 MiB (413), anything that is not HTTP 400; each ends the
// connection. Loop's thread only.

#include <cstddef>
#include <memory>
#include <unordered_set>

#include "api/responder.h"

namespace takt::api {

inline constexpr std::size_t kHeaderBytesMax = 16 * 1024;
inline constexpr std::size_t kBodyBytesMax = 1024 * 1024;

/// How long a client may take to send a request, and to take the answer.
struct Patience {
  Duration reading = std::chrono::seconds{10};
  Duration writing = std::chrono::seconds{30};
};

class Session {
 public:
  virtual ~Session() = default;
  virtual void start() = 0;
  virtual void close() = 0;
};

/// Sessions that are alive; a session puts itself in and takes itself out.
using LiveSessions = std::unordered_set<Session*>;

}  // namespace takt::api
