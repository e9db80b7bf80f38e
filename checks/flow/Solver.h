//===- Solver.h - forward exploration of path states ------------*- C++ -*-===//
//
// Defines Solver: the worklist (Solver.cpp), what single events do
// (Transfer.cpp), values and places (Memory.cpp), calls of modelled
// (ModelCalls.cpp) and unknown functions (Calls.cpp), releases and changes of
// owner (Ownership.cpp), double, late and wrong releases (Misuses.cpp), guards
// (Guards.cpp), constructors that nobody wrote (Constructors.cpp), deleters and
// destructors (Destructors.cpp), exceptions and exits (Exits.cpp), handles in
// containers (Containers.cpp) and members (Members.cpp), what is waited for
// meanwhile (Waiting.cpp), values that borrow (Views.cpp), connections that are
// held for nothing (Idling.cpp), constants (Constants.cpp), transactions
// (Transactions.cpp), timeouts and failures that nobody looks at
// (Precautions.cpp), pools (Pools.cpp), and summaries both ways (Exporter.cpp,
// Summaries.cpp). Private to the flow.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_FLOW_SOLVER_H
#define CONNTIDY_FLOW_SOLVER_H

#include "flow/LeaseFlow.h"
#include "flow/Liveness.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Allocator.h"
#include <set>

namespace conntidy::flow {

/// A state after a call, and what the call gave back.
struct Outcome {
  State After;
  Value Result;
};
using Outcomes = llvm::SmallVector<Outcome, 2>;
using States = llvm::SmallVector<State, 2>;

/// A call with its operands evaluated; also made up for destructors and
/// deleters.
struct Invocation {
  const clang::FunctionDecl *Callee = nullptr;
  const CallSite *Site = nullptr; ///< null if made up
  const clang::Stmt *Where = nullptr;
  const clang::CXXTryStmt *Try = nullptr;
  Value Object;
  bool HasObject = false;
  llvm::SmallVector<Value, 4> Args;
  bool ByDestructor = false;
};

/// "connection": what a message calls it.
std::string nounOf(const model::ResourceEntry &R);
/// The function that releases it; empty if no model names one.
std::string releaseApiOf(const model::ResourceEntry &R);

/// Who releases or uses, as a message says it.
std::string actorOf(const Invocation &By);

/// Others may be waiting for it to come free.
bool isScarce(const model::ResourceEntry &R);

void collectVariables(const clang::Stmt *S,
                      llvm::SmallVectorImpl<const clang::VarDecl *> &Into);

/// What a finding points at for a statement: the end of a scope, where its
/// objects die; the call for a default argument.
clang::SourceRange rangeOf(const clang::Stmt &S);

/// The declared type of a parameter; of the argument where none is declared.
clang::QualType parameterType(const Invocation &I, unsigned N);

/// True if some entry acquires, releases or takes what is there.
bool settles(llvm::ArrayRef<model::FunctionEntry> Entries,
             const model::Slot &At);

class Solver {
public:
  Solver(const Program &P, FlowEnvironment &Env);
  Solution run();

private:
  /// How surely a call releases.
  enum class Sure { Known, Guessed };

  // Solver.cpp
  State entryState();
  const clang::CXXCatchStmt *implicitRethrow(const State &S) const;
  void explore();
  void propagate(State S, unsigned Block);
  void forgetMixtures(State &S, unsigned Block);
  void mergeAlike(States &Current, unsigned Block, const Event &Last);
  void processBlock(unsigned Block, State S);
  void followEdges(const Block &B, State &S);
  void pruneTemps(State &S);
  /// Forgets what no path from \p Block on reads.
  void pruneDead(State &S, unsigned Block);
  /// True for places outside that a handle is kept in.
  bool isHandlePlace(PlaceId P);
  /// True for entry values whose being null tells cases of the summary apart.
  bool nullMatters(SymbolId S);
  /// An edge leads to where the function ends for good if a parameter is as
  /// assumed.
  void noteEnding(const Value &V, const Edge &E);
  /// True if what is known of the parameters rules out the same endings.
  bool returnAlike(const State &A, const State &B) const;
  /// In a small function every case is worth telling apart.
  bool isSmall() const { return P.Blocks.size() <= 16; }

