// What docs/guide/notice-json.md shows is what is sent.

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "net/server_for_test.h"
#include "notify/message_for_test.h"
#include "notify/payload.h"

namespace takt::notify {
namespace {

/// The first block of a language in the guide.
std::string block(const std::string& language) {
  std::ifstream file(std::string(TAKT_SOURCE_DIR) + "/docs/guide/notice-json.md");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const std::string opening = "```" + language + "\n";
  const auto begin = text.find(opening) + opening.size();
  return text.substr(begin, text.find("```", begin) - begin);
}

std::set<std::string> keys(const boost::json::value& of) {
  std::set<std::string> names;
  for (const auto& member : of.as_object()) names.insert(std::string(member.key()));
  return names;
}

TEST(NoticeGuide, TheExampleHasTheFieldsThatAreSent) {
  const auto shown = boost::json::parse(block("json"));
  const auto sent = boost::json::parse(payload(a_message()));
  EXPECT_EQ(keys(shown), keys(sent));
  for (const auto& notice : shown.at("notices").as_array()) {
    EXPECT_EQ(keys(notice), keys(sent.at("notices").at(0)));
  }
}

TEST(NoticeGuide, TheCheckOfASignatureKnowsOursFromOthers) {
  net::TestFolder folder;
  const std::string body = payload(a_message());
  std::ofstream(folder / "body") << body;
  std::ofstream(folder / "check.py")
      << block("python")
      << "\nimport sys\nbody = open(sys.argv[1], 'rb').read()\n"
         "assert is_genuine(body, sys.argv[2], 'geheimnis')\n"
         "assert not is_genuine(body + b' ', sys.argv[2], 'geheimnis')\n"
         "assert not is_genuine(body, sys.argv[2], 'other')\n";
  const std::string command = "python3 " + (folder / "check.py") + ' ' + (folder / "body") + ' ' +
                              signature(body, "geheimnis");
  EXPECT_EQ(std::system(command.c_str()), 0);
}

}  // namespace
}  // namespace takt::notify
