//===- RoleRelevance.h - whether roles may matter to a unit -----*- C++ -*-===//
//
// Defines mayMeetRoles().
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_ANALYSIS_ROLERELEVANCE_H
#define CONNTIDY_ANALYSIS_ROLERELEVANCE_H

#include "analysis/RoleTypes.h"
#include "clang/AST/ASTContext.h"

namespace conntidy {

/// False if no function that could be given a role is defined or used in what
/// is analysed of the unit. In an editor the headers are precompiled, and to
/// look through their declarations for roles takes longer than all the rest;
/// for units that were parsed whole the answer is always true.
bool mayMeetRoles(clang::ASTContext &Context, HandleTypes &Types);

} // namespace conntidy

#endif // CONNTIDY_ANALYSIS_ROLERELEVANCE_H
