//===- ExceptionFlowTest.cpp - exits by exception, and unwinding ----------===//
//
// Each test is one way an exception takes: which leases it finds held, which
// destructors run, which handler takes it.
//
//===----------------------------------------------------------------------===//

#include "unit/flow/FlowTestRun.h"

namespace conntidy {
namespace {

using testing::FlowTestRun;
using testing::Lines;
using testing::SnippetOptions;

const Lines None;

TEST(ExceptionFlow, CallMayThrowBetweenAcquireAndRelease) {
  auto Run = FlowTestRun::on(R"cpp(
    void target() {
      Conn *c = acquire(); // @open
      mayThrow(); // @throws
      release(c);
    })cpp");
  EXPECT_EQ(Run.leaks(),
            Lines{"conn-leak-on-throw at open, skipped by throws"});
}

TEST(ExceptionFlow, NothingThrowsAfterTheReleaseOrBeforeTheAcquire) {
  auto Run = FlowTestRun::on(R"cpp(
    void target() {
      mayThrow();
      Conn *c = acquire();
      release(c);
      mayThrow();
    })cpp");
  EXPECT_EQ(Run.leaks(), None);
}

TEST(ExceptionFlow, OrdinaryLeakIsNotRepeated) {
  auto Run = FlowTestRun::on(R"cpp(
    void target() {
      Conn *c = acquire(); // @open
      mayThrow();
      look(c);
    } // @end)cpp");
  EXPECT_EQ(Run.leaks(), Lines{"conn-leak at open, skipped by end"});
}

TEST(ExceptionFlow, CFunctionsNeverThrow) {
  auto Run = FlowTestRun::on(R"cpp(
    void target() {
      Conn *c = acquire();
      answer();
      release(c);
    })cpp");
  EXPECT_EQ(Run.leaks(), None);
}

TEST(ExceptionFlow, UnwindingRunsDestructorsBeforeTheExit) {
  auto Run = FlowTestRun::on(R"cpp(
    void target() {
      Guard g(acquire());
      mayThrow();
    })cpp");
  EXPECT_EQ(Run.leaks(), None);
}

TEST(ExceptionFlow, HandlerReleasesAndRethrows) {
  auto Run = FlowTestRun::on(R"cpp(
    void target() {
      Conn *c = acquire();
      try {
        mayThrow();
      } catch (...) {
        release(c);
        throw;
      }
      release(c);
    })cpp");
  EXPECT_EQ(Run.leaks(), None);
}

TEST(ExceptionFlow, HandlerReturnsWithoutRelease) {
  auto Run = FlowTestRun::on(R"cpp(
    void target() {
      Conn *c = acquire(); // @open
      try {
        mayThrow();
      } catch (...) {
        return; // @return
      }
      release(c);
    })cpp");
  EXPECT_EQ(Run.leaks(),
            Lines{"conn-leak-on-throw at open, skipped by return"});
}

TEST(ExceptionFlow, HandlerOfTheWrongTypeDoesNotHelp) {
  auto Run = FlowTestRun::on(R"cpp(
    void throwsError() { throw Error(); }
    void target() {
      Conn *c = acquire(); // @open
      try {
        throwsError(); // @throws
      } catch (int) {
      }
      release(c);
    })cpp");
  EXPECT_EQ(Run.leaks(),
            Lines{"conn-leak-on-throw at open, skipped by throws"});
}

TEST(ExceptionFlow, HandlerOfTheBaseTakesTheDerived) {
  auto Run = FlowTestRun::on(R"cpp(
    void throwsTimeout() { throw Timeout(); }
    void target() {
      Conn *c = acquire();
      try {
        throwsTimeout();
      } catch (const Error &) {
      }
      release(c);
    })cpp");
  EXPECT_EQ(Run.leaks(), None);
}

TEST(ExceptionFlow, HandlerOfTheDerivedLetsTheBasePass) {
  auto Run = FlowTestRun::on(R"cpp(
    void throwsError() { throw Error(); }
    void target() {
      Conn *c = acquire(); // @open
      try {
        throwsError(); // @throws
      } catch (const Timeout &) {
      }
      release(c);
    })cpp");
  EXPECT_EQ(Run.leaks(),
            Lines{"conn-leak-on-throw at open, skipped by throws"});
}

TEST(ExceptionFlow, OuterHandlerTakesWhatTheInnerPasses) {
  auto Run = FlowTestRun::on(R"cpp(
    void target() {
      Conn *c = acquire();
      try {
        try {
          throw Error();
        } catch (int) {
        }
      } catch (Error &) {
      }
      release(c);
    })cpp");
  EXPECT_EQ(Run.leaks(), None);
}

TEST(ExceptionFlow, UnwindingToAHandlerLeavesOuterObjectsAlone) {
  auto Run = FlowTestRun::on(R"cpp(
    void target() {
      Guard outer(acquire());
      try {
        Guard inner(acquire());
        mayThrow();
        inner.giveUp(); // nothing throws from here on: lost
      } catch (...) {
      }
      Conn *c = outer.giveUp();
      release(c);
    })cpp");
  // The inner guard's lease is lost on the ordinary path only.
  Lines Leaks = Run.leaks();
  ASSERT_EQ(Leaks.size(), 1u);
  EXPECT_TRUE(llvm::StringRef(Leaks[0]).starts_with("conn-guard-bypass at line 7"))
      << Leaks[0];
}

TEST(ExceptionFlow, ArgumentEvaluatedAfterTheAcquire) {
  auto Run = FlowTestRun::on(R"cpp(
    void keep(Conn *, int) noexcept;
    void target() {
      Conn *c = acquire(); // @open
      keep(c, mayThrowInt()); // @throws
    })cpp");
  EXPECT_EQ(Run.leaks(),
            Lines{"conn-leak-on-throw at open, skipped by throws"});
}

TEST(ExceptionFlow, ConstructorMayThrow) {
  auto Run = FlowTestRun::on(R"cpp(
    struct Buffer { Buffer(); };
    void target() {
      Conn *c = acquire(); // @open
      Buffer b; // @throws
      release(c);
    })cpp");
  EXPECT_EQ(Run.leaks(),
            Lines{"conn-leak-on-throw at open, skipped by throws"});
}

TEST(ExceptionFlow, DestructorMayThrowOnlyIfItSaysSo) {
  auto Run = FlowTestRun::on(R"cpp(
    struct Quiet { ~Quiet(); };
    struct Loud { ~Loud() noexcept(false); };
    void quiet() {
      Conn *c = acquire();
      { Quiet q; }
      release(c);
    }
    void loud() {
      Conn *c = acquire(); // @open
      { Loud l; }
      release(c);
    })cpp");
  Lines Leaks = Run.leaks();
  ASSERT_EQ(Leaks.size(), 1u);
  EXPECT_TRUE(
      llvm::StringRef(Leaks[0]).starts_with("conn-leak-on-throw at open"))
      << Leaks[0];
}

TEST(ExceptionFlow, ThrowingConstructorLosesItsRawMember) {
  auto Run = FlowTestRun::on(R"cpp(
    struct Raw {
      Raw() : conn(acquire()) { // @open
        mayThrow(); // @throws
      }
      ~Raw() { release(conn); }
      Conn *conn;
    };
    struct Safe {
      Safe() : guard(acquire()) { mayThrow(); }
      Guard guard;
    };)cpp");
  EXPECT_EQ(Run.leaks(),
            Lines{"conn-leak-on-throw at open, skipped by throws"});
}

TEST(ExceptionFlow, DelegatingConstructorMakesTheObjectWhole) {
  auto Run = FlowTestRun::on(R"cpp(
    struct Whole {
      explicit Whole(Conn *c) noexcept : conn(c) {}
      Whole() : Whole(acquire()) { mayThrow(); }
      ~Whole() { release(conn); }
      Conn *conn;
    };)cpp");
  EXPECT_EQ(Run.leaks(), None);
}

TEST(ExceptionFlow, FunctionTryBlockCatches) {
  auto Run = FlowTestRun::on(R"cpp(
    void target()
    try {
      Conn *c = acquire(); // @open
      mayThrow(); // @throws
      release(c);
    } catch (...) {
    } // @end)cpp");
  EXPECT_EQ(Run.leaks(), Lines{"conn-leak-on-throw at open, skipped by end"});
}

// The handler of a constructor rethrows at its end, so that the member is lost.
TEST(ExceptionFlow, FunctionTryBlockOfAConstructorRethrows) {
  auto Run = FlowTestRun::on(R"cpp(
    struct Part { explicit Part(int); };
    struct Whole {
      Whole()
      try : conn(acquire()), // @open
            part(1) {
      } catch (...) { // @caught
        answer();
      }
      ~Whole() { release(conn); }
      Conn *conn;
      Part part;
    };)cpp");
  EXPECT_EQ(Run.leaks(),
            Lines{"conn-leak-on-throw at open, skipped by caught"});
}

TEST(ExceptionFlow, NothingLeavesANoexceptFunction) {
  auto Run = FlowTestRun::on(R"cpp(
    void target() noexcept {
      Conn *c = acquire();
      mayThrow(); // the program ends here
      release(c);
    })cpp");
  EXPECT_EQ(Run.leaks(), None);
}

TEST(ExceptionFlow, ShortCircuitMakesTheThrowConditional) {
  auto Run = FlowTestRun::on(R"cpp(
    bool check(Conn *);
    void target() {
      Conn *c = acquire();
      bool fine = !c || answer();
      if (!c && check(c)) // throws only without a connection
        answer();
      release(c);
    })cpp");
  EXPECT_EQ(Run.leaks(), None);
}

TEST(ExceptionFlow, TemporaryGuardLivesToTheEndOfItsStatement) {
  auto Run = FlowTestRun::on(R"cpp(
    void takes(Conn *, int);
    void inTime() { takes(Guard(acquire()).get(), mayThrowInt()); }
    void tooLate() {
      Conn *c = Guard(acquire()).giveUp(); // @open
      mayThrow(); // @throws
      release(c);
    })cpp");
  EXPECT_EQ(Run.leaks(),
            Lines{"conn-leak-on-throw at open, skipped by throws"});
}

TEST(ExceptionFlow, LambdaBodyThrowsWhereItIsCalled) {
  auto Run = FlowTestRun::on(R"cpp(
    void target() {
      auto work = [] { mayThrow(); };
      Conn *c = acquire(); // @open
      work(); // @throws
      release(c);
    })cpp");
  EXPECT_EQ(Run.leaks(),
            Lines{"conn-leak-on-throw at open, skipped by throws"});
}

Certainty certaintyOf(llvm::StringRef Code,
                      Certainty Least = Certainty::Possible) {
  SnippetOptions Options;
  Options.Set.ThrowCertainty = Least;
  return FlowTestRun::on(Code, Options).onlyRecord().Sureness;
}

const char ExplicitThrow[] = R"cpp(
    void target(bool b) {
      Conn *c = acquire();
      if (b)
        throw Error();
      release(c);
    })cpp";
const char ThrowingCallee[] = R"cpp(
    void callee() { throw Error(); }
    void target() {
      Conn *c = acquire();
      callee();
      release(c);
    })cpp";
const char Allocation[] = R"cpp(
    void target() {
      Conn *c = acquire();
      int *p = new int;
      release(c);
      delete p;
    })cpp";

TEST(ExceptionFlow, ReachedThrowIsDefinite) {
  EXPECT_EQ(certaintyOf(ExplicitThrow), Certainty::Definite);
}

TEST(ExceptionFlow, ThrowOfACalleeIsLikely) {
  EXPECT_EQ(certaintyOf(ThrowingCallee), Certainty::Likely);
}

TEST(ExceptionFlow, AllocationIsPossible) {
  EXPECT_EQ(certaintyOf(Allocation), Certainty::Possible);
}

TEST(ExceptionFlow, OrdinaryLeakIsDefinite) {
  EXPECT_EQ(certaintyOf("void f() { Conn *c = acquire(); look(c); }"),
            Certainty::Definite);
}

TEST(ExceptionFlow, ThrowCertaintyPicksWhatIsReported) {
  auto Count = [](llvm::StringRef Code, Certainty Least) {
    SnippetOptions Options;
    Options.Set.ThrowCertainty = Least;
    return FlowTestRun::on(Code, Options).leaks().size();
  };
  EXPECT_EQ(Count(ExplicitThrow, Certainty::Definite), 1u);
  EXPECT_EQ(Count(ThrowingCallee, Certainty::Definite), 0u);
  EXPECT_EQ(Count(ThrowingCallee, Certainty::Likely), 1u);
  EXPECT_EQ(Count(Allocation, Certainty::Likely), 0u);
  EXPECT_EQ(Count(Allocation, Certainty::Possible), 1u);
}

} // namespace
} // namespace conntidy