  // Transfer.cpp
  States step(const Event &E, State S);
  Value get(const State &S, TempId T) const;
  Value load(State &S, const Value &Address);
  void store(State &S, const Value &Address, Value V, const clang::Stmt *Where,
             bool MadeFromOld = false, const clang::Decl *Variable = nullptr);
  /// Invalid if nothing is known of where it points.
  PlaceId placeOf(const Value &Address);
  bool isReachedFromGlobal(SymbolId Symbol) const;
  /// The declared field that a place is; null for any other place.
  const clang::FieldDecl *fieldAt(PlaceId Place) const;
  Value fresh(State &S, const void *Site, unsigned Index = 0);
  void age(State &S, const SymbolData &D, Invocation *Current = nullptr);
  void ageBehind(State &S, SymbolId New, SymbolId &Old, Invocation *Current);
  /// \p S, which is reached through \p From, as it is reached through \p To.
  SymbolId behind(SymbolId S, SymbolId From, SymbolId To);
  bool assume(State &S, const Value &V, const Assumption &A);
  /// Restricts a symbol; settles what hung on it. False: not possible.
  bool restrict(State &S, SymbolId Symbol,
                llvm::function_ref<bool(Fact &)> How);
  Value truth(const Value &V, bool Negate);
  void moveObject(
      State &S, const Value &To, const Value &From, bool Keep,
      const clang::Stmt *Where,
      llvm::function_ref<bool(PlaceId)> Except = [](PlaceId) { return false; });
  /// Names what an object from outside holds, so that it can be copied.
  void nameContents(State &S, PlaceId Object, const clang::CXXRecordDecl *R,
                    unsigned Depth = 0);
  void eraseWithin(State &S, PlaceId P, bool ForgetEntries = false);
  bool dereferenced(State &S, const Value &Pointer, const clang::Stmt *Where);
  void raiseFromDestructor(const State &S, const Event &E);
  void checkLost(State &S, SymbolId Handle, const clang::Stmt *Where,
                 LeaseExit::Kind How = LeaseExit::Kind::Lost);

  // Calls.cpp
  Outcomes call(const Invocation &I, State S);
  /// The same, but for what it does to transactions.
  Outcomes callWith(Invocation I, State S,
                    llvm::ArrayRef<model::FunctionEntry> Entries);
  Outcomes callModel(const Invocation &I, State S,
                     llvm::ArrayRef<model::FunctionEntry> Entries);
  /// How much is known of a callee that has no effect on leases of its own.
  enum class Seen { Nothing, Model, Body };
  Outcomes callUnknown(Invocation I, State S, Seen How);
  /// An implicit or defaulted copy or move, member by member.
  Outcomes copyMembers(Invocation I, State S, bool Moved);
  const clang::FieldDecl *fieldCalledThrough(const Invocation &I,
                                             const State &S) const;
  llvm::SmallVector<model::FunctionEntry, 2>
  matchingEntries(const Invocation &I, const State &S) const;
  Value slotValue(const Invocation &I, const model::Slot &Slot, State &S);
  /// Callables that run inside the call: none or more times.
  Outcomes callbacks(const Invocation &I, State S,
                     llvm::ArrayRef<model::FunctionEntry> Entries);
  PlaceId slotPlace(const Invocation &I, const model::Slot &Slot, State &S);
  /// Renames what the call names anew in \p I, too.
  Value resultOf(Invocation &I, State &S);
  SymbolId fieldAfter(const Invocation &I, State &S, const model::Condition &C,
                      const Value &Result);
  void releaseModelled(State &S, const Invocation &I,
                       llvm::ArrayRef<model::FunctionEntry> Matching,
                       const model::Slot &At, Sure How);
  void take(State &S, const Invocation &I, const model::Take &T);
  void forgetWritten(State &S, const Invocation &I,
                     llvm::ArrayRef<model::FunctionEntry> Matching);
  void acquire(Invocation &I, State &S, const model::Acquire &A,
               const model::FunctionEntry &Entry, unsigned Index,
               Value &Result);
  LeaseId addLease(const Invocation &I, State &S, unsigned Index,
                   model::ResourceEntry Resource, const std::string &Api,
                   SymbolId Handle);
  /// Whatever lease or entry value hangs on this value is released by the call.
  void release(State &S, const Value &Handle, model::ResourceEntry Resource,
               const Invocation &By, Sure How = Sure::Known);
  /// The lease an object is itself; invalid if it is none.
  SymbolId selfOf(const State &S, const Value &V);
  /// The symbol of a handle, or of the lease an object is itself.
  SymbolId handleOf(const State &S, const Value &V);

