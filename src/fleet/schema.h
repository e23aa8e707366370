#pragma once
// The fleet file described for others: a JSON Schema for editors (`takt schema`) and the reference
// page. Both are written from the description that the decoder works with.

#include <string>

namespace takt::fleet {

/// JSON Schema, draft 2020-12, indented, with a newline at the end. Keys that are not supported yet
/// are in it, with a schema that no value fits.
std::string json_schema();

/// Markdown: a table of every key with its type, default and meaning. docs/guide/fleet-file.md
/// holds exactly this between its markers.
std::string reference_markdown();

}  // namespace takt::fleet
