//===- Summary.h - what a function does to leases ---------------*- C++ -*-===//
//
// Defines Summary: the effects of calling a function, in cases that differ in
// what is released, acquired or stored, each with what it says of the return
// value and what it needs of the arguments. Knows no engine; places are paths
// from the parameters, `this`, globals and the returned object.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_SUMMARY_SUMMARY_H
#define CONNTIDY_SUMMARY_SUMMARY_H

#include "cfg/Throws.h"
#include "finding/Finding.h"
#include "flow/Value.h"
#include "model/ModelSet.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include <optional>

namespace llvm {
class raw_ostream;
}

namespace conntidy {

/// One step of a path: into a field, or through a pointer.
struct PathStep {
  bool Dereference = false;
  const clang::FieldDecl *Field = nullptr;
  flow::PseudoField Pseudo = flow::PseudoField::None;
  int64_t Index = 0;
  friend bool operator==(const PathStep &, const PathStep &) = default;
};

/// A place outside the function, or in an object it hands out.
struct Path {
  enum class Root : uint8_t {
    Parameter, ///< the parameter itself; for a reference, the object
    This,      ///< the this pointer
    Return,    ///< the returned object
    Global,
    Object, ///< the object number Index that the call creates
  };
  Root From = Root::Parameter;
  unsigned Index = 0;
  const clang::VarDecl *Global = nullptr;
  llvm::SmallVector<PathStep, 3> Steps;
  friend bool operator==(const Path &, const Path &) = default;
};

struct SummaryValue {
  enum class Kind : uint8_t {
    Unknown,
    Int,
    Entry,   ///< what At held before the call
    Address, ///< of At
    Lease,   ///< the handle of the fresh lease Number
    Object,  ///< the address of the fresh object Number
    Function,
    Condition, ///< a bool: the return value... of an entry value in a range
    View, ///< borrows from what At held, or with Negated from the object At
  };
  Kind What = Kind::Unknown;
  int64_t Number = 0;
  Path At;
  const clang::FunctionDecl *Function = nullptr;
  /// With View: Number is not 0 if only a release ends it.
  /// With Condition: true iff what At held lies in this range (xor Negated).
  int64_t Low = 0, High = 0;
  bool Negated = false;
  friend bool operator==(const SummaryValue &, const SummaryValue &) = default;
};

/// A lease that the call leaves with its caller.
struct FreshLease {
  model::ResourceEntry Resource;
  std::string Api; ///< the function that acquires, as a person would write it
  std::string GuessedBecause;     ///< see model::Acquire
  std::vector<FindingStep> Inner; ///< how the callee comes by it
  /// The caller owes a release only if the handle, or the returned status,
  /// satisfies this.
  std::optional<flow::Fact> IfHandle;
  flow::Fact OfHandle; ///< what is known of the handle
  std::optional<flow::Fact> IfReturned;
  friend bool operator==(const FreshLease &A, const FreshLease &B) {
    return A.Resource == B.Resource && A.Api == B.Api &&
           A.IfHandle == B.IfHandle && A.IfReturned == B.IfReturned &&
           A.OfHandle == B.OfHandle;
  }
};

struct SummaryEffect {
  enum class Kind : uint8_t {
    Release, ///< what At held before the call is released
    Take,    ///< ... is owned by somebody else now
    Store,   ///< At holds Stored afterwards
    Invoke,  ///< the callable that At held is called with Stored
  };
  Kind What = Kind::Release;
  Path At;
  SummaryValue Stored;
  model::ResourceEntry Resource;
  bool ByDestructor = false;
  bool Unsure = false; ///< not on all paths, and nothing tells them apart
  friend bool operator==(const SummaryEffect &,
                         const SummaryEffect &) = default;
};

/// What a call does to the transaction of a connection of its caller's.
struct TransactionEffect {
  enum class Kind : uint8_t {
    Begin,    ///< begun, and still open
    Commit,   ///< the one the caller has begun
    Rollback, ///< the same
    Run,      ///< runs an SQL text that the caller gives
  };
  Kind What = Kind::Begin;
  SummaryValue Connection; ///< unknown: of whichever
  SummaryValue Text;       ///< Run
  model::SqlDialect Dialect = model::SqlDialect::Standard;
  std::string Savepoint; ///< Begin: the one that began it, if one did
  std::vector<FindingStep> Inner;         ///< Begin: where the callee does so
  std::optional<flow::Fact> IfReturned; ///< only if the result satisfies this
  friend bool operator==(const TransactionEffect &A,
                         const TransactionEffect &B) {
    return A.What == B.What && A.Connection == B.Connection &&
           A.Text == B.Text && A.Savepoint == B.Savepoint &&
           A.IfReturned == B.IfReturned;
  }
};

struct SummaryCase {
  std::vector<std::pair<Path, flow::Fact>> Needs; ///< of entry values
  std::vector<SummaryEffect> Effects;
  std::vector<FreshLease> Leases;
  std::vector<TransactionEffect> Transactions; ///< in order
  unsigned Objects = 0; ///< fresh objects, numbered from 0
  SummaryValue Returned;
  flow::Fact ReturnFact;
  /// Set for a case that ends in an exception.
  std::optional<ThrownSet> Thrown;

  /// True if it releases what came from outside.
  bool releases() const;
  /// Everything but what is merely known of values.
  bool sameEffects(const SummaryCase &Other) const;
  friend bool operator==(const SummaryCase &, const SummaryCase &) = default;
};

struct Summary {
  std::vector<SummaryCase> Cases;
  /// What every way through the function that returns uses as a handle: it must
  /// not have been released before.
  std::vector<Path> Uses;
  /// Some way through it ends what borrows from what these held, though it
  /// releases nothing.
  std::vector<Path> Rewinds;
  /// Whenever it returns null it has released something: what it returns where
  /// it has not is not null.
  bool NullTellsOfRelease = false;
  /// Too many cases: the effects are not known, arguments count as given away.
  bool TooComplex = false;

  /// True if calling the function changes no lease and hands out nothing.
  bool trivial() const;
  /// True if some lease, or a value that may be one, changes hands. Whoever
  /// only calls functions of which this is not true need not be looked at.
  bool movesLeases() const;
  /// True if the cases differ in what they need or return, some throw only
  /// under conditions, or it returns only under conditions: worth knowing
  /// though no lease is touched.
  bool informative() const;
  /// True if applying the cases says more than that the body is seen.
  bool tellsCallers() const {
    return !trivial() || informative() || neverReturns() || !Rewinds.empty();
  }
  /// True if every case ends in an exception, or there is none: the function
  /// loops for ever or ends the program.
  bool neverReturns() const;
  /// Adds a case, merging it with one of the same effects.
  void add(SummaryCase C);
  void print(llvm::raw_ostream &Out, llvm::StringRef Name) const;
  friend bool operator==(const Summary &, const Summary &) = default;

private:
  void coarsen();
  void mergeWhere(
      llvm::function_ref<bool(const SummaryCase &, const SummaryCase &)> Alike);
};

std::string toText(const Path &P);

} // namespace conntidy

#endif // CONNTIDY_SUMMARY_SUMMARY_H
