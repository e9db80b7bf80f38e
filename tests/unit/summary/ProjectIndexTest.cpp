//===- ProjectIndexTest.cpp - what units say, merged ----------------------===//

#include "summary/ProjectIndex.h"
#include "gtest/gtest.h"
#include <algorithm>

using namespace conntidy;

namespace {

using Unit = std::vector<FunctionFacts>;

FunctionFacts function(llvm::StringRef Name, unsigned Parameters = 0) {
  FunctionFacts F;
  F.Key = keyOf(Name);
  F.Name = Name.str();
  F.Parameters = Parameters;
  return F;
}

FunctionFacts throwing(llvm::StringRef Name, std::vector<std::string> Types) {
  FunctionFacts F = function(Name);
  F.Throws.push_back({std::move(Types), Certainty::Definite});
  return F;
}

FunctionFacts callerOf(llvm::StringRef Callee, llvm::StringRef Name,
                       std::vector<std::string> Caught = {}) {
  FunctionFacts F = function(Name);
  F.ThrowsAsDoes.push_back(
      {keyOf(Callee), std::move(Caught), Certainty::Likely});
  return F;
}

ProjectIndex merge(const std::vector<Unit> &Units) {
  std::vector<const Unit *> All;
  for (const Unit &U : Units)
    All.push_back(&U);
  return ProjectIndex::merge(All);
}

const FunctionFacts &find(const ProjectIndex &Index, llvm::StringRef Name) {
  const FunctionFacts *F = Index.find(keyOf(Name));
  EXPECT_TRUE(F) << Name.str();
  static const FunctionFacts Nothing;
  return F ? *F : Nothing;
}

std::vector<std::string> thrown(const FunctionFacts &F) {
  std::vector<std::string> Names;
  for (const ThrownType &T : F.Throws)
    Names.push_back(T.Names.front());
  if (F.ThrowsAnything)
    Names.push_back("anything");
  return Names;
}

using Names = std::vector<std::string>;

TEST(ProjectIndex, WhatIsThrownIsFollowedThroughUnits) {
  ProjectIndex Index =
      merge({{throwing("a", {"Timeout", "Error"})},
             {callerOf("a", "b")},
             {callerOf("b", "c"), callerOf("b", "d", {"Error"}),
              callerOf("b", "e", {"Other"}), callerOf("nobody", "f")}});
  EXPECT_EQ(thrown(find(Index, "c")), Names{"Timeout"});
  EXPECT_EQ(find(Index, "c").Throws.front().Sureness, Certainty::Likely);
  EXPECT_EQ(thrown(find(Index, "d")), Names{});
  EXPECT_EQ(thrown(find(Index, "e")), Names{"Timeout"});
  EXPECT_EQ(thrown(find(Index, "f")), Names{"anything"});
}

TEST(ProjectIndex, UnknownExceptionsRarelyPassAHandlerForTheStandardOnes) {
  FunctionFacts Wild = function("wild");
  Wild.ThrowsAnything = Certainty::Definite;
  ProjectIndex Index = merge(
      {{Wild}, {callerOf("wild", "a"), callerOf("wild", "b", {"std::exception"})}});
  EXPECT_EQ(find(Index, "a").ThrowsAnything, Certainty::Likely);
  EXPECT_EQ(find(Index, "b").ThrowsAnything, Certainty::Possible);
}

TEST(ProjectIndex, CirclesEnd) {
  FunctionFacts A = callerOf("b", "a"), B = callerOf("a", "b");
  A.NeverReturnsIf = keyOf("b");
  B.NeverReturnsIf = keyOf("a");
  ProjectIndex Index = merge({{A}, {B}});
  EXPECT_EQ(thrown(find(Index, "a")), Names{});
  EXPECT_FALSE(find(Index, "a").NeverReturns);
}

TEST(ProjectIndex, WhatIsKeptIsFollowedThroughUnits) {
  FunctionFacts List = function("append", 2), Wrapper = function("wrap", 1),
                Reader = function("read", 1), Careless = function("give", 1);
  List.Keeps = {1};
  Wrapper.KeepsIf = {{0, keyOf("append"), 1}};
  Reader.KeepsIf = {{0, keyOf("append"), 0}};
  Careless.KeepsIf = {{0, keyOf("nobody"), 0}};
  ProjectIndex Index = merge({{Wrapper, Reader}, {List, Careless}});
  EXPECT_EQ(find(Index, "wrap").Keeps, std::vector<unsigned>{0});
  EXPECT_EQ(find(Index, "read").Keeps, std::vector<unsigned>{});
  EXPECT_EQ(find(Index, "give").Keeps, std::vector<unsigned>{0});
}

TEST(ProjectIndex, WhoEndsInOneThatNeverReturnsNeverReturns) {
  FunctionFacts Die = function("die"), Usage = function("usage");
  Die.NeverReturns = true;
  Usage.NeverReturnsIf = keyOf("die");
  ProjectIndex Index = merge({{Usage}, {Die}});
  EXPECT_TRUE(find(Index, "usage").NeverReturns);
}

TEST(ProjectIndex, DefinitionsThatDisagreeSayWhatHoldsForAll) {
  FunctionFacts Ends = function("usage", 1), Prints = function("usage", 1);
  Ends.NeverReturns = true;
  Ends.Effects = R"({"cases":[]})";
  Prints.Keeps = {0};
  Prints.Throws.push_back({{"Error"}, Certainty::Definite});
  ProjectIndex Index = merge({{Ends}, {Prints}});
  const FunctionFacts &Merged = find(Index, "usage");
  EXPECT_TRUE(Merged.Ambiguous);
  EXPECT_EQ(Merged.Effects, "");
  EXPECT_FALSE(Merged.NeverReturns);
  EXPECT_EQ(Merged.Keeps, std::vector<unsigned>{0});
  EXPECT_EQ(thrown(Merged), Names{"Error"});
  EXPECT_EQ(Index.ambiguous(), Names{"usage"});
}

TEST(ProjectIndex, TheSameDefinitionAtTwoPlacesIsOne) {
  FunctionFacts One = function("open"), Other = One;
  One.Effects =
      R"({"cases":[{"inner":[{"at":[3,1,3,9],"file":"/p/a.c","text":"x"}]}]})";
  Other.Effects =
      R"({"cases":[{"inner":[{"at":[7,1,7,9],"file":"/p/b.c","text":"x"}]}]})";
  ProjectIndex Index = merge({{One}, {Other}});
  EXPECT_FALSE(find(Index, "open").Ambiguous);
  EXPECT_EQ(find(Index, "open").Effects,
            R"({"cases":[{"inner":[{"text":"x"}]}]})");
}

TEST(ProjectIndex, TheOrderOfUnitsDoesNotMatter) {
  FunctionFacts Same = function("f", 2), Odd = function("f", 1),
                Kept = function("f", 2);
  Kept.Keeps = {1};
  std::vector<Unit> Units{{Same, callerOf("f", "g")},
                          {Odd},
                          {Kept, throwing("f", {"Error"})},
                          {callerOf("g", "h")}};
  ProjectIndex Index = merge(Units);
  std::vector<int> Order{0, 1, 2, 3};
  do {
    std::vector<Unit> Shuffled;
    for (int N : Order)
      Shuffled.push_back(Units[N]);
    ProjectIndex Other = merge(Shuffled);
    for (const char *Name : {"f", "g", "h"})
      EXPECT_EQ(
          Index.answer(keyOf(Name), IndexQuestion::Kind::Facts),
          Other.answer(keyOf(Name), IndexQuestion::Kind::Facts));
  } while (std::next_permutation(Order.begin(), Order.end()));
}

TEST(ProjectIndex, AnswersTellWhetherTheyStillHold) {
  FunctionFacts F = function("f");
  ProjectIndex Nothing, Before = merge({{F}});
  F.Touches = true;
  ProjectIndex After = merge({{F}});
  IndexQuestion All{keyOf("f"), IndexQuestion::Kind::Facts, 0};
  IndexQuestion Touches{keyOf("f"), IndexQuestion::Kind::Touches, 0};
  EXPECT_TRUE(Nothing.stillTrue({All, Touches}));
  EXPECT_FALSE(Before.stillTrue(All));
  EXPECT_TRUE(Before.stillTrue(Touches));
  EXPECT_FALSE(After.stillTrue(Touches));
}

TEST(FunctionFacts, FileFormKeepsEverything) {
  FunctionFacts F = function("f", 3);
  F.Throws = {{{"app::Timeout", "app::Error"}, Certainty::Definite}};
  F.ThrowsAnything = Certainty::Possible;
  F.ThrowsAsDoes = {{keyOf("g"), {"std::exception"}, Certainty::Likely},
                    {~FunctionKey(0), {}, std::nullopt}};
  F.Keeps = {0, 2};
  F.KeepsIf = {{1, keyOf("h"), 4}};
  F.NeverReturns = true;
  F.NeverReturnsIf = keyOf("die");
  F.Effects = R"({"cases":[]})";
  F.Touches = F.Analyzed = F.Ambiguous = true;
  EXPECT_EQ(factsFromJson(toJson(F)), F);
  EXPECT_EQ(factsFromJson(toJson(function("g"))), function("g"));
}

TEST(FunctionFacts, WhatHasNotTheFormIsRefused) {
  for (const char *Text :
       {"3", "{}", R"({"key":"1","parameters":-1})",
        R"({"key":"x","parameters":1})",
        R"({"key":"1","parameters":1,"keeps":3})",
        R"({"key":"1","parameters":1,"throws":[{"names":[],"sure":0}]})",
        R"({"key":"1","parameters":1,"throws-anything":7})",
        R"({"key":"1","parameters":1,"keeps-if":[[0,"1"]]})",
        R"({"key":"1","parameters":1,"touches":"yes"})"}) {
    auto Parsed = llvm::json::parse(Text);
    ASSERT_TRUE(static_cast<bool>(Parsed)) << Text;
    EXPECT_EQ(factsFromJson(*Parsed), std::nullopt) << Text;
  }
}

} // namespace
