//===- RolesTest.cpp - which functions are acquires and releases ----------===//
//
// A role a line: how sure it is, the resource, what acquires and what releases
// it. Each test is one shape of a pool, or of what only looks like one.
//
//===----------------------------------------------------------------------===//

#include "analysis/Roles.h"
#include "unit/flow/FlowTestRun.h"
#include "llvm/ADT/StringExtras.h"

namespace conntidy {
namespace {

using testing::FlowTestRun;
using testing::Lines;

const Lines None;

std::string wordFor(InferredRole::Sureness How) {
  switch (How) {
  case InferredRole::Sureness::Seen:
    return "seen";
  case InferredRole::Sureness::Guessed:
    return "guessed";
  case InferredRole::Sureness::Unsure:
    return "unsure";
  }
  llvm_unreachable("unknown sureness");
}

std::string toLine(const InferredRole &R) {
  std::vector<std::string> Acquires, Releases, Takes;
  std::string Resource;
  for (const model::Function &F : R.Functions) {
    for (const model::Acquire &A : F.Acquires) {
      Acquires.push_back(F.Names.front());
      Resource = A.Resource;
    }
    if (!F.Releases.empty())
      Releases.push_back(F.Names.front());
    if (!F.Takes.empty())
      Takes.push_back(F.Names.front());
  }
  return wordFor(R.How) + ": " + Resource + " by " +
         llvm::join(Acquires, ", ") + " to " + llvm::join(Releases, ", ") +
         (Takes.empty() ? "" : "; taken by " + llvm::join(Takes, ", "));
}

Lines rolesIn(const FlowTestRun &Run) {
  Lines Result;
  for (const InferredRole &R :
       merge({inferRoles(Run.context(), Run.models().set())}))
    Result.push_back(toLine(R));
  return Result;
}
Lines rolesIn(llvm::StringRef Code) { return rolesIn(FlowTestRun::on(Code)); }
Lines rolesInC(llvm::StringRef Code) { return rolesIn(FlowTestRun::onC(Code)); }

/// A queue, as far as a pool needs one.
const std::string Queue = R"cpp(
  template <typename T> struct queue {
    T &front();
    void pop();
    void push(const T &);
  };
)cpp";

TEST(Roles, QueueThatIsTakenFromAndPutInto) {
  EXPECT_EQ(rolesIn(Queue + R"cpp(
    class Depot {
    public:
      Conn *fetch() { Conn *c = idle.front(); idle.pop(); return c; }
      void giveBack(Conn *c) { idle.push(c); }
    private:
      queue<Conn *> idle;
    };)cpp"),
            Lines{"seen: Depot by Depot::fetch to Depot::giveBack"});
}

TEST(Roles, HelpersOfAMethodCountAsPartOfIt) {
  EXPECT_EQ(rolesIn(Queue + R"cpp(
    class Depot {
    public:
      Conn *lease() { return next(); }
      void unlease(Conn *c) { keep(c); }
    private:
      Conn *next() { Conn *c = idle.front(); idle.pop(); return c; }
      void keep(Conn *c) { idle.push(c); }
      queue<Conn *> idle;
    };)cpp"),
            Lines{"seen: Depot by Depot::lease to Depot::unlease, "
                  "Depot::keep"});
}

TEST(Roles, WhatAPoolDiscardsIsTaken) {
  EXPECT_EQ(rolesIn(Queue + R"cpp(
    class Depot {
    public:
      Conn *acquire() { Conn *c = idle.front(); idle.pop(); return c; }
      void release(Conn *c) { idle.push(c); }
      void discard(Conn *c);
    private:
      queue<Conn *> idle;
    };)cpp"),
            Lines{"seen: Depot by Depot::acquire to Depot::release; taken by "
                  "Depot::discard"});
}

TEST(Roles, MarkOnASlot) {
  EXPECT_EQ(rolesIn(R"cpp(
    class Depot {
    public:
      Conn *checkOut() {
        for (Slot &s : slots)
          if (!s.busy) { s.busy = true; return s.conn; }
        return nullptr;
      }
      void checkIn(Conn *c) {
        for (Slot &s : slots)
          if (s.conn == c) s.busy = false;
      }
    private:
      struct Slot { Conn *conn; bool busy; } slots[4];
    };)cpp"),
            Lines{"seen: Depot by Depot::checkOut to Depot::checkIn"});
}

TEST(Roles, MarkOfThePoolAsAWholeSaysNothing) {
  EXPECT_EQ(rolesIn(R"cpp(
    class Only {
    public:
      Conn *acquire() { open = true; return conn; }
      void release(Conn *) { open = false; }
    private:
      Conn *conn;
      bool open;
    };)cpp"),
            None);
}

TEST(Roles, BodiesThatShowNothingAreNotGuessedAt) {
  EXPECT_EQ(rolesIn(R"cpp(
    class ConnPool {
    public:
      Conn *getConnection() { return conn; }
      void releaseConnection(Conn *) {}
    private:
      Conn *conn;
    };)cpp"),
            None);
}

TEST(Roles, DeclaredPoolByItsNameOrItsStore) {
  EXPECT_EQ(rolesIn(Queue + R"cpp(
    class ConnPool {
    public:
      Conn *getConnection();
      void releaseConnection(Conn *);
    };
    class Broker {
    public:
      Conn *borrow();
      void giveBack(Conn *);
    private:
      queue<Conn *> idle;
    };
    class Lender {
    public:
      Conn *lend();
      void takeBack(Conn *);
    };
    class Session {
    public:
      Conn *getConn();
      void releaseConn(Conn *);
    };)cpp"),
            (Lines{"guessed: ConnPool by ConnPool::getConnection to "
                   "ConnPool::releaseConnection",
                   "guessed: Broker by Broker::borrow to Broker::giveBack",
                   "guessed: Lender by Lender::lend to Lender::takeBack"}));
}

TEST(Roles, HandlesThatGoBackByThemselves) {
  EXPECT_EQ(rolesIn(R"cpp(
    class DbLink {
    public:
      void giveBack();
      void execute(const char *);
    };
    class LinkPool {
    public:
      DbLink *acquire();
    };
    class CountedConn {
    public:
      void ref();
      void release();
    };
    class CountedPool {
    public:
      CountedConn *acquire();
    };)cpp"),
            Lines{"guessed: LinkPool by LinkPool::acquire to "
                  "DbLink::giveBack"});
}

TEST(Roles, HandleThatIsOnlyATypedef) {
  EXPECT_EQ(rolesInC(R"c(
    typedef void *dbconn;
    typedef struct dbpool dbpool;
    dbconn dbpool_acquire(dbpool *);
    void dbpool_release(dbpool *, dbconn);
  )c"),
            Lines{"guessed: pooled-dbconn by dbpool_acquire to "
                  "dbpool_release"});
}

TEST(Roles, QueueOfWorkIsNoPool) {
  EXPECT_EQ(rolesIn(Queue + R"cpp(
    class Inbox {
    public:
      Conn *pop() { Conn *c = idle.front(); idle.pop(); return c; }
      void push(Conn *c) { idle.push(c); }
    private:
      queue<Conn *> idle;
    };)cpp"),
            None);
}

TEST(Roles, PoolsOfOtherThingsAreNotOurs) {
  EXPECT_EQ(rolesIn(Queue + R"cpp(
    struct Widget;
    class WidgetPool {
    public:
      Widget *acquire() { Widget *w = idle.front(); idle.pop(); return w; }
      void release(Widget *w) { idle.push(w); }
    private:
      queue<Widget *> idle;
    };)cpp"),
            None);
}

TEST(Roles, SmartPointersGiveBackByThemselves) {
  EXPECT_EQ(rolesIn(R"cpp(
    template <typename T> struct Owner { ~Owner(); };
    class ConnPool {
    public:
      Owner<Conn> acquire();
      void release(Owner<Conn>);
    };)cpp"),
            None);
}

TEST(Roles, DeclaredFunctionsOfOnePrefix) {
  EXPECT_EQ(rolesInC(R"c(
    typedef struct kvconn kvconn;
    typedef struct kvpool kvpool;
    kvconn *kvpool_get(kvpool *, int);
    void kvpool_put(kvpool *, kvconn *);
    kvconn *kvconn_open(const char *);
    void kvconn_close(kvconn *);
  )c"),
            (Lines{"guessed: pooled-kvconn by kvpool_get to kvpool_put",
                   "guessed: kvconn by kvconn_open to kvconn_close"}));
}

TEST(Roles, WrapperOfAKnownLibraryHandsOutItsConnections) {
  EXPECT_EQ(rolesInC(R"c(
    Conn *app_db_open(void);
    void app_db_close(Conn *);
  )c"),
            Lines{"guessed: db.connection by app_db_open to app_db_close"});
}

TEST(Roles, LendersAndCountersAreUnsureAtMost) {
  EXPECT_EQ(rolesInC(R"c(
    typedef struct session session;
    typedef struct user user;
    Conn *session_get_conn(session *);
    void session_put_conn(session *, Conn *);
    session *session_get(session *);
    void session_put(session *);
    user *user_new(void);
    void user_free(user *);
  )c"),
            (Lines{"unsure: pooled-Conn by session_get_conn to "
                   "session_put_conn",
                   "unsure: user by user_new to user_free"}));
}

TEST(Roles, WhatAnObjectOpensItMayClose) {
  EXPECT_EQ(rolesInC(R"c(
    typedef struct server server;
    typedef struct svconn svconn;
    svconn *sv_open_conn(server *, const char *);
    void sv_close_conn(server *, svconn *);
  )c"),
            Lines{"unsure: svconn by sv_open_conn to sv_close_conn"});
}

TEST(Roles, TwoWaysToReleaseAreOneTooMany) {
  EXPECT_EQ(rolesInC(R"c(
    typedef struct mqconn mqconn;
    mqconn *mqconn_new(void);
    void mqconn_close(mqconn *);
    void mqconn_free(mqconn *);
  )c"),
            Lines{"unsure: mqconn by mqconn_new to mqconn_close, mqconn_free"});
}

TEST(Roles, ModelsAndAnnotationsGoBefore) {
  EXPECT_EQ(rolesIn(R"cpp(
    class ConnPool {
    public:
      [[clang::annotate("conntidy::acquire")]] Conn *acquire();
      void release(Conn *);
    };)cpp"),
            None);
}

TEST(Roles, OverloadsAreToldApartByTheirArguments) {
  auto Run = FlowTestRun::on(Queue + R"cpp(
    class Depot {
    public:
      Conn *get() { Conn *c = idle.front(); idle.pop(); return c; }
      Conn *get(int which);
      void giveBack(Conn *c) { idle.push(c); }
    private:
      queue<Conn *> idle;
    };)cpp");
  model::Library L = libraryOf(inferRoles(Run.context(), Run.models().set()));
  ASSERT_EQ(L.Functions.size(), 2u);
  EXPECT_EQ(L.Functions[0].Names, Lines{"Depot::get"});
  EXPECT_EQ(L.Functions[0].Arity, 0u);
}

TEST(Roles, DeclaredGuardHoldsWhatItWritesOut) {
  auto Run = FlowTestRun::on(R"cpp(
    class ConnPool;
    class ConnGuard {
    public:
      ConnGuard(Conn **out, ConnPool *pool);
      ~ConnGuard();
    };
    class ConnReader {
    public:
      ConnReader(Conn **out, ConnPool *pool);
      ~ConnReader();
    };)cpp");
  model::Library L = libraryOf(inferRoles(Run.context(), Run.models().set()));
  ASSERT_EQ(L.Classes.size(), 1u);
  EXPECT_EQ(L.Classes[0].Names, Lines{"ConnGuard"});
  EXPECT_EQ(L.Classes[0].Holds, L.Resources.at(0).Name);
  EXPECT_TRUE(L.Resources[0].Pooled);
}

TEST(Roles, GuessedFindingIsLikelyAndSaysWhy) {
  Record R = FlowTestRun::on(R"cpp(
    class ConnPool {
    public:
      Conn *acquire() noexcept;
      void release(Conn *) noexcept;
    };
    void f(ConnPool &pool) { look(pool.acquire()); }
  )cpp")
                 .onlyRecord();
  EXPECT_EQ(R.Sureness, Certainty::Likely);
  EXPECT_EQ(R.Severity, Level::Warning);
  EXPECT_NE(R.Trail.front().Text.find("taken to be an acquire because "
                                      "'ConnPool' is named a pool and has "
                                      "'acquire' and 'release'"),
            std::string::npos)
      << R.Trail.front().Text;
}

TEST(Roles, GuessedPoolMakesAWrongReleaseLikely) {
  Record R = FlowTestRun::on(R"cpp(
    class ConnPool {
    public:
      Conn *acquire() noexcept;
      void giveBack(Conn *) noexcept;
    };
    void f(ConnPool &pool) {
      Conn *c = pool.acquire();
      release(c);
    }
  )cpp")
                 .onlyRecord();
  EXPECT_EQ(R.Check, "conn-wrong-release");
  EXPECT_EQ(R.Sureness, Certainty::Likely);
  EXPECT_NE(R.Trail.front().Text.find("taken to be an acquire because"),
            std::string::npos);
}

TEST(Roles, ABodyElsewhereEndsTheGuess) {
  UnitRoles Declared, Defined;
  InferredRole Guess;
  Guess.How = InferredRole::Sureness::Guessed;
  Guess.Leased.Name = "Depot";
  Guess.Functions.emplace_back().Names = {"Depot::get"};
  Guess.Functions.emplace_back().Names = {"Depot::put"};
  Declared.Roles.push_back(Guess);
  Defined.Bodies = {"Depot::get", "Depot::put"};
  EXPECT_TRUE(merge({Declared, Defined}).empty());
  EXPECT_EQ(merge({Declared}).size(), 1u);
}

TEST(Roles, WhatIsSeenGoesBeforeAGuess) {
  UnitRoles Declared, Defined;
  InferredRole Role;
  Role.Leased.Name = "Depot";
  Role.Functions.emplace_back().Names = {"Depot::get"};
  Role.How = InferredRole::Sureness::Guessed;
  Declared.Roles.push_back(Role);
  Role.How = InferredRole::Sureness::Seen;
  Defined.Roles.push_back(Role);
  std::vector<InferredRole> Merged = merge({Declared, Defined});
  ASSERT_EQ(Merged.size(), 1u);
  EXPECT_EQ(Merged[0].How, InferredRole::Sureness::Seen);
  EXPECT_EQ(Merged[0].Functions.size(), 1u);
}

} // namespace
} // namespace conntidy
