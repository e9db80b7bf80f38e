//===- EverydayShapesTest.cpp - shapes of code that people write ----------===//
//
// Many small functions, each with a name that says what it does about its
// lease: those that are right, and their wrong twins with the check that has to
// say so.
//
//===----------------------------------------------------------------------===//

#include "unit/flow/FlowTestRun.h"

namespace conntidy {
namespace {

using testing::FlowTestRun;
using testing::Lines;

struct Shape {
  const char *Name;
  const char *Code;
};

std::ostream &operator<<(std::ostream &Out, const Shape &S) {
  return Out << S.Name;
}

std::string nameOf(const ::testing::TestParamInfo<Shape> &Info) {
  return Info.param.Name;
}

/// The checks that speak, in source order.
Lines checksOf(const Shape &S) {
  auto Run = FlowTestRun::on(S.Code);
  Lines Checks;
  for (const Finding &F : Run.findings())
    if (F.Check != "conn-raw-acquire")
      Checks.push_back(F.Check);
  return Checks;
}

class RightShapes : public ::testing::TestWithParam<Shape> {};
class LeakingShapes : public ::testing::TestWithParam<Shape> {};
class ShapesThatLeakOnThrow : public ::testing::TestWithParam<Shape> {};

TEST_P(RightShapes, AreSilent) { EXPECT_EQ(checksOf(GetParam()), Lines()); }

TEST_P(LeakingShapes, AreReported) {
  EXPECT_EQ(checksOf(GetParam()), Lines{"conn-leak"});
}

TEST_P(ShapesThatLeakOnThrow, AreReported) {
  EXPECT_EQ(checksOf(GetParam()), Lines{"conn-leak-on-throw"});
}

const Shape Right[] = {
    {"ArrayReleasedInALoop", R"cpp(
    void target() {
      Conn *c[2];
      c[0] = acquire();
      c[1] = acquire();
      for (int i = 0; i < 2; ++i)
        release(c[i]);
    })cpp"},
    {"BreakOutOfDoWhileZero", R"cpp(
    void target(int n) {
      Conn *c = nullptr;
      do {
        c = acquire();
        if (!c)
          break;
        if (n)
          break;
        look(c);
      } while (0);
      if (c)
        release(c);
    })cpp"},
    {"AcquireInALoopCondition", R"cpp(
    void target() {
      Conn *c;
      while ((c = acquire()) != nullptr) {
        look(c);
        release(c);
      }
    })cpp"},
    {"AcquireUntilItWorks", R"cpp(
    void target() {
      Conn *c = nullptr;
      for (int i = 0; i < 3 && !c; ++i)
        c = acquire();
      if (c)
        release(c);
    })cpp"},
    {"ReleaseInTheOnlyBranchThatHolds", R"cpp(
    int target(int n) {
      Conn *c = acquire();
      int rc = -1;
      if (c) {
        if (n > 3)
          rc = 0;
        release(c);
      }
      return rc;
    })cpp"},
    {"StatusIsTruth", R"cpp(
    void target() {
      Conn *c = nullptr;
      int rc = openInto(&c);
      if (rc)
        return;
      release(c);
    })cpp"},
    {"StatusInTheCondition", R"cpp(
    void target() {
      Conn *c = nullptr;
      if (openInto(&c) == 0) {
        look(c);
        release(c);
      }
    })cpp"},
    {"StatusAsABool", R"cpp(
    bool target() {
      Conn *c = nullptr;
      bool ok = openInto(&c) == 0;
      if (ok)
        release(c);
      return ok;
    })cpp"},
    {"StatusInASwitch", R"cpp(
    void target() {
      Conn *c = nullptr;
      int rc;
      switch (rc = openInto(&c)) {
      case 0:
        release(c);
        break;
      default:
        break;
      }
    })cpp"},
    {"StoredInTheCallersArray", R"cpp(
    void target(Conn **pool, int n) {
      Conn *c = acquire();
      pool[n] = c;
    })cpp"},
    {"LinkedIntoTheCallersList", R"cpp(
    struct L {
      Conn *c;
      L *next;
    };
    void target(L *l) {
      L *n = new L;
      n->c = acquire();
      n->next = l->next;
      l->next = n;
    })cpp"},
    {"StaticLocal", R"cpp(
    void target() {
      static Conn *c = acquire();
      look(c);
    })cpp"},
    {"ReleasedBeforeTheThrow", R"cpp(
    void target() {
      try {
        Conn *c = acquire();
        release(c);
        mayThrow();
      } catch (...) {
      }
    })cpp"},
    {"ReleasedOnBothSidesOfATry", R"cpp(
    void target() {
      Conn *c = acquire();
      try {
        mayThrow();
        release(c);
      } catch (...) {
        release(c);
      }
    })cpp"},
    {"GuardedAfterTheNullCheck", R"cpp(
    void target() {
      Conn *c = acquire();
      if (!c)
        throw Error();
      Guard g(c);
      mayThrow();
    })cpp"},
    {"GuardedOrReleased", R"cpp(
    void target(bool b) {
      Conn *c = acquire();
      Guard g;
      if (b)
        g.reset(c);
      else
        release(c);
    })cpp"},
    {"GuardMovedThenGivenUp", R"cpp(
    void target() {
      Guard g(acquire());
      Guard h(static_cast<Guard &&>(g));
      Conn *c = h.giveUp();
      release(c);
    })cpp"},
    {"TwoCleanupLabels", R"cpp(
    int target(int n) {
      Conn *c = acquire();
      if (!c)
        goto fail;
      if (n)
        goto fail_close;
      release(c);
      return 0;
    fail_close:
      release(c);
    fail:
      return -1;
    })cpp"},
    {"ReleasedByAClosure", R"cpp(
    void target() {
      Conn *c = acquire();
      auto f = [c]() noexcept { release(c); };
      f();
    })cpp"},
    {"ReleasedInAHandlerThatRethrows", R"cpp(
    Conn *target() {
      Conn *c = acquire();
      try {
        mayThrow();
      } catch (...) {
        release(c);
        throw;
      }
      return c;
    })cpp"},
    {"OutParameterBeforeTheThrow", R"cpp(
    void target(Conn *&out) {
      Conn *c = acquire();
      out = c;
      mayThrow();
    })cpp"},
    {"MemberOfAGuardedObject", R"cpp(
    struct S22 {
      Conn *c;
      S22() : c(nullptr) {}
      ~S22() {
        if (c)
          release(c);
      }
      void open() {
        c = acquire();
        mayThrow();
      }
    };
    void target() {
      S22 s;
      s.open();
    })cpp"},
    {"BoolOfTheHandle", R"cpp(
    void target() {
      Conn *c = acquire();
      bool owned = c != nullptr;
      if (owned)
        release(c);
    })cpp"},
    {"NegatedBoolOfTheHandle", R"cpp(
    void target() {
      Conn *c = acquire();
      const bool bad = !c;
      if (bad)
        return;
      release(c);
    })cpp"},
    {"CountedFlag", R"cpp(
    void target(int n) {
      int opened = 0;
      Conn *c = nullptr;
      if (n) {
        c = acquire();
        if (c)
          opened = 1;
      }
      if (opened == 1)
        release(c);
    })cpp"},
    {"UnrelatedCounter", R"cpp(
    unsigned target() {
      Conn *c = acquire();
      unsigned n = 0;
      if (c) {
        n++;
        release(c);
      }
      return n;
    })cpp"},
    {"ReleasedInADisjunction", R"cpp(
    void target() {
      Conn *c = acquire();
      if (c == nullptr || answer() > 3) {
        if (c)
          release(c);
        return;
      }
      release(c);
    })cpp"},
    {"ReleasedThroughItsAddress", R"cpp(
    void target() {
      Conn *c = acquire();
      Conn **p = &c;
      release(*p);
    })cpp"},
    {"OnlyIfItWasNotGiven", R"cpp(
    void target(Conn *in) {
      Conn *c = in ? in : acquire();
      look(c);
      if (c != in)
        release(c);
    })cpp"},
    {"OnlyIfNothingWasGiven", R"cpp(
    void target(Conn *in) {
      Conn *c = in;
      if (!c)
        c = acquire();
      look(c);
      if (!in)
        release(c);
    })cpp"},
    {"ReleasedInEachElse", R"cpp(
    void target(int n) {
      Conn *c = acquire();
      if (n < 0) {
        release(c);
        return;
      } else if (n == 0) {
        release(c);
        return;
      }
      release(c);
    })cpp"},
    {"FieldOfALocalStruct", R"cpp(
    void target() {
      struct {
        Conn *c;
        int n;
      } s = {acquire(), 1};
      release(s.c);
    })cpp"},
    {"ClosureCalledAtOnce", R"cpp(
    void target() {
      Conn *c = acquire();
      [&] { release(c); }();
    })cpp"},
    {"CallbackThatThrowsIsCaught", R"cpp(
    template <class F> void with(F f) {
      Conn *c = acquire();
      if (!c)
        return;
      try {
        f(c);
      } catch (...) {
        release(c);
        throw;
      }
      release(c);
    }
    void target() {
      with([](Conn *c) {
        look(c);
        mayThrow();
      });
    })cpp"},
    {"StatusComputedFromTheHandle", R"cpp(
    int target() {
      Conn *c = acquire();
      int rc = c ? answer() : -1;
      if (rc < 0) {
        if (c)
          release(c);
        return rc;
      }
      release(c);
      return 0;
    })cpp"},
    {"GlobalOpenedOnce", R"cpp(
    Conn *everybodys;
    void target() {
      if (!everybodys)
        everybodys = acquire();
      look(everybodys);
    })cpp"},
};
INSTANTIATE_TEST_SUITE_P(Everyday, RightShapes, ::testing::ValuesIn(Right),
                         nameOf);

const Shape Leaking[] = {
    {"BreakBeforeTheRelease", R"cpp(
    void target(int n) {
      Conn *c = nullptr;
      do {
        c = acquire();
        if (n)
          break;
        release(c);
        c = nullptr;
      } while (0);
    })cpp"},
    {"ReturnOutOfALoop", R"cpp(
    void target() {
      Conn *c;
      while ((c = acquire()) != nullptr) {
        if (answer())
          return;
        release(c);
      }
    })cpp"},
    {"ReleasedOnlyIfTheConjunctionHolds", R"cpp(
    int target(int n) {
      Conn *c = acquire();
      int rc = -1;
      if (c && n > 3) {
        rc = 0;
        release(c);
      }
      return rc;
    })cpp"},
    {"OutParameterForgotten", R"cpp(
    void target() {
      Conn *c = nullptr;
      openInto(&c);
    })cpp"},
    {"ReleasedOnlyOnFailure", R"cpp(
    void target() {
      Conn *c = nullptr;
      if (openInto(&c) != 0) {
        release(c);
      }
    })cpp"},
    {"SwitchReleasesTheWrongCase", R"cpp(
    void target() {
      Conn *c = nullptr;
      int rc;
      switch (rc = openInto(&c)) {
      case 1:
        release(c);
        break;
      default:
        break;
      }
    })cpp"},
    {"FieldOfALostObject", R"cpp(
    struct L {
      Conn *c;
      L *next;
    };
    void target(L *l) {
      L *n = new L;
      n->c = acquire();
    })cpp"},
    {"GuardOnOneBranch", R"cpp(
    void target(bool b) {
      Conn *c = acquire();
      Guard g;
      if (b)
        g.reset(c);
    })cpp"},
    {"WrongCleanupLabel", R"cpp(
    int target(int n) {
      Conn *c = acquire();
      if (!c)
        goto fail;
      if (n)
        goto fail;
      release(c);
      return 0;
    fail:
      return -1;
    })cpp"},
    {"ClosureCalledOnOneBranch", R"cpp(
    void target() {
      Conn *c = acquire();
      auto f = [c] { release(c); };
      if (answer())
        f();
    })cpp"},
    {"NullReturnedInstead", R"cpp(
    Conn *target() {
      Conn *c = acquire();
      if (answer())
        return nullptr;
      return c;
    })cpp"},
    {"ObjectWithManualClose", R"cpp(
    struct S16 {
      Conn *c;
      S16() : c(nullptr) {}
      void open() { c = acquire(); }
      void close() { release(c); }
    };
    void target() {
      S16 s;
      s.open();
    })cpp"},
    {"HeapObjectWithManualClose", R"cpp(
    struct S16 {
      Conn *c;
      S16() : c(nullptr) {}
      void open() { c = acquire(); }
      void close() { release(c); }
    };
    void target() {
      S16 *s = new S16;
      s->open();
      delete s;
    })cpp"},
    {"FlagThatHasNothingToDoWithIt", R"cpp(
    void target() {
      Conn *c = acquire();
      bool owned = answer();
      if (owned)
        release(c);
    })cpp"},
    {"OnlyLookedAtThroughItsAddress", R"cpp(
    void target() {
      Conn *c = acquire();
      Conn **p = &c;
      look(*p);
    })cpp"},
    {"AcquiredOnlyIfNothingWasGiven", R"cpp(
    void target(Conn *in) {
      Conn *c = in ? in : acquire();
      look(c);
    })cpp"},
    {"FieldOfALocalStructForgotten", R"cpp(
    void target() {
      struct {
        Conn *c;
        int n;
      } s = {acquire(), 1};
      look(s.c);
    })cpp"},
    {"StatusReturnedWithoutRelease", R"cpp(
    int target() {
      Conn *c = acquire();
      int rc = c ? answer() : -1;
      if (rc < 0)
        return rc;
      release(c);
      return 0;
    })cpp"},
    {"ReleasedInTheLastTurnOnly", R"cpp(
    void target() {
      for (int i = 0; i < 3; ++i) {
        Conn *c = acquire();
        if (i == 2)
          release(c);
      }
    })cpp"},
    {"ReturnedByALambda", R"cpp(
    void target() {
      auto c = [] { return acquire(); }();
      look(c);
    })cpp"},
    {"ReturnedFromASwitch", R"cpp(
    Conn *mk(int n) {
      switch (n) {
      case 1:
        return acquire();
      default:
        return nullptr;
      }
    }
    void target() {
      Conn *c = mk(answer());
      if (!c)
        return;
      look(c);
    })cpp"},
    {"CommaInTheCondition", R"cpp(
    void target() {
      Conn *c = acquire();
      if (look(c), answer())
        return;
      release(c);
    })cpp"},
};
INSTANTIATE_TEST_SUITE_P(Everyday, LeakingShapes, ::testing::ValuesIn(Leaking),
                         nameOf);

const Shape LeakingOnThrow[] = {
    {"ReleasedOnlyIfNothingThrows", R"cpp(
    void target() {
      try {
        Conn *c = acquire();
        mayThrow();
        release(c);
      } catch (...) {
      }
    })cpp"},
    {"HandlerCatchesTooLittle", R"cpp(
    void target() {
      Conn *c = acquire();
      try {
        mayThrow();
        release(c);
      } catch (const Error &) {
        release(c);
      }
    })cpp"},
    {"ThrowBeforeTheOutParameter", R"cpp(
    void target(Conn **out) {
      Conn *c = acquire();
      mayThrow();
      *out = c;
    })cpp"},
    {"ThrowWithARow", R"cpp(
    void target(Conn *c) {
      Rows *r = query(c);
      if (answer()) {
        throw Error();
      }
      freeRows(r);
    })cpp"},
    {"IteratorsMayThrow", R"cpp(
    struct Range {
      struct Iterator {
        int operator*();
        Iterator &operator++() noexcept;
        bool operator!=(const Iterator &) noexcept;
      };
      Iterator begin() noexcept;
      Iterator end() noexcept;
    };
    void target() {
      Conn *c = acquire();
      for (int x : Range())
        look(c);
      release(c);
    })cpp"},
    {"CaughtByTheBase", R"cpp(
    void target() {
      Conn *c = acquire();
      try {
        throw Timeout();
      } catch (Error &e) {
        return;
      }
      release(c);
    })cpp"},
    {"RethrownAsAnother", R"cpp(
    void target() {
      Conn *c = acquire();
      try {
        try {
          mayThrow();
        } catch (...) {
          throw Error();
        }
      } catch (Error &) {
        return;
      }
      release(c);
    })cpp"},
};
INSTANTIATE_TEST_SUITE_P(Everyday, ShapesThatLeakOnThrow,
                         ::testing::ValuesIn(LeakingOnThrow), nameOf);

TEST(ShapesOfMisuse, GuardDismissed) {
  EXPECT_EQ(checksOf({"", R"cpp(
    void target() {
      Guard g(acquire());
      g.dismiss();
    })cpp"}),
            Lines{"conn-guard-bypass"});
}

TEST(ShapesOfMisuse, TheOtherHandleForgotten) {
  EXPECT_EQ(checksOf({"", R"cpp(
    void target() {
      Conn *c = acquire(), *d = acquire();
      release(c);
      release(c);
    })cpp"}),
            (Lines{"conn-leak", "conn-double-release"}));
}

} // namespace
} // namespace conntidy
