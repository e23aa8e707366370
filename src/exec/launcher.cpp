#include "exec/launcher.h"

#include "exec/launcher_state.h"

namespace takt::exec {

ProcessLauncher::ProcessLauncher(boost::asio::io_context& io, ports::LauncherListener& listener,
                                 LauncherOptions options)
    : state_(std::make_shared<State>(io, listener, std::move(options))) {
  state_->begin();
}

ProcessLauncher::~ProcessLauncher() { state_->stop(); }

void ProcessLauncher::start(ports::Launch launch) { state_->start(std::move(launch)); }

void ProcessLauncher::kill(Token token, Duration grace) { state_->kill(token, grace); }

void ProcessLauncher::kill_leftover(const core::AttemptRow& attempt) {
  state_->leftovers->kill(attempt);
}

std::vector<Token> ProcessLauncher::mains_ended() { return state_->mains_ended(); }

std::size_t ProcessLauncher::alive() const { return state_->attempts.size(); }

std::vector<ports::TreeMemory> ProcessLauncher::limited_trees() const {
  return state_->limited_trees();
}

CgroupLane ProcessLauncher::lane() const { return state_->lane; }

const std::string& ProcessLauncher::lane_reason() const { return state_->lane_reason; }

}  // namespace takt::exec
