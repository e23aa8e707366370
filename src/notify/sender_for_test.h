#pragma once
// For tests: a loop with a Sender in it that waits for nothing between two tries.

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "net/server_for_test.h"
#include "notify/message_for_test.h"
#include "notify/sender.h"

namespace takt::notify {

class Sending : public ::testing::Test {
 protected:
  using Delivery = ports::Notifier::Delivery;

  boost::asio::io_context io;
  SenderOptions options{
      .retries = {.waits = std::vector<Duration>(4, Duration{0}), .retry_after_max = Duration{0}}};
  std::optional<Sender> sender_;
  std::vector<Delivery> ended;

  Sender& sender() { return sender_ ? *sender_ : sender_.emplace(io, options); }

  void send(ports::Message message) {
    sender().send(std::move(message), [this](Delivery how) { ended.push_back(std::move(how)); });
  }
  Delivery deliver(ports::Message message) {
    ended.clear();
    send(std::move(message));
    EXPECT_TRUE(ended.empty()) << "within the call";
    io.restart();
    io.run();
    EXPECT_EQ(ended.size(), 1U);
    return ended.empty() ? Delivery{} : ended[0];
  }
  static boost::json::object next(net::TestServer& server) {
    return boost::json::parse(server.next_line()).as_object();
  }
};

}  // namespace takt::notify
