//===- WordingTest.cpp - what a tired person reads ------------------------===//
//
// The sentences of each check, whole; and the rules that hold for all of them:
// lower case, no full stop, the handle, the API and the line that is skipped in
// one sentence.
//
//===----------------------------------------------------------------------===//

#include "rules/Registry.h"
#include "unit/flow/FlowTestRun.h"

namespace conntidy {
namespace {

using testing::FlowTestRun;
using testing::Lines;

std::string messageOf(llvm::StringRef Code) {
  return FlowTestRun::on(Code).onlyRecord().Message;
}

TEST(Wording, LeakOnReturn) {
  EXPECT_EQ(messageOf("int f() {\n"
                      "  Conn *conn = acquire();\n"
                      "  look(conn);\n"
                      "  return 1;\n"
                      "}"),
            "connection 'conn' acquired by 'acquire' leaks: it is not released "
            "when line 4 returns, without 'release'");
}

TEST(Wording, LeakAtTheEnd) {
  EXPECT_EQ(messageOf("void f() {\n"
                      "  Conn *conn = acquire();\n"
                      "  look(conn);\n"
                      "}"),
            "connection 'conn' acquired by 'acquire' leaks: it is not released "
            "when the function ends at line 4, without 'release'");
}

TEST(Wording, LostHandle) {
  EXPECT_EQ(messageOf("void f() {\n"
                      "  Conn *conn = acquire();\n"
                      "  conn = nullptr;\n"
                      "  look(conn);\n"
                      "}"),
            "connection 'conn' acquired by 'acquire' leaks: it is lost when "
            "its only handle is overwritten at line 3, without 'release'");
}

TEST(Wording, LeakOnThrow) {
  EXPECT_EQ(messageOf("void f() {\n"
                      "  Conn *conn = acquire();\n"
                      "  mayThrow();\n"
                      "  release(conn);\n"
                      "}"),
            "connection 'conn' acquired by 'acquire' leaks when line 3 throws, "
            "without 'release'");
}

TEST(Wording, LeakAfterACatch) {
  EXPECT_EQ(messageOf("int f() {\n"
                      "  Conn *conn = acquire();\n"
                      "  try {\n"
                      "    mayThrow();\n"
                      "  } catch (...) {\n"
                      "    return 1;\n"
                      "  }\n"
                      "  release(conn);\n"
                      "  return 0;\n"
                      "}"),
            "connection 'conn' acquired by 'acquire' leaks when an exception "
            "is caught and line 6 returns, without 'release'");
}

TEST(Wording, KindAndReleaseAreThoseOfTheResource) {
  EXPECT_EQ(messageOf("void f(Conn *c) {\n"
                      "  Rows *rows = query(c);\n"
                      "} "),
            "result 'rows' acquired by 'query' leaks: it is not released when "
            "the function ends at line 3, without 'freeRows'");
}

TEST(Wording, WrapperIsNamedAsTheApi) {
  EXPECT_EQ(messageOf("namespace app { Conn *open() { return acquire(); } }\n"
                      "void f() {\n"
                      "  Conn *conn = app::open();\n"
                      "}"),
            "connection 'conn' acquired by 'app::open' leaks: it is not "
            "released when the function ends at line 4, without 'release'");
}

TEST(Wording, RawAcquireIsAdvice) {
  auto Run = FlowTestRun::on("void f() {\n"
                             "  Conn *conn = acquire();\n"
                             "  release(conn);\n"
                             "}");
  ASSERT_EQ(Run.findings().size(), 1u);
  EXPECT_EQ(Run.findings()[0].Message,
            "connection 'conn' acquired by 'acquire' is owned by no guard; "
            "every exit has to release it by hand");
  EXPECT_EQ(Run.findings()[0].Severity, Level::Note);
}

TEST(Wording, LevelFollowsCertainty) {
  auto LevelOf = [](llvm::StringRef Code) {
    return FlowTestRun::on(Code).onlyRecord().Severity;
  };
  EXPECT_EQ(LevelOf("void f() { Conn *c = acquire(); look(c); }"),
            Level::Error);
  EXPECT_EQ(LevelOf("void f(bool b) { Conn *c = acquire();"
                    " if (b) throw 1; release(c); }"),
            Level::Error);
  EXPECT_EQ(LevelOf("void f() { Conn *c = acquire(); mayThrow();"
                    " release(c); }"),
            Level::Warning);
}

/// The steps of the only finding, `text` or `> text` for what a callee does.
Lines trailOf(llvm::StringRef Code) {
  Record R = FlowTestRun::on(Code).onlyRecord();
  Lines Texts;
  for (const Step &S : R.Trail)
    Texts.push_back(std::string(S.Depth, '>') + S.Text);
  return Texts;
}

TEST(Wording, TrailOfBranches) {
  EXPECT_EQ(trailOf(R"cpp(
    int f(int n) {
      Conn *conn = acquire();
      if (!conn)
        return 0;
      switch (n) {
      case 2:
        return 2;
      }
      release(conn);
      return 0;
    })cpp"),
            (Lines{"acquired here by 'acquire'", "'!conn' is false",
                   "the value of 'n' selects this case",
                   "'conn' is still held when this returns"}));
}

TEST(Wording, TrailThroughACalleeAndAHandler) {
  EXPECT_EQ(trailOf(R"cpp(
    Conn *open() {
      Conn *c = acquire();
      if (!c)
        throw Error();
      return c;
    }
    void run() { throw Timeout(); }
    void f() {
      Conn *conn = open();
      try {
        run();
      } catch (const Timeout &) {
        return;
      }
      release(conn);
    })cpp"),
            (Lines{">acquired here by 'acquire'", "acquired here by 'open'",
                   "'run' may throw 'Timeout'", "the exception is caught here",
                   "'conn' is still held when this returns"}));
}

TEST(Wording, TrailToALostHandle) {
  EXPECT_EQ(trailOf(R"cpp(
    void f() {
      Conn *conn = acquire();
      conn = nullptr;
      look(conn);
    })cpp"),
            (Lines{"acquired here by 'acquire'",
                   "'conn' is still held when its only handle is overwritten "
                   "here"}));
}

const char EveryKindOfStep[] = R"cpp(
  Conn *open() { Conn *c = acquire(); if (!c) throw Error(); return c; }
  int f(int n) {
    Conn *conn = open();
    if (n == 1)
      return 1;
    switch (n) {
    case 2:
      return 2;
    default:
      break;
    }
    if (n > 7 && mayThrowInt())
      conn = nullptr;
    release(conn);
    return 0;
  }
  int g(int n) {
    Conn *conn = open();
    try {
      if (n)
        throw Error();
      mayThrow();
    } catch (const Error &) {
      return 1;
    }
    release(conn);
    return 0;
  })cpp";

TEST(Wording, TrailLeadsFromTheAcquireToTheExit) {
  auto Run = FlowTestRun::on(EveryKindOfStep);
  ASSERT_GE(Run.findings().size(), 2u);
  for (const Finding &F : Run.findings()) {
    if (F.Check == "conn-raw-acquire")
      continue;
    ASSERT_FALSE(F.Trail.empty());
    ASSERT_FALSE(F.Exits.empty());
    EXPECT_TRUE(llvm::any_of(F.Trail, [](const FindingStep &S) {
      return S.What == Step::Kind::Acquire;
    }));
    EXPECT_EQ(F.Trail.back().Text, F.Exits.front().Text);
  }
}

TEST(Wording, EverySentenceIsLowerCaseWithoutFullStop) {
  auto Run = FlowTestRun::on(EveryKindOfStep);
  unsigned Sentences = 0;
  auto Check = [&](llvm::StringRef Text) {
    ++Sentences;
    ASSERT_FALSE(Text.empty());
    EXPECT_FALSE(llvm::isUpper(Text.front())) << Text.str();
    EXPECT_FALSE(Text.ends_with(".")) << Text.str();
    EXPECT_EQ(Text.count('\'') % 2, 0u) << Text.str();
    EXPECT_EQ(Text.count('\n'), 0u) << Text.str();
  };
  for (const Finding &F : Run.findings()) {
    Check(F.Message);
    EXPECT_TRUE(llvm::StringRef(F.Message).contains("'conn'")) << F.Message;
    EXPECT_TRUE(llvm::StringRef(F.Message).contains("'open'")) << F.Message;
    if (F.Check != "conn-raw-acquire") {
      EXPECT_TRUE(llvm::StringRef(F.Message).contains("line ")) << F.Message;
    }
    for (const auto *Steps : {&F.Trail, &F.Exits})
      for (const FindingStep &S : *Steps)
        Check(S.Text);
  }
  EXPECT_GT(Sentences, 10u);
}

TEST(Registry, ChecksAreSortedAndUnique) {
  llvm::ArrayRef<CheckInfo> All = allChecks();
  ASSERT_FALSE(All.empty());
  for (size_t N = 1; N < All.size(); ++N)
    EXPECT_LT(All[N - 1].Id, All[N].Id);
}

TEST(Registry, EveryCheckIsFoundByItsIdOnly) {
  for (const CheckInfo &C : allChecks())
    EXPECT_EQ(findCheck(C.Id), &C);
  EXPECT_EQ(findCheck("conn-"), nullptr);
  EXPECT_EQ(findCheck("CONN-LEAK"), nullptr);
  EXPECT_EQ(findCheck(""), nullptr);
}

TEST(Registry, EveryCheckDescribesItself) {
  for (const CheckInfo &C : allChecks()) {
    EXPECT_TRUE(C.Id.starts_with("conn-")) << C.Id.str();
    EXPECT_FALSE(C.Summary.empty()) << C.Id.str();
    EXPECT_FALSE(C.Summary.ends_with(".")) << C.Id.str();
    EXPECT_TRUE(llvm::all_of(C.Cwe, llvm::isDigit)) << C.Id.str();
    EXPECT_TRUE(C.Manual.starts_with("## What it does")) << C.Id.str();
  }
}

TEST(Registry, AdviceIsANoteAndOff) {
  const CheckInfo *Raw = findCheck("conn-raw-acquire");
  ASSERT_NE(Raw, nullptr);
  EXPECT_EQ(Raw->DefaultLevel, Level::Note);
  EXPECT_FALSE(Raw->OnByDefault);
  for (llvm::StringRef Id : {"conn-leak", "conn-leak-on-throw"}) {
    const CheckInfo *C = findCheck(Id);
    ASSERT_NE(C, nullptr);
    EXPECT_TRUE(C->OnByDefault);
    EXPECT_NE(C->DefaultLevel, Level::Note);
  }
}

} // namespace
} // namespace conntidy
