#include "api/routes.h"
#include "api/sample_path_for_test.h"

#include <gtest/gtest.h>

#include <set>

namespace takt::api {
namespace {

Matched match(std::string_view method, const std::string& path) {
  const auto target = parse_target(path);
  if (!target) return BadPath{"malformed"};
  return match_route(method, *target);
}

TEST(Routes, EachIsFoundByItsOwnMethodAndPath) {
  for (const auto& route : routes()) {
    const auto matched = match(method_word(route.method), sample_path(route, "posting", "12"));
    ASSERT_TRUE(std::holds_alternative<Found>(matched)) << route.path;
    EXPECT_EQ(std::get<Found>(matched).route, &route);
  }
}

TEST(Routes, EachRefusesEveryOtherMethodAndSaysWhichItTakes) {
  for (const auto& route : routes()) {
    for (const auto* method : {"GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "get"}) {
      if (method == method_word(route.method)) continue;
      const auto matched = match(method, sample_path(route, "posting", "12"));
      ASSERT_TRUE(std::holds_alternative<WrongMethod>(matched)) << method << " " << route.path;
      EXPECT_EQ(std::get<WrongMethod>(matched).allow, method_word(route.method));
    }
  }
}

TEST(Routes, OnlyPostsChangeAnythingAndOnlyPostsHaveABody) {
  for (const auto& route : routes()) {
    EXPECT_EQ(route.method == Method::get, route.scope == Scope::read) << route.path;
    if (route.method == Method::get) {
      EXPECT_TRUE(route.body.empty()) << route.path;
    }
  }
}

TEST(Routes, NoTwoDoTheSame) {
  std::set<Action> actions;
  for (const auto& route : routes()) EXPECT_TRUE(actions.insert(route.action).second) << route.path;
}

TEST(Routes, EveryRouteRefusesNamesThatCannotBeNames) {
  for (const auto& route : routes()) {
    const bool has_name = route.path.find("{job}") != std::string_view::npos ||
                          route.path.find("{contact}") != std::string_view::npos;
    if (!has_name) continue;
    for (const auto* name : {"", "..", ".", "a%2Fb", "..%2fx", "%00", "A", "a%0ab", "x..y", "123",
                             "%C0%AE", "-x", "a%20b"}) {
      const auto matched = match(method_word(route.method), sample_path(route, name, ""));
      EXPECT_TRUE(std::holds_alternative<BadPath>(matched)) << route.path << " " << name;
    }
    const auto matched =
        match(method_word(route.method), sample_path(route, std::string(300, 'a'), ""));
    EXPECT_TRUE(std::holds_alternative<BadPath>(matched)) << route.path;
  }
}

TEST(Routes, EveryRouteRefusesRunsThatAreNoNumbers) {
  for (const auto& route : routes()) {
    if (route.path.find("{run}") == std::string_view::npos) continue;
    for (const auto* id : {"0", "-1", "x", "1x", "%31%20", "99999999999999999999", "1e3", "+1"}) {
      const auto matched = match(method_word(route.method), sample_path(route, "", id));
      EXPECT_TRUE(std::holds_alternative<BadPath>(matched)) << route.path << " " << id;
    }
  }
}

TEST(Routes, PathsThatAreNotThereAreNotThere) {
  for (const auto* path : {"/", "/api", "/api/v1", "/api/v1/../v1/jobs", "//api/v1/jobs",
                           "/api/v2/jobs", "/api/v1/runs/1/log", "/.git"}) {
    EXPECT_TRUE(std::holds_alternative<NoSuchPath>(match("GET", path))) << path;
  }
}

}  // namespace
}  // namespace takt::api
