//===- AcrossUnitsTest.cpp - units that know of each other ----------------===//

#include "summary/Declarations.h"
#include "summary/ProjectIndex.h"
#include "summary/SummaryFile.h"
#include "unit/flow/FlowTestRun.h"

using namespace conntidy;
using namespace conntidy::testing;

namespace {

const std::vector<std::string> Checks = {"conn-leak", "conn-leak-on-throw"};

class Project {
public:
  explicit Project(std::vector<std::string> Codes,
                   llvm::StringRef Standard = "c++20") {
    SnippetOptions Options;
    Options.Standard = Standard.str();
    for (const std::string &Code : Codes)
      Units.push_back(FlowTestRun::on(Code, Options));
    // More rounds than any chain of wrappers here is long.
    for (unsigned Round = 0; Round < 5; ++Round) {
      Results.clear();
      for (FlowTestRun &U : Units)
        Results.push_back(analyzeUnit(U.context(), U.models().set(),
                                      Settings(), Checks, Dump::None, nullptr,
                                      &Index));
      std::vector<const std::vector<FunctionFacts> *> All;
      for (const UnitResult &R : Results)
        All.push_back(&R.Facts);
      Index = ProjectIndex::merge(All);
    }
  }

  static Project inC(std::vector<std::string> Codes) {
    return Project(std::move(Codes), "c17");
  }

  /// `conn-leak at open`, by the labels of the last unit.
  Lines leaks() const {
    Lines Found;
    for (const Finding &F : Results.back().Findings)
      Found.push_back(F.Check + " at " +
                      Units.back().labelOf(F.Where.getBegin()));
    return Found;
  }

  const FunctionFacts &facts(llvm::StringRef Name) const {
    for (const UnitResult &R : Results)
      for (const FunctionFacts &F : R.Facts)
        if (F.Name == Name)
          return F;
    ADD_FAILURE() << "no unit defines " << Name.str();
    static const FunctionFacts Nothing;
    return Nothing;
  }

  std::vector<FlowTestRun> Units;
  std::vector<UnitResult> Results;
  ProjectIndex Index;
};

const char *const OpaqueWrapper = R"(
struct wrapper { int uses; Conn *conn; };
typedef struct wrapper wrapper;
void *malloc(unsigned long) __attribute__((malloc));
void free(void *);
wrapper *wrapper_open(void) {
  wrapper *w = malloc(sizeof *w);
  if (!w)
    return 0;
  w->uses = 0;
  w->conn = acquire();
  if (!w->conn) {
    free(w);
    return 0;
  }
  return w;
}
void wrapper_use(wrapper *w) { look(w->conn); ++w->uses; }
void wrapper_close(wrapper *w) { release(w->conn); free(w); }
)";

const char *const OpaqueUser = R"(
typedef struct wrapper wrapper;
wrapper *wrapper_open(void);
void wrapper_use(wrapper *w);
void wrapper_close(wrapper *w);
void balanced(void) {
  wrapper *w = wrapper_open();
  if (!w)
    return;
  wrapper_use(w);
  wrapper_close(w);
}
int forgotten(int early) {
  wrapper *w = wrapper_open(); // @open
  if (!w)
    return 0;
  wrapper_use(w);
  if (early)
    return 1;
  wrapper_close(w);
  return 0;
}
)";

TEST(AcrossUnits, AStructKnownByNameOnly) {
  Project P = Project::inC({OpaqueWrapper, OpaqueUser});
  EXPECT_EQ(P.leaks(), Lines{"conn-leak at open"});
}

TEST(AcrossUnits, TheTrailNamesPlacesElsewhere) {
  Project P = Project::inC({OpaqueWrapper, OpaqueUser});
  ASSERT_EQ(P.Results.back().Findings.size(), 1u);
  const std::vector<FindingStep> &Trail =
      P.Results.back().Findings.front().Trail;
  ASSERT_TRUE(Trail.front().Elsewhere);
  EXPECT_EQ(Trail.front().Text, "acquired here by 'acquire'");
  EXPECT_GT(Trail.front().Elsewhere->Line, 0u);
}

