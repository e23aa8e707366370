#include "cli/console.h"

#include <boost/json/serialize.hpp>
#include <cstdlib>

#include "api/render.h"
#include "cli/fields.h"
#include "cli/people.h"
#include "cli/terminal_text.h"

namespace takt::cli {

void Console::print_json(const boost::json::object& object) const {
  out << boost::json::serialize(object) << '\n' << std::flush;
}

void Console::talk(std::string_view text) const { err << "takt: " << inert(text) << '\n'; }

void Console::report(const Failure& failure) const {
  err << failure.details;
  err << "takt: " << inert(failure.what);
  if (!failure.where.empty()) err << " (" << inert(failure.where) << ")";
  err << '\n';
  for (const auto& item : failure.gates) {
    const auto& gate = item.as_object();
    if (text_field(gate, "answer") == "pass") continue;
    err << "  " << marked(text_field(gate, "answer")) << ' ' << inert(text_field(gate, "gate"))
        << ": " << inert(text_field(gate, "text")) << '\n';
  }
  if (!failure.hint.empty()) err << "  hint: " << inert(failure.hint) << '\n';
  err << std::flush;
  if (!json) return;
  auto object = api::error(failure.what, failure.where, failure.hint);
  if (!failure.gates.empty()) object["error"].as_object()["gates"] = failure.gates;
  print_json(object);
}

bool wants_color(ColorMode mode, bool out_is_terminal) {
  if (mode != ColorMode::automatic) return mode == ColorMode::always;
  const char* no_color = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  const bool refused = no_color != nullptr && *no_color != '\0';
  const bool dumb = term != nullptr && std::string_view(term) == "dumb";
  return out_is_terminal && !refused && !dumb;
}

}  // namespace takt::cli
