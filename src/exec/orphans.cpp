#include "exec/orphans.h"

#include <unistd.h>

#include <limits>

namespace takt::exec {
namespace {

/// An environment reads as empty for a moment during exec; after this many looks it is wiped.
constexpr int kLooksMax = 6;

}  // namespace

void LivingAttempts::started(Token token, int main_pid) {
  attempts_[token] = {.main_pid = main_pid, .serial = ++serial_};
  by_main_[main_pid] = token;
}

void LivingAttempts::main_ended(Token token) {
  const auto attempt = attempts_.find(token);
  if (attempt != attempts_.end()) attempt->second.main_alive = false;
}

void LivingAttempts::ended(Token token) {
  const auto attempt = attempts_.find(token);
  if (attempt == attempts_.end()) return;
  const auto main = by_main_.find(attempt->second.main_pid);
  if (main != by_main_.end() && main->second == token) by_main_.erase(main);
  attempts_.erase(attempt);
}

std::uint64_t LivingAttempts::oldest_besides(Token token) const {
  std::uint64_t oldest = std::numeric_limits<std::uint64_t>::max();
  for (const auto& [other, attempt] : attempts_) {
    if (other != token && attempt.serial < oldest) oldest = attempt.serial;
  }
  return oldest;
}

std::optional<Token> LivingAttempts::owner_of_main(int pid) const {
  const auto main = by_main_.find(pid);
  if (main == by_main_.end() || !attempts_.at(main->second).main_alive) return std::nullopt;
  return main->second;
}

bool LivingAttempts::is_main(int pid) const { return owner_of_main(pid).has_value(); }

Token LivingAttempts::owner_of_session(int session) const {
  const auto main = by_main_.find(session);
  return main == by_main_.end() ? Token{} : main->second;
}

Orphans::Orphans(std::string fleet_tag)
    : fleet_tag_(std::move(fleet_tag)), own_session_(::getsid(0)) {
  for (const int pid : children_of_self()) known_[pid] = {.verdict = Verdict::stranger};
}

Orphans::Found Orphans::of(Token token, const LivingAttempts& attempts) {
  Found found;
  std::optional<std::uint64_t> oldest_other;
  for (const int pid : children_of_self()) {
    if (attempts.is_main(pid)) continue;
    Known& known = known_[pid];
    if (known.verdict == Verdict::undecided) classify(pid, known, attempts);
    bool ours = known.verdict == Verdict::attempt && known.token == token;
    if (known.verdict == Verdict::stray) {
      if (!oldest_other) oldest_other = attempts.oldest_besides(token);
      ours = known.seen < *oldest_other;
    }
    if (ours) found.pids.push_back(pid);
    found.unclear = found.unclear || known.verdict == Verdict::undecided;
  }
  return found;
}

void Orphans::classify(int pid, Known& known, const LivingAttempts& attempts) const {
  const auto process = read_process(pid);
  if (!process || !process->alive()) {
    known.verdict = Verdict::stranger;  // dead: to be collected, nobody's any more
    return;
  }
  if (known.seen == 0) known.seen = attempts.newest_serial();
  known.token = attempts.owner_of_session(process->session);
  if (known.token) {
    known.verdict = Verdict::attempt;
    return;
  }
  const ProcessTag tag = read_tag(pid, fleet_tag_);
  if (process->session == own_session_ && tag.kind != ProcessTag::Kind::tagged) {
    known.verdict = Verdict::stranger;
  } else if (tag.kind == ProcessTag::Kind::tagged) {
    known.token = tag.token;
    known.verdict = tag.token ? Verdict::attempt : Verdict::stranger;
  } else if (tag.kind == ProcessTag::Kind::untagged || ++known.looks >= kLooksMax) {
    known.verdict = Verdict::stray;
  }
}

void Orphans::forget(int pid) { known_.erase(pid); }

}  // namespace takt::exec
