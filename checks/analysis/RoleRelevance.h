//===- RoleRelevance.h - where roles may matter to a unit -------*- C++ -*-===//
//
// Defines RoleScope and roleScopeOf(): where to look for roles.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_ANALYSIS_ROLERELEVANCE_H
#define CONNTIDY_ANALYSIS_ROLERELEVANCE_H

#include "analysis/RoleTypes.h"
#include "clang/AST/ASTContext.h"
#include "llvm/ADT/SetVector.h"

namespace conntidy {

/// In an editor the headers are precompiled, and to look through all their
/// declarations takes longer than all the rest: only those count that can give
/// a role to a function which is defined or used in what is analysed.
struct RoleScope {
  bool Whole = false; ///< all of the unit: it was parsed at one go
  llvm::SetVector<const clang::CXXRecordDecl *> Classes;
  bool FreeFunctions = false;
};

RoleScope roleScopeOf(clang::ASTContext &Context, HandleTypes &Types);

} // namespace conntidy

#endif // CONNTIDY_ANALYSIS_ROLERELEVANCE_H
