//===- ModelSet.h - which model speaks of a declaration ---------*- C++ -*-===//
//
// Defines ModelSet: all libraries in force, indexed by name, and the questions the
// engine asks of them about Clang declarations.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_MODEL_MODELSET_H
#define CONNTIDY_MODEL_MODELSET_H

#include "model/Model.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace clang {
class CXXRecordDecl;
class FieldDecl;
class FunctionDecl;
class NamedDecl;
} // namespace clang

namespace conntidy::model {

/// A function entry together with the library it belongs to.
struct FunctionEntry {
  const Function *Entry = nullptr;
  const Library *Owner = nullptr;
};
struct ClassEntry {
  const Class *Entry = nullptr;
  const Library *Owner = nullptr;
  explicit operator bool() const { return Entry; }
};
struct ResourceEntry {
  const Resource *Entry = nullptr;
  const Library *Owner = nullptr;
  explicit operator bool() const { return Entry; }
};

class ModelSet {
public:
  /// Later libraries override earlier ones that speak of the same name. Fails
  /// as validate() does.
  static llvm::Expected<ModelSet> create(std::vector<Library> Libraries);

  /// Every entry for a function, a method (also one inherited or overridden), or a
  /// constructor. Inline namespaces are ignored. Empty if none.
  llvm::ArrayRef<FunctionEntry>
  entriesFor(const clang::FunctionDecl *F) const;
  /// The same for a call through a field that holds a function pointer.
  llvm::ArrayRef<FunctionEntry> entriesFor(const clang::FieldDecl *F) const;
  /// The class's own entry, or the nearest base class's.
  ClassEntry entryFor(const clang::CXXRecordDecl *R) const;
  /// Resolves `connection` within \p From, or `libpq.connection`.
  ResourceEntry resource(llvm::StringRef Name, const Library &From) const;

  const std::vector<Library> &libraries() const { return *Libraries; }

private:
  ModelSet() = default;
  llvm::ArrayRef<FunctionEntry> byName(llvm::StringRef Qualified) const;

  // Entries point into the libraries: these must not move with the set.
  std::shared_ptr<const std::vector<Library>> Libraries;
  llvm::StringMap<llvm::SmallVector<FunctionEntry, 1>> Functions;
  llvm::StringMap<ClassEntry> Classes;
  llvm::StringMap<bool> LastNames; ///< quick refusal by unqualified name
  mutable llvm::DenseMap<const clang::NamedDecl *,
                         llvm::SmallVector<FunctionEntry, 1>>
      FunctionCache;
  mutable llvm::DenseMap<const clang::CXXRecordDecl *, ClassEntry> ClassCache;
};

/// `a::b::C` without inline namespaces, template arguments and anonymous scopes.
std::string qualifiedName(const clang::NamedDecl *D);

} // namespace conntidy::model

#endif // CONNTIDY_MODEL_MODELSET_H