  // Misuses.cpp
  /// The lease's guard does not release it any more.
  void bypass(State &S, const Value &Handle, GuardBypass::Kind How,
              const clang::Stmt *Where);
  /// The same for what a closure has captured.
  void bypassWithin(State &S, PlaceId Closure, GuardBypass::Kind How,
                    const clang::Stmt *Where);
  /// applySummary(); a method after which a guard of one's own does not release
  /// has disarmed it.
  Outcomes applyMethod(const Invocation &I, State S, const Summary &Sum);
  void discardedGuard(State &S, const Event &E, const State &Before);
  bool isOfTheSystem(SymbolId Handle) const;
  void end(State &S, SymbolId Handle, model::ResourceEntry Resource,
           const Invocation &By, LeaseId Lease);
  void releasedAgain(State &S, EndedLease &E, const Invocation &By);
  void wronglyReleased(State &S, const HeldLease &L, const Invocation &By);
  void returnedElsewhere(State &S, const HeldLease &L, const Value &Pool,
                         const Invocation &By);
  /// Handles among the operands of a call to a library, or to a function that
  /// is known to use them.
  void noteUses(State &S, const Invocation &I,
                llvm::ArrayRef<model::FunctionEntry> Entries,
                const Summary *Known);
  void noteUse(State &S, SymbolId Handle, const Invocation &By,
               Certainty Sureness = Certainty::Definite);
  /// Released handles among the arguments of a function nobody has seen.
  void useUnseen(State &S, const Invocation &I);
  /// Released handles that are handed to the caller.
  void noteReturned(State &S);
  /// \p Released is the other release the message speaks of, if any.
  void misuse(const State &S, Misuse M, const clang::Stmt *Where,
              const clang::Stmt *Since, const clang::Stmt *Released = nullptr);
  /// Drops what was released and cannot be named any more.
  void pruneEnded(State &S);
  std::string nameOf(SymbolId Handle) const;
  /// ... has another owner now.
  void takeOver(State &S, const Value &Handle);
  void giveUp(State &S, const Invocation &I);
  void takeOverSymbol(State &S, SymbolId Handle);
  /// The same for everything stored in the object or reachable from it.
  /// \p Whole: who has the address of a part can get at the whole.
  void takeContents(State &S, const Value &Address, bool Whole = true);
  /// A value that the function was given.
  bool cameFromOutside(SymbolId S) const;
  void recordEntryEffect(State &S, SymbolId Entry, bool Released,
                         bool ByDestructor, model::ResourceEntry Resource);
  void recordInvocation(State &S, SymbolId Callable, const Value &Argument,
                        bool ByDestructor);
  void forgetGlobals(State &S, const clang::Stmt *Where);
  void shareGlobals(State &S, const Summary *Sum);
  /// A callable of a kind that can hold any is called with handles: whether it
  /// owns them from then on shows in whether the function releases them.
  void giveToCallable(State &S, const Invocation &I);
  void releaseDerived(State &S, const Value &Parent,
                      model::ResourceEntry Resource, const Invocation &By);
  void takeBehind(State &S, const Value &Pointer);
  /// Captured copies go over; what is captured by reference only if the closure
  /// releases it when it runs.
  void takeClosure(State &S, const Value &Closure);
  bool isOfALibrary(const clang::Decl *D) const;
  /// Directly, or in what its pointers lead to.
  bool holdsLease(const State &S, PlaceId Within, unsigned Depth = 2);

