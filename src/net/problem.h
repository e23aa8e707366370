#pragma once
// Problem: why another machine did not do what it was asked, in words that a person understands. The
// kind is for whoever has to decide what follows from it; texts never contain a password or the path
// of a URL, which often is one.

#include <string>

namespace takt::net {

struct Problem {
  enum class Kind {
    unreachable,  // no name, no connection, no trust, or it broke off: another time it may work
    timed_out,    // connected or not, there was no answer in time
    rejected,     // it answered, and does not want it (SMTP: `code`)
    cancelled,    // we were told to stop
    refused       // not asked at all: the request itself is wrong
  };
  Kind kind = Kind::unreachable;
  std::string text;
  int code = 0;  // of an SMTP reply; 0: none
};

}  // namespace takt::net
