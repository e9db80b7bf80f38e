//===- RoleEntries.h - what is inferred, as a model says it -----*- C++ -*-===//
//
// Defines the resources and entries that inferred roles are made of.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_ANALYSIS_ROLEENTRIES_H
#define CONNTIDY_ANALYSIS_ROLEENTRIES_H

#include "analysis/RoleTypes.h"

namespace conntidy {

/// Handles of \p Type that one opens and closes.
model::Resource directResource(const HandleType &Type);
/// Handles of \p Type that go back to where they came from.
model::Resource pooledResource(const HandleType &Type, std::string Name);

/// \p Why: empty if it is no guess.
model::Function acquireEntry(const clang::FunctionDecl *F, model::Slot Handle,
                             const std::string &Resource,
                             std::optional<model::Slot> Pool, std::string Why);
model::Function releaseEntry(const clang::FunctionDecl *F, model::Slot Handle,
                             const std::string &Resource,
                             std::optional<model::Slot> Pool);
/// For what may close the handle, or only strike it off a list and leave the
/// closing to the caller.
model::Function takeEntry(const clang::FunctionDecl *F, model::Slot Handle);

} // namespace conntidy

#endif // CONNTIDY_ANALYSIS_ROLEENTRIES_H