  // Guards.cpp
  std::optional<Outcomes> callClass(Invocation I, State &S,
                                    model::ClassEntry Entry);
  Outcomes callGuard(Invocation I, State S, const model::Guard &G);
  std::optional<Outcomes> makeGuard(const Invocation &I, State &S);
  std::optional<Outcomes> swapOrExchange(const Invocation &I, State &S,
                                         const model::Function &Entry);
  std::optional<Outcomes> compareGuards(const Invocation &I, State &S);
  States destroy(State S, PlaceId Place, const clang::CXXRecordDecl *R,
                 const clang::Stmt *Where, const clang::CXXTryStmt *Try);
  States destroyMembers(
      State S, PlaceId Place, const clang::CXXRecordDecl *R,
      const clang::Stmt *Where, const clang::CXXTryStmt *Try,
      llvm::function_ref<bool(const clang::FieldDecl *)> Except =
          [](const clang::FieldDecl *) { return false; });
  States destroyGuard(State S, PlaceId Place, const clang::CXXRecordDecl *R,
                      const model::Guard &G, const clang::Stmt *Where,
                      const clang::CXXTryStmt *Try);
  bool deletes(const clang::CXXRecordDecl *Guard) const;
  /// \p Guard: whose destructor deletes it; null for a delete expression.
  States deletePointee(State S, const Value &Pointer,
                       const clang::CXXRecordDecl *R, const clang::Stmt *Where,
                       const clang::CXXTryStmt *Try,
                       const clang::CXXRecordDecl *Guard);
  States runCallable(State S, const Value &Callable, llvm::ArrayRef<Value> Args,
                     const clang::Stmt *Where, const clang::CXXTryStmt *Try,
                     bool &Known);
  const clang::CXXMethodDecl *callOperator(const clang::CXXRecordDecl *R) const;
  bool passesOn(const clang::FunctionDecl *Deleter) const;
  Value ownedBy(State &S, PlaceId Guard);

  // Exits.cpp
  void raise(State S, ThrownSet T, const clang::CXXTryStmt *Try,
             const clang::Stmt *Where, const clang::FunctionDecl *Thrower);
  void leave(State S, const clang::Stmt *Where, const ThrownSet *Thrown);
  bool splitStores(const State &S, const clang::Stmt *Where);
  void settleExit(State S, const clang::Stmt *Where, const ThrownSet *Thrown);
  States unwindTo(State S, const clang::CXXTryStmt *Try,
                  const clang::Stmt *Where);
  ThrownSet reportable(const ThrownSet &T) const;
  llvm::SmallVector<SymbolId, 8> reachable(const State &S, bool Exceptional);
  bool outlives(const State &S, PlaceId P, bool Exceptional,
                llvm::ArrayRef<SymbolId> Reached) const;
  void report(const State &S, const HeldLease &L, LeaseExit::Kind How,
              const clang::Stmt *Where, std::optional<Certainty> Exception);
  LeaseExit exitOf(const State &S, const HeldLease &L, LeaseExit::Kind How,
                   const clang::Stmt *Where,
                   std::optional<Certainty> Exception);
  LeaseFlow finish();
  /// In words: who acquires it, what it is, what releases it.
  static void describeLease(const LeaseSite &Site, std::string &Api,
                            std::string &Noun, std::string &ReleaseApi);

