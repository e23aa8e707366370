// takt schema: the fleet file as a JSON Schema, for editors.

#include "cli/verbs.h"
#include "fleet/schema.h"

namespace takt::cli {
namespace {

Result run(Context& context, const Arguments&) {
  context.console().out << fleet::json_schema();
  return Exit::ok;
}

}  // namespace

Verb schema_verb() {
  return {"schema", Needs::nothing, "", "the fleet file as a JSON Schema", {}, run};
}

}  // namespace takt::cli
