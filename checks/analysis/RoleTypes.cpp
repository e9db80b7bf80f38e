//===- RoleTypes.cpp - which types are handles of connections -------------===//

#include "analysis/RoleTypes.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSet.h"

using namespace clang;
using llvm::StringRef;

namespace conntidy {

HandleTypes::HandleTypes(const model::ModelIndex &Models) : Models(Models) {
  for (const model::Library &L : Models.set().libraries())
    for (const model::Resource &R : L.Resources) {
      StringRef Type = R.Type;
      Type = Type.rtrim(" *&");
      Type.consume_front("struct ");
      if (size_t Colon = Type.rfind("::"); Colon != StringRef::npos)
        Type = Type.drop_front(Colon + 2);
      if (Type.empty() || Type == "void" || Type == "int" || Type == "char")
        continue;
      model::ResourceEntry &Slot = ByTypeName[Type];
      if (!Slot || R.Kind == model::ResourceKind::Connection)
        Slot = {&R, &L};
    }
}

model::ResourceEntry HandleTypes::modelled(const NamedDecl *D) const {
  if (!D->getIdentifier())
    return {};
  return ByTypeName.lookup(D->getName());
}

static Likeness likenessOf(const model::ResourceEntry &R) {
  switch (R.Entry->Kind) {
  case model::ResourceKind::Connection:
    return Likeness::Connection;
  case model::ResourceKind::Pool:
    return Likeness::Pool;
  case model::ResourceKind::Result:
  case model::ResourceKind::Statement:
  case model::ResourceKind::Cursor:
    return Likeness::Result;
  case model::ResourceKind::Transaction:
  case model::ResourceKind::Stream:
  case model::ResourceKind::Socket:
  case model::ResourceKind::Buffer:
  case model::ResourceKind::Other:
    return Likeness::None;
  }
  llvm_unreachable("unknown resource kind");
}

/// Guards and their kin hold one handle; anything else with a type argument
/// many.
bool HandleTypes::holdsOne(const CXXRecordDecl *R) const {
  static const llvm::StringSet<> Names = {"weak_ptr", "optional", "atomic",
                                          "function", "reference_wrapper"};
  if (R->getIdentifier() && Names.contains(R->getName()))
    return true;
  model::ClassEntry C = Models.entryFor(R);
  return C && C.Entry->GuardOf;
}

/// What a pointer points to, as it is best known: the record, or the name of
/// one that is not shown.
static const NamedDecl *pointeeOf(QualType T) {
  if (T.isNull() || !T->isPointerType())
    return nullptr;
  QualType Pointee = T->getPointeeType();
  // `typedef void *SQLHDBC`: there is no other name.
  if (auto *TD = T->getAs<TypedefType>(); TD && Pointee->isVoidType())
    return cast<NamedDecl>(TD->getDecl()->getCanonicalDecl());
  if (Pointee.isConstQualified())
    return nullptr;
  if (const TagDecl *Tag = Pointee->getAsTagDecl())
    return isa<RecordDecl>(Tag) ? cast<NamedDecl>(Tag->getCanonicalDecl())
                                : nullptr;
  if (Pointee->isVoidType())
    if (auto *TD = Pointee->getAs<TypedefType>())
      return cast<NamedDecl>(TD->getDecl()->getCanonicalDecl());
  return nullptr;
}

HandleType HandleTypes::describe(const NamedDecl *D) {
  HandleType H;
  H.Of = D;
  llvm::SmallVector<const NamedDecl *, 2> Names;
  if (D->getIdentifier())
    Names.push_back(D);
  const auto *Record = dyn_cast<RecordDecl>(D);
  // `typedef struct pg_conn PGconn`: the name that people use.
  const ASTContext &Context = D->getASTContext();
  if (Record)
    if (const TypedefNameDecl *TD = Record->getTypedefNameForAnonDecl())
      Names.push_back(TD);
  for (const NamedDecl *N : Names)
    if ((H.Modelled = modelled(N)))
      break;
  if (!Names.empty())
    H.Name = model::qualifiedName(Names.front());
  if (H.Modelled) {
    H.Like = likenessOf(H.Modelled);
    return H;
  }
  const SourceManager &SM = Context.getSourceManager();
  if (Names.empty() ||
      SM.isInSystemHeader(SM.getExpansionLoc(D->getLocation())))
    return H;
  H.Like = likenessOf(Names.front()->getName());
  if (H.Like != Likeness::None || !Record)
    return H;
  if (const RecordDecl *Def = Record->getDefinition())
    for (const FieldDecl *F : Def->fields()) {
      QualType T = F->getType();
      if (auto *Spec = dyn_cast_or_null<ClassTemplateSpecializationDecl>(
              T->getAsCXXRecordDecl());
          Spec && holdsOne(Spec) && Spec->getTemplateArgs().size() &&
          Spec->getTemplateArgs()[0].getKind() == TemplateArgument::Type)
        T = Context.getPointerType(Spec->getTemplateArgs()[0].getAsType());
      const NamedDecl *Inner = pointeeOf(T);
      if (!Inner)
        continue;
      model::ResourceEntry R = modelled(Inner);
      if (auto *TD = T->getPointeeType()->getAs<TypedefType>(); TD && !R)
        R = modelled(TD->getDecl());
      if (R && R.Entry->Kind == model::ResourceKind::Connection) {
        H.Like = Likeness::Connection;
        H.Wraps = true;
      }
    }
  return H;
}

const HandleType &HandleTypes::of(QualType T) {
  const NamedDecl *D = pointeeOf(T);
  if (!D)
    return None;
  auto [It, New] = Known.try_emplace(D);
  if (New) {
    HandleType H = describe(D);
    // A record may be modelled, or known to people, under the name of a
    // typedef.
    QualType Pointee = T->getPointeeType();
    for (auto *TD = Pointee->getAs<TypedefType>(); TD && !H.Modelled;
         TD = TD->desugar()->getAs<TypedefType>()) {
      if ((H.Modelled = modelled(TD->getDecl()))) {
        H.Like = likenessOf(H.Modelled);
        H.Wraps = false;
      } else if (H.Like == Likeness::None || H.Wraps) {
        if (Likeness L = likenessOf(TD->getDecl()->getName());
            L != Likeness::None) {
          H.Like = L;
          H.Wraps = false;
        }
      }
      H.Name = model::qualifiedName(TD->getDecl());
    }
    bool IsPointer = T->getAs<TypedefType>() && T->isVoidPointerType();
    H.Spelling = IsPointer ? H.Name : H.Name + " *";
    It->second = std::move(H);
  }
  return It->second;
}

bool HandleTypes::holds(QualType T, const NamedDecl *Handle, bool InStore,
                        unsigned Depth) {
  if (T.isNull() || Depth > 4)
    return false;
  if (const ArrayType *A = T->getAsArrayTypeUnsafe())
    return holds(A->getElementType(), Handle, true, Depth + 1);
  if (T->isPointerType()) {
    if (InStore && (pointeeOf(T) == Handle))
      return true;
    // An array on the heap: of handles, or of slots with one each.
    QualType Pointee = T->getPointeeType();
    const RecordDecl *Slot = Pointee->getAsRecordDecl();
    return (Pointee->isPointerType() ||
            (Slot && Slot->getDefinition() && !InStore)) &&
           holds(Pointee, Handle, true, Depth + 1);
  }
  const CXXRecordDecl *R = T->getAsCXXRecordDecl();
  const RecordDecl *Plain = T->getAsRecordDecl();
  if (InStore && Plain && Plain->getCanonicalDecl() == Handle)
    return true;
  if (auto *Spec = dyn_cast_or_null<ClassTemplateSpecializationDecl>(R)) {
    bool One = holdsOne(Spec);
    for (const TemplateArgument &A : Spec->getTemplateArgs().asArray())
      if (A.getKind() == TemplateArgument::Type &&
          holds(A.getAsType(), Handle, InStore || !One, Depth + 1))
        return true;
    return false;
  }
  if (!InStore || !Plain || !Plain->getDefinition())
    return false;
  return llvm::any_of(Plain->getDefinition()->fields(),
                      [&](const FieldDecl *F) {
                        return holds(F->getType(), Handle, true, Depth + 1);
                      });
}

const ValueDecl *HandleTypes::storeIn(const CXXRecordDecl *R,
                                      const NamedDecl *Handle) {
  auto Keeps = [&](const ValueDecl *D) {
    if (holds(D->getType(), Handle, false, 0))
      return true;
    // The head of a list whose links are in the handles.
    auto *Record = dyn_cast<RecordDecl>(Handle);
    return pointeeOf(D->getType()) == Handle && Record &&
           Record->getDefinition() &&
           llvm::any_of(Record->getDefinition()->fields(),
                        [&](const FieldDecl *F) {
                          return pointeeOf(F->getType()) == Handle;
                        });
  };
  for (const Decl *D : R->decls())
    if (auto *V = dyn_cast<ValueDecl>(D);
        V && isa<FieldDecl, VarDecl>(V) && Keeps(V))
      return V;
  return nullptr;
}

} // namespace conntidy
