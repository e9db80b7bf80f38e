//===- Waiting.cpp - what is waited for while a connection is held --------===//

#include "flow/Solver.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/ExprCXX.h"

using namespace clang;

namespace conntidy::flow {

bool isScarce(const model::ResourceEntry &R) {
  return R && !R.Entry->LongLived &&
         (R.Entry->Pooled || R.Entry->Kind == model::ResourceKind::Connection ||
          R.Entry->Kind == model::ResourceKind::Transaction);
}

/// A pool waits for its connections, and keeps them meanwhile; that is what it
/// is for.
bool Solver::isOwnImplementation() {
  if (OwnImplementation)
    return *OwnImplementation;
  auto Lends = [&](const FunctionDecl *F) {
    return llvm::any_of(
        Env.Models.entriesFor(F), [](const model::FunctionEntry &E) {
          return llvm::any_of(E.Entry->Acquires,
                              [](auto &A) { return A.Pool.has_value(); }) ||
                 llvm::any_of(E.Entry->Releases,
                              [](auto &R) { return R.Pool.has_value(); });
        });
  };
  bool Result = llvm::any_of(
      Env.Models.entriesFor(P.Function), [](const model::FunctionEntry &E) {
        return !E.Entry->Acquires.empty() || !E.Entry->Releases.empty();
      });
  if (auto *M = dyn_cast<CXXMethodDecl>(P.Function))
    Result |= llvm::any_of(M->getParent()->methods(), Lends);
  OwnImplementation = Result;
  return Result;
}

llvm::SmallVector<const HeldLease *, 2>
Solver::heldConnections(const State &S) {
  llvm::SmallVector<const HeldLease *, 2> Held;
  for (const HeldLease &L : S.Leases) {
    const LeaseSite &Site = site(L.Lease);
    // A program that is one task is its connection's only user.
    if (Site.Where && isScarce(Site.Resource) && !L.Unopened &&
        (!P.Function->isMain() || Site.Resource.Entry->Pooled))
      Held.push_back(&L);
  }
  if (Held.empty() || S.InChild || isOwnImplementation())
    return {};
  // What is kept somewhere is held whatever this function does.
  auto Reached = reachable(S, false);
  llvm::erase_if(Held, [&](const HeldLease *L) {
    return llvm::is_contained(Reached, L->Handle);
  });
  return Held;
}

std::optional<Wait> Solver::waitOf(const Invocation &I, const State &S) {
  bool Interesting = Env.Set.IncludeBorrowed ||
                     llvm::any_of(S.Leases, [&](const HeldLease &L) {
                       return isScarce(site(L.Lease).Resource);
                     });
  if (!Interesting || !I.Site || !I.Site->Where)
    return std::nullopt;
  llvm::ArrayRef<model::FunctionEntry> Through;
  if (const FieldDecl *F = fieldCalledThrough(I, S))
    Through = Env.Models.entriesFor(F);
  auto W = Env.Waits.ofCall(I.Site->Where, I.Callee, Through);
  if (!W || (W->Briefly && !W->Chain.empty()))
    return std::nullopt;
  if (W->OnDescriptors) {
    if (!LendsDescriptor)
      LendsDescriptor = Env.Waits.lendsDescriptor(P.Function->getBody());
    if (*LendsDescriptor)
      return std::nullopt;
  }
  return W;
}

void Solver::addWait(const State &S, const HeldLease &L, const Expr *Where,
                     HeldWait W) {
  const LeaseSite &Site = site(L.Lease);
  // A function that is called time and again is one mistake.
  bool Known =
      W.Trail.size() > 1 && llvm::any_of(Waits, [&](const auto &Entry) {
        const HeldWait &Other = Entry.second;
        return Other.By == W.By && Other.AcquireApi == Site.Api &&
               Other.Acquired == rangeOf(*Site.Where);
      });
  auto [It, New] =
      Known ? std::pair(Waits.end(), false) : Waits.try_emplace(Where);
  if (!New)
    return;
  W.Acquired = rangeOf(*Site.Where);
  W.Where = rangeOf(*Where);
  W.HandleName = Site.HandleName;
  W.Noun = nounOf(Site.Resource);
  W.AcquireApi = Site.Api;
  if (!Site.GuessedBecause.empty())
    W.Sureness = std::max(W.Sureness, Certainty::Likely);
  std::vector<FindingStep> Calls = std::move(W.Trail);
  W.Trail = trailOf(S, L);
  W.Trail.insert(W.Trail.end(), Calls.begin(), Calls.end());
  It->second = std::move(W);
}

void Solver::noteWait(State &After, const Invocation &I, const Wait &For) {
  auto Held = heldConnections(After);
  if (Held.empty() && (!Env.Set.IncludeBorrowed || isOwnImplementation()))
    return;
  HeldWait W;
  W.By = I.Callee ? model::qualifiedName(I.Callee) : "";
  W.For = For.For;
  W.Sureness = For.Briefly ? Certainty::Likely : Certainty::Definite;
  FindingStep Step;
  Step.Where = rangeOf(*I.Site->Where);
  Step.Text = For.Chain.empty() ? "blocks on " + For.For + " here"
                                : "'" + W.By + "' is called here";
  W.Trail.push_back(Step);
  W.Trail.insert(W.Trail.end(), For.Chain.begin(), For.Chain.end());
  if (!Held.empty())
    addWait(After, *Held.front(), I.Site->Where, std::move(W));
  else
    addBorrowed(After, I.Site->Where, std::move(W));
}

/// Of what the function was given, and what it found where it looked.
void Solver::addBorrowed(const State &S, const Expr *Where, HeldWait W) {
  auto Add = [&](const ValueDecl *D) {
    model::ResourceEntry R = Env.Models.resourceOfType(D->getType());
    if (!isScarce(R))
      return false;
    W.Where = rangeOf(*Where);
    W.HandleName = D->getNameAsString();
    W.Noun = nounOf(R);
    W.Sureness = std::max(W.Sureness, Certainty::Likely);
    Waits.try_emplace(Where, W);
    return true;
  };
  for (const ParmVarDecl *Param : P.Function->parameters())
    if (Add(Param))
      return;
  for (SymbolId Handle : S.Used) {
    const SymbolData &D = Table[Handle];
    if (D.What != SymbolData::Kind::Entry)
      continue;
    const PlaceData &At = Table[D.Place];
    bool IsDeclared =
        At.What == PlaceData::Kind::Global ||
        (At.What == PlaceData::Kind::Field && At.Pseudo == PseudoField::None);
    if (IsDeclared && Add(static_cast<const ValueDecl *>(At.Origin)))
      return;
  }
}

void collectVariables(const Stmt *S,
                      llvm::SmallVectorImpl<const VarDecl *> &Into) {
  if (!S)
    return;
  if (auto *R = dyn_cast<DeclRefExpr>(S))
    if (auto *V = dyn_cast<VarDecl>(R->getDecl()))
      Into.push_back(V);
  for (const Stmt *Child : S->children())
    collectVariables(Child, Into);
}

void Solver::noteSuspension(State &S, const CoawaitExpr &Await) {
  if (Await.isImplicit())
    return;
  auto Held = heldConnections(S);
  if (Held.empty())
    return;
  // The connection's own operation, or what makes it.
  llvm::SmallVector<const VarDecl *, 4> Variables;
  collectVariables(Await.getOperand(), Variables);
  const SourceManager &SM = Env.Context.getSourceManager();
  SourceRange Range = Await.getSourceRange();
  llvm::erase_if(Held, [&](const HeldLease *L) {
    SourceLocation Made = site(L->Lease).Where->getBeginLoc();
    if (!SM.isBeforeInTranslationUnit(Made, Range.getBegin()))
      return true;
    return llvm::any_of(Variables, [&](const VarDecl *V) {
      PlaceData D;
      D.What = V->hasLocalStorage() ? PlaceData::Kind::Variable
                                    : PlaceData::Kind::Global;
      D.Origin = V->getCanonicalDecl();
      PlaceId Place = Table.place(D);
      return llvm::any_of(S.heldIn(L->Handle),
                          [&](PlaceId In) { return Table.within(In, Place); });
    });
  });
  if (Held.empty())
    return;
  HeldWait W;
  W.For = "another task";
  FindingStep Step;
  Step.Where = rangeOf(Await);
  Step.Text = "the coroutine is suspended here";
  W.Trail.push_back(Step);
  addWait(S, *Held.front(), &Await, std::move(W));
}

} // namespace conntidy::flow