  // Containers.cpp
  std::optional<Outcomes> keepInLocal(const Invocation &I, State &S);
  /// What containers at this address, or within it, hold.
  void giveContainedAway(State &S, const Value &Address);
  bool isContained(PlaceId P) const;

  // Constructors.cpp
  /// What the default constructor does that a class has unless one is written:
  /// by the bases and fields of the class.
  States constructMembers(State S, PlaceId Object,
                          const clang::CXXRecordDecl *R, const Invocation &I);

  // Members.cpp
  /// A function that is not seen is called: what it is given may change.
  void lend(const Invocation &I, State &S, bool BodySeen);
  /// The objects from outside that a library is told to work with.
  void noteWorking(const Invocation &I, State &S,
                   llvm::ArrayRef<model::FunctionEntry> Matching);
  bool stillHolds(const State &S, PlaceId Place, SymbolId Entry) const;
  void noteOverwritten(const State &S, PlaceId Place, SymbolId Old,
                       SymbolId New, const clang::Stmt *Where);
  void noteKept(const State &S, const HeldLease &L, const clang::Stmt *Where);
  bool releasesItself(PlaceId Object);
  void finishMembers(LeaseFlow &Flow);
  /// A store that a summary tells of; \p Handles are the leases it makes.
  void storeByCallee(State &S, const Value &Address, const Value &V,
                     const clang::Stmt *Where,
                     llvm::ArrayRef<SymbolId> Handles);

  // Views.cpp
  /// Whom a value borrows from that is made from this one; nothing if nobody.
  std::optional<Borrowing> lender(State &S, const Value &From,
                                  clang::QualType T);
  /// The same for what a pointer leads to.
  std::optional<Borrowing> lenderBehind(const State &S, SymbolId Pointer,
                                        const clang::Stmt *Where);
  /// \p Made, which borrows from whom \p From does.
  Value borrowAlike(State &S, const Value &Made, const Value &From,
                    const clang::Stmt *Where);
  /// A pointer that is read out of a result, or of what borrows from one.
  void loadView(State &S, const Value &Address, const Value &Loaded,
                const clang::Stmt *Where);
  /// What the call lends, ends and keeps.
  void noteViews(State &S, const Invocation &I, const Value &Result);
  void lendView(State &S, const Invocation &I, const model::View &V,
                const Value &Result);
  void keepViews(State &S, const Invocation &I, const Value &Result);
  /// Views that an object at this address holds; \p Deep: its members, too.
  llvm::SmallVector<SymbolId, 4> viewsIn(const State &S, const Value &Address,
                                         bool Deep = false);
  void putView(State &S, PlaceId Object, SymbolId View,
               const clang::Stmt *Where);
  void dropViewsIn(State &S, PlaceId Object);
  void endViews(State &S, const Value &Of, const Invocation &By);
  /// The same, for callers to know.
  void rewind(State &S, const Value &Handle, const Invocation &By);
  /// Results that do not outlive their connection lend nothing behind its end.
  void endViewsOfDerived(State &S, SymbolId Parent, const Invocation &By);
  void endViewsOfObject(State &S, PlaceId Object, const clang::Stmt *Where);
  void noteViewStored(State &S, PlaceId Place, const Value &V,
                      const clang::Stmt *Where);
  void useViews(State &S, const Invocation &I);
  void useView(State &S, SymbolId View, const clang::Stmt *Where);
  void noteViewsLeft(State &S);
  /// The step that ended it; null if it is as good as ever.
  const TrailNode *endOf(State &S, SymbolId View);
  void dangle(State &S, SymbolId View, DanglingView::Kind How,
              const clang::Stmt *Where);
  void ageViews(State &S, SymbolId New, const SymbolData &OlderData,
                SymbolId &Old);

