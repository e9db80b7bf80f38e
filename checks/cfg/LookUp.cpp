//===- LookUp.cpp - from a qualified name to declarations -----------------===//

#include "cfg/LookUp.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/Decl.h"

using namespace clang;

namespace conntidy {

/// A typedef may be the only name a scope has.
static const DeclContext *scopeOf(NamedDecl *D) {
  if (auto *T = dyn_cast<TypedefNameDecl>(D))
    return T->getUnderlyingType()->getAsTagDecl();
  return dyn_cast<DeclContext>(D);
}

llvm::SmallVector<NamedDecl *, 2> declarationsNamed(ASTContext &Context,
                                                    llvm::StringRef Qualified) {
  llvm::SmallVector<llvm::StringRef, 4> Parts;
  Qualified.split(Parts, "::");
  llvm::SmallVector<NamedDecl *, 2> Found;
  const DeclContext *Scope = Context.getTranslationUnitDecl();
  for (size_t N = 0; N < Parts.size(); ++N) {
    Found.clear();
    for (NamedDecl *D : Scope->lookup(&Context.Idents.get(Parts[N])))
      Found.push_back(D);
    if (N + 1 == Parts.size())
      break;
    const DeclContext *Next = nullptr;
    for (NamedDecl *D : Found)
      if (const DeclContext *C = scopeOf(D))
        Next = C;
    if (!Next)
      return {};
    Scope = Next;
  }
  return Found;
}

QualType typeNamed(ASTContext &Context, llvm::StringRef Qualified) {
  for (NamedDecl *D : declarationsNamed(Context, Qualified))
    if (auto *T = dyn_cast<TypeDecl>(D))
      return Context.getTypeDeclType(static_cast<const TypeDecl *>(T));
  return {};
}

} // namespace conntidy
