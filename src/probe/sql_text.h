#pragma once
// The text of SQL as PostgreSQL reads it, as far as that is needed to find two things in it: where a
// statement ends, and where `:now` stands. Neither is looked for in
//
//   'text'  E'te\'xt'  "name"  $tag$text$tag$  -- comment  /* comment /* in a comment */ */
//
// nor is `:now` in `::now` (a cast) or `:nowhere`; a semicolon in parentheses ends nothing. What is not
// closed goes on to the end: the server says so. (SQLite is asked for both itself, sqlite_file.h.)
// Private to this folder. Pure.

#include <string>
#include <string_view>
#include <vector>

namespace takt::probe {

struct SqlStatement {
  std::string text;       // `:now` is $1 in it; without the semicolon
  bool uses_now = false;  // it is in it
  friend bool operator==(const SqlStatement&, const SqlStatement&) = default;
};

/// All statements, without those that are only white space and comments.
std::vector<SqlStatement> statements_of(std::string_view sql);

}  // namespace takt::probe
