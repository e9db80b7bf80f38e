//===- Roles.h - what functions are for, without a model --------*- C++ -*-===//
//
// Defines inferRoles(): which functions of a unit are the acquires and releases
// of pools and connections of the project's own, as a model file would say it.
// Structure decides: a store of handles that one function takes out of and
// another puts into. From declarations alone only what types and names leave
// little doubt about is concluded.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_ANALYSIS_ROLES_H
#define CONNTIDY_ANALYSIS_ROLES_H

#include "model/ModelSet.h"
#include <string>
#include <vector>

namespace clang {
class ASTContext;
}

namespace conntidy {

class IndexedUnits;

/// A resource and the functions that lease it out and take it back.
struct InferredRole {
  enum class Sureness : uint8_t {
    Seen,    ///< bodies show it
    Guessed, ///< types and names of declarations agree
    Unsure,  ///< to be looked at by a person; no finding hangs on it
  };
  Sureness How = Sureness::Unsure;
  /// What completes "taken to be an acquire because ...", with a place.
  std::string Why;
  /// Unnamed if the functions lease what a model knows already.
  model::Resource Leased;
  std::vector<model::Function> Functions;
  std::vector<model::Class> Classes; ///< whose objects hold it
};

struct UnitRoles {
  std::vector<InferredRole> Roles;
  /// Functions whose bodies were looked at: what these do is not to be guessed.
  std::vector<std::string> Bodies;
};

/// What can be said of one unit by itself.
UnitRoles inferRoles(clang::ASTContext &Context, const model::ModelSet &Models);
/// What \p Others know of a function goes before what would be guessed here.
UnitRoles inferRoles(clang::ASTContext &Context,
                     const model::ModelIndex &Models, IndexedUnits &Others);

/// Roles of one resource become one, the surest first, and a function is in one
/// role only.
std::vector<InferredRole> merge(std::vector<UnitRoles> Units);

/// The library that says what is sure enough to report by.
model::Library libraryOf(UnitRoles Roles);

} // namespace conntidy

#endif // CONNTIDY_ANALYSIS_ROLES_H
