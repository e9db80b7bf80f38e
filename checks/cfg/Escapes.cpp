//===- Escapes.cpp - whether a function keeps what it is given ------------===//

#include "cfg/Escapes.h"
#include "cfg/OtherUnits.h"
#include "cfg/Throws.h"
#include "model/ModelSet.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/ExprCXX.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/STLFunctionalExtras.h"

using namespace clang;

namespace conntidy {

namespace {

/// Calls deeper than this are taken to keep what they get.
constexpr unsigned MaxDepth = 4;

class EscapeFinder {
public:
  /// What becomes of it in bodies that are not seen here.
  using AskUnseen =
      llvm::function_ref<bool(const FunctionDecl *Callee, unsigned Index)>;

  EscapeFinder(const ParmVarDecl *Param, const model::ModelIndex &Models,
               AskUnseen Unseen, unsigned Depth = 0)
      : Param(Param), Models(Models), Unseen(Unseen), Depth(Depth) {}

  bool visit(const Stmt *S) {
    if (!S)
      return false;
    if (auto *B = dyn_cast<BinaryOperator>(S);
        B && B->getOpcode() == BO_Assign && isValue(B->getRHS()))
      return true;
    if (auto *D = dyn_cast<DeclStmt>(S)) {
      for (const Decl *X : D->decls())
        if (auto *V = dyn_cast<VarDecl>(X); V && isValue(V->getInit()))
          return true;
    } else if (auto *R = dyn_cast<ReturnStmt>(S)) {
      if (isValue(R->getRetValue()))
        return true;
    } else if (auto *L = dyn_cast<InitListExpr>(S)) {
      if (llvm::any_of(L->inits(), [&](const Expr *E) { return isValue(E); }))
        return true;
    } else if (isa<LambdaExpr>(S)) {
      return true;
    } else if (auto *C = dyn_cast<CallExpr>(S)) {
      if (passed(C->getDirectCallee(), C->getArgs(), C->getNumArgs()))
        return true;
    } else if (auto *C = dyn_cast<CXXConstructExpr>(S)) {
      if (passed(C->getConstructor(), C->getArgs(), C->getNumArgs()))
        return true;
    }
    return llvm::any_of(S->children(),
                        [&](const Stmt *Child) { return visit(Child); });
  }

private:
  /// The parameter itself, or the address of a part of what it points to.
  bool isValue(const Expr *E) const {
    if (!E)
      return false;
    E = E->IgnoreParenCasts();
    if (auto *U = dyn_cast<UnaryOperator>(E);
        U && U->getOpcode() == UO_AddrOf) {
      E = U->getSubExpr()->IgnoreParenCasts();
      while (auto *M = dyn_cast<MemberExpr>(E))
        E = M->getBase()->IgnoreParenCasts();
    }
    if (auto *C = dyn_cast<ConditionalOperator>(E))
      return isValue(C->getTrueExpr()) || isValue(C->getFalseExpr());
    auto *R = dyn_cast<DeclRefExpr>(E);
    return R && R->getDecl() == Param;
  }

  bool passed(const FunctionDecl *Callee, const Expr *const *Args,
              unsigned Count) const {
    for (unsigned N = 0; N < Count; ++N) {
      if (!isValue(Args[N]))
        continue;
      if (!Callee)
        return true;
      if (Callee->getBuiltinID() || !Models.entriesFor(Callee).empty())
        continue;
      if (N < Callee->getNumParams()) {
        QualType Pointee = Callee->getParamDecl(N)->getType()->getPointeeType();
        if (!Pointee.isNull() && Pointee.isConstQualified())
          continue;
      }
      if (Depth >= MaxDepth)
        return true;
      const FunctionDecl *Body = visibleBody(Callee);
      if (!Body) {
        if (Unseen(Callee, N))
          return true;
        continue;
      }
      if (N >= Body->getNumParams())
        return true;
      EscapeFinder Inner(Body->getParamDecl(N), Models, Unseen, Depth + 1);
      if (Inner.visit(Body->getBody()))
        return true;
    }
    return false;
  }

  const ParmVarDecl *Param;
  const model::ModelIndex &Models;
  AskUnseen Unseen;
  unsigned Depth;
};

} // namespace

bool escapes(const FunctionDecl *F, unsigned Index,
             const model::ModelIndex &Models, OtherUnits *Others) {
  auto Unseen = [&](const FunctionDecl *Callee, unsigned N) {
    if (!Others || !mayBeElsewhere(Callee))
      return true;
    return Others->keeps(Callee, N).value_or(true);
  };
  const FunctionDecl *Body = visibleBody(F);
  if (!Body)
    return Unseen(F, Index);
  if (Index >= Body->getNumParams())
    return true;
  EscapeFinder Finder(Body->getParamDecl(Index), Models, Unseen);
  return Finder.visit(Body->getBody());
}

EscapeAnswer inferEscape(const FunctionDecl *Definition, unsigned Index,
                         const model::ModelIndex &Models) {
  EscapeAnswer Answer;
  auto Unseen = [&](const FunctionDecl *Callee, unsigned N) {
    if (!mayBeElsewhere(Callee))
      return true;
    std::pair<const FunctionDecl *, unsigned> Asked{Callee, N};
    if (!llvm::is_contained(Answer.Via, Asked))
      Answer.Via.push_back(Asked);
    return false;
  };
  EscapeFinder Finder(Definition->getParamDecl(Index), Models, Unseen);
  Answer.Escapes = Finder.visit(Definition->getBody());
  if (Answer.Escapes)
    Answer.Via.clear();
  return Answer;
}

} // namespace conntidy
