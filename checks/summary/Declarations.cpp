//===- Declarations.cpp - declarations by name, across units --------------===//

#include "summary/Declarations.h"
#include "cfg/LookUp.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/Attr.h"
#include "clang/AST/DeclCXX.h"
#include "clang/Index/USRGeneration.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace clang;
namespace json = llvm::json;

namespace conntidy {

/// What is made up carries its description: seen from a third unit it is the
/// same as where it was declared.
static std::optional<json::Value> carriedBy(const Decl *D) {
  const auto *A = D->getAttr<AnnotateAttr>();
  if (!A || !A->getAnnotation().starts_with("{"))
    return std::nullopt;
  auto Parsed = json::parse(A->getAnnotation());
  if (!Parsed) {
    llvm::consumeError(Parsed.takeError());
    return std::nullopt;
  }
  return std::move(*Parsed);
}

static void carry(Decl *D, const json::Object &Description,
                  ASTContext &Context) {
  std::string Text;
  llvm::raw_string_ostream(Text) << json::Value(json::Object(Description));
  D->addAttr(AnnotateAttr::CreateImplicit(Context, Text, nullptr, 0));
}

std::string usrOf(const Decl *D) {
  if (auto Carried = carriedBy(D))
    if (auto Usr = Carried->getAsObject()->getString("usr"))
      return Usr->str();
  llvm::SmallString<128> Usr;
  if (index::generateUSRForDecl(D, Usr))
    return {};
  return Usr.str().str();
}

/// The nearest bases come first: a handler for one of them is the likeliest.
std::vector<std::string> namesOf(QualType Thrown) {
  std::vector<std::string> Names;
  llvm::SmallVector<QualType, 8> Todo{Thrown};
  for (size_t N = 0; N < Todo.size(); ++N) {
    const CXXRecordDecl *R = Todo[N]->getAsCXXRecordDecl();
    std::string Name =
        R ? model::qualifiedName(R) : Todo[N].getCanonicalType().getAsString();
    if (!llvm::is_contained(Names, Name))
      Names.push_back(std::move(Name));
    if (R && R->hasDefinition())
      for (const CXXBaseSpecifier &B : R->getDefinition()->bases())
        Todo.push_back(B.getType());
  }
  return Names;
}

std::vector<ThrownType> toNames(const ThrownSet &Set) {
  std::vector<ThrownType> Types;
  for (auto [T, C] : Set.Types)
    Types.push_back({namesOf(T), C});
  return Types;
}

/// The record or typedef that a pointer leads to, by name, and how many
/// pointers there are: all that handles are told by.
static json::Value describe(QualType T) {
  unsigned Pointers = 0;
  std::string Name;
  while (true) {
    if (auto *Alias = T->getAs<TypedefType>()) {
      Name = model::qualifiedName(Alias->getDecl());
      break;
    }
    QualType Pointee = T->getPointeeType();
    if (Pointee.isNull()) {
      if (const TagDecl *Tag = T->getAsTagDecl())
        Name = model::qualifiedName(Tag);
      break;
    }
    T = Pointee;
    ++Pointers;
  }
  json::Object Out{{"pointers", Pointers}};
  if (!Name.empty())
    Out["name"] = json::fixUTF8(Name);
  return Out;
}

/// The name by which the record around a field is found; members of unnamed
/// records are found through the named one around them.
static std::string nameOfRecordAround(const FieldDecl *F) {
  const RecordDecl *R = F->getParent();
  while (true) {
    if (R->getIdentifier())
      return model::qualifiedName(R);
    if (const TypedefNameDecl *Alias = R->getTypedefNameForAnonDecl())
      return model::qualifiedName(Alias);
    auto *Outer = dyn_cast<RecordDecl>(R->getDeclContext());
    if (!Outer)
      return {};
    R = Outer;
  }
}

json::Value Declarations::describe(const FieldDecl *F) {
  if (auto Carried = carriedBy(F))
    return *Carried;
  return json::Object{{"usr", json::fixUTF8(usrOf(F))},
                      {"name", json::fixUTF8(F->getNameAsString())},
                      {"in", json::fixUTF8(nameOfRecordAround(F))},
                      {"type", conntidy::describe(F->getType())}};
}

json::Value Declarations::describe(const VarDecl *V) {
  if (auto Carried = carriedBy(V))
    return *Carried;
  return json::Object{{"usr", json::fixUTF8(usrOf(V))},
                      {"name", json::fixUTF8(model::qualifiedName(V))},
                      {"type", conntidy::describe(V->getType())}};
}

json::Value Declarations::describe(const FunctionDecl *F) {
  return json::Object{{"usr", json::fixUTF8(usrOf(F))},
                      {"name", json::fixUTF8(model::qualifiedName(F))}};
}

IdentifierInfo *Declarations::identifier(llvm::StringRef Name) {
  size_t Last = Name.rfind("::");
  return &Context.Idents.get(Last == llvm::StringRef::npos
                                 ? Name
                                 : Name.drop_front(Last + 2));
}

QualType Declarations::record(llvm::StringRef Name) {
  auto [It, New] = MadeUp.try_emplace(Name);
  if (New) {
    TranslationUnitDecl *Unit = Context.getTranslationUnitDecl();
    IdentifierInfo *Id = identifier(Name);
    RecordDecl *R =
        Context.getLangOpts().CPlusPlus
            ? CXXRecordDecl::Create(Context, TagTypeKind::Struct, Unit, {}, {},
                                    Id)
            : RecordDecl::Create(Context, TagTypeKind::Struct, Unit, {}, {},
                                 Id);
    It->second = Context.getCanonicalTagType(R);
  }
  return It->second;
}

QualType Declarations::type(const json::Object *Description) {
  QualType T = Context.VoidTy;
  unsigned Pointers = 1;
  if (Description) {
    Pointers = std::min<int64_t>(
        Description->getInteger("pointers").value_or(1), 8);
    if (auto Name = Description->getString("name")) {
      T = typeNamed(Context, *Name);
      if (T.isNull())
        T = record(*Name);
    } else if (Pointers == 0) {
      T = Context.IntTy;
    }
  }
  for (unsigned N = 0; N < Pointers; ++N)
    T = Context.getPointerType(T);
  return T;
}

static const FieldDecl *findField(const RecordDecl *R, llvm::StringRef Usr,
                                  llvm::StringRef Name, unsigned Depth = 0) {
  for (const FieldDecl *F : R->fields()) {
    if (F->getName() == Name && usrOf(F) == Usr)
      return F;
    const RecordDecl *Inner = F->getType()->getAsRecordDecl();
    if (Inner && !Inner->getIdentifier() && Depth < 4)
      if (const FieldDecl *Found = findField(Inner, Usr, Name, Depth + 1))
        return Found;
  }
  return nullptr;
}

const FieldDecl *Declarations::field(const json::Object &Description) {
  auto Usr = Description.getString("usr"), Name = Description.getString("name"),
       In = Description.getString("in");
  if (!Usr || !Name || !In)
    return nullptr;
  auto [It, New] = Fields.try_emplace(*Usr);
  if (!New)
    return It->second;
  QualType Around = In->empty() ? QualType() : typeNamed(Context, *In);
  const RecordDecl *R = Around.isNull() ? nullptr : Around->getAsRecordDecl();
  if (R)
    R = R->getDefinition();
  if (const FieldDecl *Found = R ? findField(R, *Usr, *Name) : nullptr)
    return Fields[*Usr] = Found;
  QualType Parent = record(In->empty() ? "unnamed" : *In);
  FieldDecl *Made = FieldDecl::Create(
      Context, Parent->getAsRecordDecl(), {}, {}, identifier(*Name),
      type(Description.getObject("type")), nullptr, nullptr, false,
      ICIS_NoInit);
  carry(Made, Description, Context);
  return Fields[*Usr] = Made;
}

const VarDecl *Declarations::variable(const json::Object &Description) {
  auto Usr = Description.getString("usr"), Name = Description.getString("name");
  if (!Usr || !Name)
    return nullptr;
  auto [It, New] = Variables.try_emplace(*Usr);
  if (!New)
    return It->second;
  for (NamedDecl *D : declarationsNamed(Context, *Name))
    if (auto *V = dyn_cast<VarDecl>(D); V && usrOf(V) == *Usr)
      return Variables[*Usr] = V->getCanonicalDecl();
  VarDecl *Made = VarDecl::Create(
      Context, Context.getTranslationUnitDecl(), {}, {}, identifier(*Name),
      type(Description.getObject("type")), nullptr, SC_Extern);
  carry(Made, Description, Context);
  return Variables[*Usr] = Made;
}

const FunctionDecl *Declarations::function(const json::Object &Description) {
  auto Usr = Description.getString("usr"), Name = Description.getString("name");
  if (Usr && Name)
    for (NamedDecl *D : declarationsNamed(Context, *Name))
      if (auto *F = dyn_cast<FunctionDecl>(D); F && usrOf(F) == *Usr)
        return F;
  return nullptr;
}

model::ResourceEntry Declarations::resource(llvm::StringRef Library,
                                            llvm::StringRef Name) {
  const model::Library *L = Models.libraryNamed(Library);
  return L ? Models.resource(Name, *L) : model::ResourceEntry();
}

ThrownSet Declarations::thrown(const std::vector<ThrownType> &Types,
                               std::optional<Certainty> Anything) {
  ThrownSet Set;
  for (const ThrownType &T : Types) {
    QualType Known;
    for (const std::string &Name : T.Names)
      if (Known = typeNamed(Context, Name); !Known.isNull())
        break;
    if (Known.isNull())
      Set.addAnything(T.Sureness);
    else
      Set.add(Known, T.Sureness);
  }
  if (Anything)
    Set.addAnything(*Anything);
  return Set;
}

} // namespace conntidy
