//===- OutputTest.cpp - records in, text and columns out ------------------===//
//
// The parts of the outputs that need no run: markers below source lines,
// columns in UTF-16, paths. Snippets are compared whole: they
// are what a person sees.
//
//===----------------------------------------------------------------------===//

#include "output/Sarif.h"
#include "output/SarifTool.h"
#include "output/Snippet.h"
#include "output/TextReport.h"
#include "rules/Registry.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "gtest/gtest.h"
#include <nlohmann/json.hpp>

namespace conntidy {
namespace {

/// A file with \p Text that goes away with the test.
class TemporaryFile {
public:
  explicit TemporaryFile(llvm::StringRef Text)
      : Path(create(Text)), Remover(Path) {}
  std::string path() const { return Path.str().str(); }

private:
  static llvm::SmallString<128> create(llvm::StringRef Text) {
    llvm::SmallString<128> Path;
    int Descriptor = -1;
    if (llvm::sys::fs::createTemporaryFile("conntidy", "c", Descriptor, Path))
      ADD_FAILURE() << "no temporary file";
    llvm::raw_fd_ostream(Descriptor, /*shouldClose=*/true) << Text;
    return Path;
  }

  llvm::SmallString<128> Path;
  llvm::FileRemover Remover;
};

std::string snippet(llvm::ArrayRef<Annotation> Annotations) {
  std::string Result;
  llvm::raw_string_ostream Out(Result);
  SourceText Text;
  writeSnippet(Out, Annotations, Text, TextStyle());
  return Result;
}

TEST(Snippet, LinesInTheirOrderWithTheirLabels) {
  TemporaryFile File("open();\nint i;\nint j;\n\tuse(c);\n");
  std::string F = File.path();
  EXPECT_EQ(snippet({{{F, 1, 1, 1, 7}, "1. acquired", true},
                     {{F, 2, 1, 2, 4}, "2. next line", false},
                     {{F, 4, 2, 4, 8}, "3. further down", false},
                     {{F, 4, 6, 4, 7}, "4. same line", false}}),
            "    1 | open();\n"
            "      | ^~~~~~ 1. acquired\n"
            "    2 | int i;\n"
            "      | --- 2. next line\n"
            "      ...\n"
            "    4 |     use(c);\n"
            "      |     ------ 3. further down\n"
            "      |         - 4. same line\n");
}

TEST(Snippet, NamesAnotherFile) {
  TemporaryFile A("a();\n"), B("b();\n");
  EXPECT_EQ(snippet({{{A.path(), 1, 1, 1, 4}, "", true},
                     {{B.path(), 1, 1, 1, 4}, "1. there", false}}),
            "    1 | a();\n"
            "      | ^~~\n"
            "      --> " +
                B.path() +
                ":1\n"
                "    1 | b();\n"
                "      | --- 1. there\n");
}

TEST(Snippet, MarksToTheEndOfTheLineWhereARangeGoesOn) {
  TemporaryFile File("call(a,\n     b);\n");
  EXPECT_EQ(snippet({{{File.path(), 1, 1, 2, 8}, "here", true}}),
            "    1 | call(a,\n"
            "      | ^~~~~~~ here\n");
}

TEST(Snippet, SurvivesPlacesThatAreNotThere) {
  EXPECT_EQ(snippet({{{"/no/such/file.c", 3, 9, 3, 12}, "here", true}}),
            "    3 |\n"
            "      | ^ here\n");
}

TEST(SourceText, OffsetsAndLines) {
  TemporaryFile File("ab\r\ncd\n");
  SourceText Text;
  EXPECT_EQ(Text.line(File.path(), 1), "ab");
  EXPECT_EQ(Text.line(File.path(), 3), "");
  EXPECT_EQ(Text.offset(File.path(), 2, 2), 5u);
  EXPECT_EQ(Text.offset(File.path(), 9, 1), std::nullopt);
}

TEST(SourceText, CountsUtf16CodeUnits) {
  EXPECT_EQ(utf16Length(""), 0u);
  EXPECT_EQ(utf16Length("abc"), 3u);
  EXPECT_EQ(utf16Length("ä€"), 2u);
  EXPECT_EQ(utf16Length("\xF0\x9F\x98\x80"), 2u); // beyond the first plane
  EXPECT_EQ(utf16Length("\xE4\xF6"), 2u);         // Latin-1, no UTF-8
}

TEST(ShortPath, OnlyBelowTheDirectory) {
  EXPECT_EQ(shortPath("/a/b/c.c", "/a/b"), "c.c");
  EXPECT_EQ(shortPath("/a/bc/c.c", "/a/b"), "/a/bc/c.c");
  EXPECT_EQ(shortPath("/c.c", "/"), "/c.c");
}

Report reportWith(Record R) {
  Report Result;
  Result.Files = {R.Where.File};
  Result.Findings.push_back({std::move(R), {}, std::nullopt});
  return Result;
}

TEST(Sarif, StepsKeepTheirDepthAndKind) {
  TemporaryFile File("open();\ncall();\n");
  Record R;
  R.Check = "conn-leak";
  R.Where = {File.path(), 1, 1, 1, 7};
  R.Message = "leaks";
  R.Sureness = Certainty::Likely;
  R.Trail = {{Step::Kind::Acquire, R.Where, "acquired here", 0},
             {Step::Kind::Throw, {File.path(), 2, 1, 2, 7}, "may throw", 1}};
  std::string Text;
  llvm::raw_string_ostream Out(Text);
  SourceText Sources;
  writeSarif(Out, reportWith(R), Sources);
  auto Log = nlohmann::json::parse(Text);
  const auto &Result = Log["runs"][0]["results"][0];
  EXPECT_EQ(Result["rank"], 60.0);
  EXPECT_EQ(Result["message"]["text"], "leaks.");
  const auto &Steps = Result["codeFlows"][0]["threadFlows"][0]["locations"];
  EXPECT_EQ(Steps[0]["kinds"][0], "acquire");
  EXPECT_EQ(Steps[1]["nestingLevel"], 1);
  EXPECT_EQ(Steps[1]["location"]["physicalLocation"]["region"]["startLine"], 2);
  EXPECT_FALSE(Result.contains("relatedLocations"));
}

nlohmann::json runOf(const Report &Report) {
  std::string Text;
  llvm::raw_string_ostream Out(Text);
  SourceText Sources;
  writeSarif(Out, Report, Sources);
  return nlohmann::json::parse(Text)["runs"][0];
}

Record leakAt(unsigned Line, Level Severity) {
  Record R;
  R.Check = "conn-leak";
  R.Severity = Severity;
  R.Where = {"/no/such/file.c", Line, 1, Line, 7};
  R.Message = "leaks";
  return R;
}

TEST(Sarif, KeepsTheMostSevereOfTooMany) {
  Report Many;
  for (unsigned Line = 1; Line <= 25002; ++Line)
    Many.Findings.push_back(
        {leakAt(Line, Line < 10 ? Level::Warning : Level::Error), {}, {}});
  auto Run = runOf(Many);
  EXPECT_EQ(Run["results"].size(), 25000u);
  EXPECT_EQ(Run["results"][0]["level"], "warning");
  auto LineOf = [](const nlohmann::json &Result) {
    return Result["locations"][0]["physicalLocation"]["region"]["startLine"];
  };
  EXPECT_EQ(LineOf(Run["results"][6]), 7);
  EXPECT_EQ(LineOf(Run["results"][7]), 10); // 8 and 9 are left out
  auto Notes = Run["invocations"][0]["toolExecutionNotifications"];
  EXPECT_EQ(Notes[0]["descriptor"]["id"], "results-left-out");
  EXPECT_TRUE(llvm::StringRef(std::string(Notes[0]["message"]["text"]))
                  .starts_with("2 of 25002 results are left out"));
}

TEST(Sarif, KeepsWhatFitsWhenCompressed) {
  Report Large;
  uint64_t Random = 1;
  for (unsigned Line = 1; Line <= 60; ++Line) {
    Record R = leakAt(Line, Line == 60 ? Level::Error : Level::Warning);
    for (unsigned N = 0; N < 25000; ++N)
      R.Message += std::to_string(Random *= 6364136223846793005u);
    Large.Findings.push_back({std::move(R), {}, {}});
  }
  auto Run = runOf(Large);
  size_t Kept = Run["results"].size();
  EXPECT_GT(Kept, 20u);
  EXPECT_LT(Kept, 60u);
  EXPECT_EQ(Run["results"].back()["level"], "error");
  EXPECT_EQ(Run["invocations"][0]["toolExecutionNotifications"].size(), 1u);
}

TEST(Sarif, CutsWhatIsTooLongAndSaysSo) {
  Record R = leakAt(1, Level::Error);
  R.Trail.assign(10001, {Step::Kind::Call, R.Where, "called", 0});
  R.Trail.back().What = Step::Kind::Exit;
  auto Run = runOf(reportWith(R));
  const auto &Steps =
      Run["results"][0]["codeFlows"][0]["threadFlows"][0]["locations"];
  EXPECT_EQ(Steps.size(), 10000u);
  EXPECT_EQ(Steps.back()["kinds"][0], "exit");
  EXPECT_EQ(Run["invocations"][0]["toolExecutionNotifications"].size(), 1u);
}

TEST(Sarif, EscapesWhatWouldBeALink) {
  Record R = leakAt(1, Level::Error);
  R.Message = "'conns[3]' leaks when line 12 and line 1 return";
  R.Exits = {
      {Step::Kind::Exit, {R.Where.File, 1, 1, 1, 2}, "here", 0},
      {Step::Kind::Exit, {"/no/such/other.c", 12, 1, 12, 2}, "there", 0}};
  auto Run = runOf(reportWith(R));
  EXPECT_EQ(Run["results"][0]["message"]["text"],
            "'conns\\[3\\]' leaks when line 12 and [line 1](1) return. "
            "See [line 12](2).");
}

TEST(Sarif, DoesNotMendWhatLiesOutsideTheProject) {
  Record R = leakAt(1, Level::Error);
  R.Fix = {{R.Where, "other"}};
  Report Inside = reportWith(R), Outside = reportWith(R);
  Inside.Root = "/no/such";
  Outside.Root = "/no/other";
  EXPECT_TRUE(runOf(Inside)["results"][0].contains("fixes"));
  EXPECT_FALSE(runOf(Outside)["results"][0].contains("fixes"));
}

TEST(Sarif, KnowsTheNameOfEachWeakness) {
  std::vector<std::string> Checks;
  for (const CheckInfo &Check : allChecks())
    Checks.push_back(Check.Id.str());
  auto Taxonomies = sarifTaxonomies(Checks);
  for (const auto &Taxon : Taxonomies[0]["taxa"])
    EXPECT_TRUE(Taxon.contains("shortDescription")) << Taxon["id"];
}

} // namespace
} // namespace conntidy
