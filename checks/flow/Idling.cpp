//===- Idling.cpp - connections that are held and not used ----------------===//
//
// Notes, for each connection a function holds, what uses it, and the work that
// is done between two uses. What no way on from there leads to a use of, and
// some leads to the release, was done with the connection in hand for nothing.
//
//===----------------------------------------------------------------------===//

#include "flow/Names.h"
#include "flow/Solver.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/ExprCXX.h"
#include "clang/AST/StmtCXX.h"

using namespace clang;

namespace conntidy::flow {

/// Work that is remembered for one lease on one path.
static constexpr size_t MaxMeanwhile = 4;

void Solver::mapLoops(const Stmt *S, const Stmt *Inside, const Stmt *Whole) {
  if (!S)
    return;
  if (Inside)
    LoopAround[S] = Inside;
  if (Env.CountHolds) {
    if (!isa<Expr>(S) || isa_and_nonnull<CompoundStmt>(Whole))
      Whole = S;
    StatementOf[S] = Whole;
  }
  if (auto *D = dyn_cast<DeclStmt>(S))
    for (const Decl *X : D->decls())
      if (auto *V = dyn_cast<VarDecl>(X); V && V->getInit())
        collectVariables(V->getInit(), MadeFrom[V]);
  if (isLoop(S))
    Inside = S;
  for (const Stmt *Child : S->children())
    mapLoops(Child, Inside, Whole);
}

/// Objects that work on what they are made from; a value that was read out of
/// it does not.
bool Solver::worksOnWhatItIsMadeFrom(const VarDecl *V) {
  QualType T = V->getType().getNonReferenceType();
  if (Env.Models.isHandleType(T))
    return true;
  if (!T->getPointeeType().isNull())
    return Env.Models.isHandleType(T->getPointeeType());
  const CXXRecordDecl *R = T->getAsCXXRecordDecl();
  if (!R || !R->hasDefinition())
    return false;
  if (R->isLambda())
    return true;
  if (isInStandardLibrary(R)) {
    model::ClassEntry C = Env.Models.entryFor(R);
    return C && C.Entry->GuardOf.has_value();
  }
  return Env.Models.entryFor(R) || Env.destructorMatters(R);
}

bool Solver::dependsOn(const VarDecl *V,
                       llvm::ArrayRef<const VarDecl *> Holders,
                       unsigned Depth) {
  if (llvm::is_contained(Holders, V))
    return true;
  auto It = MadeFrom.find(V);
  return Depth && It != MadeFrom.end() && worksOnWhatItIsMadeFrom(V) &&
         llvm::any_of(It->second, [&](const VarDecl *Of) {
           return dependsOn(Of, Holders, Depth - 1);
         });
}

bool Solver::usesLease(const State &S, const HeldLease &L,
                       const Invocation &I) {
  auto Is = [&](const Value &V) {
    if (!V.isSymbol())
      return false;
    if (V.Symbol == L.Handle)
      return true;
    for (const HeldLease &Other : S.Leases)
      if (Other.Handle == V.Symbol && Other.Parent == L.Handle)
        return true;
    const Borrowing *B = S.Views.find(V.Symbol);
    return B && B->Of.isSymbol() && B->Of.Symbol != V.Symbol &&
           (B->Of.Symbol == L.Handle ||
            llvm::any_of(S.Leases, [&](const HeldLease &Other) {
              return Other.Handle == B->Of.Symbol && Other.Parent == L.Handle;
            }));
  };
  if (Is(I.Object) || llvm::any_of(I.Args, Is))
    return true;
  llvm::SmallVector<const VarDecl *, 2> Holders;
  for (PlaceId In : S.heldIn(L.Handle))
    if (const PlaceData &Root = Table[Table.root(In)];
        Root.What == PlaceData::Kind::Variable)
      Holders.push_back(static_cast<const VarDecl *>(Root.Origin));
  llvm::SmallVector<const VarDecl *, 8> Named;
  collectVariables(I.Site->Where, Named);
  return llvm::any_of(Named, [&](const VarDecl *V) {
    return dependsOn(cast<VarDecl>(V->getCanonicalDecl()), Holders, 3);
  });
}

void Solver::noteWork(State &S, const Invocation &I) {
  const Expr *Where = I.Site ? I.Site->Where : nullptr;
  if (!Where)
    return;
  for (HeldLease &L : S.Leases) {
    const LeaseSite &Site = site(L.Lease);
    if (!Site.Where || Site.Where == Where || !isScarce(Site.Resource))
      continue;
    if (!std::exchange(Mapped, true))
      mapLoops(P.Function->getBody(), nullptr, nullptr);
    if (Env.CountHolds) {
      site(L.Lease).Calls.insert(Where);
      site(L.Lease).Statements.insert(StatementOf.lookup(Where));
    }
    if (usesLease(S, L, I)) {
      for (const Expr *Done : L.Meanwhile)
        Idle[{Site.Where, Done}].FollowedByUse = true;
      L.Meanwhile.clear();
      L.LastUse = Where;
      continue;
    }
    if (!L.LastUse || L.Meanwhile.size() >= MaxMeanwhile ||
        llvm::is_contained(L.Meanwhile, Where))
      continue;
    // A loop around the acquire, too, does it once for each connection.
    const Stmt *Loop = LoopAround.lookup(Where);
    bool Again = Loop && Loop != LoopAround.lookup(Site.Where);
    Work W = I.Callee ? Env.Effort.of(I.Callee) : Work::InLoops;
    if (W == Work::InLoops && I.Callee &&
        I.Callee->getDeclName().isIdentifier() && !visibleBody(I.Callee) &&
        hintOf(I.Callee->getName()) == NameHint::Release)
      W = Work::Little;
    if (W != Work::Much && !(W == Work::InLoops && Again))
      continue;
    L.Meanwhile.push_back(Where);
    llvm::sort(L.Meanwhile);
  }
}

void Solver::settleWork(const State &S, const HeldLease &L,
                        const Invocation &By) {
  if (auto &Known = site(L.Lease).ReleasedBy;
      Env.CountHolds && !By.ByDestructor &&
      !llvm::is_contained(Known, actorOf(By))) {
    Known.push_back(actorOf(By));
    llvm::sort(Known);
  }
  if (L.Meanwhile.empty() || L.ExceptionPassed || !By.Where ||
      P.Function->isMain() || S.InChild || isOwnImplementation())
    return;
  for (const Expr *Done : L.Meanwhile) {
    IdleWork &W = Idle[{site(L.Lease).Where, Done}];
    W.Lease = L.Lease;
    W.LastUse = L.LastUse;
    W.Released = By.Where;
  }
}

void Solver::finishIdle(LeaseFlow &Flow) {
  const SourceManager &SM = Env.Context.getSourceManager();
  auto LineOf = [&](const Stmt *S) {
    return SM.getExpansionLineNumber(rangeOf(*S).getBegin());
  };
  std::map<const Expr *, std::pair<bool, IdleHold>> ByAcquire;
  for (auto &[Key, W] : Idle) {
    auto [Acquire, Done] = Key;
    if (W.FollowedByUse || !W.Released || !W.LastUse)
      continue;
    IdleHold H;
    const LeaseSite &Site = site(W.Lease);
    H.Acquired = rangeOf(*Acquire);
    H.HandleName = Site.HandleName;
    H.Noun = nounOf(Site.Resource);
    H.AcquireApi = Site.Api;
    H.GuessedBecause = Site.GuessedBecause;
    H.Work = rangeOf(*Done);
    H.WorkLine = LineOf(Done);
    const FunctionDecl *Callee = nullptr;
    if (auto *C = dyn_cast<CallExpr>(Done))
      Callee = C->getDirectCallee();
    else if (auto *C = dyn_cast<CXXConstructExpr>(Done))
      Callee = C->getConstructor();
    H.WorkBy = Callee ? model::qualifiedName(Callee) : "";
    H.InLoop = LoopAround.count(Done);
    H.LastUse = rangeOf(*W.LastUse);
    H.LastUseLine = LineOf(W.LastUse);
    H.Released = rangeOf(*W.Released);
    // The first thing that is done too much; of the project's own, if there is
    // one.
    bool OfTheSystem = !Callee || isOfALibrary(Callee);
    auto [It, New] = ByAcquire.try_emplace(Acquire, OfTheSystem, H);
    auto &[KnownOfTheSystem, Known] = It->second;
    bool Earlier =
        SM.isBeforeInTranslationUnit(H.Work.getBegin(), Known.Work.getBegin());
    if (!New && (OfTheSystem < KnownOfTheSystem ||
                 (OfTheSystem == KnownOfTheSystem && Earlier)))
      It->second = {OfTheSystem, H};
  }
  for (auto &[Acquire, Found] : ByAcquire)
    Flow.Idle.push_back(std::move(Found.second));
  llvm::sort(Flow.Idle, [&](const IdleHold &A, const IdleHold &B) {
    return SM.isBeforeInTranslationUnit(A.Acquired.getBegin(),
                                        B.Acquired.getBegin());
  });
}

} // namespace conntidy::flow
