#pragma once
// Findings: what a judgement came to. Every verdict must be absent.
//
//   LOST       a slot that nothing became of, or whose reason for not running does not hold
//   EXTRA      something ran, or was decided, that no slot or request asked for; or it ran twice
//   OVERLAP    more of one job alive at once than it allows
//   GHOST      a witness line, or a living process, without its row
//   LIE        a row that says what did not happen (ok without the job's own end, ...)
//   ORPHAN     a process that outlived the recorded end of its attempt
//   FENCE      a token given out twice, or backwards
//   EARLY      a start before its slot
//   RETRY      an attempt that the retry law does not allow
//   HEARTBEAT  a stored fact that is not the fold of the history
//   INTEGRITY  a database that contradicts itself

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/words.h"

namespace takt::audit {

enum class Verdict {
  lost,
  extra,
  overlap,
  ghost,
  lie,
  orphan,
  fence,
  early,
  retry,
  heartbeat,
  integrity
};
inline constexpr std::size_t kVerdicts = 11;

struct Finding {
  Verdict verdict = Verdict::lost;
  std::string job;  // empty: none
  std::optional<RunId> run;
  std::string text;
  std::vector<std::string> where;  // FILE:LINE of witness lines
};

class Findings {
 public:
  /// Keeps the first `kept` findings of each verdict, and counts all.
  explicit Findings(int kept) : kept_(kept) {}

  void add(Finding finding) {
    const auto index = static_cast<std::size_t>(finding.verdict);
    if (counts_[index]++ < kept_) list_.push_back(std::move(finding));
  }

  std::int64_t count(Verdict verdict) const { return counts_[static_cast<std::size_t>(verdict)]; }
  std::int64_t total() const {
    std::int64_t sum = 0;
    for (const auto count : counts_) sum += count;
    return sum;
  }
  const std::vector<Finding>& list() const { return list_; }

 private:
  std::int64_t kept_;
  std::array<std::int64_t, kVerdicts> counts_{};
  std::vector<Finding> list_;
};

}  // namespace takt::audit

namespace takt {

template <>
inline constexpr std::array<std::string_view, audit::kVerdicts> kWords<audit::Verdict>{
    "LOST",  "EXTRA", "OVERLAP", "GHOST",     "LIE",      "ORPHAN",
    "FENCE", "EARLY", "RETRY",   "HEARTBEAT", "INTEGRITY"};

}  // namespace takt
