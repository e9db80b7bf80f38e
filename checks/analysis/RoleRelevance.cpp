//===- RoleRelevance.cpp - where roles may matter to a unit ---------------===//
//
// A role is given to functions whose handle, or whose
// own name or class, is named like a connection, a pool or a guard.
//
//===----------------------------------------------------------------------===//

#include "analysis/RoleRelevance.h"
#include "analysis/RoleNames.h"
#include "clang/AST/RecursiveASTVisitor.h"
#include "llvm/ADT/STLExtras.h"

using namespace clang;

namespace conntidy {

namespace {

class Meetings : public RecursiveASTVisitor<Meetings> {
public:
  Meetings(const ASTContext &Context, HandleTypes &Types)
      : Context(Context), SM(Context.getSourceManager()), Types(Types) {}

  bool shouldVisitTemplateInstantiations() const { return true; }
  bool shouldVisitImplicitCode() const { return true; }

  bool VisitFunctionDecl(FunctionDecl *F) {
    meet(F);
    return true;
  }
  bool VisitDeclRefExpr(DeclRefExpr *E) {
    meet(dyn_cast<FunctionDecl>(E->getDecl()));
    return true;
  }
  bool VisitMemberExpr(MemberExpr *E) {
    meet(dyn_cast<FunctionDecl>(E->getMemberDecl()));
    return true;
  }
  bool VisitCXXConstructExpr(CXXConstructExpr *E) {
    meet(E->getConstructor());
    return true;
  }

  RoleScope Met;

private:
  void meet(const FunctionDecl *F) {
    if (!F || !mayHaveRole(F))
      return;
    if (auto *M = dyn_cast<CXXMethodDecl>(F))
      Met.Classes.insert(M->getParent());
    else
      Met.FreeFunctions = true;
  }

  bool mayHaveRole(const FunctionDecl *F) {
    F = F->getCanonicalDecl();
    if (!Seen.insert(F).second ||
        SM.isInSystemHeader(SM.getExpansionLoc(F->getLocation())))
      return false;
    if (auto *M = dyn_cast<CXXMethodDecl>(F);
        M && M->getParent()->getIdentifier() &&
        (speaks(M->getParent()->getName()) ||
         soundsLikeGuard(M->getParent()->getName())))
      return true;
    return (F->getDeclName().isIdentifier() && speaks(F->getName())) ||
           isHandle(F->getReturnType()) ||
           llvm::any_of(F->parameters(), [&](const ParmVarDecl *P) {
             return isHandle(P->getType());
           });
  }

  static bool speaks(llvm::StringRef Name) {
    return speaksOfConnections(Name) || speaksOfPools(Name);
  }

  /// Or a reference to one, or an out-parameter for it.
  bool isHandle(QualType T) {
    if (T->isReferenceType())
      T = T->getPointeeType()->isPointerType()
              ? T->getPointeeType()
              : Context.getPointerType(T->getPointeeType());
    for (; !T.isNull() && T->isPointerType(); T = T->getPointeeType())
      if (Types.of(T).Like != Likeness::None)
        return true;
    return false;
  }

  const ASTContext &Context;
  const SourceManager &SM;
  HandleTypes &Types;
  llvm::SmallPtrSet<const FunctionDecl *, 32> Seen;
};

} // namespace

RoleScope roleScopeOf(ASTContext &Context, HandleTypes &Types) {
  std::vector<Decl *> Scope = Context.getTraversalScope();
  Meetings Visitor(Context, Types);
  if (!Context.getExternalSource() ||
      llvm::any_of(Scope, llvm::IsaPred<TranslationUnitDecl>)) {
    Visitor.Met.Whole = true;
    return Visitor.Met;
  }
  for (Decl *D : Scope)
    Visitor.TraverseDecl(D);
  return Visitor.Met;
}

} // namespace conntidy
