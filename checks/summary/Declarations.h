//===- Declarations.h - declarations by name, across units ------*- C++ -*-===//
//
// Defines Declarations, which names the fields, variables, functions and
// resources that summaries speak of, and finds them again in another unit. What
// that unit does not declare (a field of a struct it knows by name only) it
// makes up: a declaration that no scope contains, always the same for one name.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_SUMMARY_DECLARATIONS_H
#define CONNTIDY_SUMMARY_DECLARATIONS_H

#include "cfg/Throws.h"
#include "model/ModelSet.h"
#include "summary/FunctionFacts.h"
#include "llvm/ADT/StringMap.h"

namespace conntidy {

/// Clang's name for a declaration, the same in all units; empty if it has none.
std::string usrOf(const clang::Decl *D);

/// What is thrown, by name.
std::vector<ThrownType> toNames(const ThrownSet &Set);
std::vector<std::string> namesOf(clang::QualType Thrown);

class Declarations {
public:
  Declarations(clang::ASTContext &Context, const model::ModelIndex &Models)
      : Context(Context), Models(Models) {}

  static llvm::json::Value describe(const clang::FieldDecl *F);
  static llvm::json::Value describe(const clang::VarDecl *V);
  static llvm::json::Value describe(const clang::FunctionDecl *F);

  // Null where the description does not have the form.
  const clang::FieldDecl *field(const llvm::json::Object &Description);
  const clang::VarDecl *variable(const llvm::json::Object &Description);
  /// Null, too, if this unit does not declare it.
  const clang::FunctionDecl *function(const llvm::json::Object &Description);
  model::ResourceEntry resource(llvm::StringRef Library, llvm::StringRef Name);
  /// Types that this unit does not know are caught here by a base, if at all.
  ThrownSet thrown(const std::vector<ThrownType> &Types,
                   std::optional<Certainty> Anything);

private:
  clang::QualType type(const llvm::json::Object *Description);
  clang::QualType record(llvm::StringRef Name);
  clang::IdentifierInfo *identifier(llvm::StringRef Name);

  clang::ASTContext &Context;
  const model::ModelIndex &Models;
  llvm::StringMap<const clang::FieldDecl *> Fields;
  llvm::StringMap<const clang::VarDecl *> Variables;
  llvm::StringMap<clang::QualType> MadeUp; ///< records nobody declares here
};

} // namespace conntidy

#endif // CONNTIDY_SUMMARY_DECLARATIONS_H
