//===- LookUp.h - from a qualified name to declarations ---------*- C++ -*-===//
//
// Defines declarationsNamed(), for names that come from a model or from another
// unit.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_CFG_LOOKUP_H
#define CONNTIDY_CFG_LOOKUP_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"

namespace clang {
class ASTContext;
class NamedDecl;
class QualType;
} // namespace clang

namespace conntidy {

/// What this unit declares under a name like `app::Pool::lend`; empty if
/// nothing.
llvm::SmallVector<clang::NamedDecl *, 2>
declarationsNamed(clang::ASTContext &Context, llvm::StringRef Qualified);
/// The type of this name, a typedef included; null if none.
clang::QualType typeNamed(clang::ASTContext &Context,
                          llvm::StringRef Qualified);

} // namespace conntidy

#endif // CONNTIDY_CFG_LOOKUP_H
