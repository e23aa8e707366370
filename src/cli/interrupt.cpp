#include "cli/interrupt.h"

#include <poll.h>
#include <unistd.h>

#include <csignal>

#include "cli/exit_code.h"

namespace takt::cli {
namespace {

// Written by the signal handler: nothing else may be touched there.
volatile std::sig_atomic_t only_noted = 0;
volatile std::sig_atomic_t noted = 0;

void on_interrupt(int) {
  if (only_noted == 0) ::_exit(static_cast<int>(Exit::interrupted));
  noted = 1;
}

}  // namespace

void end_on_interrupt() {
  struct sigaction action{};
  action.sa_handler = on_interrupt;
  ::sigaction(SIGINT, &action, nullptr);  // no SA_RESTART: sleeping ends
}

NotedInterrupts::NotedInterrupts() {
  noted = 0;
  only_noted = 1;
}

NotedInterrupts::~NotedInterrupts() { only_noted = 0; }

bool NotedInterrupts::happened() const { return noted != 0; }

void sleep_unless_interrupted(Duration time) { ::poll(nullptr, 0, static_cast<int>(time.count())); }

}  // namespace takt::cli
