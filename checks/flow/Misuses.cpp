//===- Misuses.cpp - double, late and wrong releases ----------------------===//

#include "flow/Names.h"
#include "flow/Solver.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/ExprCXX.h"

using namespace clang;

namespace conntidy::flow {

/// Fields between a released handle and what the function was given; what lies
/// deeper is another thing on each turn of a list walk.
static constexpr unsigned MaxEndedDepth = 3;

std::string Solver::nameOf(SymbolId Handle) const {
  const SymbolData &D = Table[Handle];
  if (D.What == SymbolData::Kind::Parameter)
    return P.Function->getParamDecl(D.Index)->getNameAsString();
  if (D.What != SymbolData::Kind::Entry)
    return {};
  const PlaceData &At = Table[D.Place];
  if (At.What == PlaceData::Kind::Pointee)
    return nameOf(At.Symbol);
  if (!At.Origin || At.Pseudo != PseudoField::None ||
      At.What == PlaceData::Kind::Temporary)
    return {};
  return static_cast<const ValueDecl *>(At.Origin)->getNameAsString();
}

std::string actorOf(const Invocation &By) {
  if (By.Callee)
    return model::qualifiedName(By.Callee);
  if (By.Site)
    if (auto *N = dyn_cast_or_null<NamedDecl>(By.Site->Through))
      return N->getNameAsString();
  if (isa_and_nonnull<CXXDeleteExpr>(By.Where))
    return "delete";
  return By.ByDestructor ? "its guard" : "";
}

/// A handle that the same places lead to whatever happens in between.
static bool isNear(const ValueTable &Table, SymbolId Handle) {
  unsigned Depth = 0;
  for (SymbolId S = Handle; Table[S].What == SymbolData::Kind::Entry;) {
    PlaceId P = Table[S].Place;
    for (; Table[P].What == PlaceData::Kind::Field; P = Table[P].Parent)
      if (++Depth > MaxEndedDepth)
        return false;
    if (Table[P].What != PlaceData::Kind::Pointee)
      return true;
    S = Table[P].Symbol;
  }
  return true;
}

/// `stdout`: who closes it knows that it is nobody's.
bool Solver::isOfTheSystem(SymbolId Handle) const {
  const SymbolData &D = Table[Handle];
  if (D.What != SymbolData::Kind::Entry ||
      Table[D.Place].What != PlaceData::Kind::Global)
    return false;
  return isOfALibrary(static_cast<const VarDecl *>(Table[D.Place].Origin));
}

void Solver::end(State &S, SymbolId Handle, model::ResourceEntry Resource,
                 const Invocation &By, LeaseId Lease) {
  if (!Resource || Resource.Entry->Counted || !By.Where || S.InChild ||
      !isNear(Table, Handle) || isOfTheSystem(Handle))
    return;
  S.Trail = extend(S.Trail, Step::Kind::Release, By.Where, actorOf(By));
  EndedLease E;
  E.Handle = Handle;
  E.Resource = Resource;
  E.Released = S.Trail;
  E.ByDestructor = By.ByDestructor;
  E.Lease = Lease;
  S.forgetEnded(Handle);
  S.Ended.insert(
      llvm::upper_bound(S.Ended, E,
                        [](const EndedLease &A, const EndedLease &B) {
                          return A.Handle < B.Handle;
                        }),
      E);
}

void Solver::pruneEnded(State &S) {
  llvm::erase_if(S.Ended, [&](const EndedLease &E) {
    auto Names = [&](const auto &Entry) {
      return Entry.second.isSymbol() && Entry.second.Symbol == E.Handle;
    };
    if (llvm::any_of(S.Places, Names) || llvm::any_of(S.Temps, Names) ||
        llvm::any_of(S.Views, [&](const auto &Entry) {
          return Entry.second.Of == Value::symbol(E.Handle);
        }))
      return false;
    const SymbolData &D = Table[E.Handle];
    return D.What != SymbolData::Kind::Entry || S.Places.find(D.Place);
  });
}

/// What the caller looked at after the release may have told it that nothing
/// was released.
static bool mayHaveFailed(const State &S, const EndedLease &E) {
  return E.Status.valid() && !S.fact(E.Status).trivial();
}

void Solver::misuse(const State &S, Misuse M, const Stmt *Where,
                    const Stmt *Since, const Stmt *Released) {
  if (!Where)
    return;
  M.Where = rangeOf(*Where);
  M.At = Where;
  M.Since = Since;
  if (llvm::any_of(Misuses, [&](const Misuse &K) {
        // A guard of the wrong kind releases at each end of its scope.
        bool Same = K.Where == M.Where ||
                    (K.What == Misuse::Kind::WrongRelease && M.ByGuardLater &&
                     K.ByGuardLater && K.Since == Since);
        return K.What == M.What && Same && K.HandleName == M.HandleName;
      }))
    return;
  for (const TrailNode *N = S.Trail; N; N = N->Before) {
    bool Starts = N->Where == Since;
    bool Other =
        (N->What == Step::Kind::Acquire || N->What == Step::Kind::Release) &&
        !Starts && N->Where != Released;
    if (!Other)
      M.Trail.push_back(describe(*N));
    if (Starts)
      break;
  }
  std::reverse(M.Trail.begin(), M.Trail.end());
  for (const LeaseSite &Site : Sites)
    if (Since && Site.Where == Since && !Site.GuessedBecause.empty()) {
      M.Sureness = std::max(M.Sureness, Certainty::Likely);
      if (!M.Trail.empty() && M.Trail.front().What == Step::Kind::Acquire)
        M.Trail.front().Text +=
            "; taken to be an acquire because " + Site.GuessedBecause;
      break;
    }
  Misuses.push_back(std::move(M));
}

static unsigned lineOf(const Stmt &Where, const ASTContext &Context) {
  return Context.getSourceManager().getExpansionLineNumber(
      rangeOf(Where).getBegin());
}

static Misuse describeLeased(const LeaseSite &Site, Misuse::Kind What) {
  Misuse M;
  M.What = What;
  M.Noun = nounOf(Site.Resource);
  M.HandleName = Site.HandleName;
  M.AcquireApi = Site.Api;
  return M;
}

static Misuse describeEnded(const EndedLease &E, Misuse::Kind What,
                            const Invocation &By, const ASTContext &Context) {
  Misuse M;
  M.What = What;
  M.Noun = nounOf(E.Resource);
  M.By = actorOf(By);
  M.ReleasedBy = E.Released->Detail;
  M.ReleasedLine = lineOf(*E.Released->Where, Context);
  return M;
}

void Solver::releasedAgain(State &S, EndedLease &E, const Invocation &By) {
  // The memory is one's own though the library's handle is its address.
  bool FreesMemory = isa_and_nonnull<CXXDeleteExpr>(By.Where) ||
                     (By.ByDestructor && !By.Callee);
  if (mayHaveFailed(S, E) || !By.Where ||
      (FreesMemory && Table[E.Handle].What == SymbolData::Kind::New))
    return;
  Misuse M = describeEnded(E, Misuse::Kind::DoubleRelease, By, Env.Context);
  M.HandleName = E.Lease.valid() ? site(E.Lease).HandleName : nameOf(E.Handle);
  const Stmt *Since = E.Lease.valid() ? site(E.Lease).Where : E.Released->Where;
  if (E.Lease.valid())
    M.AcquireApi = site(E.Lease).Api;
  // The release by hand is the one too many, not the one at the end of a scope.
  const Stmt *Where = By.Where;
  if (By.ByDestructor && !E.ByDestructor && !isa<Expr>(By.Where)) {
    M.ReleasedBy = M.By;
    M.ReleasedLine = lineOf(*By.Where, Env.Context);
    M.By = E.Released->Detail;
    M.ByGuardLater = true;
    M.GuardAt = rangeOf(*By.Where);
    Where = E.Released->Where;
  }
  misuse(S, std::move(M), Where, Since, E.Released->Where);
}

void Solver::noteUse(State &S, SymbolId Handle, const Invocation &By,
                     Certainty Sureness) {
  if (EndedLease *E = S.ended(Handle)) {
    if (!mayHaveFailed(S, *E)) {
      Misuse M = describeEnded(*E, Misuse::Kind::UseAfter, By, Env.Context);
      M.Sureness = Sureness;
      M.HandleName =
          E->Lease.valid() ? site(E->Lease).HandleName : nameOf(Handle);
      if (E->Lease.valid())
        M.AcquireApi = site(E->Lease).Api;
      misuse(S, std::move(M), By.Where,
             E->Lease.valid() ? site(E->Lease).Where : E->Released->Where,
             E->Released->Where);
    }
    S.forgetEnded(Handle); // one report a defect
    return;
  }
  SymbolData::Kind K = Table[Handle].What;
  if ((K == SymbolData::Kind::Parameter || K == SymbolData::Kind::Entry) &&
      isNear(Table, Handle) && !llvm::is_contained(S.Used, Handle)) {
    S.Used.push_back(Handle);
    llvm::sort(S.Used);
  }
}

void Solver::noteUses(State &S, const Invocation &I,
                      llvm::ArrayRef<model::FunctionEntry> Entries,
                      const Summary *Known) {
  if (Known && !Known->Uses.empty()) {
    for (const Path &P : Known->Uses) {
      bool Address = false;
      Value V = walk(P, I, {}, {}, S, Address);
      if (Address)
        V = load(S, V);
      if (V.isSymbol())
        noteUse(S, V.Symbol, I);
    }
    return;
  }
  if (Entries.empty() && !(I.Callee && isOfALibrary(I.Callee)))
    return;
  for (unsigned N = 0; N < I.Args.size(); ++N) {
    QualType T = parameterType(I, N);
    // What the entry releases, takes or makes is judged there.
    if (T.isNull() || !Env.Models.isHandleType(T) ||
        settles(Entries, {model::Slot::Kind::Arg, N}) ||
        (I.Callee && N >= I.Callee->getNumParams()))
      continue;
    if (SymbolId Handle = handleOf(S, I.Args[N]); Handle.valid())
      noteUse(S, Handle, I);
  }
  if (I.HasObject && I.Object.isSymbol() && S.ended(I.Object.Symbol) &&
      !isa_and_nonnull<CXXConstructorDecl>(I.Callee) &&
      !isa_and_nonnull<CXXDestructorDecl>(I.Callee))
    noteUse(S, I.Object.Symbol, I);
}

void Solver::useUnseen(State &S, const Invocation &I) {
  if (S.Ended.empty() || (I.Callee && I.Callee->getDeclName().isIdentifier() &&
                          hintOf(I.Callee->getName()) == NameHint::Release))
    return;
  for (unsigned N = 0; N < I.Args.size(); ++N) {
    QualType T = parameterType(I, N);
    // A handle goes by value; what gets its address may open it again.
    if (!T.isNull() && I.Args[N].isSymbol() && Env.Models.isHandleType(T) &&
        !T->isReferenceType() && S.ended(I.Args[N].Symbol))
      noteUse(S, I.Args[N].Symbol, I, Certainty::Likely);
  }
}

void Solver::noteReturned(State &S) {
  const Value *R = S.Places.find(ReturnPlace);
  // A number may be returned to say what it was.
  if (!R || !R->isSymbol() || !S.Leaving ||
      !P.Function->getReturnType()->isPointerType())
    return;
  if (EndedLease *E = S.ended(R->Symbol); E && E->Lease.valid()) {
    Invocation By;
    By.Where = S.Leaving;
    noteUse(S, R->Symbol, By);
  }
}

void Solver::bypass(State &S, const Value &Handle, GuardBypass::Kind How,
                    const Stmt *Where) {
  if (!Handle.isSymbol())
    return;
  for (HeldLease &L : S.Leases)
    if (L.Handle == Handle.Symbol)
      L.Bypass = GuardBypass{How, Where};
}

void Solver::bypassWithin(State &S, PlaceId Closure, GuardBypass::Kind How,
                          const Stmt *Where) {
  llvm::SmallVector<Value, 4> Captured;
  for (auto &[Place, V] : S.Places)
    if (Table.within(Place, Closure)) {
      Captured.push_back(V);
      if (V.isAddress())
        if (const Value *Held = S.Places.find(V.Place))
          Captured.push_back(*Held);
    }
  for (const Value &V : Captured)
    bypass(S, V, How, Where);
}

Outcomes Solver::applyMethod(const Invocation &I, State S, const Summary &Sum) {
  auto *M = dyn_cast_or_null<CXXMethodDecl>(I.Callee);
  PlaceId Object = I.HasObject ? placeOf(I.Object) : PlaceId();
  if (!M || M->isConst() || M->isOverloadedOperator() ||
      isa<CXXConstructorDecl, CXXDestructorDecl>(M) || !Object.valid() ||
      S.Leases.empty() || !Env.destructorMatters(M->getParent()))
    return applySummary(I, std::move(S), Sum);
  auto Holds = [&](const State &In, SymbolId Handle) {
    return llvm::any_of(In.Places, [&](const auto &Entry) {
      if (!Table.within(Entry.first, Object))
        return false;
      const Value *Held = &Entry.second;
      if (Held->isAddress()) // captured by reference
        Held = In.Places.find(Held->Place);
      return Held && *Held == Value::symbol(Handle);
    });
  };
  const State Before = S;
  for (HeldLease &L : S.Leases)
    if (Holds(S, L.Handle))
      L.Bypass = GuardBypass{GuardBypass::Kind::Dismissed, I.Where};
  Outcomes Out = applySummary(I, std::move(S), Sum);
  for (Outcome &O : Out) {
    bool Flagged = llvm::any_of(O.After.Places, [&](const auto &Entry) {
      const Value *Old = Before.Places.find(Entry.first);
      return Entry.second.isInt() && Old && Old->isInt() &&
             !(*Old == Entry.second) && Table.within(Entry.first, Object);
    });
    for (HeldLease &L : O.After.Leases) {
      if (!Holds(Before, L.Handle))
        continue;
      if (O.Result == Value::symbol(L.Handle))
        L.Bypass = GuardBypass{GuardBypass::Kind::GivenUp, I.Where};
      else if (!Flagged && Holds(O.After, L.Handle))
        for (const HeldLease &Old : Before.Leases)
          if (Old.Lease == L.Lease)
            L.Bypass = Old.Bypass;
    }
  }
  return Out;
}

void Solver::discardedGuard(State &S, const Event &E, const State &Before) {
  // Made by name, not returned by a function: to drop a result is no mistake.
  auto *B = dyn_cast<CXXBindTemporaryExpr>(E.Origin);
  if (!B || !isa<CXXConstructExpr>(B->getSubExpr()->IgnoreParenImpCasts()))
    return;
  for (const HeldLease &L : Before.Leases) {
    const LeaseSite &Site = site(L.Lease);
    if (Site.Where != B->getSubExpr()->IgnoreParenImpCasts() ||
        S.lease(L.Lease))
      continue;
    // An object that is a connection may be made to see whether one can.
    if (model::ClassEntry C = Env.Models.entryFor(E.Class);
        C && !C.Entry->Holds.empty() && !Site.Resource.Entry->Pooled)
      continue;
    Misuse M = describeLeased(Site, Misuse::Kind::DiscardedGuard);
    M.By = E.Class->getNameAsString();
    misuse(S, std::move(M), B, Site.Where);
    S.forgetEnded(L.Handle);
  }
}

void Solver::wronglyReleased(State &S, const HeldLease &L,
                             const Invocation &By) {
  const LeaseSite &Site = site(L.Lease);
  // Some functions release several kinds.
  for (const model::FunctionEntry &E : matchingEntries(By, S))
    for (const model::Release &R : E.Entry->Releases)
      if (Env.Models.resource(R.Resource, *E.Owner) == Site.Resource)
        return;
  // A pool closes what it lends.
  auto ClassOfMethod = [](const FunctionDecl *F) -> const CXXRecordDecl * {
    auto *M = dyn_cast_or_null<CXXMethodDecl>(F);
    return M ? M->getParent()->getCanonicalDecl() : nullptr;
  };
  if (auto *Acquire = dyn_cast_or_null<CallExpr>(Site.Where))
    if (const CXXRecordDecl *Pool = ClassOfMethod(Acquire->getDirectCallee());
        Pool && Pool == ClassOfMethod(P.Function))
      return;
  Misuse M = describeLeased(Site, Misuse::Kind::WrongRelease);
  M.By = actorOf(By);
  M.ReleaseApi = releaseApiOf(Site.Resource);
  M.ByGuardLater = By.ByDestructor;
  misuse(S, std::move(M), By.Where, Site.Where);
}

void Solver::returnedElsewhere(State &S, const HeldLease &L, const Value &Pool,
                               const Invocation &By) {
  // Two variables are two pools; two parameters most likely are.
  auto Given = [&](const Value &V) {
    return V.isSymbol() &&
           (Table[V.Symbol].What == SymbolData::Kind::Parameter ||
            Table[V.Symbol].What == SymbolData::Kind::Entry);
  };
  // So are two functions that each hand out one.
  auto Accessor = [&](const Value &V) -> const FunctionDecl * {
    if (!V.isSymbol() || Table[V.Symbol].What != SymbolData::Kind::Call)
      return nullptr;
    auto *C = dyn_cast_or_null<CallExpr>(
        static_cast<const Stmt *>(Table[V.Symbol].Site));
    const FunctionDecl *F = C ? C->getDirectCallee() : nullptr;
    return F && C->getNumArgs() == 0 ? F->getCanonicalDecl() : nullptr;
  };
  const FunctionDecl *First = Accessor(L.Pool), *Second = Accessor(Pool);
  bool Apart = (First && Second && First != Second) ||
               (L.Pool.isAddress() && Pool.isAddress()) ||
               (Given(L.Pool) && Given(Pool));
  if (!Apart || L.Pool == Pool)
    return;
  const LeaseSite &Site = site(L.Lease);
  Misuse M = describeLeased(Site, Misuse::Kind::OtherPool);
  M.By = actorOf(By);
  M.Sureness = Pool.isAddress() ? Certainty::Definite : Certainty::Likely;
  misuse(S, std::move(M), By.Where, Site.Where);
}

} // namespace conntidy::flow