  // Idling.cpp
  void mapLoops(const clang::Stmt *S, const clang::Stmt *Inside,
                const clang::Stmt *Whole);
  bool worksOnWhatItIsMadeFrom(const clang::VarDecl *V);
  bool dependsOn(const clang::VarDecl *V,
                 llvm::ArrayRef<const clang::VarDecl *> Holders,
                 unsigned Depth);
  bool usesLease(const State &S, const HeldLease &L, const Invocation &I);
  void noteWork(State &S, const Invocation &I);
  /// It is released: what was done since its last use is judged.
  void settleWork(const State &S, const HeldLease &L, const Invocation &By);
  void finishIdle(LeaseFlow &Flow);

  // Waiting.cpp
  /// What the call waits for, if a connection is held that others may be
  /// waiting for.
  std::optional<Wait> waitOf(const Invocation &I, const State &S);
  /// \p After: whatever the call released is nobody's worry.
  void noteWait(State &After, const Invocation &I, const Wait &W);
  void noteSuspension(State &S, const clang::CoawaitExpr &Await);
  /// Leases on connections that are this function's own business to release.
  llvm::SmallVector<const HeldLease *, 2> heldConnections(const State &S);
  bool isOwnImplementation();
  void addWait(const State &S, const HeldLease &L, const clang::Expr *Where,
               HeldWait W);
  void addBorrowed(const State &S, const clang::Expr *Where, HeldWait W);

  // Constants.cpp
  std::optional<std::string> literalAt(const Value &V) const;
  bool isConstantGlobal(PlaceId Place) const;
  std::optional<Value> constantAt(PlaceId Place);
  bool isTextClass(clang::QualType T) const;
  /// The characters in a slot; those of the object that stands there.
  Value textAt(const Invocation &I, const model::Slot &At, State &S);
  std::optional<Outcomes> callText(const Invocation &I, State &S);

  // Transactions.cpp
  /// A place that begins a transaction.
  struct TransactionSite {
    std::string Api;
    std::string ConnectionName;
    std::vector<FindingStep> Inner;     ///< where a callee begins it
    std::vector<TransactionExit> Exits; ///< where it is still open
    bool Committed = false;             ///< on some path
    bool RolledBack = false;            ///< on some path
  };
  TransactionSite &transactionSite(const clang::Stmt *Where);
  Value connectionOf(const State &S, const Value &V);
  bool surelyApart(const State &S, const Value &A, const Value &B) const;
  void beginTransaction(State &S, const Invocation &I, Value On,
                        OpenTransaction T, std::string Api);
  void settleTransactions(State &S);
  void endTransaction(State &S, Value On, TransactionEffect::Kind How);
  void forgetTransactions(State &S, Value On = {});
  /// A function that is not seen may end what its name speaks of.
  void trustWithTransactions(State &S, const Invocation &I,
                             llvm::StringRef Name);
  void connectionEnds(State &S, SymbolId Handle,
                      const model::ResourceEntry &Resource,
                      const clang::Stmt *Where);
  void endByText(State &S, const Value &On, const Value &Text,
                 model::SqlDialect Dialect);
  void beginByText(State &S, const Invocation &I, const Value &On,
                   const Value &Text, model::SqlDialect Dialect,
                   OpenTransaction T, std::string Api);
  /// What a call ends it ends before anything else; what it begins is open
  /// behind it.
  void endTransactions(State &S, const Invocation &I,
                       llvm::ArrayRef<model::FunctionEntry> Entries);
  void beginTransactions(State &S, const Invocation &I,
                         llvm::ArrayRef<model::FunctionEntry> Entries,
                         const Value &Result);
  void applyTransactions(
      State &S, const Invocation &I, llvm::ArrayRef<TransactionEffect> Effects,
      const Value &Result,
      llvm::function_ref<Value(const SummaryValue &)> Resolve);
  std::string connectionName(const State &S, const Value &V) const;
  bool livesOn(const State &S, const Value &Connection) const;
  void noteOpen(const State &S, const OpenTransaction &T,
                TransactionExit::Kind How, const clang::Stmt *Where,
                std::optional<Certainty> Exception);
  void noteOpenTransactions(const State &S, const clang::Stmt *Where,
                            std::optional<Certainty> Thrown);
  bool saysThatOneIsOpen(const State &S) const;
  bool isToBlame(const TransactionSite &Site) const;
  void finishTransactions(LeaseFlow &Flow);

