//===- Acquisitions.cpp - the connections that a call acquires ------------===//

#include "cfg/Acquisitions.h"
#include "cfg/Throws.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/ExprCXX.h"

using namespace clang;

namespace conntidy {

/// Of one function; more are of no use to anybody.
static constexpr size_t MaxAcquisitions = 6;
/// Steps of a chain that are worth telling.
static constexpr size_t MaxChain = 5;

namespace {

/// The operands of a call where models count them.
struct Operands {
  const Expr *Object = nullptr;
  llvm::ArrayRef<const Expr *> Args;

  explicit Operands(const Expr *Call) {
    if (auto *C = dyn_cast<CXXConstructExpr>(Call)) {
      Args = {C->getArgs(), C->getNumArgs()};
    } else if (auto *C = dyn_cast<CallExpr>(Call)) {
      Args = {C->getArgs(), C->getNumArgs()};
      if (auto *M = dyn_cast<CXXMemberCallExpr>(C))
        Object = M->getImplicitObjectArgument();
    }
  }
  const Expr *at(const model::Slot &Slot) const {
    if (Slot.Where == model::Slot::Kind::This)
      return Object;
    bool IsArgument = Slot.Where == model::Slot::Kind::Arg ||
                      Slot.Where == model::Slot::Kind::Pointee;
    return IsArgument && Slot.Index < Args.size() ? Args[Slot.Index] : nullptr;
  }
};

} // namespace

static PoolName nameOf(const Expr *E) {
  PoolName Name;
  while (E) {
    E = E->IgnoreParenCasts();
    if (auto *U = dyn_cast<UnaryOperator>(E))
      E = U->getSubExpr();
    else if (auto *O = dyn_cast<CXXOperatorCallExpr>(E);
             O && O->getNumArgs() == 1) // a smart pointer's -> or *
      E = O->getArg(0);
    else if (auto *M = dyn_cast<MaterializeTemporaryExpr>(E))
      E = M->getSubExpr();
    else
      break;
  }
  if (!E)
    return Name;
  if (auto *R = dyn_cast<DeclRefExpr>(E)) {
    if (isa<VarDecl>(R->getDecl()))
      Name = {PoolName::Kind::Variable, R->getDecl()->getCanonicalDecl()};
  } else if (auto *M = dyn_cast<MemberExpr>(E)) {
    if (isa<CXXThisExpr>(M->getBase()->IgnoreParenCasts()))
      Name = {PoolName::Kind::Field, M->getMemberDecl()->getCanonicalDecl()};
  } else if (isa<CXXThisExpr>(E)) {
    Name.What = PoolName::Kind::This;
  } else if (auto *C = dyn_cast<CallExpr>(E)) {
    if (const FunctionDecl *F = C->getDirectCallee();
        F && C->getNumArgs() == 0 && !isa<CXXMemberCallExpr>(C))
      Name = {PoolName::Kind::Function, F->getCanonicalDecl()};
  }
  return Name;
}

/// What the callee calls \p Pool, in the words of its caller.
static PoolName renamed(PoolName Pool, const Operands &Given) {
  switch (Pool.What) {
  case PoolName::Kind::Unknown:
  case PoolName::Kind::Function:
    return Pool;
  case PoolName::Kind::Variable: {
    auto *V = cast<VarDecl>(Pool.Named);
    if (V->hasGlobalStorage())
      return Pool;
    auto *Param = dyn_cast<ParmVarDecl>(V);
    return Param && Param->getFunctionScopeIndex() < Given.Args.size()
               ? nameOf(Given.Args[Param->getFunctionScopeIndex()])
               : PoolName();
  }
  case PoolName::Kind::This:
    return Given.Object ? nameOf(Given.Object) : PoolName();
  case PoolName::Kind::Field:
    return Given.Object && isa<CXXThisExpr>(Given.Object->IgnoreParenCasts())
               ? Pool
               : PoolName();
  }
  llvm_unreachable("unknown pool");
}

std::vector<Acquisition>
AcquisitionInference::ofCall(const Expr *Call, const FunctionDecl *Callee) {
  std::vector<Acquisition> Result;
  if (!Callee)
    return Result;
  Operands Given(Call);
  auto Entries = Models.entriesFor(Callee);
  for (const model::FunctionEntry &E : Entries)
    for (const model::Acquire &A : E.Entry->Acquires) {
      model::ResourceEntry Resource = Models.resource(A.Resource, *E.Owner);
      if (!Resource || Resource.Entry->Kind != model::ResourceKind::Connection)
        continue;
      Acquisition Made;
      Made.Api = model::qualifiedName(Callee);
      Made.Resource = Resource;
      if (A.Pool)
        Made.Pool = nameOf(Given.at(*A.Pool));
      else if (Resource.Entry->Pooled)
        Made.Pool = {PoolName::Kind::Function, Callee->getCanonicalDecl()};
      Result.push_back(std::move(Made));
    }
  if (auto *C = dyn_cast<CXXConstructorDecl>(Callee);
      C && !C->isCopyOrMoveConstructor())
    if (model::ClassEntry E = Models.entryFor(C->getParent());
        E && !E.Entry->Holds.empty()) {
      model::ResourceEntry Resource = Models.resource(E.Entry->Holds, *E.Owner);
      if (Resource && Resource.Entry->Kind == model::ResourceKind::Connection) {
        Acquisition Made;
        Made.Api = model::qualifiedName(C->getParent());
        Made.Resource = Resource;
        Result.push_back(std::move(Made));
      }
    }
  if (!Result.empty() || !Entries.empty())
    return Result;
  for (const Acquisition &Inner : of(Callee)) {
    Result.push_back(Inner);
    Result.back().Pool = renamed(Inner.Pool, Given);
  }
  return Result;
}

void AcquisitionInference::collect(const Stmt *S,
                                   std::vector<Acquisition> &Into) {
  // Not run here, or never.
  if (!S || Into.size() >= MaxAcquisitions ||
      isa<LambdaExpr, UnaryExprOrTypeTraitExpr, CXXNoexceptExpr, CXXTypeidExpr>(
          S))
    return;
  for (const Stmt *Child : S->children())
    collect(Child, Into);
  const FunctionDecl *Callee = nullptr;
  if (auto *C = dyn_cast<CallExpr>(S))
    Callee = C->getDirectCallee();
  else if (auto *C = dyn_cast<CXXConstructExpr>(S))
    Callee = C->getConstructor();
  if (!Callee)
    return;
  auto *Call = cast<Expr>(S);
  for (Acquisition &Made : ofCall(Call, Callee)) {
    bool Told = llvm::any_of(Into, [&](const Acquisition &Other) {
      return Other.Resource == Made.Resource && Other.Pool == Made.Pool;
    });
    if (Told || Into.size() >= MaxAcquisitions)
      continue;
    std::string Name = "'" + model::qualifiedName(Callee) + "'";
    FindingStep Step;
    Step.Where = Call->getSourceRange();
    Step.Text = Made.Chain.empty() ? Name + " acquires a connection here"
                                   : Name + " is called here";
    Made.Chain.insert(Made.Chain.begin(), std::move(Step));
    if (Made.Chain.size() > MaxChain)
      Made.Chain.erase(Made.Chain.begin() + MaxChain / 2);
    Into.push_back(std::move(Made));
  }
}

const std::vector<Acquisition> &
AcquisitionInference::of(const FunctionDecl *F) {
  F = F->getCanonicalDecl();
  auto [It, New] = Known.try_emplace(F);
  if (New) {
    // Asked again while it is being looked for, it acquires nothing.
    It->second = std::make_unique<std::vector<Acquisition>>();
    std::vector<Acquisition> Found;
    if (const FunctionDecl *Body = visibleBody(F)) {
      if (auto *C = dyn_cast<CXXConstructorDecl>(Body))
        for (const CXXCtorInitializer *I : C->inits())
          collect(I->getInit(), Found);
      collect(Body->getBody(), Found);
    }
    for (Acquisition &Made : Found)
      for (FindingStep &Step : Made.Chain)
        ++Step.Depth;
    *Known[F] = std::move(Found);
  }
  return *Known[F];
}

} // namespace conntidy
