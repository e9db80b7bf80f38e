//===- LeaseFlow.h - what becomes of every lease of a function --*- C++ -*-===//
//
// Defines LeaseFlow, the finished flow that rules judge, and solve(), which
// makes it together with the function's summary.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_FLOW_LEASEFLOW_H
#define CONNTIDY_FLOW_LEASEFLOW_H

#include "analysis/Settings.h"
#include "cfg/OtherUnits.h"
#include "cfg/Acquisitions.h"
#include "cfg/Waits.h"
#include "cfg/Work.h"
#include "finding/Finding.h"
#include "flow/Event.h"
#include "flow/State.h"
#include "summary/Summary.h"
#include <optional>

namespace clang {
class ASTContext;
}

namespace conntidy::flow {

/// One way out on which a lease is still held.
struct LeaseExit {
  enum class Kind : uint8_t {
    Return,
    End,   ///< the closing brace
    Throw, ///< an exception leaves the function
    Lost,  ///< the last name of the handle is overwritten
    Turn,  ///< the variable that holds it goes out of scope in a loop
    Kept,  ///< in a member of an object whose class never releases it
  };
  Kind How = Kind::Return;
  clang::SourceRange Where;
  unsigned Line = 0; ///< of Where, from 1
  /// An exception was under way, or had been caught, since the acquire.
  bool AfterException = false;
  Certainty Sureness = Certainty::Definite;
  std::vector<FindingStep> Trail; ///< from the acquire to the exit
  std::optional<GuardBypass> Bypass;
  /// The call of a callable that was given the handle and has thrown; its own
  /// business if nothing is released after it.
  const clang::Stmt *GivenTo = nullptr;
};

/// What becomes of the leases that one place acquires.
struct LeaseReport {
  clang::SourceRange Acquired;
  std::string HandleName; ///< empty if no variable ever holds it
  std::string Api;
  std::string Noun;             ///< "connection"
  std::string ReleaseApi;       ///< what should have been called; may be empty
  std::string GuessedBecause;   ///< why it is taken for a lease, if in doubt
  std::vector<LeaseExit> Exits; ///< sorted: no exception first, then by place
  bool Guarded = false;  ///< some path gives it to a guard or another owner
  bool Released = false; ///< some path releases it by hand
  /// Set if its guard was got round and nothing else releases it: the leak is
  /// the guard's.
  std::optional<GuardBypass::Kind> Bypassed;
  clang::SourceRange BypassedAt;
  bool ByCallee = false; ///< a function that is called puts it where it is
  model::ResourceEntry Resource;
  bool Ended = false;    ///< some path releases it, by hand or by a guard
  bool HandedOn = false; ///< some path leaves it to somebody outside
  bool ViaCallee = false; ///< a function that is called acquires it
  /// What acquires connections of the same kind from a pool, where this one
  /// should have been.
  std::string PoolBeside;
  bool AfterRefusal = false; ///< the pool had none to give
  const clang::FieldDecl *HandleField = nullptr; ///< HandleName is its name
  /// The member of `*this` that alone holds it when the function returns, and
  /// that exit. What becomes of it is for the whole class to say.
  const clang::FieldDecl *KeptIn = nullptr;
  LeaseExit Kept;
  std::string Keeper;  ///< the class, if Exits speaks of the member
  bool Scarce = false; ///< others may be waiting for it to come free
  bool Pooled = false;
  unsigned Statements = 0; ///< run while it is held, if that is counted
  unsigned Calls = 0;      ///< in them
  std::vector<std::string> ReleasedBy; ///< functions, sorted
};

/// A handle that is not treated as what it is.
struct Misuse {
  enum class Kind : uint8_t {
    DoubleRelease,  ///< released though it is released already
    UseAfter,       ///< used though it is released
    WrongRelease,   ///< released by what releases something else
    OtherPool,      ///< returned to a pool it does not come from
    DiscardedGuard, ///< its guard is a temporary that dies at once
  };
  Kind What = Kind::DoubleRelease;
  clang::SourceRange Where;
  const clang::Stmt *At = nullptr; ///< what is there
  std::string HandleName;          ///< empty if it has none
  std::string Noun;                ///< "connection"
  std::string By;         ///< the function that is called; may be empty
  std::string AcquireApi; ///< empty if it was acquired elsewhere
  /// What should have been called; may be empty.
  std::string ReleaseApi;
  std::string ReleasedBy; ///< DoubleRelease, UseAfter: who released it
  unsigned ReleasedLine = 0;
  /// DoubleRelease: the other one comes later, by a guard. WrongRelease: a
  /// guard releases.
  bool ByGuardLater = false;
  clang::SourceRange GuardAt; ///< DoubleRelease: where the guard releases
  const clang::Stmt *Since = nullptr; ///< the acquire, or the first release
  Certainty Sureness = Certainty::Definite;
  std::vector<FindingStep> Trail; ///< up to, not including, Where
};

/// A handle outside the function that a fresh one is stored over, while nothing
/// on the path has released it.
struct OverwrittenHandle {
  clang::SourceRange Where;
  unsigned Line = 0;
  std::string Name;
  std::string Api; ///< acquires the new one
  std::string Noun;
  std::string ReleaseApi;
  bool Open = false;                       ///< the path knows that there is one
  const clang::FieldDecl *Field = nullptr; ///< of `*this`; null elsewhere
  std::vector<FindingStep> Trail;
};

/// A connection that is still held while work is done which has no use for it.
struct IdleHold {
  clang::SourceRange Acquired;
  std::string HandleName; ///< empty if it has none
  std::string Noun;
  std::string AcquireApi;
  std::string GuessedBecause;
  clang::SourceRange LastUse;
  unsigned LastUseLine = 0;
  clang::SourceRange Work; ///< the first call that costs much
  unsigned WorkLine = 0;
  std::string WorkBy; ///< what is called; may be empty
  bool InLoop = false;
  clang::SourceRange Released;
};

/// A view is used, or left where others find it, though what it borrows from
/// has ended it.
struct DanglingView {
  enum class Kind : uint8_t { Used, Returned, Stored };
  Kind How = Kind::Used;
  clang::SourceRange Where;
  std::string Name;    ///< of the variable that holds it; may be empty
  std::string LentBy;  ///< the function that lent it; may be empty
  std::string EndedBy; ///< the function that ended it; may be empty
  unsigned EndedLine = 0;
  std::vector<FindingStep> Trail; ///< up to, not including, Where
};

/// Something that has nothing to do with a connection is waited for while one
/// is held.
struct HeldWait {
  clang::SourceRange Where;
  clang::SourceRange Acquired; ///< invalid if it comes from outside
  std::string HandleName;      ///< empty if it has none
  std::string Noun;            ///< "connection"
  std::string AcquireApi;      ///< empty if it comes from outside
  std::string By;              ///< the function that is called; may be empty
  std::string For;             ///< "a sleep"
  Certainty Sureness = Certainty::Definite;
  std::vector<FindingStep> Trail; ///< the acquire, then the calls to the wait
};

/// A call that may wait without end, though it could be told not to.
struct UnboundedWait {
  enum class Kind : uint8_t {
    NoTimeout, ///< the call takes none
    NoKey,     ///< its connection string or keywords name none
    Forever,   ///< its argument stands for none
    NeverSet,  ///< no call has set one before
  };
  Kind Why = Kind::NoTimeout;
  clang::SourceRange Where;
  std::string Api;
  std::string Instead; ///< the call that takes one; may be empty
  std::string Key;     ///< NoKey: the first that would do
};

/// A connection is acquired from a pool of which one is held already.
struct NestedAcquire {
  clang::SourceRange Where;
  std::string By;         ///< the function that is called
  std::string Api;        ///< the one that acquires; By, or called by it
  std::string HandleName; ///< of the one that is held; may be empty
  std::string Noun;
  unsigned HeldLine = 0;
  Certainty Sureness = Certainty::Definite;
  std::vector<FindingStep> Trail; ///< the acquire, then the calls to the next
};

/// A function that answers whether the program is well takes a connection.
struct ProbeAcquire {
  clang::SourceRange Where;
  std::string Probe; ///< its name or its route
  std::string Api;   ///< what acquires, maybe further down
  std::vector<FindingStep> Chain; ///< the calls that lead to it
};

/// A pool that is made here and does not outlive the call.
struct LocalPool {
  clang::SourceRange Where;
  std::string Api;  ///< what makes it
  std::string Name; ///< may be empty
};

/// A handle that is used before anybody has looked whether there is one.
struct UncheckedAcquire {
  clang::SourceRange Acquired;
  std::string Api;
  std::string HandleName; ///< may be empty
  std::string Noun;
  std::string UsedBy;
  clang::SourceRange Used;
  unsigned UsedLine = 0;
  std::vector<FindingStep> Trail; ///< up to the use
};

/// One place where a transaction is still open that has to be closed.
struct TransactionExit {
  enum class Kind : uint8_t {
    Return,
    End,       ///< the closing brace
    Throw,     ///< an exception leaves the function
    GivenBack, ///< the connection goes back to its pool
  };
  Kind How = Kind::Return;
  clang::SourceRange Where;
  unsigned Line = 0; ///< of Where, from 1
  bool AfterException = false;
  Certainty Sureness = Certainty::Definite;
  std::vector<FindingStep> Trail; ///< from the begin
};

/// A transaction on a connection that lives on, begun here and left open on
/// some path.
struct TransactionReport {
  clang::SourceRange Begun;
  std::string Api;
  std::string ConnectionName; ///< may be empty
  std::vector<TransactionExit> Exits; ///< the worst first
};

struct LeaseFlow {
  const clang::FunctionDecl *Function = nullptr;
  std::vector<LeaseReport> Leases;            ///< sorted by place
  std::vector<Misuse> Misuses;                ///< sorted by place
  std::vector<OverwrittenHandle> Overwritten; ///< sorted by place
  std::vector<HeldWait> Waits;                ///< sorted by place
  std::vector<DanglingView> Dangling;         ///< sorted by place
  std::vector<IdleHold> Idle;                 ///< sorted by place
  std::vector<TransactionReport> Transactions; ///< sorted by place
  std::vector<UnboundedWait> Unbounded;        ///< sorted by place
  std::vector<UncheckedAcquire> Unchecked;     ///< sorted by place
  std::vector<NestedAcquire> Nested;           ///< sorted by place
  std::vector<LocalPool> Pools;                ///< sorted by place
  std::vector<ProbeAcquire> Probes;            ///< in order of the calls
  bool OverBudget = false;
  bool CPlusPlus = false;
};

/// What the solver may ask of the rest of the unit.
class FlowEnvironment {
public:
  virtual ~FlowEnvironment() = default;
  /// The summary of a function whose body is seen, here or in another unit, and
  /// touches a lease; null for one that does not, or is not seen.
  virtual const Summary *summaryOf(const clang::FunctionDecl *F) = 0;
  /// False for classes whose destructor cannot matter to any lease.
  virtual bool destructorMatters(const clang::CXXRecordDecl *R) = 0;
  /// True if it is known what calling the function runs.
  bool bodyKnown(const clang::FunctionDecl *F) const {
    return visibleBody(F) || Others.defines(F);
  }

  /// True if there is a body that could be known and is not.
  bool bodyHidden(const clang::FunctionDecl *F) const {
    return bodySkipped(F) && !bodyKnown(F);
  }

  clang::ASTContext &Context;
  const model::ModelIndex &Models;
  ThrowInference &Throws;
  const Settings &Set;
  OtherUnits &Others;
  WaitInference Waits;
  WorkInference Effort;
  bool CountHolds = false; ///< what is done while something is held
  AcquisitionInference Acquisitions;

protected:
  FlowEnvironment(clang::ASTContext &Context, const model::ModelIndex &Models,
                  ThrowInference &Throws, const Settings &Set,
                  OtherUnits &Others)
      : Context(Context), Models(Models), Throws(Throws), Set(Set),
        Others(Others), Waits(Context, Models, &Others), Effort(Models),
        Acquisitions(Models) {}
};

struct Solution {
  LeaseFlow Flow;
  Summary Effects;
};
Solution solve(const Program &P, FlowEnvironment &Environment);

} // namespace conntidy::flow

#endif // CONNTIDY_FLOW_LEASEFLOW_H