TEST(AcrossUnits, TheFileFormSaysTheSameWhereTheStructIsNotKnown) {
  Project P = Project::inC({OpaqueWrapper, OpaqueUser});
  for (FlowTestRun &U : P.Units) {
    Declarations Known(U.context(), U.models());
    for (const char *Name : {"wrapper_open", "wrapper_close"}) {
      const std::string &Text = P.facts(Name).Effects;
      auto Read = fromFileForm(Text, Known);
      ASSERT_TRUE(Read) << Name << ": " << Text;
      EXPECT_EQ(toFileForm(*Read, U.context()), Text);
    }
  }
}

TEST(AcrossUnits, MembersOfUnnamedRecordsAndTypedefs) {
  Project P = Project::inC({R"(
typedef struct { int kind; union { Conn *conn; int fd; }; struct { Conn *spare; } more; } session;
int session_start(session *s) { s->conn = acquire(); return s->conn ? 0 : -1; }
void session_end(session *s) { release(s->conn); }
)",
                            R"(
typedef struct { int kind; union { Conn *conn; int fd; }; struct { Conn *spare; } more; } session;
int session_start(session *s);
void session_end(session *s);
void balanced(void) {
  session s;
  if (session_start(&s) != 0)
    return;
  session_end(&s);
}
void forgotten(void) {
  session s;
  session_start(&s); // @start
}
)"});
  EXPECT_EQ(P.leaks(), Lines{"conn-leak at start"});
}

TEST(AcrossUnits, OneFunctionMayKnowWhatAnotherLeft) {
  Project P = Project::inC({R"(
struct peer { int mode; Conn *conn; };
void peer_prepare(struct peer *p) { if (p->mode & 2) p->conn = acquire(); }
void peer_connect(struct peer *p) { if (p->mode & 1) p->conn = acquire(); }
void peer_open(struct peer *p) { p->conn = acquire(); }
void peer_end(struct peer *p) { release(p->conn); }
)",
                            R"(
struct peer { int mode; Conn *conn; };
void peer_prepare(struct peer *p);
void peer_connect(struct peer *p);
void peer_open(struct peer *p);
void peer_end(struct peer *p);
void use(struct peer *p) { peer_prepare(p); peer_connect(p); peer_end(p); }
void again(struct peer *p) {
  peer_open(p); // @first
  peer_open(p);
  peer_end(p);
}
)"});
  EXPECT_EQ(P.leaks(), Lines{"conn-leak at first"});
}

TEST(AcrossUnits, AThirdUnitBetweenThatKnowsNoMembers) {
  Project P = Project::inC({R"(
typedef struct { int kind; Conn *conn; } session;
static session only;
session *session_start(void) { only.conn = acquire(); return only.conn ? &only : 0; }
void *calloc(unsigned long, unsigned long) __attribute__((malloc));
void free(void *);
session *session_make(void) {
  session *s = calloc(1, sizeof *s);
  if (s && !(s->conn = acquire())) { free(s); s = 0; }
  return s;
}
void session_end(session *s) { release(s->conn); }
)",
                            R"(
typedef struct session_tag session_view;
void *session_make(void);
void session_end(void *s);
void *layer_open(void) { return session_make(); }
void layer_close(void *s) { session_end(s); }
)",
                            R"(
void *layer_open(void);
void layer_close(void *s);
void balanced(void) { void *s = layer_open(); if (s) layer_close(s); }
void forgotten(void) { void *s = layer_open(); } // @layer
)"});
  EXPECT_EQ(P.leaks(), Lines{"conn-leak at layer"});
}

TEST(AcrossUnits, AFunctionThatKeepsItsArgument) {
  const char *User = R"(
void list_put(void *item);
void list_look(void *item);
void kept() { Conn *c = acquire(); list_put(c); }
void lent() { Conn *c = acquire(); list_look(c); } // @lent
)";
  Project P({R"(
static void *items[8];
static int count;
void list_put(void *item) { items[count++] = item; }
void list_look(void *item) { if (item) ++count; }
)",
             User});
  EXPECT_EQ(P.leaks(), Lines{"conn-leak at lent"});
}

