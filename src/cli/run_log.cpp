#include "cli/run_log.h"

#include "base/state_dir.h"
#include "cli/fields.h"

namespace takt::cli {

void RunLog::pump(const boost::json::array& attempts, const Sink& sink) {
  drain(sink);
  for (const auto& item : attempts) {
    const auto number = number_field(item.as_object(), "attempt").value_or(0);
    if (number < next_ || (only_ && reader_)) continue;
    const bool ended = time_field(item.as_object(), "ended_at").has_value();
    if (!open(static_cast<int>(number))) {
      // A silent attempt has no log, and none is missing.
      if (number_field(item.as_object(), "log_bytes").value_or(0) == 0) problem_.clear();
      if (!ended) return;
      next_ = static_cast<int>(number) + 1;
      continue;
    }
    drain(sink);
    if (only_) return;
  }
}

bool RunLog::open(int attempt) {
  auto reader = exec::LogReader::open(log_file(state_dir_, job_, run_, attempt).native());
  if (!reader) {
    problem_ = reader.error();
    return false;
  }
  problem_.clear();
  reader_.emplace(std::move(*reader));
  next_ = attempt + 1;
  return true;
}

void RunLog::drain(const Sink& sink) {
  if (!reader_) return;
  while (const auto line = reader_->next()) sink(next_ - 1, *line);
}

}  // namespace takt::cli
