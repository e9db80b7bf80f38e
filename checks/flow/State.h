//===- State.h - what one path knows at one point ---------------*- C++ -*-===//
//
// Defines State: places bound to values, facts about symbols, the leases that
// are held, what the path did to what the function was given, the objects that
// wait to be destroyed, and the trail that led here.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_FLOW_STATE_H
#define CONNTIDY_FLOW_STATE_H

#include "flow/Event.h"
#include "flow/Value.h"
#include "model/ModelSet.h"
#include "summary/Summary.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallPtrSet.h"

namespace conntidy::flow {

/// One step of a path, linked backwards; lives in the solver's arena.
struct TrailNode {
  Step::Kind What = Step::Kind::Call;
  const clang::Stmt *Where = nullptr;
  bool Taken = false;  ///< Branch: the condition held
  bool IsCase = false; ///< Branch: of a switch
  std::string Detail;  ///< Throw: what is thrown; Acquire: by whom
  const TrailNode *Before = nullptr;
  unsigned Length = 1;
};

using LeaseId = Id<struct LeaseTag>;

/// The place in the program that creates a lease; shared by all its states.
struct LeaseSite {
  const clang::Expr *Where = nullptr;
  unsigned Index = 0;
  bool Older = false; ///< made by an earlier iteration of a loop
  model::ResourceEntry Resource;
  std::string Api;
  std::string GuessedBecause; ///< see model::Acquire
  std::vector<FindingStep> Inner;
  /// Name of the first variable or field that holds the handle.
  std::string HandleName;
  const clang::FieldDecl *HandleField = nullptr; ///< if it is one
  bool StoredByCallee = false;
  PlaceId Container;     ///< the local one that holds it at an exit
  bool Guarded = false;  ///< some path gives it to a guard or another owner
  bool Released = false; ///< some path releases it by hand
  bool Ended = false;    ///< some path releases it, by hand or by a guard
  bool HandedOn = false; ///< some path leaves it to somebody outside
  bool AfterRefusal = false; ///< some path acquires it as the pool gave none
  const clang::Stmt *OwnedAt = nullptr; ///< where a guard first owned it
  /// Run while it is held, if that is counted.
  llvm::SmallPtrSet<const clang::Stmt *, 8> Statements, Calls;
  std::vector<std::string> ReleasedBy; ///< sorted
};

/// How a guard comes not to release what it owned.
struct GuardBypass {
  enum class Kind : uint8_t {
    GivenUp,   ///< its method handed the handle out
    Dismissed, ///< its method told it to do nothing
    OnHeap,    ///< it was allocated, and nobody deletes it
    NoDeleter, ///< what it runs releases nothing
  };
  Kind How = Kind::GivenUp;
  const clang::Stmt *Where = nullptr;
};

/// Owed only if the symbol satisfies the fact.
struct HeldIf {
  SymbolId Subject;
  Fact Wanted;
  friend bool operator==(const HeldIf &, const HeldIf &) = default;
};

/// A lease that is held on this path.
struct HeldLease {
  LeaseId Lease;
  SymbolId Handle;
  SymbolId Parent; ///< the handle it derives from, if known
  Value Pool;      ///< the pool it comes from, if known
  llvm::SmallVector<HeldIf, 2> Conditions;
  /// An exception has passed since it was acquired; this surely.
  std::optional<Certainty> ExceptionPassed;
  const TrailNode *Acquired = nullptr;
  std::optional<GuardBypass> Bypass; ///< the last guard it was in
  /// The call of a callable that was given it and has thrown.
  const clang::Stmt *GivenTo = nullptr;
  /// The last attempt to open what lies behind the handle has failed.
  bool Unopened = false;
  const clang::Expr *LastUse = nullptr;
  /// Work that was done since, with no use for it; sorted.
  llvm::SmallVector<const clang::Expr *, 1> Meanwhile;
  SymbolId Result;     ///< what the call returned that acquired it
  bool Looked = false; ///< somebody looked, or may have, whether it succeeded
  bool Bounded = false; ///< somebody has set, or may have, how long it waits
};

/// A handle that was released on this path and is still at hand.
struct EndedLease {
  SymbolId Handle;
  model::ResourceEntry Resource;
  /// What the release returned: it may say that nothing was released.
  SymbolId Status;
  const TrailNode *Released = nullptr;
  bool ByDestructor = false;
  LeaseId Lease; ///< invalid if it was acquired elsewhere
  friend bool operator==(const EndedLease &A, const EndedLease &B) {
    return A.Handle == B.Handle && A.Resource == B.Resource;
  }
};

/// A value borrows from another.
struct Borrowing {
  Value Of; ///< a handle, or the address of an object
  /// Only the release of what it borrows from ends it.
  bool UntilRelease = false;
  bool Shares = false;               ///< it keeps alive what it borrows from
  const clang::Stmt *Lent = nullptr; ///< where
  /// What ended it on this path, if it is not the release of a handle.
  const TrailNode *Ended = nullptr;
};

/// What the path did to a value the function was given.
struct EntryEffect {
  SymbolId Entry;
  bool Released = false; ///< or taken
  bool ByDestructor = false;
  bool Unsure = false;  ///< on some of the paths that have become this one
  bool Invoked = false; ///< it is a callable, and was called with Argument
  Value Argument;
  model::ResourceEntry Resource;
  friend bool operator==(const EntryEffect &, const EntryEffect &) = default;
};

/// An object whose destructor matters and has not run.
struct LiveObject {
  PlaceId Place;
  const clang::CXXRecordDecl *Class = nullptr;
  const clang::FunctionDecl *Cleanup = nullptr; ///< `__attribute__((cleanup))`
  const clang::CXXTryStmt *Try = nullptr;
  const clang::Stmt *Temporary = nullptr; ///< for a temporary
  friend bool operator==(const LiveObject &, const LiveObject &) = default;
};

/// A transaction that this path has begun.
struct OpenTransaction {
  const clang::Stmt *Where = nullptr;
  Value Connection;
  std::string Savepoint; ///< the one that began it, if one did
  SymbolId Result;       ///< what the call returned that began it
  llvm::SmallVector<HeldIf, 1> Conditions; ///< begun only if they hold
  /// An exception has passed since; this surely.
  std::optional<Certainty> ExceptionPassed;
  const TrailNode *Begun = nullptr;
  friend bool operator==(const OpenTransaction &A, const OpenTransaction &B) {
    return A.Where == B.Where && A.Connection == B.Connection &&
           A.Savepoint == B.Savepoint && A.Conditions == B.Conditions &&
           A.ExceptionPassed == B.ExceptionPassed;
  }
};

/// What the path did about transactions that it has not begun.
struct TransactionStep {
  TransactionEffect::Kind What = TransactionEffect::Kind::Commit;
  Value Connection; ///< unknown: of whichever
  Value Text;       ///< Run: what the function was given
  model::SqlDialect Dialect = model::SqlDialect::Standard;
  SymbolId Result;
  llvm::SmallVector<HeldIf, 1> Conditions; ///< done only if they hold
  friend bool operator==(const TransactionStep &A, const TransactionStep &B) {
    return A.What == B.What && A.Connection == B.Connection &&
           A.Text == B.Text && A.Conditions == B.Conditions;
  }
};

template <typename K, typename V> class SortedMap {
public:
  const V *find(K Key) const {
    auto It = lower(Key);
    return It != Entries.end() && It->first == Key ? &It->second : nullptr;
  }
  void set(K Key, V Value) {
    auto It = lower(Key);
    if (It != Entries.end() && It->first == Key)
      Entries[It - Entries.begin()].second = std::move(Value);
    else
      Entries.insert(Entries.begin() + (It - Entries.begin()),
                     {Key, std::move(Value)});
  }
  void erase(K Key) {
    auto It = lower(Key);
    if (It != Entries.end() && It->first == Key)
      Entries.erase(Entries.begin() + (It - Entries.begin()));
  }
  template <typename F> void eraseIf(F Predicate) {
    Entries.erase(std::remove_if(Entries.begin(), Entries.end(), Predicate),
                  Entries.end());
  }
  auto begin() const { return Entries.begin(); }
  auto end() const { return Entries.end(); }
  auto begin() { return Entries.begin(); }
  auto end() { return Entries.end(); }
  size_t size() const { return Entries.size(); }
  bool empty() const { return Entries.empty(); }
  void clear() { Entries.clear(); }
  friend bool operator==(const SortedMap &, const SortedMap &) = default;

private:
  auto lower(K Key) const {
    return std::lower_bound(
        Entries.begin(), Entries.end(), Key,
        [](const auto &E, const K &Wanted) { return E.first < Wanted; });
  }
  std::vector<std::pair<K, V>> Entries;
};

struct State {
  SortedMap<PlaceId, Value> Places;
  SortedMap<TempId, Value> Temps;
  SortedMap<SymbolId, Fact> Facts;
  llvm::SmallVector<HeldLease, 2> Leases;    ///< sorted by id
  llvm::SmallVector<EndedLease, 2> Ended;    ///< sorted by handle
  llvm::SmallVector<EntryEffect, 2> Effects; ///< sorted by symbol
  SortedMap<SymbolId, Borrowing> Views;
  /// Handles from outside whose views the path has ended.
  llvm::SmallVector<SymbolId, 2> Rewound;
  llvm::SmallVector<OpenTransaction, 1> Transactions; ///< in order of begin
  llvm::SmallVector<TransactionStep, 1> Steps;        ///< in order
  /// Entry values that every path to here has used as handles.
  llvm::SmallVector<SymbolId, 4> Used;    ///< sorted
  llvm::SmallVector<LiveObject, 4> Live;  ///< in order of construction
  llvm::SmallVector<SymbolId, 2> Escaped; ///< objects others can get at
  /// Values from outside that functions which are not seen were given.
  llvm::SmallVector<SymbolId, 2> Lent;
  /// Objects from outside that are leases themselves and were made use of.
  llvm::SmallVector<PlaceId, 2> Working;
  /// The kind of connection that a pool was asked for and did not give.
  const model::Resource *Refused = nullptr;
  /// In a new process with copies of all that was held: what it releases, its
  /// parent still has.
  bool InChild = false;
  const TrailNode *Trail = nullptr;
  const clang::Stmt *Leaving = nullptr; ///< the return statement passed