TEST(AcrossUnits, ThrowsOnlyWhereSomethingDoes) {
  Project P({R"(
struct DbError : Error {};
void quiet() {}
void inner(int n) { if (n) throw DbError(); }
void outer(int n) { inner(n); }
void caught(int n) { try { outer(n); } catch (const Error &) {} }
)",
             R"(
void quiet();
void outer(int n);
void caught(int n);
void silent() { Conn *c = acquire(); quiet(); caught(1); release(c); }
void loud() { Conn *c = acquire(); outer(1); release(c); } // @loud
void handled() {
  Conn *c = acquire();
  try { outer(1); } catch (const Error &) {}
  release(c);
}
)"});
  EXPECT_EQ(P.leaks(), Lines{"conn-leak-on-throw at loud"});
}

TEST(AcrossUnits, WhoNeverReturnsLosesNothing) {
  Project P = Project::inC({R"(
_Noreturn void exit(int);
void die(const char *why) { exit(1); }
void check(int status) { if (status) exit(1); }
)",
                            R"(
void die(const char *why);
void check(int status);
int by_die(void) {
  Conn *c = acquire();
  if (answer()) {
    die("no");
    return 1;
  }
  release(c);
  return 0;
}
int by_check(void) {
  Conn *c = acquire(); // @checked
  int status = answer();
  check(status);
  if (!status)
    return 0;
  release(c);
  return 1;
}
)"});
  EXPECT_EQ(P.leaks(), Lines{"conn-leak at checked"});
}

TEST(AcrossUnits, ADestructorElsewhere) {
  const char *Header = R"(
class Session {
public:
  Session();
  ~Session();
  Conn *conn() const { return Held; }
private:
  Conn *Held;
};
class Borrower {
public:
  explicit Borrower(Conn *c);
  ~Borrower();
private:
  Conn *Lent;
};
)";
  Project P({std::string(Header) + R"(
Session::Session() : Held(acquire()) {}
Session::~Session() { release(Held); }
Borrower::Borrower(Conn *c) : Lent(c) {}
Borrower::~Borrower() { look(Lent); }
)",
             std::string(Header) + R"(
void guarded() { Session s; look(s.conn()); }
void lent() { Conn *c = acquire(); Borrower b(c); } // @lent
)"});
  EXPECT_EQ(P.leaks(), Lines{"conn-leak at lent"});
}

TEST(AcrossUnits, PointerToAnImplementationElsewhere) {
  const char *Header = R"(
class Db {
public:
  Db();
  ~Db();
  void open();
  void close();
private:
  struct Impl;
  Impl *Self;
};
)";
  Project P({std::string(Header) + R"(
struct Db::Impl { Conn *Line = nullptr; };
Db::Db() : Self(new Impl) {}
Db::~Db() { delete Self; }
void Db::open() { Self->Line = acquire(); }
void Db::close() { release(Self->Line); Self->Line = nullptr; }
)",
             std::string(Header) + R"(
void balanced() { Db d; d.open(); d.close(); }
)"});
  EXPECT_EQ(P.leaks(), Lines{});
}

TEST(AcrossUnits, VirtualMethodsMayBeOthers) {
  const char *Header = R"(
struct Backend { virtual ~Backend() {} virtual void keep(Conn *c); };
)";
  Project P({std::string(Header) + "void Backend::keep(Conn *c) { release(c); }",
             std::string(Header) +
                 "void use(Backend &b) { Conn *c = acquire(); b.keep(c); } "
                 "// @open"});
  // As if nobody had seen a body.
  EXPECT_EQ(P.leaks(), Project({std::string(Header) +
                                "void use(Backend &b) { Conn *c = acquire(); "
                                "b.keep(c); } // @open"})
                           .leaks());
}

TEST(AcrossUnits, DefinitionsThatDisagreeInventNothing) {
  const char *User = R"(
Conn *line(void);
void use(void) { Conn *c = line(); look(c); }
)";
  Project P = Project::inC({"Conn *line(void) { return acquire(); }",
                            "static Conn *shared; Conn *line(void) { return shared; }",
                            User});
  EXPECT_EQ(P.leaks(), Lines{});
  EXPECT_EQ(P.Index.ambiguous(), Lines{"line"});
}

TEST(AcrossUnits, WithoutAnIndexTheUnitIsAllThereIs) {
  FlowTestRun Run = FlowTestRun::onC("void f(void) { release(acquire()); }");
  UnitResult R = analyzeUnit(Run.context(), Run.models().set(), Settings(),
                             Checks);
  EXPECT_TRUE(R.Facts.empty());
  EXPECT_TRUE(R.Asked.empty());
}

} // namespace
