//===- RoleEntries.cpp - what is inferred, as a model says it -------------===//

#include "analysis/RoleEntries.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclCXX.h"

using namespace clang;

namespace conntidy {

model::Resource directResource(const HandleType &Type) {
  model::Resource R;
  R.Name = Type.Name;
  R.Kind = Type.Like == Likeness::Result       ? model::ResourceKind::Result
           : Type.Like == Likeness::Connection ? model::ResourceKind::Connection
                                               : model::ResourceKind::Other;
  R.Type = Type.Spelling;
  return R;
}

model::Resource pooledResource(const HandleType &Type, std::string Name) {
  model::Resource R;
  R.Name = std::move(Name);
  R.Kind = model::ResourceKind::Connection;
  R.Type = Type.Spelling;
  R.Noun = "pooled connection";
  R.Pooled = true;
  return R;
}

/// Overloads are told apart by their number of arguments.
static void setArity(const FunctionDecl *F, model::Function &Entry) {
  if (!F->getASTContext().getLangOpts().CPlusPlus)
    return;
  for (const NamedDecl *Other : F->getDeclContext()->lookup(F->getDeclName())) {
    auto *O = dyn_cast<FunctionDecl>(Other);
    if (O && O->getNumParams() != F->getNumParams())
      Entry.Arity = F->getNumParams();
  }
}

static model::Condition held(const FunctionDecl *F, const model::Slot &S) {
  model::Condition C;
  C.About = model::Condition::Subject::Handle;
  C.Low = C.High = 0;
  C.Negated = true;
  QualType T = F->getReturnType();
  if (S.Where != model::Slot::Kind::Pointee ||
      !T->isIntegralType(F->getASTContext()))
    return C;
  // A truth value says yes, a status is 0 when all went well.
  C.About = model::Condition::Subject::Return;
  C.Negated = T->isBooleanType();
  return C;
}

static model::Function entryFor(const FunctionDecl *F) {
  model::Function Entry;
  Entry.Names.push_back(model::qualifiedName(F));
  setArity(F, Entry);
  return Entry;
}

model::Function acquireEntry(const FunctionDecl *F, model::Slot Handle,
                             const std::string &Resource,
                             std::optional<model::Slot> Pool, std::string Why) {
  model::Function Entry = entryFor(F);
  model::Acquire Acquire;
  Acquire.Resource = Resource;
  Acquire.Handle = Handle;
  Acquire.Held.push_back(held(F, Handle));
  Acquire.Pool = Pool;
  Acquire.GuessedBecause = std::move(Why);
  Entry.Acquires.push_back(std::move(Acquire));
  return Entry;
}

model::Function releaseEntry(const FunctionDecl *F, model::Slot Handle,
                             const std::string &Resource,
                             std::optional<model::Slot> Pool) {
  model::Function Entry = entryFor(F);
  model::Release Release;
  Release.Resource = Resource;
  Release.Handle = Handle;
  Release.Pool = Pool;
  Entry.Releases.push_back(std::move(Release));
  return Entry;
}

model::Function takeEntry(const FunctionDecl *F, model::Slot Handle) {
  model::Function Entry = entryFor(F);
  model::Take Take;
  Take.Handle = Handle;
  Entry.Takes.push_back(std::move(Take));
  return Entry;
}

} // namespace conntidy
