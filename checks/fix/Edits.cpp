//===- Edits.cpp - from what a rule wants to edits ------------------------===//

#include "fix/Edits.h"
#include "cfg/LookUp.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/Expr.h"
#include "clang/Basic/SourceManager.h"

using namespace clang;

namespace conntidy {

/// The one function of this name that needs no object; null if there are
/// several.
static const FunctionDecl *functionNamed(ASTContext &Context,
                                         llvm::StringRef Name) {
  const FunctionDecl *Found = nullptr;
  for (const NamedDecl *D : declarationsNamed(Context, Name)) {
    auto *F = dyn_cast<FunctionDecl>(D);
    if (!F || isa<CXXMethodDecl>(F) ||
        (Found && Found->getCanonicalDecl() != F->getCanonicalDecl()))
      return nullptr;
    Found = F;
  }
  return Found;
}

/// `free(r)` becomes `PQclear(r)`, if that is a function of one argument, too,
/// and of just this type, and nobody wants what the other one returns.
static std::vector<Edit> callInstead(const FixIntent &Intent,
                                     ASTContext &Context) {
  auto *Call = dyn_cast_or_null<CallExpr>(Intent.Where);
  auto *Name =
      Call ? dyn_cast<DeclRefExpr>(Call->getCallee()->IgnoreParenImpCasts())
           : nullptr;
  const FunctionDecl *Wrong = Call ? Call->getDirectCallee() : nullptr;
  const FunctionDecl *Right = functionNamed(Context, Intent.Name);
  if (!Name || !Wrong || !Right || Call->getNumArgs() != 1 ||
      Right->getNumParams() != 1 || Right->isVariadic() ||
      !Wrong->getReturnType()->isVoidType())
    return {};
  QualType Given = Call->getArg(0)->IgnoreParenImpCasts()->getType();
  if (!Context.hasSameUnqualifiedType(Given, Right->getParamDecl(0)->getType()))
    return {};
  SourceRange Where = Name->getSourceRange();
  if (Where.getBegin().isMacroID() || Where.getEnd().isMacroID())
    return {};
  if (!Context.getSourceManager().isBeforeInTranslationUnit(
          Right->getCanonicalDecl()->getLocation(), Where.getBegin()))
    return {};
  return {{Where, Intent.Name}};
}

std::vector<Edit> editsFor(const FixIntent &Intent, ASTContext &Context) {
  switch (Intent.What) {
  case FixIntent::Kind::None:
    return {};
  case FixIntent::Kind::CallInstead:
    return callInstead(Intent, Context);
  }
  llvm_unreachable("unknown intent");
}

} // namespace conntidy
