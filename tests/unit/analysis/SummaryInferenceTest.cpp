//===- SummaryInferenceTest.cpp - what functions are summarised to --------===//
//
// One kind of function a test: its cases, with what each needs, does and
// returns.
//
//===----------------------------------------------------------------------===//

#include "unit/flow/FlowTestRun.h"

namespace conntidy {
namespace {

using testing::FlowTestRun;
using testing::Lines;

const Lines None;

Lines summaryOf(llvm::StringRef Function, llvm::StringRef Code) {
  return FlowTestRun::on(Code).summaryOf(Function);
}

TEST(SummaryInference, ReturnedHandleIsOwedUnlessNull) {
  EXPECT_EQ(summaryOf("f", "Conn *f() { return acquire(); }"),
            Lines{"returns lease0: acquires lease0 by acquire if handle is any "
                  "but 0"});
}

TEST(SummaryInference, NullCheckMakesTwoCases) {
  EXPECT_EQ(summaryOf("f", R"cpp(
    Conn *f(bool wanted) {
      if (!wanted)
        return nullptr;
      return acquire();
    })cpp"),
            (Lines{"returns 0 (0): needs param1 = 0",
                   "returns lease0: needs param1 = any but 0; acquires lease0 "
                   "by acquire if handle is any but 0"}));
}

TEST(SummaryInference, StatusSaysWhetherTheOutParameterIsOwed) {
  EXPECT_EQ(summaryOf("f", R"cpp(
    int f(Conn **out) {
      Conn *c = acquire();
      if (!c)
        return -1;
      *out = c;
      return 0;
    })cpp"),
            (Lines{"returns -1 (-1)",
                   "returns 0 (0): acquires lease0 by acquire; stores "
                   "(*param1) <- lease0"}));
}

TEST(SummaryInference, StatusIsTranslatedTwoLevelsDeep) {
  auto Run = FlowTestRun::on(R"cpp(
    int inner(Conn **out) {
      *out = acquire();
      return *out ? 0 : -1;
    }
    bool outer(Conn **out) { return inner(out) == 0; }
    int correct() {
      Conn *c;
      if (!outer(&c))
        return 1;
      release(c);
      return 0;
    }
    int wrong() {
      Conn *c;
      if (!outer(&c)) // @open
        return 1;
      look(c);
      return 0; // @return
    })cpp");
  EXPECT_EQ(Run.leaks(), Lines{"conn-leak at open, skipped by return"});
}

TEST(SummaryInference, EnumResultIsAStatus) {
  EXPECT_EQ(summaryOf("f", R"cpp(
    enum Result { Fine, Bad = 4 };
    Result f(Conn *&out) {
      out = acquire();
      return out ? Fine : Bad;
    })cpp"),
            (Lines{"returns 0 (0): acquires lease0 by acquire; stores "
                   "(*param1) <- lease0",
                   "returns 4 (4): stores (*param1) <- 0"}));
}

TEST(SummaryInference, BoolOfTheHandleIsAStatus) {
  EXPECT_EQ(summaryOf("f", R"cpp(
    bool f(Conn **out) {
      *out = acquire();
      return *out != nullptr;
    })cpp"),
            (Lines{"returns 0 (0): stores (*param1) <- 0",
                   "returns 1 (1): acquires lease0 by acquire; stores "
                   "(*param1) <- lease0"}));
}

TEST(SummaryInference, ReleaseOnEveryPath) {
  EXPECT_EQ(summaryOf("f", "void f(Conn *c) { look(c); release(c); }"),
            Lines{"returns ?: releases param1"});
}

TEST(SummaryInference, ReleaseUnlessNull) {
  EXPECT_EQ(summaryOf("f", "void f(Conn *c) { if (c) release(c); }"),
            (Lines{"returns ?: needs param1 = 0",
                   "returns ?: needs param1 = any but 0; releases param1"}));
}

TEST(SummaryInference, ReleaseByAddressEmptiesTheVariable) {
  EXPECT_EQ(summaryOf("f", "void f(Conn **c) { release(*c); *c = nullptr; }"),
            Lines{"returns ?: releases (*param1); stores (*param1) <- 0"});
}

TEST(SummaryInference, ReleaseThatTheResultSpeaksOf) {
  EXPECT_EQ(summaryOf("f", R"cpp(
    bool f(Conn *c, bool b) {
      if (b) {
        release(c);
        return true;
      }
      return false;
    })cpp"),
            (Lines{"returns 0 (0): needs param2 = 0",
                   "returns 1 (1): needs param2 = any but 0; releases "
                   "param1"}));
}

TEST(SummaryInference, TakenParameterAndReturnedParameter) {
  EXPECT_EQ(summaryOf("f", "void f(Conn *c) { adopt(c); }"),
            Lines{"returns ?: takes param1"});
  EXPECT_EQ(summaryOf("f", "Conn *f(Conn *c) { look(c); return c; }"),
            Lines{"returns what param1 held"});
}

TEST(SummaryInference, BorrowingLeavesNoTrace) {
  EXPECT_EQ(summaryOf("f", "void f(Conn *c) { look(c); }"), None);
}

TEST(SummaryInference, MembersAreReachedThroughThis) {
  auto Run = FlowTestRun::on(R"cpp(
    struct Box {
      void put(Conn *c) { conn = c; }
      void open() { conn = acquire(); }
      void shut() { release(conn); conn = nullptr; }
      Conn *get() { return conn; }
      ~Box() { shut(); }
      Conn *conn;
    };)cpp");
  EXPECT_EQ(Run.summaryOf("Box::put"),
            Lines{"returns ?: stores (*this).conn <- what param1 held"});
  EXPECT_EQ(Run.summaryOf("Box::shut"),
            Lines{"returns ?: releases (*this).conn; stores (*this).conn <- "
                  "0"});
  EXPECT_EQ(Run.summaryOf("Box::~Box"), Run.summaryOf("Box::shut"));
  EXPECT_EQ(Run.summaryOf("Box::get"), Lines{"returns what (*this).conn held"});
  EXPECT_EQ(Run.summaryOf("Box::open"),
            Lines{"returns ?: acquires lease0 by acquire if handle is any but "
                  "0; stores (*this).conn <- lease0"});
}

TEST(SummaryInference, GuardIsReturnedByValue) {
  EXPECT_EQ(summaryOf("f", "Guard f() { return Guard(acquire()); }"),
            Lines{"returns ?: acquires lease0 by acquire if handle is any but "
                  "0; stores returned.<owned> <- lease0"});
}

TEST(SummaryInference, FreshObjectCarriesItsLease) {
  EXPECT_EQ(summaryOf("f", R"cpp(
    struct Box { Conn *conn; };
    Box *f() {
      Box *b = new Box;
      b->conn = acquire();
      return b;
    })cpp"),
            Lines{"returns object0 (any but 0): acquires lease0 by acquire if "
                  "handle is any but 0; stores (*object0).conn <- lease0"});
}

TEST(SummaryInference, ThrowingIsACase) {
  EXPECT_EQ(summaryOf("f", R"cpp(
    Conn *f() {
      Conn *c = acquire();
      if (!c)
        throw Error();
      return c;
    })cpp"),
            (Lines{"returns lease0 (any but 0): acquires lease0 by acquire",
                   "throws"}));
}

TEST(SummaryInference, ReleaseBeforeTheThrowIsNotForgotten) {
  EXPECT_EQ(summaryOf("f", R"cpp(
    void f(Conn *c, bool bad) {
      release(c);
      if (bad)
        throw Error();
    })cpp"),
            (Lines{"returns ?: needs param2 = 0; releases param1",
                   "throws: needs param2 = any but 0; releases param1"}));
}

// A recursive function is looked at until nothing changes any more.
TEST(SummaryInference, RecursionReachesAFixpoint) {
  EXPECT_EQ(summaryOf("f", R"cpp(
    void f(Conn *c, int n) {
      if (n) {
        f(c, n - 1);
        return;
      }
      release(c);
    })cpp"),
            (Lines{"returns ?: needs param2 = 0; releases param1",
                   "returns ?: needs param2 = any but 0; releases param1"}));
}

TEST(SummaryInference, MutualRecursionReachesAFixpoint) {
  auto Run = FlowTestRun::on(R"cpp(
    void odd(Conn *c, int n);
    void even(Conn *c, int n) {
      if (n == 0)
        release(c);
      else
        odd(c, n - 1);
    }
    void odd(Conn *c, int n) {
      if (n == 0)
        release(c);
      else
        even(c, n - 1);
    }
    void target() {
      Conn *c = acquire();
      even(c, answer());
    })cpp");
  EXPECT_EQ(Run.leaks(), None);
  for (const std::string &Case : Run.summaryOf("even"))
    EXPECT_TRUE(llvm::StringRef(Case).contains("releases param1")) << Case;
}

TEST(SummaryInference, RecursiveAcquireIsOwedByTheFirstCaller) {
  auto Run = FlowTestRun::on(R"cpp(
    Conn *f(int n) { return n ? f(n - 1) : acquire(); }
    void target() {
      Conn *c = f(3); // @open
      look(c);
    } // @end)cpp");
  EXPECT_EQ(Run.leaks(), Lines{"conn-leak at open, skipped by end"});
}

// A callee that never comes back leaves its caller no exit to leak at.
TEST(SummaryInference, CalleeThatNeverReturns) {
  EXPECT_EQ(FlowTestRun::on(R"cpp(
    void serve(Conn *c) {
      for (;;)
        look(c);
    }
    void target() {
      Conn *c = acquire();
      serve(c);
    })cpp")
                .leaks(),
            None);
  EXPECT_EQ(FlowTestRun::on(R"cpp(
    void f(Conn *c) { f(c); release(c); }
    void target() {
      Conn *c = acquire();
      f(c);
    })cpp")
                .leaks(),
            None);
}

} // namespace
} // namespace conntidy
