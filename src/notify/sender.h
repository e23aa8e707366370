#pragma once
// Sender: the real Notifier (ports/notifier.h), for webhooks and e-mails.
//
//   send ─▶ waits for a thread ─▶ a try ─┬─▶ delivered
//              ▲                         ├─▶ given up
//              └── wait (retries.h) ◀────┘ again
//
// Two threads, so that a server that is silent for 10 s a try delays one half of the others; 256 messages
// at once, those between two tries with them, more are refused. A command is a process, and so the
// daemon's: it is answered as a failure here.
//
// Lives on the loop's thread, which counts the messages: there is no lock. An answer is never given from
// within a call, and none after the destructor, which waits for the threads.

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>

#include "notify/retries.h"
#include "ports/notifier.h"

namespace takt::notify {

struct SenderOptions {
  std::size_t threads = 2;
  std::size_t messages_max = 256;
  Retries retries;
  Duration try_timeout = std::chrono::seconds{10};
  std::string ca_file;  // trusted instead of what the machine trusts
};

class Sender final : public ports::Notifier {
 public:
  explicit Sender(boost::asio::io_context& io, SenderOptions options = {});
  ~Sender() override;

  void send(ports::Message message, Delivered done) override;
  void cancel() override;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace takt::notify