  // Precautions.cpp
  void noteUnbounded(State &S, const Invocation &I,
                 llvm::ArrayRef<model::FunctionEntry> Entries);
  std::optional<UnboundedWait> unboundedWait(State &S, const Invocation &I,
                                             const model::Timeout &T);
  /// Who uses a handle has looked, or this is where nobody has.
  void noteUnchecked(State &S, const Invocation &I,
                     llvm::ArrayRef<model::FunctionEntry> Entries);
  /// Handles that go to functions of which nothing is told.
  void trustCallee(State &S, const Invocation &I);
  /// The leases that a value is the handle of.
  void forLeasesOf(State &S, const Value &V,
                   llvm::function_ref<void(HeldLease &)> Do);

  // Pools.cpp
  void noteNested(State &S, const Invocation &I);
  PoolName poolOf(const HeldLease &L);
  void noteLocalPool(const void *Site, LocalPool Pool);
  void notePoolVariable(const clang::VarDecl &V);
  void notePoolObject(const State &S, SymbolId Object,
                      const clang::CXXRecordDecl *R);
  void finishPools(LeaseFlow &Flow);

  // Summaries.cpp
  class Exporter;
  /// What a path from the operands of a call leads to; `Address` tells whether
  /// that is the place, or what the root itself is.
  Value walk(const Path &P, const Invocation &I, const Value &Result,
             llvm::ArrayRef<SymbolId> Objects, State &In, bool &Address);
  Outcomes applySummary(const Invocation &I, State S, const Summary &Sum);
  bool knowsOfOverwritten(const Invocation &I, State &S, SymbolId Old,
                          const Summary &Sum, const Path &At);
  void summarize(const State &S, const ThrownSet *Thrown,
                 llvm::ArrayRef<SymbolId> Reached);

  const TrailNode *extend(const TrailNode *Before, Step::Kind What,
                          const clang::Stmt *Where, std::string Detail = {});
  FindingStep describe(const TrailNode &N) const;
  std::vector<FindingStep> trailOf(const State &S, const HeldLease &L);
  LeaseId leaseId(const clang::Stmt *Where, unsigned Index, bool Older);
  /// The class of an object that was made here; null if not known.
  const clang::CXXRecordDecl *classOf(PlaceId Place) const {
    return Place.valid() ? ClassOf.lookup(Place) : nullptr;
  }
  bool isClosure(PlaceId Place) const;
  LeaseSite &site(LeaseId L) { return Sites[L.Number]; }

