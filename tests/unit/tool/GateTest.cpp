//===- GateTest.cpp - what is judged, suppressed, counted -----------------===//
//
// Globs, NOLINT comments, the project's root, the merging of outcomes and the
// exit code, thresholds.
//
//===----------------------------------------------------------------------===//

#include "gate/Globs.h"
#include "gate/NoLint.h"
#include "gate/ProjectRoot.h"
#include "gate/Report.h"
#include "gate/Thresholds.h"
#include "llvm/ADT/STLExtras.h"
#include "gtest/gtest.h"

namespace conntidy {
namespace {

TEST(CheckGlobs, LastMatchDecides) {
  CheckGlobs Globs("conn-*, -conn-raw-*,conn-raw-acquire");
  EXPECT_TRUE(Globs.contains("conn-leak"));
  EXPECT_TRUE(Globs.contains("conn-raw-acquire"));
  EXPECT_FALSE(Globs.contains("conn-raw-other"));
  EXPECT_FALSE(Globs.contains("bugprone-x"));
  EXPECT_EQ(Globs.verdictOn("bugprone-x"), std::nullopt);
}

TEST(CheckGlobs, OnlyTheStarIsSpecial) {
  EXPECT_FALSE(CheckGlobs("conn.leak").contains("conn-leak"));
  EXPECT_FALSE(CheckGlobs("conn-lea").contains("conn-leak"));
  EXPECT_TRUE(CheckGlobs("*leak*").contains("conn-leak-on-throw"));
}

TEST(PathGlobs, MatchEndingsAndDirectories) {
  auto Globs = PathGlobs::create({"third_party", "*_gen.c", "src/x.c"});
  ASSERT_TRUE(!!Globs);
  EXPECT_TRUE(Globs->matches("/p/third_party/a/b.c"));
  EXPECT_TRUE(Globs->matches("/p/a_gen.c"));
  EXPECT_TRUE(Globs->matches("/p/src/x.c"));
  EXPECT_FALSE(Globs->matches("/p/my_third_party/b.c"));
  EXPECT_FALSE(Globs->matches("/p/other_src/x.c"));
}

std::optional<Suppression> suppressionOn(std::vector<llvm::StringRef> Lines,
                                         unsigned Line,
                                         llvm::StringRef Check = "conn-leak") {
  return NoLintComments(Lines).on(Line, Check);
}

TEST(NoLint, SpeaksOfItsLine) {
  EXPECT_TRUE(suppressionOn({"f(); // NOLINT", "g();"}, 1));
  EXPECT_FALSE(suppressionOn({"f(); // NOLINT", "g();"}, 2));
  EXPECT_TRUE(suppressionOn({"// NOLINTNEXTLINE(conn-leak)", "g();"}, 2));
  EXPECT_FALSE(suppressionOn({"// NOLINTNEXTLINE(conn-leak)", "g();"}, 1));
}

TEST(NoLint, SpeaksOfItsChecks) {
  EXPECT_FALSE(suppressionOn({"f(); // NOLINT(conn-other)"}, 1));
  EXPECT_FALSE(suppressionOn({"f(); // NOLINT()"}, 1));
  EXPECT_TRUE(suppressionOn({"f(); // NOLINT(a, conn-*)"}, 1));
  EXPECT_TRUE(suppressionOn({"f(); // NOLINT(a) NOLINT(conn-leak)"}, 1));
}

TEST(NoLint, IsAWord) {
  EXPECT_FALSE(suppressionOn({"f(); // XNOLINT"}, 1));
  EXPECT_FALSE(suppressionOn({"f(); // NOLINTER"}, 1));
}

TEST(NoLint, KeepsTheJustification) {
  auto Reason = [](llvm::StringRef Line) {
    return suppressionOn({Line}, 1)->Justification;
  };
  EXPECT_EQ(Reason("f(); // NOLINT(conn-leak): held on purpose "),
            "held on purpose");
  EXPECT_EQ(Reason("f(); /* NOLINT: held */ g();"), "held");
  EXPECT_EQ(Reason("f(); // NOLINT(conn-leak) because"), "");
}

TEST(NoLint, BlocksNestByTheirChecks) {
  std::vector<llvm::StringRef> Lines = {"// NOLINTBEGIN(conn-leak)",
                                        "// NOLINTBEGIN(a)",
                                        "f();",
                                        "// NOLINTEND(a)",
                                        "g();",
                                        "// NOLINTEND(conn-leak)",
                                        "h();"};
  EXPECT_TRUE(suppressionOn(Lines, 3, "a"));
  EXPECT_FALSE(suppressionOn(Lines, 5, "a"));
  EXPECT_TRUE(suppressionOn(Lines, 5));
  EXPECT_FALSE(suppressionOn(Lines, 7));
  EXPECT_TRUE(NoLintComments(Lines).strays().empty());
}

TEST(NoLint, StrayEndsAreNamed) {
  std::vector<llvm::StringRef> Lines = {"// NOLINTEND", "f();",
                                        "// NOLINTBEGIN(a)"};
  NoLintComments Comments(Lines);
  ASSERT_EQ(Comments.strays().size(), 2u);
  EXPECT_EQ(Comments.strays()[0].Line, 1u);
  EXPECT_EQ(Comments.strays()[1].Keyword, "NOLINTBEGIN");
  EXPECT_FALSE(Comments.on(2, "a"));
}

TEST(ProjectRoot, IsWhereTheUserIsOrWhatFilesHaveInCommon) {
  std::vector<std::string> Files = {"/no/such/a/x.c", "/no/such/b/y.c"};
  EXPECT_EQ(findProjectRoot(Files, "/no"), "/no");
  EXPECT_EQ(findProjectRoot(Files, "/no/such/a"), "/no/such");
  EXPECT_EQ(findProjectRoot(Files, ""), "/no/such");
  EXPECT_EQ(findProjectRoot({"/no/such.c"}, "/no/su"), "/no");
  EXPECT_EQ(findProjectRoot({}, "/no"), "");
}

Record finding(llvm::StringRef File, unsigned Line, Level Severity,
               size_t TrailLength = 1) {
  Record R;
  R.Check = "conn-leak";
  R.Severity = Severity;
  R.Where = {File.str(), Line, 3, Line, 9};
  R.Message = "trail of " + std::to_string(TrailLength);
  R.Trail.resize(TrailLength);
  return R;
}

UnitOutcome outcome(llvm::StringRef File, std::vector<Record> Findings) {
  UnitOutcome Outcome;
  Outcome.File = File.str();
  Outcome.Findings = std::move(Findings);
  return Outcome;
}

Report reportOf(std::vector<UnitOutcome> Outcomes) {
  SourceText Text;
  return makeReport(std::move(Outcomes), {"conn-leak"}, {}, Text);
}

TEST(Report, HeaderFindingsAreReportedOnceAndInOrder) {
  UnitOutcome A = outcome("/a.c", {finding("/h.h", 7, Level::Warning, 3),
                                   finding("/a.c", 9, Level::Warning)});
  UnitOutcome B = outcome("/b.c", {finding("/h.h", 7, Level::Warning, 2)});
  for (const auto &Order : {std::vector{A, B}, std::vector{B, A}}) {
    Report Result = reportOf(Order);
    ASSERT_EQ(Result.Findings.size(), 2u);
    EXPECT_EQ(Result.Findings[0].What.Where.File, "/a.c");
    EXPECT_EQ(Result.Findings[1].What.Message, "trail of 2");
  }
}

bool passes(const Report &Report, model::FailOn FailOn) {
  return llvm::cantFail(Thresholds(FailOn, std::nullopt, "").judge(Report))
      .Passes;
}

TEST(Report, LevelsThatCount) {
  EXPECT_TRUE(passes(reportOf({outcome("/a.c", {})}), model::FailOn::Note));

  Report Noted = reportOf({outcome("/a.c", {finding("/a.c", 1, Level::Note)})});
  EXPECT_TRUE(passes(Noted, model::FailOn::Warning));
  EXPECT_FALSE(passes(Noted, model::FailOn::Note));

  Report Error =
      reportOf({outcome("/a.c", {finding("/a.c", 1, Level::Error)})});
  EXPECT_FALSE(passes(Error, model::FailOn::Error));
  EXPECT_TRUE(passes(Error, model::FailOn::Never));
}

TEST(Report, ExitCodes) {
  Report All = reportOf({outcome("/a.c", {})});
  EXPECT_EQ(exitCodeFor(All, true, false), Clean);
  EXPECT_EQ(exitCodeFor(All, false, false), FindingsReported);

  UnitOutcome Failed = outcome("/b.c", {});
  Failed.Failure = UnitFailure{"/b.c", {}, "it does not compile", ""};
  Report Mixed = reportOf({outcome("/a.c", {}), Failed});
  EXPECT_EQ(exitCodeFor(Mixed, false, false), Incomplete);
  EXPECT_EQ(exitCodeFor(Mixed, false, true), FindingsReported);
}

TEST(Report, SuppressedFindingsDoNotCount) {
  Report Result =
      reportOf({outcome("/a.c", {finding("/a.c", 1, Level::Error)})});
  EXPECT_EQ(Result.shown(), 1u);
  Result.Findings[0].Suppressed = Suppression{1, ""};
  EXPECT_EQ(Result.shown(), 0u);
  EXPECT_TRUE(passes(Result, model::FailOn::Note));
}

TEST(Report, KnownFindingsDoNotCount) {
  Report Result =
      reportOf({outcome("/a.c", {finding("/a.c", 1, Level::Error)})});
  Result.Findings[0].State = Novelty::New;
  EXPECT_EQ(Result.shown(), 1u);
  Result.Findings[0].State = Novelty::Known;
  EXPECT_EQ(Result.shown(), 0u);
  EXPECT_TRUE(passes(Result, model::FailOn::Note));
}

TEST(Thresholds, SoManyArePutUpWith) {
  Report Three = reportOf({outcome("/a.c", {finding("/a.c", 1, Level::Error),
                                            finding("/a.c", 2, Level::Error),
                                            finding("/a.c", 3, Level::Note)})});
  for (unsigned Max : {1u, 2u, 3u}) {
    auto Judged =
        llvm::cantFail(Thresholds(std::nullopt, Max, "").judge(Three));
    EXPECT_EQ(Judged.Counted, 2u);
    EXPECT_EQ(Judged.Allowed, std::min(Max, 2u));
    EXPECT_EQ(Judged.Passes, Max >= 2);
  }
}

TEST(NoLint, NamesWhatIsNotUsed) {
  NoLintComments Comments({"f(); // NOLINT(conn-leak)", "g(); // NOLINT",
                           "h(); // NOLINT(conn-leak): why",
                           "i(); // NOLINT(google-x)", "// NOLINTBEGIN(conn-*)",
                           "// NOLINTEND(conn-*)",
                           "j(); // NOLINT(conn-raw-acquire)"});
  EXPECT_TRUE(Comments.on(1, "conn-leak"));
  auto Unused = Comments.unused({"conn-leak", "conn-leak-on-throw"});
  ASSERT_EQ(Unused.size(), 2u);
  EXPECT_EQ(Unused[0].Line, 3u);
  EXPECT_EQ(Unused[1].Line, 5u);
}

} // namespace
} // namespace conntidy
