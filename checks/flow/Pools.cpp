//===- Pools.cpp - pools, and connections acquired from them --------------===//
//
// Notes pools that do not outlive the call that makes them, and connections
// that are acquired from a pool while another of the same pool is held.
//
//===----------------------------------------------------------------------===//

#include "flow/Solver.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/ExprCXX.h"

using namespace clang;

namespace conntidy::flow {

static const FunctionDecl *calleeOf(const Expr &Call) {
  if (auto *C = dyn_cast<CallExpr>(&Call))
    return C->getDirectCallee();
  if (auto *C = dyn_cast<CXXConstructExpr>(&Call))
    return C->getConstructor();
  return nullptr;
}

/// The pool that a lease comes from, as this function names it.
PoolName Solver::poolOf(const HeldLease &L) {
  const LeaseSite &Site = site(L.Lease);
  for (const Acquisition &A :
       Env.Acquisitions.ofCall(Site.Where, calleeOf(*Site.Where)))
    if (A.Resource == Site.Resource)
      return A.Pool;
  return {};
}

void Solver::noteNested(State &S, const Invocation &I) {
  bool Interesting = llvm::any_of(S.Leases, [&](const HeldLease &L) {
    const model::ResourceEntry &R = site(L.Lease).Resource;
    return R && R.Entry->Pooled;
  });
  if (!Interesting || !I.Site || !I.Site->Where || Nested.count(I.Site->Where))
    return;
  auto Acquired = Env.Acquisitions.ofCall(I.Site->Where, I.Callee);
  if (Acquired.empty())
    return;
  for (const HeldLease *L : heldConnections(S)) {
    const LeaseSite &Site = site(L->Lease);
    if (!Site.Resource.Entry->Pooled || Site.Where == I.Site->Where)
      continue;
    PoolName Pool = poolOf(*L);
    auto Same = llvm::find_if(Acquired, [&](const Acquisition &A) {
      return Pool.known() && A.Pool == Pool;
    });
    if (Same == Acquired.end())
      continue;
    NestedAcquire N;
    N.Where = rangeOf(*I.Site->Where);
    N.By = I.Callee ? model::qualifiedName(I.Callee) : Same->Api;
    N.Api = Same->Api;
    N.HandleName = Site.HandleName;
    N.Noun = nounOf(Site.Resource);
    N.HeldLine = Env.Context.getSourceManager().getExpansionLineNumber(
        Site.Where->getBeginLoc());
    if (!Site.GuessedBecause.empty())
      N.Sureness = Certainty::Likely;
    N.Trail = trailOf(S, *L);
    FindingStep Step;
    Step.Where = N.Where;
    Step.Text = Same->Chain.empty() ? "another is acquired here"
                                    : "'" + N.By + "' is called here";
    N.Trail.push_back(std::move(Step));
    N.Trail.insert(N.Trail.end(), Same->Chain.begin(), Same->Chain.end());
    Nested.try_emplace(I.Site->Where, std::move(N));
    return;
  }
}

void Solver::noteLocalPool(const void *Site, LocalPool Pool) {
  if (!P.Function->isMain())
    LocalPools.try_emplace(Site, std::move(Pool));
}

void Solver::notePoolVariable(const VarDecl &V) {
  if (!V.hasLocalStorage() || isa<ParmVarDecl>(V) || V.isNRVOVariable() ||
      V.getType()->isReferenceType())
    return;
  LocalPool Pool;
  Pool.Where = SourceRange(V.getLocation());
  Pool.Name = V.getNameAsString();
  if (const CXXRecordDecl *R = V.getType()->getAsCXXRecordDecl())
    Pool.Api = model::qualifiedName(R);
  noteLocalPool(&V, std::move(Pool));
}

void Solver::notePoolObject(const State &S, SymbolId Object,
                            const CXXRecordDecl *R) {
  const SymbolData &D = Table[Object];
  if (D.What != SymbolData::Kind::New || !D.Site || !R ||
      !Env.Models.isPool(R) || llvm::is_contained(S.Escaped, Object))
    return;
  LocalPool Pool;
  Pool.Where = rangeOf(*static_cast<const Stmt *>(D.Site));
  Pool.Api = model::qualifiedName(R);
  noteLocalPool(D.Site, std::move(Pool));
}

void Solver::finishPools(LeaseFlow &Flow) {
  for (const LeaseSite &Site : Sites)
    if (Site.Where && Site.Resource && Site.Ended && !Site.HandedOn &&
        Site.Resource.Entry->Kind == model::ResourceKind::Pool)
      noteLocalPool(Site.Where,
                    {rangeOf(*Site.Where), Site.Api, Site.HandleName});
  for (auto &[Where, N] : Nested)
    Flow.Nested.push_back(std::move(N));
  for (auto &[Where, Pool] : LocalPools)
    Flow.Pools.push_back(std::move(Pool));
  const SourceManager &SM = Env.Context.getSourceManager();
  auto Before = [&](auto &A, auto &B) {
    return SM.isBeforeInTranslationUnit(A.Where.getBegin(), B.Where.getBegin());
  };
  llvm::sort(Flow.Nested, Before);
  llvm::sort(Flow.Pools, Before);
}

} // namespace conntidy::flow
