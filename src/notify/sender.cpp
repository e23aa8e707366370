#include "notify/sender.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <exception>
#include <set>
#include <utility>

#include "base/match.h"
#include "net/worker_pool.h"
#include "notify/attempt.h"

namespace takt::notify {
namespace {

namespace asio = boost::asio;
using Result = Attempt::Result;

Attempt try_once(const ports::Message& message, const AttemptLimits& limits,
                 const net::Cancel& cancel) {
  if (cancel.is_set()) return {Result::given_up, "given up", {}};
  try {
    return std::visit(
        Match{[&](const core::Webhook& to) { return by_webhook(message, to, limits, cancel); },
              [&](const core::Email& to) { return by_email(message, to, limits, cancel); },
              [](const core::NotifyCommand&) -> Attempt {
                return {Result::given_up, "a command is not sent", {}};
              }},
        message.contact.by);
  } catch (const std::exception& error) {
    return {Result::given_up, error.what(), {}};
  }
}

}  // namespace

struct Sender::State : std::enable_shared_from_this<Sender::State> {
  State(asio::io_context& loop, SenderOptions opts)
      : io(loop), options(std::move(opts)), threads(options.threads) {}

  /// A message on its way, seen from the loop.
  struct Parcel {
    Parcel(asio::io_context& loop, ports::Message what, Delivered whom)
        : message(std::move(what)),
          done(std::move(whom)),
          timer(loop),
          loop_has_work(loop.get_executor()) {}
    const ports::Message message;
    Delivered done;  // empty: answered
    int tries = 0;
    bool given_up = false;
    std::string error;
    asio::steady_timer timer;
    asio::executor_work_guard<asio::io_context::executor_type> loop_has_work;
  };
  using ParcelPtr = std::shared_ptr<Parcel>;

  asio::io_context& io;
  SenderOptions options;
  net::WorkerPool threads;
  std::shared_ptr<net::Cancel> cancel = std::make_shared<net::Cancel>();
  std::set<ParcelPtr> waiting;  // between two tries
  std::size_t under_way = 0;
  bool gone = false;

  void accept(const ParcelPtr& parcel) {
    ++under_way;
    const auto refuse = [&](const char* why) {
      asio::post(io, [self = shared_from_this(), parcel, why] {
        parcel->error = why;
        self->settle(parcel, false);
      });
    };
    if (under_way > options.messages_max) return refuse("too many messages wait");
    if (std::holds_alternative<core::NotifyCommand>(parcel->message.contact.by)) {
      return refuse("a command is not sent");
    }
    start(parcel);
  }

  void start(const ParcelPtr& parcel) {
    ++parcel->tries;
    const bool taken = threads.post(
        [self = weak_from_this(), &loop = io, parcel = ParcelPtr(parcel), stop = cancel,
         limits = AttemptLimits{options.try_timeout, options.ca_file}]() mutable {
          Attempt ended = try_once(parcel->message, limits, *stop);
          asio::post(loop, [self = std::move(self), parcel = std::move(parcel),
                            ended = std::move(ended), stop = std::move(stop)] {
            if (const auto state = self.lock()) state->tried(parcel, ended, *stop);
          });
        });
    if (taken) return;
    asio::post(io, [self = shared_from_this(), parcel, stop = cancel] {
      self->tried(parcel, {Attempt::Result::again, "there is no thread to be had", {}}, *stop);
    });
  }

  void tried(const ParcelPtr& parcel, const Attempt& ended, const net::Cancel& stop) {
    parcel->error = ended.error;
    if (ended.result == Result::delivered) return settle(parcel, true);
    const auto wait = ended.result == Result::again && !stop.is_set()
                          ? wait_after(options.retries, parcel->tries, ended.retry_after)
                          : std::nullopt;
    if (!wait) return settle(parcel, false);
    waiting.insert(parcel);
    parcel->timer.expires_after(*wait);
    parcel->timer.async_wait([self = shared_from_this(), parcel](const auto& error) {
      self->waiting.erase(parcel);
      if (error || parcel->given_up) return self->settle(parcel, false);
      self->start(parcel);
    });
  }

  void settle(const ParcelPtr& parcel, bool ok) {
    --under_way;
    parcel->loop_has_work.reset();
    const auto done = std::exchange(parcel->done, nullptr);
    if (done && !gone) done({ok, parcel->tries, ok ? "" : parcel->error});
  }

  void give_up() {
    cancel->set();
    cancel = std::make_shared<net::Cancel>();
    // Their handlers answer them, in turns of the loop of their own. That of a timer which has run out
    // just now is told of no error any more: therefore the mark.
    for (const ParcelPtr& parcel : waiting) {
      parcel->given_up = true;
      parcel->timer.cancel();
    }
  }
};

Sender::Sender(asio::io_context& io, SenderOptions options)
    : state_(std::make_shared<State>(io, std::move(options))) {}

Sender::~Sender() {
  state_->gone = true;
  state_->give_up();
  state_->threads.join();
}

void Sender::send(ports::Message message, Delivered done) {
  state_->accept(std::make_shared<State::Parcel>(state_->io, std::move(message), std::move(done)));
}

void Sender::cancel() { state_->give_up(); }

}  // namespace takt::notify
