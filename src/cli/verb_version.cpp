// takt version, takt help.

#include <boost/json/array.hpp>

#include "cli/help.h"
#include "cli/verbs.h"

namespace takt::cli {
namespace {

namespace json = boost::json;

Result version(Context& context, const Arguments&) {
  auto& console = context.console();
  if (console.json) {
    console.print_json({{"version", TAKT_VERSION}});
  } else {
    console.out << "takt " << TAKT_VERSION << '\n';
  }
  return Exit::ok;
}

Result help(Context& context, const Arguments& arguments) {
  const auto& name = arguments.positional();
  const auto* verb = name.empty() ? nullptr : find_verb(name);
  if (!name.empty() && verb == nullptr) return std::unexpected(no_such_verb(name));
  auto& console = context.console();
  if (console.json) {
    json::array list;
    for (const auto& item : verbs()) {
      list.push_back(json::object{{"verb", json::string(item.name)},
                                  {"argument", json::string(item.argument)},
                                  {"help", json::string(item.help)}});
    }
    console.print_json({{"verbs", std::move(list)}});
  } else {
    console.out << (verb == nullptr ? overview() : help_of(*verb));
  }
  return Exit::ok;
}

}  // namespace

Verb version_verb() { return {"version", Needs::nothing, "", "the version of takt", {}, version}; }

Verb help_verb() {
  return {"help", Needs::nothing, "[VERB]", "this, or more about a verb", {}, help};
}

}  // namespace takt::cli
