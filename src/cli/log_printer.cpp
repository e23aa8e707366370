#include "cli/log_printer.h"

#include <boost/json/serialize.hpp>

#include "api/render.h"
#include "cli/terminal_text.h"

namespace takt::cli {
namespace {

bool is_remark(exec::LogStream stream) {
  return stream == exec::LogStream::cut || stream == exec::LogStream::lost;
}

}  // namespace

void LogPrinter::print(int attempt, const exec::LogLine& line) {
  auto& out = console_.out;
  if (lines_) {
    out << boost::json::serialize(log_line_json(attempt, line)) << '\n';
    return;
  }
  const auto text = console_.out_is_terminal ? inert_log_line(line.text) : line.text;
  if (timestamps_) {
    out << format_rfc3339(line.at) << ' ' << word(line.stream) << ' ' << text << '\n';
  } else if (is_remark(line.stream)) {
    out << "[takt: " << word(line.stream) << ' ' << text << "]\n";
  } else {
    out << text;
    if (line.newline) out << '\n';
  }
}

bool LogPrinter::flush() {
  console_.out.flush();
  return console_.out.good();
}

boost::json::object log_line_json(int attempt, const exec::LogLine& line) {
  boost::json::object out{{"at", format_rfc3339(line.at)},
                          {"stream", boost::json::string(word(line.stream))},
                          {"text", api::utf8(line.text)},
                          {"attempt", attempt}};
  if (!line.newline) out["more"] = true;
  return out;
}

}  // namespace takt::cli
