//===- StoredUnitTest.cpp - what came of a unit, as text ------------------===//

#include "index/StoredUnit.h"
#include "gtest/gtest.h"

using namespace conntidy;

namespace {

UnitOutcome example() {
  UnitOutcome O;
  O.File = "/p/a.c";
  Record R;
  R.Check = "conn-leak";
  R.Severity = Level::Error;
  R.Sureness = Certainty::Likely;
  R.Where = {"/p/a.c", 3, 4, 3, 9};
  R.Message = "connection 'c' leaks";
  R.Function = "app::run";
  R.Statement = "open ( )";
  R.Resource = "connection";
  R.Fix = {{{"/p/a.c", 7, 1, 7, 5}, "other"}};
  R.Trail = {{Step::Kind::Acquire, {"/p/b.c", 1, 2, 1, 5}, "acquired", 2}};
  R.Exits = {{Step::Kind::Exit, {"/p/a.c", 8, 1, 8, 2}, "left", 0}};
  O.Findings = {R};
  O.Ignored = {"GCC-only flag '-fx'"};
  O.Empty = true;
  FunctionFacts F;
  F.Key = ~FunctionKey(0);
  F.Name = "open";
  F.Effects = R"({"cases":[]})";
  O.Facts = {F};
  O.Asked = {{~FunctionKey(0), IndexQuestion::Kind::Touches, 1},
             {5, IndexQuestion::Kind::Facts, ~uint64_t(0)}};
  O.Statistics.Functions = 4;
  O.Statistics.Analyzed = 2;
  O.Statistics.OverBudget = {"f"};
  O.Statistics.NotBuilt = {"g"};
  return O;
}

TEST(StoredUnit, KeepsWhatALaterRunWantsToKnow) {
  UnitOutcome Before = example();
  auto After = fromStoredForm(toStoredForm(Before));
  ASSERT_TRUE(After);
  EXPECT_EQ(After->File, Before.File);
  ASSERT_EQ(After->Findings.size(), 1u);
  const Record &R = After->Findings.front();
  EXPECT_EQ(R.Check, "conn-leak");
  EXPECT_EQ(R.Severity, Level::Error);
  EXPECT_EQ(R.Sureness, Certainty::Likely);
  EXPECT_EQ(R.Where, Before.Findings.front().Where);
  EXPECT_EQ(R.Message, "connection 'c' leaks");
  EXPECT_EQ(R.Function, "app::run");
  EXPECT_EQ(R.Statement, "open ( )");
  EXPECT_EQ(R.Resource, "connection");
  ASSERT_EQ(R.Fix.size(), 1u);
  EXPECT_EQ(R.Fix.front().Where.Line, 7u);
  EXPECT_EQ(R.Fix.front().Text, "other");
  ASSERT_EQ(R.Trail.size(), 1u);
  EXPECT_EQ(R.Trail.front().What, Step::Kind::Acquire);
  EXPECT_EQ(R.Trail.front().Where.File, "/p/b.c");
  EXPECT_EQ(R.Trail.front().Depth, 2u);
  ASSERT_EQ(R.Exits.size(), 1u);
  EXPECT_EQ(R.Exits.front().Text, "left");
  EXPECT_EQ(After->Ignored, Before.Ignored);
  EXPECT_TRUE(After->Empty);
  EXPECT_EQ(After->Facts, Before.Facts);
  EXPECT_EQ(After->Asked, Before.Asked);
  EXPECT_EQ(After->Statistics.Functions, 4u);
  EXPECT_EQ(After->Statistics.Analyzed, 2u);
  EXPECT_EQ(After->Statistics.OverBudget, Before.Statistics.OverBudget);
  EXPECT_EQ(After->Statistics.NotBuilt, Before.Statistics.NotBuilt);
}

TEST(StoredUnit, HoldsNothingThatDiffersFromRunToRun) {
  UnitOutcome Slow = example();
  Slow.ParseSeconds = 3;
  Slow.Statistics.EngineSeconds = 2;
  EXPECT_EQ(toStoredForm(Slow), toStoredForm(example()));
}

TEST(StoredUnit, WhatHasNotTheFormIsRefused) {
  std::string Text = toStoredForm(example());
  EXPECT_FALSE(fromStoredForm(llvm::StringRef(Text).drop_back()));
  EXPECT_FALSE(fromStoredForm("{}"));
  EXPECT_FALSE(fromStoredForm("[1]"));
  std::string Wrong = Text;
  size_t At = Wrong.find("\"analyzed\":2");
  ASSERT_NE(At, std::string::npos);
  Wrong.replace(At, 12, "\"analyzed\":[]");
  EXPECT_FALSE(fromStoredForm(Wrong));
}

} // namespace
