//===- FindingTest.cpp - findings become plain data -----------------------===//
//
// Where a range is, in lines and columns, above all if a macro wrote it.
//
//===----------------------------------------------------------------------===//

#include "finding/Finding.h"
#include "unit/flow/FlowTestRun.h"
#include "clang/AST/ASTContext.h"

namespace conntidy {
namespace {

using testing::FlowTestRun;
using testing::SnippetOptions;

std::string textOf(const FileRange &R) {
  return std::to_string(R.Line) + ":" + std::to_string(R.Column) + "-" +
         std::to_string(R.EndLine) + ":" + std::to_string(R.EndColumn);
}

/// The range of the only finding, at its acquire.
std::string placeOf(llvm::StringRef Code) {
  return textOf(FlowTestRun::on(Code).onlyRecord().Where);
}

TEST(ToRecord, EndIsExclusive) {
  EXPECT_EQ(placeOf("void f() { Conn *c = acquire(); }"), "1:22-1:31");
}

TEST(ToRecord, RangeOverSeveralLines) {
  EXPECT_EQ(placeOf("Conn *g(int,\n int) { return acquire(); }\n"
                    "void f() {\n  Conn *c = g(1,\n    22);\n}"),
            "4:13-5:8");
}

TEST(ToRecord, ObjectLikeMacroIsWhereItIsUsed) {
  EXPECT_EQ(placeOf("#define OPEN acquire()\n"
                    "void f() {\n  Conn *c = OPEN;\n}"),
            "3:13-3:17");
}

TEST(ToRecord, FunctionLikeMacroIsWhereItIsUsedWithItsArguments) {
  EXPECT_EQ(placeOf("#define OPEN(x) (look(x), acquire())\n"
                    "void f() {\n  Conn *c = OPEN(nullptr);\n}"),
            "3:13-3:26");
}

TEST(ToRecord, MacroWithinAMacroIsWhereTheOuterIsUsed) {
  EXPECT_EQ(placeOf("#define INNER acquire()\n"
                    "#define OUTER(name) Conn *name = INNER\n"
                    "void f() {\n  OUTER(c);\n}"),
            "4:3-4:11");
}

TEST(ToRecord, FileIsAbsolute) {
  Record R = FlowTestRun::on("void f() { Conn *c = acquire(); }").onlyRecord();
  ASSERT_FALSE(R.Where.File.empty());
  EXPECT_EQ(R.Where.File.front(), '/');
  EXPECT_TRUE(llvm::StringRef(R.Where.File).ends_with("/snippet.cpp"))
      << R.Where.File;
}

TEST(ToRecord, InvalidRangeIsNoPlace) {
  auto Run = FlowTestRun::on("");
  Finding F;
  F.Check = "conn-leak";
  Record R = toRecord(F, Run.context());
  EXPECT_EQ(R.Where, FileRange());
}

TEST(ToRecord, EverythingIsCarriedOver) {
  auto Run = FlowTestRun::on("int answerIs = 42;");
  clang::SourceRange Where =
      Run.find<clang::VarDecl>("answerIs")->getSourceRange();
  Finding F;
  F.Check = "conn-leak";
  F.Severity = Level::Note;
  F.Sureness = Certainty::Possible;
  F.Where = Where;
  F.Message = "message";
  F.Function = "function";
  F.Resource = "resource";
  F.Fix.push_back({Where, "other"});
  F.Trail.push_back({Step::Kind::Branch, Where, "branch", 1});
  F.Exits.push_back({Step::Kind::Lost, Where, "lost", 2});
  Record R = toRecord(F, Run.context());
  EXPECT_EQ(R.Check, "conn-leak");
  EXPECT_EQ(R.Severity, Level::Note);
  EXPECT_EQ(R.Sureness, Certainty::Possible);
  EXPECT_EQ(R.Message, "message");
  EXPECT_EQ(R.Function, "function");
  EXPECT_EQ(R.Resource, "resource");
  EXPECT_EQ(R.Statement, "int answerIs = 42");
  ASSERT_EQ(R.Fix.size(), 1u);
  EXPECT_EQ(R.Fix[0].Where, R.Where);
  EXPECT_EQ(R.Fix[0].Text, "other");
  EXPECT_EQ(textOf(R.Where), "1:1-1:18");
  ASSERT_EQ(R.Trail.size(), 1u);
  EXPECT_EQ(R.Trail[0].What, Step::Kind::Branch);
  EXPECT_EQ(R.Trail[0].Where, R.Where);
  EXPECT_EQ(R.Trail[0].Text, "branch");
  EXPECT_EQ(R.Trail[0].Depth, 1u);
  ASSERT_EQ(R.Exits.size(), 1u);
  EXPECT_EQ(R.Exits[0].What, Step::Kind::Lost);
  EXPECT_EQ(R.Exits[0].Text, "lost");
  EXPECT_EQ(R.Exits[0].Depth, 2u);
}

} // namespace
} // namespace conntidy
