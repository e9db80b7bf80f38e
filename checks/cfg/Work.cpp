//===- Work.cpp - how much work a call is ---------------------------------===//

#include "cfg/Work.h"
#include "cfg/Throws.h"
#include "model/ModelSet.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/ExprCXX.h"
#include "clang/AST/StmtCXX.h"
#include "clang/Basic/SourceManager.h"

using namespace clang;

namespace conntidy {

bool isLoop(const Stmt *S) {
  // `do { ... } while (0)` is how a macro is made a statement.
  if (auto *D = dyn_cast<DoStmt>(S)) {
    const Expr *Condition = D->getCond()->IgnoreParenImpCasts();
    if (auto *Number = dyn_cast<IntegerLiteral>(Condition))
      return !Number->getValue().isZero();
    if (auto *Word = dyn_cast<CXXBoolLiteralExpr>(Condition))
      return Word->getValue();
    return true;
  }
  return isa<ForStmt, WhileStmt, CXXForRangeStmt>(S);
}

Work WorkInference::of(const FunctionDecl *F) {
  F = F->getCanonicalDecl();
  auto [It, New] = Known.try_emplace(F, Work::Little);
  if (!New)
    return It->second;
  llvm::ArrayRef<model::FunctionEntry> Entries = Models.entriesFor(F);
  Work W = Work::Little;
  for (const model::FunctionEntry &E : Entries)
    if (E.Entry->Cost != model::Costs::Little)
      W = E.Entry->Cost == model::Costs::Much ? Work::Much
                                              : std::max(W, Work::InLoops);
  const SourceManager &SM = F->getASTContext().getSourceManager();
  if (Entries.empty() && !F->getBuiltinID() && !F->isImplicit() &&
      !F->isDefaulted() && !isInStandardLibrary(F) &&
      !SM.isInSystemHeader(SM.getExpansionLoc(F->getLocation()))) {
    auto *M = dyn_cast<CXXMethodDecl>(F);
    const FunctionDecl *Body = M && M->isVirtual() ? nullptr : visibleBody(F);
    W = Body ? within(Body->getBody(), false) : Work::InLoops;
  }
  return Known[F] = W;
}

Work WorkInference::within(const Stmt *S, bool InLoop) {
  Work Most = Work::Little;
  // Not run here, or never.
  if (!S ||
      isa<LambdaExpr, UnaryExprOrTypeTraitExpr, CXXNoexceptExpr, CXXTypeidExpr>(
          S))
    return Most;
  const FunctionDecl *Callee = nullptr;
  if (auto *C = dyn_cast<CallExpr>(S))
    Callee = C->getDirectCallee();
  else if (auto *C = dyn_cast<CXXConstructExpr>(S))
    Callee = C->getConstructor();
  if (Callee)
    Most = of(Callee);
  if (Most == Work::InLoops && InLoop)
    Most = Work::Much;
  InLoop |= isLoop(S);
  for (const Stmt *Child : S->children()) {
    if (Most == Work::Much)
      break;
    Most = std::max(Most, within(Child, InLoop));
  }
  return Most;
}

} // namespace conntidy
