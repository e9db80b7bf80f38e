//===- OwnershipFlowTest.cpp - who has to release, and when it changes ----===//
//
// Each test is one way a lease gets an owner, or loses it: objects, containers
// of pointers, closures, what callees do with what they are given.
//
//===----------------------------------------------------------------------===//

#include "unit/flow/FlowTestRun.h"

namespace conntidy {
namespace {

using testing::FlowTestRun;
using testing::Lines;
using testing::SnippetOptions;

const Lines None;

TEST(OwnershipFlow, OwnerMadeByTheUser) {
  auto Run = FlowTestRun::on(R"cpp(
    class Owner {
    public:
      explicit Owner(Conn *c) noexcept : conn(c) {}
      Owner(Owner &&o) noexcept : conn(o.conn) { o.conn = nullptr; }
      ~Owner() { if (conn) release(conn); }
      Conn *giveUp() { Conn *c = conn; conn = nullptr; return c; }
    private:
      Conn *conn;
    };
    void owns() { Owner o(acquire()); mayThrow(); }
    void moves() {
      Owner o(acquire());
      Owner p(static_cast<Owner &&>(o));
      mayThrow();
    }
    void givesUp() {
      Owner o(acquire());
      Conn *c = o.giveUp(); // @up
      look(c);
    } // @end)cpp");
  EXPECT_EQ(Run.leaks(), Lines{"conn-guard-bypass at up, skipped by end"});
}

TEST(OwnershipFlow, MoveWithoutEmptyingTheSourceIsNotOurConcern) {
  auto Run = FlowTestRun::on(R"cpp(
    Guard pass(Guard g) { return g; }
    void target() { Guard g = pass(Guard(acquire())); mayThrow(); })cpp");
  EXPECT_EQ(Run.leaks(), None);
}

TEST(OwnershipFlow, DestructorThatDoesNotReleaseOwnsNothing) {
  auto Run = FlowTestRun::on(R"cpp(
    struct Viewer {
      explicit Viewer(Conn *c) noexcept : conn(c) {}
      ~Viewer() { look(conn); }
      Conn *conn;
    };
    void target() {
      Viewer v(acquire()); // @open
    } // @end)cpp");
  EXPECT_EQ(Run.leaks(), Lines{"conn-leak at open, skipped by end"});
}

TEST(OwnershipFlow, ConstructorOfAnUnseenOwnerTakes) {
  auto Run = FlowTestRun::on(R"cpp(
    class Session {
    public:
      explicit Session(Conn *) noexcept;
      ~Session();
    };
    void target() {
      Session s(acquire());
      mayThrow();
    })cpp");
  EXPECT_EQ(Run.leaks(), None);
}

TEST(OwnershipFlow, ManualCloseOfAnObject) {
  auto Run = FlowTestRun::on(R"cpp(
    class Link {
    public:
      void open() { conn = acquire(); }
      void close() { if (conn) { release(conn); conn = nullptr; } }
    private:
      Conn *conn = nullptr;
    };
    void right() {
      Link l;
      l.open();
      l.close();
    }
    void wrong(bool b) {
      Link l;
      l.open(); // @open
      if (b)
        return; // @early
      l.close();
    })cpp");
  EXPECT_EQ(Run.leaks(), Lines{"conn-leak at open, skipped by early"});
}

TEST(OwnershipFlow, StructOnTheHeapInC) {
  auto Run = FlowTestRun::onC(R"cpp(
    void *malloc(unsigned long);
    void free(void *);
    struct Box { Conn *conn; };
    struct Box *make(void) {
      struct Box *b = malloc(sizeof *b);
      if (!b)
        return 0;
      b->conn = acquire();
      return b;
    }
    void destroy(struct Box *b) {
      if (b->conn)
        release(b->conn);
      free(b);
    }
    void right(void) {
      struct Box *b = make();
      if (!b)
        return;
      destroy(b);
    })cpp");
  EXPECT_EQ(Run.leaks(), None);
}

TEST(OwnershipFlow, ClosureByValueCarriesTheHandle) {
  auto Run = FlowTestRun::on(R"cpp(
    template <class F> struct AtExit {
      F f;
      explicit AtExit(F f) : f(f) {}
      ~AtExit() { f(); }
    };
    void target(bool b) {
      Conn *c = acquire();
      AtExit close([c] { release(c); });
      if (b)
        return;
      mayThrow();
    })cpp");
  EXPECT_EQ(Run.leaks(), None);
}

TEST(OwnershipFlow, GuardWithATemplateDeleter) {
  auto Run = FlowTestRun::on(R"cpp(
    struct Close { void operator()(Conn *c) const { release(c); } };
    struct Keep { void operator()(Conn *) const {} };
    template <class T, class D> class Unique {
    public:
      explicit Unique(T *t) noexcept : held(t) {}
      Unique(const Unique &) = delete;
      ~Unique() { if (held) D()(held); }
    private:
      T *held;
    };
    void closes() { Unique<Conn, Close> u(acquire()); mayThrow(); }
    void keeps() {
      Unique<Conn, Keep> u(acquire()); // @open
    } // @end)cpp");
  EXPECT_EQ(Run.leaks(), Lines{"conn-leak at open, skipped by end"});
}

TEST(OwnershipFlow, ReleaseThroughAFunctionPointer) {
  auto Run = FlowTestRun::onC(R"cpp(
    typedef void (*Closer)(Conn *);
    void target(void) {
      Closer close = release;
      Conn *c = acquire();
      close(c);
    })cpp");
  EXPECT_EQ(Run.leaks(), None);
}

TEST(OwnershipFlow, SwappedHandlesAreBothFollowed) {
  auto Run = FlowTestRun::on(R"cpp(
    void target() {
      Conn *a = acquire(); // @a
      Conn *b = acquire(); // @b
      Conn *t = a;
      a = b;
      b = t;
      release(a); // what was acquired second
    } // @end)cpp");
  EXPECT_EQ(Run.leaks(), Lines{"conn-leak at a, skipped by end"});
}

TEST(OwnershipFlow, ReferenceIsTheVariable) {
  auto Run = FlowTestRun::on(R"cpp(
    void target() {
      Conn *c = acquire();
      Conn *&same = c;
      release(same);
    }
    void lost() {
      Conn *c = acquire(); // @open
      Conn *&same = c;
      same = nullptr; // @lost
      release(c);
    })cpp");
  EXPECT_EQ(Run.leaks(), Lines{"conn-leak at open, skipped by lost"});
}

TEST(OwnershipFlow, AggregateAndArrayKeepTheirElements) {
  auto Run = FlowTestRun::on(R"cpp(
    struct Pair { Conn *first; int second; };
    void aggregate() {
      Pair p{acquire(), 1};
      Pair q = p;
      release(q.first);
    }
    void array() {
      Conn *all[2] = {acquire(), acquire()}; // @open
      release(all[0]);
    } // @end)cpp");
  EXPECT_EQ(Run.leaks(), Lines{"conn-leak at open, skipped by end"});
}

TEST(OwnershipFlow, DerivedLeaseIsOwedOnItsOwn) {
  auto Run = FlowTestRun::on(R"cpp(
    void target() {
      Conn *c = acquire();
      if (!c)
        return;
      Rows *rows = query(c); // @rows
      release(c);
    } // @end)cpp");
  EXPECT_EQ(Run.leaks(), Lines{"conn-leak at rows, skipped by end"});
}

TEST(OwnershipFlow, WrongReleaseTakesThePlaceOfTheLeak) {
  auto Run = FlowTestRun::on(R"cpp(
    void target(Conn *c) {
      Rows *rows = query(c);
      release(reinterpret_cast<Conn *>(rows)); // @wrong
    })cpp");
  EXPECT_EQ(Run.leaks(), Lines{"conn-wrong-release at wrong"});
}

TEST(OwnershipFlow, ClassThatOwnsItselfComesToAnEnd) {
  auto Run = FlowTestRun::on(R"cpp(
    struct Node {
      Guard guard;
      Node *next = nullptr;
      ~Node() { delete next; }
    };
    void target() {
      Node n;
      n.guard = Guard(acquire());
      n.next = new Node;
    })cpp");
  EXPECT_EQ(Run.leaks(), None);
}

TEST(OwnershipFlow, CoroutineOwnsWhatItsFrameHolds) {
  auto Run = FlowTestRun::on(R"cpp(
    #include <coroutine>
    Task right() {
      Conn *c = acquire();
      co_await std::suspend_never();
      release(c);
    }
    Task wrong(bool b) {
      Conn *c = acquire(); // @open
      co_await std::suspend_never();
      if (b)
        co_return; // @early
      release(c);
    })cpp",
                             SnippetOptions::withCoroutines());
  EXPECT_EQ(Run.leaks(), Lines{"conn-leak at open, skipped by early"});
}

} // namespace
} // namespace conntidy
