// Lines that jobs have a hand in: those of log files and of a witness's diary. Any line is read; what was
// understood says the same when it is written and read again.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "exec/log_format.h"
#include "witness/line.h"

namespace {

void demand(bool holds) {
  if (!holds) std::abort();
}

void check_log(std::string_view text) {
  const auto line = takt::exec::parse_log_line(text);
  if (line.stream == takt::exec::LogStream::unknown) {
    demand(line.text == text);
    return;
  }
  std::string written;
  append_log_line(written, takt::format_rfc3339(line.at), line.stream, line.text, line.newline);
  demand(written.ends_with('\n'));
  written.pop_back();
  const auto again = takt::exec::parse_log_line(written);
  demand(again.at == line.at && again.stream == line.stream && again.text == line.text &&
         again.newline == line.newline);
}

void check_witness(std::string_view text) {
  const auto line = takt::witness::parse_line(text);
  if (!line) return;
  const std::string written = format_line(*line);
  const auto again = takt::witness::parse_line(written);
  demand(again.has_value() && format_line(*again) == written && again->speaker == line->speaker);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view all(reinterpret_cast<const char*>(data), size);
  const std::string_view text = all.substr(0, all.find('\n'));
  check_log(text);
  check_witness(text);
  return 0;
}
