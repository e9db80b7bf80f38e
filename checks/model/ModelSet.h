//===- ModelSet.h - which model speaks of a declaration ---------*- C++ -*-===//
//
// Defines ModelSet, all libraries in force indexed by name (immutable, shared
// by all units), and ModelIndex, which answers the engine's questions about the
// Clang declarations of one unit.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_MODEL_MODELSET_H
#define CONNTIDY_MODEL_MODELSET_H

#include "model/Model.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Error.h"
#include <memory>

namespace clang {
class ASTContext;
class CXXRecordDecl;
class FieldDecl;
class FunctionDecl;
class NamedDecl;
class QualType;
class TagDecl;
} // namespace clang

namespace conntidy::model {

class Annotations;

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
  friend bool operator==(const ResourceEntry &,
                         const ResourceEntry &) = default;
};

class ModelSet {
public:
  /// Later libraries override earlier ones that speak of the same name. Fails
  /// as validate() does.
  static llvm::Expected<ModelSet> create(std::vector<Library> Libraries);
  /// The same for what nobody has written: it is right as it is.
  static ModelSet ofInferred(std::vector<Library> Libraries);

  llvm::ArrayRef<FunctionEntry> functions(llvm::StringRef Qualified) const;
  ClassEntry classNamed(llvm::StringRef Qualified) const;
  /// Quick refusal by unqualified name.
  bool mentions(llvm::StringRef LastName) const {
    return LastNames.contains(LastName);
  }
  /// True if a resource is handled through this type (`PGconn`, `CURL`).
  bool isHandleType(llvm::StringRef Name) const {
    return HandleTypes.contains(Name);
  }
  /// What stands before `::field` or `::method` in unqualified scopes.
  const llvm::StringSet<> &scopes() const { return Scopes; }
  const llvm::StringSet<> &handleTypes() const { return HandleTypes; }
  /// True if a model names this file among its library's headers.
  bool namesHeader(llvm::StringRef File) const;
  /// Resolves `connection` within \p From, or `libpq.connection`.
  ResourceEntry resource(llvm::StringRef Name, const Library &From) const;

  const std::vector<Library> &libraries() const { return *Libraries; }

private:
  ModelSet() = default;
  void index(std::vector<Library> Given);

  // Entries point into the libraries: these must not move with the set.
  std::shared_ptr<const std::vector<Library>> Libraries;
  llvm::StringMap<llvm::SmallVector<FunctionEntry, 1>> Functions;
  llvm::StringMap<ClassEntry> Classes;
  llvm::StringSet<> LastNames;
  llvm::StringSet<> HandleTypes;
  llvm::StringSet<> Scopes;
};

/// The models as one unit sees them. Not shared between threads.
class ModelIndex {
public:
  explicit ModelIndex(const ModelSet &Set);
  ~ModelIndex();

  /// What is inferred has a say only where no model and no annotation has. What
  /// was looked up before is forgotten.
  void add(const ModelSet &Inferred);

  /// Every entry for a function, a method (also one inherited or overridden),
  /// or a constructor. Inline namespaces are ignored. Empty if none.
  llvm::ArrayRef<FunctionEntry> entriesFor(const clang::FunctionDecl *F) const;
  /// The same for a call through a field that holds a function pointer.
  llvm::ArrayRef<FunctionEntry> entriesFor(const clang::FieldDecl *F) const;
  /// The class's own entry, or the nearest base class's.
  ClassEntry entryFor(const clang::CXXRecordDecl *R) const;
  /// True for classes whose objects are pools: a model says so, or they have a
  /// method that lends connections of the object's own.
  bool isPool(const clang::CXXRecordDecl *R) const;
  /// True for (pointers to, references to) types a resource is handled through.
  bool isHandleType(clang::QualType T) const;
  ResourceEntry resource(llvm::StringRef Name, const Library &From) const {
    return Set.resource(Name, From);
  }
  /// The first resource that is handled through a type of this name, or a
  /// pointer to it.
  ResourceEntry resourceOfType(clang::QualType T) const;
  const ModelSet &set() const { return Set; }
  /// The last of this name; null if there is none.
  const Library *libraryNamed(llvm::StringRef Name) const;

private:
  llvm::SmallVector<FunctionEntry, 1>
  lookUp(const clang::FunctionDecl *F) const;

  bool mentions(llvm::StringRef LastName) const {
    return Set.mentions(LastName) || (Inferred && Inferred->mentions(LastName));
  }
  llvm::ArrayRef<FunctionEntry> functions(llvm::StringRef Qualified) const;
  bool isHandleName(llvm::StringRef Name) const {
    return Set.isHandleType(Name) || (Inferred && Inferred->isHandleType(Name));
  }
  void collectMethod(const clang::CXXRecordDecl *R, const std::string &Last,
                     llvm::SmallVectorImpl<FunctionEntry> &Out) const;
  void resolveTypedefs(const clang::ASTContext &Context) const;

  const ModelSet &Set;
  const ModelSet *Inferred = nullptr;
  /// Records behind the typedefs that handles go by (`PGconn` is pg_conn).
  mutable llvm::DenseSet<const clang::TagDecl *> HandleRecords;
  /// Records whose fields a model names by a typedef (`db_func_t::init`).
  mutable llvm::DenseMap<const clang::TagDecl *, llvm::StringRef> TableNames;
  mutable bool Resolved = false;
  std::unique_ptr<Annotations> Said; ///< what the source says of itself
  mutable llvm::DenseMap<const clang::NamedDecl *,
                         std::unique_ptr<llvm::SmallVector<FunctionEntry, 1>>>
      Functions;
  mutable llvm::DenseMap<const clang::CXXRecordDecl *, ClassEntry> Classes;
  mutable llvm::DenseMap<const clang::CXXRecordDecl *, bool> Pools;
};

/// `a::b::C` without inline namespaces, template arguments and anonymous
/// scopes.
std::string qualifiedName(const clang::NamedDecl *D);

} // namespace conntidy::model

#endif // CONNTIDY_MODEL_MODELSET_H
