//===- FingerprintTest.cpp - what a finding is known by later -------------===//
//
// What must not change a fingerprint, and what must. That real code keeps its
// fingerprints through edits is measured by scripts/fingerprints.
//
//===----------------------------------------------------------------------===//

#include "finding/Fingerprint.h"
#include "unit/flow/FlowTestRun.h"

namespace conntidy {
namespace {

using testing::FlowTestRun;

Record leak(llvm::StringRef File = "/p/src/a.c", unsigned Line = 1) {
  Record R;
  R.Check = "conn-leak";
  R.Where = {File.str(), Line, 1, Line, 2};
  R.Function = "f";
  R.Statement = "acquire ( )";
  R.Resource = "connection";
  return R;
}

std::vector<Fingerprint> fingerprints(const std::vector<Record> &Records,
                                      llvm::StringRef Root = "/p") {
  std::vector<const Record *> Pointers;
  for (const Record &R : Records)
    Pointers.push_back(&R);
  return fingerprintsOf(Pointers, Root);
}

Fingerprint only(const Record &R, llvm::StringRef Root = "/p") {
  return fingerprints({R}, Root).front();
}

TEST(Fingerprint, IsAHashOfFixedWidth) {
  EXPECT_EQ(only(leak()).Exact.size(), 32u);
  EXPECT_EQ(only(leak()).Movable.size(), 32u);
}

TEST(Fingerprint, DoesNotKnowTheLine) {
  EXPECT_EQ(only(leak("/p/src/a.c", 1)).Exact,
            only(leak("/p/src/a.c", 99)).Exact);
}

TEST(Fingerprint, DoesNotKnowWhereTheProjectLies) {
  EXPECT_EQ(only(leak()).Exact, only(leak("/q/r/src/a.c"), "/q/r").Exact);
  EXPECT_EQ(only(leak("/usr/include/a.h")).Exact,
            only(leak("/opt/include/a.h")).Exact);
}

TEST(Fingerprint, KnowsTheFileUnlessItIsTheMovableOne) {
  Fingerprint Here = only(leak()), There = only(leak("/p/src/b.c"));
  EXPECT_NE(Here.Exact, There.Exact);
  EXPECT_EQ(Here.Movable, There.Movable);
}

TEST(Fingerprint, KnowsEachOfItsParts) {
  std::vector<Record> Others(4, leak());
  Others[0].Check = "conn-leak-on-throw";
  Others[1].Function = "g";
  Others[2].Statement = "acquire ( 1 )";
  Others[3].Resource = "result";
  for (const Record &Other : Others) {
    EXPECT_NE(only(leak()).Exact, only(Other).Exact);
    EXPECT_NE(only(leak()).Movable, only(Other).Movable);
  }
}

TEST(Fingerprint, PartsDoNotRunIntoEachOther) {
  Record A = leak(), B = leak();
  A.Function = "fg";
  A.Statement = "h";
  B.Function = "f";
  B.Statement = "gh";
  EXPECT_NE(only(A).Exact, only(B).Exact);
}

TEST(Fingerprint, EqualsAreNumberedFileByFile) {
  auto All =
      fingerprints({leak("/p/a.c", 1), leak("/p/a.c", 2), leak("/p/b.c")});
  EXPECT_NE(All[0].Exact, All[1].Exact);
  EXPECT_NE(All[0].Movable, All[1].Movable);
  // What is in another file is for runs over that file to say.
  EXPECT_EQ(All[2].Exact, only(leak("/p/b.c")).Exact);
}

TEST(Fingerprint, IsNotKnownWithoutItsParts) {
  for (auto Part : {&Record::Function, &Record::Statement}) {
    Record R = leak();
    (R.*Part).clear();
    EXPECT_FALSE(only(R).isKnown());
    EXPECT_EQ(only(R).Movable, "");
  }
}

Record recordOf(llvm::StringRef Code) {
  return FlowTestRun::on(Code).onlyRecord();
}

TEST(TokensOf, BlanksAndCommentsDoNotCount) {
  EXPECT_EQ(recordOf("void f() { Conn *c = acquire(); }").Statement,
            "acquire ( )");
  EXPECT_EQ(
      recordOf("void f() {\n\tConn *c = acquire( /* now */\n  // or never\n"
               ");\n}")
          .Statement,
      "acquire ( )");
}

TEST(TokensOf, AMacroIsItsUse) {
  EXPECT_EQ(recordOf("#define OPEN(x) (look(x), acquire())\n"
                     "void f() {\n  Conn *c = OPEN( nullptr );\n}")
                .Statement,
            "OPEN ( nullptr )");
}

TEST(TokensOf, ARecordCarriesAllThatIsNeeded) {
  Record R = recordOf("namespace n { struct S { void f(); }; }\n"
                      "void n::S::f() { Conn *c = acquire(); }");
  EXPECT_EQ(R.Function, "n::S::f");
  EXPECT_EQ(R.Resource, "connection");
  EXPECT_TRUE(only(R).isKnown());
}

} // namespace
} // namespace conntidy
