//===- LoweringTest.cpp - what a body becomes as events -------------------===//
//
// Each test is one kind of syntax. The patterns name what has to be there and
// in which order; how temporaries and blocks are numbered is left open.
//
//===----------------------------------------------------------------------===//

#include "unit/flow/FlowTestRun.h"

namespace conntidy {
namespace {

using testing::FlowTestRun;
using testing::Lines;
using testing::SnippetOptions;

size_t countOf(const Lines &Events, llvm::StringRef Part) {
  return llvm::count_if(Events, [&](const std::string &E) {
    return llvm::StringRef(E).contains(Part);
  });
}

TEST(Lowering, CallAndStore) {
  auto Run = FlowTestRun::on("void f() { Conn *c; c = acquire(); }");
  EXPECT_TRUE(Run.lowersTo("f", R"(
    function f
    block $n (entry)
    declare c
    $handle = call acquire()
    $place = variable c
    store $place <- $handle
    block $m (exit)
  )"));
}

TEST(Lowering, InitializerStoresIntoTheVariable) {
  auto Run = FlowTestRun::on("void f() { Conn *c = acquire(); }");
  EXPECT_TRUE(Run.lowersTo("f", R"(
    $handle = call acquire()
    declare c
    $place = variable c
    store $place <- $handle
  )"));
}

TEST(Lowering, ReplacedArgumentIsMarked) {
  auto Run = FlowTestRun::on(R"cpp(
    Conn *again(Conn *);
    void f(Conn *c, Conn *d) {
      c = again(c);
      c = again(d);
    })cpp");
  Lines Events = Run.events("f");
  EXPECT_EQ(countOf(Events, "(made from what it held)"), 1u);
}

TEST(Lowering, TernaryHandsOnBothOperands) {
  auto Run = FlowTestRun::on(
      "Conn *f(bool b, Conn *x, Conn *y) { return b ? x : y; }");
  EXPECT_TRUE(Run.lowersTo("f", R"(
    -> block $yes assuming $b not in 0..0
    -> block $no assuming $b in 0..0
    block $no
    $result = copy $y
    -> block $join
    block $yes
    $result = copy $x
    -> block $join
    block $join
    return $value
  )") || Run.lowersTo("f", R"(
    -> block $yes assuming $b not in 0..0
    -> block $no assuming $b in 0..0
    block $yes
    $result = copy $x
    -> block $join
    block $no
    $result = copy $y
    -> block $join
    block $join
    return $value
  )"));
}

TEST(Lowering, ShortCircuitSkipsTheSecondOperand) {
  auto Run = FlowTestRun::on(
      "int f(int x, int y) { if (x && y) return 1; return 0; }");
  EXPECT_TRUE(Run.lowersTo("f", R"(
    block $first
    $place = variable x
    -> block $second assuming $x not in 0..0
    -> block $else assuming $x in 0..0
    block $second
    $other = variable y
    -> block $then assuming $y not in 0..0
    -> block $else assuming $y in 0..0
  )"));
}

TEST(Lowering, ComparisonsAreRanges) {
  auto Run = FlowTestRun::on(R"cpp(
    enum Status { OK, BUSY = 5, LIMIT = 7 };
    void f(int n, Conn *c, Status s) {
      bool a = n >= 3, b = 3 > n, d = n != 4, e = !c, g = c == nullptr,
           h = s == BUSY, i = s <= LIMIT;
    })cpp");
  EXPECT_TRUE(Run.lowersTo("f", R"(
    $a = compare $x in 3..9223372036854775807
    $b = compare $y in -9223372036854775808..2
    $d = compare $z not in 4..4
    $e = not $c
    $g = compare $d2 in 0..0
    $h = compare $s in 5..5
    $i = compare $t in -9223372036854775808..7
  )"));
}

TEST(Lowering, MaskedComparisonIsARange) {
  auto Run = FlowTestRun::on("bool f(int rc) { return (rc & ~1) == 0; }");
  EXPECT_TRUE(Run.lowersTo("f", "$a = compare $rc in 0..1"));
}

TEST(Lowering, SwitchAssumesItsCases) {
  auto Run = FlowTestRun::on(R"cpp(
    int f(int n) {
      switch (n) {
      case 1:
      case 2:
        return 10;
      case 4 ... 6:
        return 20;
      default:
        return 30;
      }
    })cpp");
  EXPECT_TRUE(Run.lowersTo("f", "-> block $a assuming $n in 1..1"));
  EXPECT_TRUE(Run.lowersTo("f", "-> block $a assuming $n in 2..2"));
  EXPECT_TRUE(Run.lowersTo("f", "-> block $a assuming $n in 4..6"));
  // What no case takes goes to the default.
  Lines Events = Run.events("f");
  auto Default = llvm::find_if(Events, [](llvm::StringRef E) {
    return E.contains("assuming") && E.contains(" not in ");
  });
  ASSERT_NE(Default, Events.end());
  for (llvm::StringRef Range : {" 1..1", " 2..2", " 4..6"})
    EXPECT_TRUE(llvm::StringRef(*Default).contains(Range)) << *Default;
}

TEST(Lowering, SwitchWithoutDefaultFallsPast) {
  auto Run = FlowTestRun::on(
      "int f(int n) { switch (n) { case 1: return 10; } return 0; }");
  EXPECT_TRUE(Run.lowersTo("f", "-> block $past assuming $n not in 1..1"));
}

TEST(Lowering, ReachedTemporaryIsDestroyedAtTheEndOfItsStatement) {
  auto Run = FlowTestRun::on(R"cpp(
    void f() {
      look(Guard(acquire()).get());
      answer();
    })cpp");
  EXPECT_TRUE(Run.lowersTo("f", R"(
    $handle = call acquire()
    $object = construct Guard::Guard($handle)
    $bound = bind temporary $object
    $raw = call Guard::get on $this()
    call look($raw)
    destroy temporary $bound
    $n = call answer()
  )"));
}

TEST(Lowering, ConditionalTemporaryIsDestroyedIfItWasMade) {
  auto Run = FlowTestRun::on(R"cpp(
    bool asks(const Guard &);
    bool f(bool b) { return b && asks(Guard()); })cpp");
  EXPECT_TRUE(Run.lowersTo("f", R"(
    -> block $dtor if a temporary is pending
    -> block $on if no temporary is pending
    block $dtor
    destroy temporary $object
  )"));
}

TEST(Lowering, LocalsAreDestroyedInReverse) {
  auto Run = FlowTestRun::on("void f() { Guard a; Guard b; answer(); }");
  EXPECT_TRUE(Run.lowersTo("f", R"(
    declare a
    declare b
    $n = call answer()
    destroy local b
    destroy local a
  )"));
}

TEST(Lowering, ReturnRunsTheDestructorsOfItsScope) {
  auto Run = FlowTestRun::on(
      "int f(bool b) { if (b) { Guard g; return 1; } return 2; }");
  EXPECT_TRUE(Run.lowersTo("f", R"(
    declare g
    return $one
    destroy local g
  )"));
  EXPECT_EQ(countOf(Run.events("f"), "destroy local g"), 1u);
}

TEST(Lowering, ElidedCopyMakesNoCall) {
  auto Run = FlowTestRun::on(R"cpp(
    Guard make();
    void f() { Guard g = make(); }
    Guard named() { Guard g; return g; })cpp");
  EXPECT_EQ(countOf(Run.events("f"), "construct"), 0u);
  EXPECT_TRUE(Run.lowersTo("f", R"(
    $object = call make()
    $place = variable g
    move object $place <- $source
  )"));
  EXPECT_EQ(countOf(Run.events("named"), "construct Guard::Guard("), 1u);
}

TEST(Lowering, MembersAndPointersAreAddresses) {
  auto Run = FlowTestRun::onC(R"cpp(
    struct Inner { Conn *conn; };
    struct Outer { struct Inner in; struct Inner *far; };
    void f(struct Outer *o) {
      o->in.conn = acquire();
      (*o).far->conn = acquire();
    })cpp");
  EXPECT_TRUE(Run.lowersTo("f", R"(
    $handle = call acquire()
    $slot = variable o
    $o = load $slot
    $in = field $o.in
    $conn = field $in.conn
    store $conn <- $handle
  )"));
  EXPECT_TRUE(Run.lowersTo("f", R"(
    $place = field $object.far
    $far = load $place
    $conn = field $far.conn
    store $conn <- $handle
  )"));
}

TEST(Lowering, ArrayElementsByConstantIndex) {
  auto Run = FlowTestRun::onC(
      "void f(Conn **all, int i) { release(all[2]); release(all[i]); }");
  EXPECT_TRUE(Run.lowersTo("f", R"(
    $slot = element $all[2]
    $handle = load $slot
    call release($handle)
    $any = opaque
    $other = load $any
    call release($other)
  )"));
}

TEST(Lowering, StructuredBindingReadsTheField) {
  auto Run = FlowTestRun::on(R"cpp(
    struct Pair { Conn *conn; int code; };
    Pair make();
    void f() {
      auto [c, code] = make();
      release(c);
    })cpp");
  EXPECT_TRUE(Run.lowersTo("f", R"(
    $made = call make()
    $slot = variable <unnamed>
    move object $slot <- $source
    $object = variable <unnamed>
    $field = field $object.conn
    $handle = load $field
    call release($handle)
  )"));
}

TEST(Lowering, LambdaStoresItsCaptures) {
  auto Run = FlowTestRun::on(R"cpp(
    void f() {
      Conn *c = acquire();
      auto byReference = [&c] { release(c); };
      auto byCopy = [c] { release(c); };
    })cpp");
  EXPECT_TRUE(Run.lowersTo("f", R"(
    $first = closure
    $slot = field $first.<unnamed>
    store $slot <- $address
    $second = closure
    $other = field $second.<unnamed>
    store $other <- $value
  )"));
}

TEST(Lowering, LambdaBodyReadsItsCaptures) {
  auto Run = FlowTestRun::on(
      "void f(Conn *c) { auto l = [&c] { release(c); }; l(); }");
  EXPECT_TRUE(Run.lowersTo("operator()", R"(
    $this = this
    $slot = field $this.<unnamed>
    $address = load $slot
    $handle = load $address
    call release($handle)
  )"));
}

TEST(Lowering, CleanupAttributeCallsItsFunction) {
  auto Run = FlowTestRun::onC(R"cpp(
    void closeAt(Conn **);
    void f(void) {
      __attribute__((cleanup(closeAt))) Conn *c = acquire();
      answer();
    })cpp");
  EXPECT_TRUE(Run.lowersTo("f", R"(
    $n = call answer()
    $address = variable c
    call closeAt($address)
  )"));
}

TEST(Lowering, ConstructorInitializersComeFirst) {
  auto Run = FlowTestRun::on(R"cpp(
    struct Base { explicit Base(int); };
    struct S : Base {
      S() : Base(answer()), conn(acquire()) { look(conn); }
      Conn *conn;
      int number = 7;
    };)cpp");
  EXPECT_TRUE(Run.lowersTo("S", R"(
    $n = call answer()
    $base = construct Base::Base($n)
    move object $this <- $base
    $handle = call acquire()
    $self = this
    $slot = field $self.conn
    store $slot <- $handle
    $seven = constant 7
    $other = field $again.number
    call look($value)
  )"));
}

TEST(Lowering, DestructorDestroysItsMembers) {
  auto Run = FlowTestRun::on(R"cpp(
    struct Base { ~Base(); };
    struct S : Base {
      ~S() { answer(); }
      Guard first, second;
    };)cpp");
  EXPECT_TRUE(Run.lowersTo("~S", R"(
    $n = call answer()
    destroy field second
    destroy field first
    destroy base Base
  )"));
}

TEST(Lowering, RangeForCallsItsIterators) {
  auto Run = FlowTestRun::on(R"cpp(
    struct Range { Conn **begin(); Conn **end(); };
    void f(Range r) {
      for (Conn *c : r)
        release(c);
    })cpp");
  for (llvm::StringRef Iterator : {"begin", "end"})
    EXPECT_EQ(countOf(Run.events("f"), ("call Range::" + Iterator).str()), 1u);
  EXPECT_TRUE(Run.lowersTo("f", R"(
    $different = compare $x != $y
    -> block $body assuming $different not in 0..0
    -> block $past assuming $different in 0..0
  )"));
  EXPECT_TRUE(Run.lowersTo("f", R"(
    $element = load $position
    declare c
    $c = variable c
    store $c <- $element
    call release($handle)
  )"));
}

TEST(Lowering, GotoIsAnEdge) {
  auto Run = FlowTestRun::onC(R"cpp(
    void f(int n) {
      if (n)
        goto out;
      answer();
    out:
      look(0);
    })cpp");
  EXPECT_TRUE(Run.lowersTo("f", R"(
    -> block $jump assuming $n not in 0..0
    block $jump
    -> block $out
    block $out
    call look($null)
  )"));
}

TEST(Lowering, LoopHasAnEdgeBack) {
  auto Run = FlowTestRun::onC("void f(int n) { while (n) n = answer(); }");
  EXPECT_TRUE(Run.lowersTo("f", R"(
    block $head
    -> block $body assuming $n not in 0..0
    block $body
    -> block $back
  )"));
}

TEST(Lowering, TryKnowsItsHandlers) {
  auto Run = FlowTestRun::on(R"cpp(
    void f() {
      try {
        mayThrow();
      } catch (const Error &) {
        throw;
      } catch (...) {
        throw 1;
      }
      mayThrow();
    })cpp");
  Lines Events = Run.events("f");
  EXPECT_EQ(countOf(Events, "call mayThrow()  [in try]"), 1u);
  EXPECT_EQ(countOf(Events, "call mayThrow()"), 2u);
  EXPECT_EQ(countOf(Events, "enter handler"), 2u);
  EXPECT_TRUE(Run.lowersTo("f", "enter handler\nrethrow"));
  EXPECT_TRUE(Run.lowersTo("f", "enter handler\n$one = constant 1\nthrow"));
}

TEST(Lowering, NewAndDelete) {
  auto Run = FlowTestRun::on(R"cpp(
    void f() {
      Guard *g = new Guard(acquire());
      delete g;
    })cpp");
  EXPECT_TRUE(Run.lowersTo("f", R"(
    $handle = call acquire()
    $object = construct Guard::Guard($handle)
    $p = allocate $object
    $slot = variable g
    store $slot <- $p
    $q = load $again
    delete $q
  )"));
}

TEST(Lowering, IndirectCallsSayThroughWhat) {
  auto Run = FlowTestRun::onC(R"cpp(
    struct Driver { void (*close)(Conn *); };
    void f(struct Driver *d, void (*cb)(Conn *), Conn *c) {
      d->close(c);
      (*cb)(c);
    })cpp");
  EXPECT_TRUE(Run.lowersTo("f", R"(
    call through close($c)
    call through cb($d)
  )"));
}

TEST(Lowering, NoreturnCallsAreMarkedAndEndTheirBlock) {
  auto Run = FlowTestRun::on(R"cpp(
    [[noreturn]] void stop();
    void fails() { throw Error(); }
    void f(bool b) {
      if (b)
        stop();
      fails();
    })cpp");
  EXPECT_TRUE(Run.lowersTo("f", "call stop() noreturn"));
  EXPECT_TRUE(Run.lowersTo("f", "call fails() noreturn"));
}

TEST(Lowering, CommaAndAssignmentHaveTheValueOfTheirOperand) {
  auto Run = FlowTestRun::onC(R"cpp(
    void f(void) {
      Conn *c;
      if ((answer(), (c = acquire()) == 0))
        return;
      release(c);
    })cpp");
  EXPECT_TRUE(Run.lowersTo("f", R"(
    $n = call answer()
    $handle = call acquire()
    store $place <- $handle
    $null = compare $value in 0..0
    -> block $then assuming $whole not in 0..0
  )"));
}

TEST(Lowering, CoroutineBodyIsLowered) {
  auto Run = FlowTestRun::on(R"cpp(
    #include <coroutine>
    Task f(Conn *c) {
      co_await std::suspend_never();
      release(c);
    })cpp",
                             SnippetOptions::withCoroutines());
  EXPECT_TRUE(Run.lowersTo("f", R"(
    $resumed = call std::suspend_never::await_ready on $a()
    call release($handle)
  )"));
}

} // namespace
} // namespace conntidy
