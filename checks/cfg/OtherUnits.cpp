//===- OtherUnits.cpp - what other translation units say ------------------===//

#include "cfg/OtherUnits.h"
#include "cfg/Throws.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/Attr.h"
#include "clang/AST/DeclCXX.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/ADT/STLExtras.h"

using namespace clang;

namespace conntidy {

bool mayBeElsewhere(const FunctionDecl *F) {
  if (bodySkipped(F))
    return true;
  if (!F->isExternallyVisible() || F->getBuiltinID() || F->isDependentContext())
    return false;
  const FunctionDecl *Body = nullptr;
  if (F->isDefined(Body) || F->isDeleted() || F->isImplicit() ||
      F->isDefaulted())
    return false;
  if (auto *M = dyn_cast<CXXMethodDecl>(F);
      M && M->isVirtual() && !M->hasAttr<FinalAttr>() &&
      !M->getParent()->isEffectivelyFinal() && !isa<CXXDestructorDecl>(M))
    return false;
  if (isInStandardLibrary(F))
    return false;
  const SourceManager &SM = F->getASTContext().getSourceManager();
  return !SM.isInSystemHeader(SM.getExpansionLoc(F->getLocation()));
}

bool bodySkipped(const FunctionDecl *F) {
  const FunctionDecl *Pattern = F->getTemplateInstantiationPattern();
  const SourceManager &SM = F->getASTContext().getSourceManager();
  return llvm::any_of(
      (Pattern ? Pattern : F)->redecls(), [&](const FunctionDecl *D) {
        return D->hasSkippedBody() &&
               !SM.isInSystemHeader(SM.getExpansionLoc(D->getLocation()));
      });
}

} // namespace conntidy