  HeldLease *lease(LeaseId L);
  HeldLease *leaseOf(SymbolId Handle);
  void dropLease(LeaseId L);
  EndedLease *ended(SymbolId Handle);
  /// Nobody knows any more whether the handle is released.
  void forgetEnded(SymbolId Handle);
  Fact fact(SymbolId S) const {
    const Fact *F = Facts.find(S);
    return F ? *F : Fact();
  }
  /// How many places hold the symbol.
  unsigned holders(SymbolId S) const;
  llvm::SmallVector<PlaceId, 4> heldIn(SymbolId Handle) const;
  /// True if both agree on everything that must not be mixed up: leases, who
  /// holds them, effects, pending destructors.
  /// \p IsHandle tells places whose entry value may be somebody's lease: one
  /// state must not have overwritten what the other still holds.
  /// \p Matters tells entry values whose being null (with \p AllFacts: whose
  /// every known fact) says which case of the summary this is.
  bool mergeableWith(const State &Other, const ValueTable &Table,
                     llvm::function_ref<bool(PlaceId)> IsHandle,
                     llvm::function_ref<bool(SymbolId)> Matters,
                     bool AllFacts) const;
  /// Keeps what both know. New symbols for places that differ are made from
  /// \p BlockNumber. Returns true if this state changed.
  bool merge(const State &Other, unsigned BlockNumber, ValueTable &Table,
             const std::vector<bool> &TempsThatMatter);
  /// The effects of merge().
  bool mergeEffects(const State &Other);
  /// Reconciles leases that differ, so that merge() may follow: what only one
  /// of the two holds, or each in another place, is held no more.
  void agreeWith(const State &Other);
};

} // namespace conntidy::flow

#endif // CONNTIDY_FLOW_STATE_H
