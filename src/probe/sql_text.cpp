#include "probe/sql_text.h"

#include <algorithm>

#include "base/ascii.h"
#include "probe/plain_value.h"

namespace takt::probe {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool begins_name(char c) {
  return is_letter(c) || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}
bool is_in_name(char c) { return begins_name(c) || is_digit(c) || c == '$'; }

/// A place in the text that moves on over whole words, quotes and comments.
class Reader {
 public:
  explicit Reader(std::string_view sql) : sql_(sql) {}

  bool at_end() const { return at_ >= sql_.size(); }
  std::string_view from(std::size_t begin) const { return sql_.substr(begin, at_ - begin); }
  std::size_t at() const { return at_; }
  char front() const { return sql_[at_]; }
  void skip(std::size_t count) { at_ = std::min(at_ + count, sql_.size()); }
  bool sees(std::string_view words) const { return sql_.substr(at_).starts_with(words); }

  void skip_name() {
    while (!at_end() && is_in_name(front())) ++at_;
  }

  /// What stands between two of `quote`. Doubled ones end it and begin it again, which is as good.
  void skip_quoted(char quote, bool backslashes) {
    for (skip(1); !at_end(); skip(1)) {
      if (backslashes && front() == '\\') {
        skip(1);
      } else if (front() == quote) {
        skip(1);
        return;
      }
    }
  }

  void skip_line() {
    while (!at_end() && front() != '\n' && front() != '\r') ++at_;
  }

  void skip_comment() {
    int depth = 0;
    while (!at_end()) {
      if (sees("/*")) {
        ++depth;
        skip(2);
      } else if (sees("*/")) {
        skip(2);
        if (--depth == 0) return;
      } else {
        skip(1);
      }
    }
  }

  /// $tag$...$tag$, or a lone dollar sign.
  void skip_dollar() {
    std::size_t end = at_ + 1;
    while (end < sql_.size() && is_in_name(sql_[end]) && sql_[end] != '$') ++end;
    const bool quotes = end < sql_.size() && sql_[end] == '$' && !is_digit(sql_[at_ + 1]);
    if (!quotes) return skip(1);
    const std::string_view tag = sql_.substr(at_, end + 1 - at_);
    const std::size_t close = sql_.find(tag, end + 1);
    at_ = close == std::string_view::npos ? sql_.size() : close + tag.size();
  }

 private:
  std::string_view sql_;
  std::size_t at_ = 0;
};

class Splitter {
 public:
  explicit Splitter(std::string_view sql) : reader_(sql) {}

  std::vector<SqlStatement> all() {
    while (!reader_.at_end()) take();
    end_statement();
    return std::move(found_);
  }

 private:
  void take() {
    const std::size_t begin = reader_.at();
    const char c = reader_.front();
    if (reader_.sees("--")) {
      reader_.skip_line();
      return keep(begin);
    }
    if (reader_.sees("/*")) {
      reader_.skip_comment();
      return keep(begin);
    }
    if (c == ';' && depth_ == 0) {
      reader_.skip(1);
      return end_statement();
    }
    if (!trimmed({&c, 1}).empty()) has_code_ = true;
    if (takes_now()) return;
    take_code(c);
    keep(begin);
  }

  void take_code(char c) {
    if (c == '\'' || c == '"') return reader_.skip_quoted(c, false);
    if (c == '$') return reader_.skip_dollar();
    if (begins_name(c)) return take_name();
    if (is_digit(c)) return reader_.skip_name();
    if (reader_.sees("::")) return reader_.skip(2);
    if (c == '(') ++depth_;
    if (c == ')' && depth_ > 0) --depth_;
    reader_.skip(1);
  }

  /// Also the E of E'text'.
  void take_name() {
    const bool escapes = reader_.sees("E'") || reader_.sees("e'");
    reader_.skip_name();
    if (escapes) reader_.skip_quoted('\'', true);
  }

  bool takes_now() {
    if (!reader_.sees(":now")) return false;
    Reader behind = reader_;
    behind.skip(4);
    if (!behind.at_end() && is_in_name(behind.front())) return false;
    reader_ = behind;
    // "select:now" must not become a name.
    if (!current_.text.empty() && is_in_name(current_.text.back())) current_.text += ' ';
    current_.text += "$1";
    current_.uses_now = true;
    return true;
  }

  void keep(std::size_t begin) { current_.text += reader_.from(begin); }

  void end_statement() {
    if (has_code_) {
      current_.text = std::string(trimmed(current_.text));
      found_.push_back(std::move(current_));
    }
    current_ = {};
    has_code_ = false;
    depth_ = 0;
  }

  Reader reader_;
  SqlStatement current_;
  bool has_code_ = false;
  int depth_ = 0;  // parentheses
  std::vector<SqlStatement> found_;
};

}  // namespace

std::vector<SqlStatement> statements_of(std::string_view sql) { return Splitter(sql).all(); }

}  // namespace takt::probe