  const Program &P;
  FlowEnvironment &Env;
  Liveness Alive;
  ValueTable Table;
  std::vector<std::vector<State>> Entries; ///< by block: states kept apart
  std::vector<std::vector<bool>> Pending;  ///< by block: not yet explored
  std::set<std::pair<unsigned, unsigned>> Worklist; ///< order, block
  std::vector<bool> EndsHere; ///< by block: calls what never returns
  /// What parameters are where a call of this function does not return.
  llvm::SmallVector<std::pair<SymbolId, Fact>, 2> Endings;
  unsigned Steps = 0;
  bool OverBudget = false;
  /// One state a block converges soon; should it not, nothing is known of the
  /// function but what was seen so far.
  bool exhausted() const { return Steps > 2 * Env.Set.MaxSteps; }
  std::vector<LeaseSite> Sites;
  std::map<std::tuple<const void *, unsigned, bool>, LeaseId> LeaseIds;
  std::map<LeaseId, std::vector<LeaseExit>> Reports;
  std::vector<Misuse> Misuses;
  std::map<const clang::Expr *, HeldWait> Waits;
  std::map<const clang::Stmt *, DanglingView> Dangling;
  struct IdleWork {
    LeaseId Lease;
    const clang::Expr *LastUse = nullptr;
    const clang::Stmt *Released = nullptr; ///< null: on no path
    bool FollowedByUse = false;
  };
  /// By acquire and work.
  std::map<std::pair<const clang::Expr *, const clang::Expr *>, IdleWork> Idle;
  bool Mapped = false;
  llvm::DenseMap<const clang::Stmt *, const clang::Stmt *> LoopAround;
  llvm::DenseMap<const clang::Stmt *, const clang::Stmt *> StatementOf;
  llvm::DenseMap<const clang::VarDecl *,
                 llvm::SmallVector<const clang::VarDecl *, 8>>
      MadeFrom; ///< by variable: those in its initializer
  /// By where a view was lent: one was reported; the first variable that holds
  /// one.
  llvm::DenseSet<const clang::Stmt *> Reproached;
  llvm::DenseMap<const clang::Stmt *, std::string> ViewNames;
  llvm::DenseMap<PlaceId, const clang::Stmt *> ViewStores; ///< the last one
  /// References into containers.
  llvm::DenseMap<SymbolId, Value> InsideOf;
  std::optional<bool> OwnImplementation; ///< of a pool
  std::optional<bool> LendsDescriptor;
  std::map<const clang::Stmt *, TransactionSite> TransactionSites;
  std::vector<UnboundedWait> Unbounded;
  std::vector<UncheckedAcquire> Unchecked;
  std::map<const clang::Expr *, NestedAcquire> Nested;
  std::map<const void *, LocalPool> LocalPools;
  /// The closure or aggregate class of a temporary object.
  llvm::DenseMap<PlaceId, const clang::CXXRecordDecl *> ClassOf;
  Summary Effects;
  bool Returns = false; ///< some exit without an exception was seen
  /// Some exit that returns null releases what came from outside; some leaves
  /// it alone.
  bool ReleasesWithNull = false, NullAlone = false;
  llvm::DenseSet<SymbolId> ForkResults;
  /// Exits of the process a fork has made, with what is reachable there.
  std::vector<std::pair<State, llvm::SmallVector<SymbolId, 8>>> ChildExits;
  llvm::SpecificBumpPtrAllocator<TrailNode> Arena;
  /// What each handler may have caught, for `throw;`.
  std::map<const clang::CXXCatchStmt *, ThrownSet> CaughtBy;
  llvm::DenseMap<PlaceId, bool> HandlePlaces;
  /// A handle from outside that a fresh one was stored over.
  struct Overwriting {
    SymbolId Old;
    OverwrittenHandle What;
  };
  std::map<std::pair<const clang::Stmt *, PlaceId>, Overwriting> Overwritten;
  /// Values from outside that some path releases or gives away.
  llvm::DenseSet<SymbolId> Disposed;
  struct Keeping {
    const clang::FieldDecl *In = nullptr;
    LeaseExit At;
  };
  std::map<LeaseId, Keeping> Kept;
  /// Pointers that some path looks into: that they are not null goes without
  /// saying.
  llvm::DenseSet<SymbolId> Dereferenced;
  std::vector<bool> ParameterMatters;
  unsigned DestroyDepth = 0; ///< classes that own their like
  bool HasContained = false; ///< some local container holds a handle
  /// Containers whose elements are got at by number, or one by one.
  llvm::DenseSet<PlaceId> ByNumber;
  /// Locals whose address went to functions that are not seen.
  llvm::DenseSet<PlaceId> Shown;
  /// Calls of callables that got a handle, and those after which it was
  /// released all the same.
  llvm::DenseMap<SymbolId, llvm::SmallVector<const clang::Stmt *, 1>>
      GivenToCallables;
  llvm::DenseSet<const clang::Stmt *> OnlyLent;
  PlaceId ReturnPlace; ///< holds the returned value or object
};

} // namespace conntidy::flow

#endif // CONNTIDY_FLOW_SOLVER_H
