//===- RoleTypes.h - which types are handles of connections -----*- C++ -*-===//
//
// Defines HandleTypes, which tells for the type of a parameter or result
// whether it is a handle that roles may be inferred for, and whether a class
// keeps a store of such handles.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_ANALYSIS_ROLETYPES_H
#define CONNTIDY_ANALYSIS_ROLETYPES_H

#include "analysis/RoleNames.h"
#include "model/ModelSet.h"
#include "clang/AST/Type.h"
#include "llvm/ADT/StringMap.h"
#include <map>

namespace conntidy {

struct HandleType {
  /// The record, or the typedef of an incomplete one, that it points to; two
  /// handles are of one type if they agree on it. Null if it is no handle.
  const clang::NamedDecl *Of = nullptr;
  Likeness Like = Likeness::None;
  /// It is not named like a connection, but has one inside.
  bool Wraps = false;
  model::ResourceEntry Modelled; ///< what a model leases out as this type
  std::string Name;              ///< of what it points to, qualified
  std::string Spelling;          ///< of the handle: `PGconn *`

  explicit operator bool() const { return Of; }
};

class HandleTypes {
public:
  explicit HandleTypes(const model::ModelIndex &Models);

  /// Of a pointer that can be given back: not to const, not to a scalar.
  const HandleType &of(clang::QualType Pointer);
  /// A container, array or list of such handles among the members of \p R;
  /// null if there is none.
  const clang::ValueDecl *storeIn(const clang::CXXRecordDecl *R,
                                  const clang::NamedDecl *Handle);

private:
  bool holdsOne(const clang::CXXRecordDecl *R) const;
  HandleType describe(const clang::NamedDecl *D);
  model::ResourceEntry modelled(const clang::NamedDecl *D) const;
  bool holds(clang::QualType T, const clang::NamedDecl *Handle, bool InStore,
             unsigned Depth);

  const model::ModelIndex &Models;
  llvm::StringMap<model::ResourceEntry> ByTypeName;
  std::map<const clang::NamedDecl *, HandleType> Known; ///< never iterated
  const HandleType None;
};

} // namespace conntidy

#endif // CONNTIDY_ANALYSIS_ROLETYPES_H
