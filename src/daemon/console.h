#pragma once
// Console: what goes on, a line an event, for whoever watches `takt up`. Reads the rows that go to the
// store, so it shows what is recorded and nothing else. Lines carry a glyph, a word and a colour.

#include <cstdio>
#include <string>

#include "core/rows.h"
#include "daemon/line_writer.h"

namespace takt::daemon {

class Console {
 public:
  /// `out` is not owned. One that is closed, fails or blocks is nobody's trouble: the fleet goes on.
  Console(std::FILE* out, bool color, bool json);

  /// Attempts first, then what became of their runs, then the rest.
  void show(const core::Batch& batch);
  void say(WallTime at, const std::string& text);

 private:
  struct Line;
  void print(const Line& line);
  void show_attempt(const core::AttemptRow& attempt);
  void show_run(const core::RunRow& run, WallTime at);
  void show_slots(const core::SlotsRow& slots);
  void show_event(const core::EventRow& event);

  LineWriter out_;
  bool color_;
  bool json_;
};

}  // namespace takt::daemon
