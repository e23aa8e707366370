#include "store/gate_json.h"

#include <gtest/gtest.h>

namespace takt::store {
namespace {

core::Gate overlap_gate() {
  core::Gate gate{.gate = core::GateName::overlap, .answer = core::GateAnswer::hold};
  gate.value = "1 running";
  gate.limit = "1";
  gate.holders = {{"post", RunId{7}}};
  gate.until = parse_rfc3339("2026-03-08T06:30:00Z");
  gate.text = "run 7 of post is in the way";
  return gate;
}

TEST(GateJson, IsSpelledAsTheCommandLineSpellsIt) {
  EXPECT_EQ(gates_to_json({overlap_gate()}),
            R"([{"gate":"overlap","answer":"hold","value":"1 running","limit":"1",)"
            R"("holders":[{"job":"post","run":7}],"until":"2026-03-08T06:30:00.000Z",)"
            R"("text":"run 7 of post is in the way"}])");
}

TEST(GateJson, NoExpectedInstantIsNull) {
  core::Gate gate = overlap_gate();
  gate.until.reset();
  EXPECT_NE(gates_to_json({gate}).find(R"("until":null)"), std::string::npos);
  EXPECT_EQ(gates_from_json(gates_to_json({gate})), core::Gates{gate});
}

TEST(GateJson, ReadsBackWhatItWrote) {
  core::Gates gates;
  for (std::size_t i = 0; i < kWords<core::GateName>.size(); ++i) {
    core::Gate gate = overlap_gate();
    gate.gate = static_cast<core::GateName>(i);
    gate.answer = static_cast<core::GateAnswer>(i % kWords<core::GateAnswer>.size());
    gate.text = std::string("quote \" backslash \\ newline \n zero ") + '\0' + " not utf-8 \xff";
    gates.push_back(gate);
  }
  EXPECT_EQ(gates_from_json(gates_to_json(gates)), gates);
}

TEST(GateJson, NoGatesAreAnEmptyList) {
  EXPECT_EQ(gates_to_json({}), "[]");
  EXPECT_TRUE(gates_from_json("[]").empty());
}

TEST(GateJson, WhatIsNoGateIsLeftOut) {
  EXPECT_TRUE(gates_from_json("").empty());
  EXPECT_TRUE(gates_from_json("{").empty());
  EXPECT_TRUE(gates_from_json("7").empty());
  const auto gates = gates_from_json(
      R"([7,{"gate":"moon","answer":"pass"},{"gate":"node","answer":"pass","holders":[1,{}]}])");
  ASSERT_EQ(gates.size(), 1U);
  EXPECT_EQ(gates[0].gate, core::GateName::node);
  EXPECT_TRUE(gates[0].holders.empty());
}

TEST(PairsJson, KeepsOrderAndBytes) {
  const Pairs pairs = {{"zeta", "1"}, {"alpha", ""}, {"bytes", "\xff\xfe\n\""}};
  EXPECT_EQ(pairs_from_json(pairs_to_json(pairs)), pairs);
  EXPECT_EQ(pairs_to_json({}), "{}");
}

TEST(PairsJson, WhatIsNoObjectOfStringsIsLeftOut) {
  EXPECT_TRUE(pairs_from_json("[1]").empty());
  EXPECT_TRUE(pairs_from_json("nonsense").empty());
  EXPECT_EQ(pairs_from_json(R"({"a":1,"b":"2"})"), (Pairs{{"b", "2"}}));
}

}  // namespace
}  // namespace takt::store
