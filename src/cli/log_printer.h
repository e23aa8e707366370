#pragma once
// LogPrinter: lines of a log on stdout. Piped, the bytes are the job's own, stdout and stderr as they
// came; on a terminal everything but colours and tabs is made inert.

#include <boost/json/object.hpp>

#include "cli/console.h"
#include "exec/log_format.h"

namespace takt::cli {

class LogPrinter {
 public:
  /// `timestamps`: each line begins with its time and stream. `lines`: one JSON object a line.
  LogPrinter(Console& console, bool timestamps, bool lines)
      : console_(console), timestamps_(timestamps), lines_(lines) {}

  void print(int attempt, const exec::LogLine& line);

  /// Everything printed so far is on its way; false once nobody takes it any more.
  bool flush();

 private:
  Console& console_;
  bool timestamps_;
  bool lines_;
};

/// {"at","stream","text","attempt"}; "more":true when the line goes on in the next one of its stream.
boost::json::object log_line_json(int attempt, const exec::LogLine& line);

}  // namespace takt::cli
