//===- BaselineTest.cpp - findings that are known already -----------------===//
//
// How the findings of a report are told from those of an earlier one, and the
// file that keeps them.
//
//===----------------------------------------------------------------------===//

#include "gate/Baseline.h"
#include "llvm/ADT/StringExtras.h"
#include "gtest/gtest.h"

namespace conntidy {
namespace {

std::string hash(char C) { return std::string(32, C); }

ReportedFinding found(char Exact, char Movable, llvm::StringRef File = "a.c") {
  ReportedFinding Result;
  Result.What.Check = "conn-leak";
  Result.What.Function = "f";
  Result.What.Where = {("/p/" + File).str(), 1, 1, 1, 2};
  Result.Identity = {hash(Exact), hash(Movable)};
  return Result;
}

KnownFinding known(char Exact, char Movable, llvm::StringRef File = "a.c") {
  return {"conn-leak", File.str(), "f", {hash(Exact), hash(Movable)}};
}

Report reportOf(std::vector<ReportedFinding> Findings) {
  Report Result;
  Result.Root = "/p";
  Result.Findings = std::move(Findings);
  return Result;
}

constexpr auto Everything = [](const KnownFinding &) { return true; };
constexpr auto Nothing = [](const KnownFinding &) { return false; };

TEST(Compare, TellsNewFromKnown) {
  Report Now = reportOf({found('1', 'a'), found('2', 'b')});
  Comparison Result = compareWithKnown(Now, {known('1', 'a')}, Everything);
  EXPECT_EQ(Now.Findings[0].State, Novelty::Known);
  EXPECT_EQ(Now.Findings[1].State, Novelty::New);
  EXPECT_TRUE(Result.Gone.empty());
}

TEST(Compare, WhatIsNotFoundIsGoneOnlyIfSomebodyLooked) {
  Report Now = reportOf({});
  EXPECT_EQ(compareWithKnown(Now, {known('1', 'a')}, Everything).Gone.size(),
            1u);
  Comparison Unseen = compareWithKnown(Now, {known('1', 'a')}, Nothing);
  EXPECT_TRUE(Unseen.Gone.empty());
  EXPECT_EQ(Unseen.Unseen.size(), 1u);
}

TEST(Compare, AMovedFunctionIsKnownInItsNewFile) {
  Report Now = reportOf({found('2', 'a', "b.c")});
  Comparison Result = compareWithKnown(Now, {known('1', 'a')}, Everything);
  EXPECT_EQ(Now.Findings[0].State, Novelty::Known);
  EXPECT_TRUE(Result.Gone.empty());
}

TEST(Compare, ACopiedFunctionIsNew) {
  Report Now = reportOf({found('1', 'a'), found('2', 'a', "b.c")});
  compareWithKnown(Now, {known('1', 'a')}, Everything);
  EXPECT_EQ(Now.Findings[1].State, Novelty::New);
}

TEST(Compare, NothingWasMovedFromWhereNobodyLooked) {
  Report Now = reportOf({found('2', 'a', "b.c")});
  compareWithKnown(Now, {known('1', 'a')}, Nothing);
  EXPECT_EQ(Now.Findings[0].State, Novelty::New);
}

TEST(Compare, OneEntryIsGoodForOneFinding) {
  Report Now = reportOf({found('2', 'a', "b.c"), found('3', 'a', "c.c")});
  compareWithKnown(Now, {known('1', 'a')}, Everything);
  EXPECT_EQ(Now.Findings[0].State, Novelty::Known);
  EXPECT_EQ(Now.Findings[1].State, Novelty::New);
}

TEST(Compare, WithoutAnIdentityAFindingIsNew) {
  ReportedFinding Unnamed = found('1', 'a');
  Unnamed.Identity = {};
  Report Now = reportOf({Unnamed});
  compareWithKnown(Now, {{"conn-leak", "a.c", "f", {}}}, Everything);
  EXPECT_EQ(Now.Findings[0].State, Novelty::New);
  EXPECT_TRUE(knownFrom(Now).empty());
}

TEST(Compare, WhatIsSuppressedIsNeitherAndMakesItsEntryStale) {
  ReportedFinding Silent = found('1', 'a');
  Silent.Suppressed = Suppression{1, ""};
  Report Now = reportOf({Silent});
  Comparison Result = compareWithKnown(Now, {known('1', 'a')}, Everything);
  EXPECT_EQ(Now.Findings[0].State, Novelty::Unasked);
  EXPECT_EQ(Result.Gone.size(), 1u);
}

TEST(Compare, ASecondComparisonForgetsNothing) {
  Report Now = reportOf({found('1', 'a'), found('2', 'b'), found('3', 'c')});
  compareWithKnown(Now, {known('1', 'a')}, Everything);
  compareWithKnown(Now, {known('2', 'b')}, Everything);
  EXPECT_EQ(Now.Findings[0].State, Novelty::Known);
  EXPECT_EQ(Now.Findings[1].State, Novelty::Known);
  EXPECT_EQ(Now.Findings[2].State, Novelty::New);
}

std::vector<KnownFinding> readBack(llvm::StringRef Text) {
  return llvm::cantFail(readBaseline(Text, "b"));
}

TEST(BaselineFile, KeepsWhatItIsGiven) {
  std::vector<KnownFinding> Known = {known('1', 'a'),
                                     known('2', 'b', "odd\tname%0A\n.c")};
  std::string Text = writeBaseline(Known);
  EXPECT_EQ(llvm::StringRef(Text).count('\n'), 3u);
  auto Back = readBack(Text);
  llvm::sort(Known);
  EXPECT_EQ(Back, Known);
}

TEST(BaselineFile, IsSortedByFileWithinACheck) {
  std::string Text =
      writeBaseline({known('1', 'a', "b.c"), known('2', 'b', "a.c")});
  EXPECT_LT(Text.find("a.c"), Text.find("b.c"));
}

TEST(BaselineFile, DoesNotCareForOrderDoublesAndLineEnds) {
  std::string Text = writeBaseline({known('1', 'a'), known('2', 'b', "b.c")});
  auto [Heading, Lines] = llvm::StringRef(Text).split('\n');
  auto [First, Rest] = Lines.split('\n');
  auto Second = Rest.rtrim('\n');
  std::string Merged =
      (Heading + "\r\n" + Second + "\r\n" + First + "\n" + Second + "\n").str();
  EXPECT_EQ(readBack(Merged), readBack(Text));
}

std::string complaintAbout(llvm::StringRef Text) {
  auto Read = readBaseline(Text, "b");
  return Read ? "" : llvm::toString(Read.takeError());
}

TEST(BaselineFile, SaysWhatIsWrongAndWhere) {
  std::string Good = writeBaseline({known('1', 'a')});
  EXPECT_TRUE(
      llvm::StringRef(complaintAbout("")).starts_with("b:1: no baseline"));
  EXPECT_TRUE(
      llvm::StringRef(complaintAbout("# conntidy baseline, version 2; x"))
          .starts_with("b:1: a baseline of another version"));
  EXPECT_TRUE(llvm::StringRef(complaintAbout(Good + "<<<<<<< HEAD\n"))
                  .starts_with("b:3: a conflict"));
  EXPECT_TRUE(
      llvm::StringRef(complaintAbout(Good + "conn-leak\ta.c\tf\t12\t34\n"))
          .starts_with("b:3: no line of a baseline"));
}

} // namespace
} // namespace conntidy
