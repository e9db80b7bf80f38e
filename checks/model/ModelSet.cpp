//===- ModelSet.cpp - which model speaks of a declaration -----------------===//

#include "model/ModelSet.h"
#include "model/Annotations.h"
#include "model/ModelReader.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/AST/ExternalASTSource.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/ADT/STLExtras.h"

using namespace clang;

namespace conntidy::model {

static llvm::StringRef lastComponent(llvm::StringRef Name) {
  size_t Colon = Name.rfind("::");
  return Colon == llvm::StringRef::npos ? Name : Name.drop_front(Colon + 2);
}

/// `PGconn` of `PGconn *`.
static llvm::StringRef baseOf(llvm::StringRef Type) {
  Type = Type.rtrim(" *&");
  Type.consume_front("const ");
  Type.consume_front("struct ");
  return Type;
}

llvm::Expected<ModelSet> ModelSet::create(std::vector<Library> Libraries) {
  if (llvm::Error E = validate(Libraries))
    return std::move(E);
  return ofInferred(std::move(Libraries));
}

ModelSet ModelSet::ofInferred(std::vector<Library> Libraries) {
  ModelSet Set;
  Set.index(std::move(Libraries));
  return Set;
}

void ModelSet::index(std::vector<Library> Given) {
  Libraries = std::make_shared<const std::vector<Library>>(std::move(Given));
  for (const Library &L : *Libraries) {
    for (const Function &F : L.Functions)
      for (const std::string &Name : F.Names) {
        auto &Entries = Functions[Name];
        // A later library replaces what an earlier one says of the function.
        llvm::erase_if(Entries,
                       [&](const FunctionEntry &E) { return E.Owner != &L; });
        Entries.push_back({&F, &L});
        llvm::StringRef Last = lastComponent(Name);
        LastNames.insert(Last);
        llvm::StringRef Scope = llvm::StringRef(Name).drop_back(Last.size());
        if (Scope.consume_back("::") && !Scope.contains("::"))
          Scopes.insert(Scope);
      }
    for (const Class &C : L.Classes)
      for (const std::string &Name : C.Names)
        Classes[Name] = {&C, &L};
    for (const Resource &R : L.Resources) {
      llvm::StringRef Type = baseOf(R.Type);
      // A scalar type is everywhere and says nothing.
      bool Scalar =
          llvm::is_contained({"int", "void", "char", "unsigned", "size_t",
                              "std::size_t", "long", "const char"},
                             Type.str());
      if (!Type.empty() && !Scalar)
        HandleTypes.insert(lastComponent(Type));
    }
  }
}

llvm::ArrayRef<FunctionEntry>
ModelSet::functions(llvm::StringRef Qualified) const {
  auto It = Functions.find(Qualified);
  if (It == Functions.end())
    return {};
  return It->second;
}

bool ModelSet::namesHeader(llvm::StringRef File) const {
  for (const Library &L : *Libraries)
    for (llvm::StringRef Header : L.Headers)
      if (File.ends_with(Header) &&
          (File.size() == Header.size() ||
           File[File.size() - Header.size() - 1] == '/'))
        return true;
  return false;
}

ClassEntry ModelSet::classNamed(llvm::StringRef Qualified) const {
  return Classes.lookup(Qualified);
}

ResourceEntry ModelSet::resource(llvm::StringRef Name,
                                 const Library &From) const {
  const Library *Owner = &From;
  if (Name.contains('.')) {
    auto [LibraryName, ResourceName] = Name.split('.');
    Owner = nullptr;
    for (const Library &L : *Libraries)
      if (L.Name == LibraryName)
        Owner = &L;
    Name = ResourceName;
  }
  if (Owner)
    for (const Resource &R : Owner->Resources)
      if (R.Name == Name)
        return {&R, Owner};
  return {};
}

std::string qualifiedName(const NamedDecl *D) {
  llvm::SmallVector<llvm::StringRef, 4> Parts;
  std::string Own = D->getDeclName().isIdentifier()
                        ? D->getName().str()
                        : D->getDeclName().getAsString();
  if (auto *C = dyn_cast<CXXConstructorDecl>(D))
    Own = C->getParent()->getName().str();
  else if (auto *C = dyn_cast<CXXDestructorDecl>(D))
    Own = "~" + C->getParent()->getName().str();
  for (const DeclContext *C = D->getDeclContext(); C; C = C->getParent()) {
    if (auto *N = dyn_cast<NamespaceDecl>(C)) {
      if (!N->isInline() && !N->isAnonymousNamespace())
        Parts.push_back(N->getName());
    } else if (auto *R = dyn_cast<TagDecl>(C)) {
      if (R->getDeclName().isIdentifier() && !R->getName().empty())
        Parts.push_back(R->getName());
      else if (const TypedefNameDecl *TD = R->getTypedefNameForAnonDecl())
        Parts.push_back(TD->getName());
    } else if (auto *F = dyn_cast<FunctionDecl>(C)) {
      if (F->getDeclName().isIdentifier())
        Parts.push_back(F->getName());
    }
  }
  std::string Result;
  for (llvm::StringRef P : llvm::reverse(Parts))
    Result += (P + "::").str();
  return Result + Own;
}

llvm::ArrayRef<FunctionEntry>
ModelIndex::functions(llvm::StringRef Qualified) const {
  auto Found = Set.functions(Qualified);
  return Found.empty() && Inferred ? Inferred->functions(Qualified) : Found;
}

/// Entries under the name a method has in one class, or in a base class.
void ModelIndex::collectMethod(
    const CXXRecordDecl *R, const std::string &Last,
    llvm::SmallVectorImpl<FunctionEntry> &Out) const {
  auto Found = functions(qualifiedName(R) + "::" + Last);
  if (!Found.empty()) {
    Out.append(Found.begin(), Found.end());
    return;
  }
  const CXXRecordDecl *Def = R->getDefinition();
  if (!Def)
    return;
  for (const CXXBaseSpecifier &B : Def->bases())
    if (const CXXRecordDecl *Base = B.getType()->getAsCXXRecordDecl()) {
      collectMethod(Base, Last, Out);
      if (!Out.empty())
        return;
    }
}

llvm::SmallVector<FunctionEntry, 1>
ModelIndex::lookUp(const FunctionDecl *F) const {
  llvm::SmallVector<FunctionEntry, 1> Result;
  std::string Last;
  if (F->getDeclName().isIdentifier()) {
    if (!F->getIdentifier() || !mentions(F->getName()))
      return Result;
    Last = F->getName().str();
  } else if (auto *C = dyn_cast<CXXConstructorDecl>(F)) {
    if (!C->getParent()->getIdentifier() ||
        !mentions(C->getParent()->getName()))
      return Result;
    // Constructors are not inherited by name.
    auto Found = functions(qualifiedName(F));
    Result.append(Found.begin(), Found.end());
    return Result;
  } else {
    Last = F->getDeclName().getAsString();
    if (!mentions(Last))
      return Result;
  }
  if (auto *M = dyn_cast<CXXMethodDecl>(F)) {
    collectMethod(M->getParent(), Last, Result);
    return Result;
  }
  // A project's own function of the same name is another function than that of
  // a client library.
  const SourceManager &SM = F->getASTContext().getSourceManager();
  const FunctionDecl *Body = nullptr;
  bool IsOwn = F->hasBody(Body) &&
               !SM.isInSystemHeader(SM.getExpansionLoc(Body->getLocation()));
  bool IsC = !F->getASTContext().getLangOpts().CPlusPlus || F->isExternC();
  for (const FunctionEntry &E : functions(qualifiedName(F))) {
    if (IsOwn && E.Owner->From == Origin::BuiltIn)
      continue;
    bool Wanted = E.Owner->Throw == Throws::Never && !E.Owner->Headers.empty();
    if (IsC || !Wanted)
      Result.push_back(E);
  }
  return Result;
}

ModelIndex::ModelIndex(const ModelSet &Set)
    : Set(Set), Said(std::make_unique<Annotations>()) {}
ModelIndex::~ModelIndex() = default;

void ModelIndex::add(const ModelSet &More) {
  Inferred = &More;
  Functions.clear();
  Classes.clear();
  HandleRecords.clear();
  TableNames.clear();
  Resolved = false;
}

const Library *ModelIndex::libraryNamed(llvm::StringRef Name) const {
  for (const ModelSet *Known : {&Set, Inferred})
    if (Known)
      for (const Library &L : llvm::reverse(Known->libraries()))
        if (L.Name == Name)
          return &L;
  return nullptr;
}

llvm::ArrayRef<FunctionEntry>
ModelIndex::entriesFor(const FunctionDecl *F) const {
  F = F->getCanonicalDecl();
  auto &Slot = Functions[F];
  if (!Slot) {
    auto Entries = std::make_unique<llvm::SmallVector<FunctionEntry, 1>>();
    // What the source says of itself goes before any model.
    if (const Function *Entry = Said->entryFor(F))
      Entries->push_back({Entry, &Said->library()});
    else
      *Entries = lookUp(F);
    Slot = std::move(Entries);
    // Asked about before anything named them.
    llvm::ArrayRef<FunctionEntry> Result = *Slot;
    for (const FunctionDecl *Other : Said->takeNamed())
      if (auto It = Functions.find(Other); It != Functions.end() && Other != F)
        *It->second = {{Said->entryFor(Other), &Said->library()}};
    return Result;
  }
  return *Slot;
}

llvm::ArrayRef<FunctionEntry> ModelIndex::entriesFor(const FieldDecl *F) const {
  if (!F->getIdentifier() || !mentions(F->getName()))
    return {};
  if (auto Found = functions(qualifiedName(F)); !Found.empty())
    return Found;
  if (!Resolved)
    resolveTypedefs(F->getASTContext());
  llvm::StringRef Table = TableNames.lookup(F->getParent()->getCanonicalDecl());
  return Table.empty() ? llvm::ArrayRef<FunctionEntry>()
                       : functions((Table + "::" + F->getName()).str());
}

ClassEntry ModelIndex::entryFor(const CXXRecordDecl *R) const {
  R = R->getCanonicalDecl();
  if (auto It = Classes.find(R); It != Classes.end())
    return It->second;
  std::string Name = qualifiedName(R);
  ClassEntry Entry = Set.classNamed(Name);
  if (!Entry && Inferred)
    Entry = Inferred->classNamed(Name);
  if (!Entry)
    if (const CXXRecordDecl *Def = R->getDefinition())
      for (const CXXBaseSpecifier &B : Def->bases())
        if (const CXXRecordDecl *Base = B.getType()->getAsCXXRecordDecl())
          if ((Entry = entryFor(Base)))
            break;
  Classes[R] = Entry;
  return Entry;
}

/// C has no table to look names up in: all declarations of a precompiled header
/// would be read. Its typedefs are few.
static void
forTypedefsOfC(const TranslationUnitDecl *TU,
               llvm::function_ref<void(const TypedefNameDecl *)> Then) {
  llvm::SmallVector<Decl *> Precompiled;
  if (TU->hasExternalLexicalStorage())
    TU->getASTContext().getExternalSource()->FindExternalLexicalDecls(
        TU, [](Decl::Kind K) { return K == Decl::Typedef; }, Precompiled);
  for (const Decl *D : Precompiled)
    Then(cast<TypedefNameDecl>(D));
  for (const Decl *D : TU->noload_decls())
    if (auto *TD = dyn_cast<TypedefNameDecl>(D))
      Then(TD);
}

bool ModelIndex::isPool(const CXXRecordDecl *R) const {
  R = R ? R->getDefinition() : nullptr;
  if (!R)
    return false;
  auto [It, New] = Pools.try_emplace(R, false);
  if (!New)
    return It->second;
  ClassEntry C = entryFor(R);
  bool Result =
      (C && C.Entry->Pool) ||
      llvm::any_of(R->methods(), [&](const CXXMethodDecl *M) {
        return llvm::any_of(entriesFor(M), [](const FunctionEntry &E) {
          return llvm::any_of(E.Entry->Acquires, [](const Acquire &A) {
            return A.Pool && A.Pool->Where == Slot::Kind::This;
          });
        });
      });
  Pools[R] = Result;
  return Result;
}

void ModelIndex::resolveTypedefs(const ASTContext &Context) const {
  Resolved = true;
  auto Note = [&](const ModelSet &Known, const TypedefNameDecl *TD) {
    QualType T = TD->getUnderlyingType();
    while (T->isPointerType())
      T = T->getPointeeType();
    const TagDecl *Tag = T->getAsTagDecl();
    if (!Tag)
      return;
    if (Known.handleTypes().contains(TD->getName()))
      HandleRecords.insert(Tag->getCanonicalDecl());
    if (auto It = Known.scopes().find(TD->getName());
        It != Known.scopes().end())
      TableNames[Tag->getCanonicalDecl()] = It->getKey();
  };
  const TranslationUnitDecl *TU = Context.getTranslationUnitDecl();
  for (const ModelSet *Known : {&Set, Inferred}) {
    if (!Known)
      continue;
    if (!Context.getLangOpts().CPlusPlus) {
      forTypedefsOfC(TU, [&](auto *TD) { Note(*Known, TD); });
      continue;
    }
    for (const llvm::StringSet<> *Names :
         {&Known->handleTypes(), &Known->scopes()})
      for (const auto &Name : *Names)
        if (auto It = Context.Idents.find(Name.getKey());
            It != Context.Idents.end())
          for (const NamedDecl *D : TU->lookup(It->second))
            if (auto *TD = dyn_cast<TypedefNameDecl>(D))
              Note(*Known, TD);
  }
}

bool ModelIndex::isHandleType(QualType T) const {
  T = T.getNonReferenceType();
  // A typedef may be the only name a handle has (`typedef void CURL`).
  for (int Depth = 0; Depth < 8 && !T.isNull(); ++Depth) {
    if (auto *TD = T->getAs<TypedefType>())
      if (isHandleName(TD->getDecl()->getName()))
        return true;
    QualType Pointee = T->getPointeeType();
    if (Pointee.isNull())
      break;
    T = Pointee;
  }
  if (auto *TD = T->getAs<TypedefType>())
    if (isHandleName(TD->getDecl()->getName()))
      return true;
  const auto *Tag = T->getAsTagDecl();
  if (!Tag)
    return false;
  if (Tag->getIdentifier() && isHandleName(Tag->getName()))
    return true;
  if (!Resolved)
    resolveTypedefs(Tag->getASTContext());
  return HandleRecords.contains(Tag->getCanonicalDecl());
}

ResourceEntry ModelIndex::resourceOfType(QualType T) const {
  llvm::SmallVector<llvm::StringRef, 4> Names;
  T = T.getNonReferenceType();
  for (int Depth = 0; Depth < 8 && !T.isNull(); ++Depth) {
    if (auto *TD = T->getAs<TypedefType>())
      Names.push_back(TD->getDecl()->getName());
    if (auto *Tag = T->getAsTagDecl(); Tag && Tag->getIdentifier())
      Names.push_back(Tag->getName());
    T = T->getPointeeType();
  }
  for (const ModelSet *In : {&Set, Inferred})
    if (In)
      for (const Library &L : In->libraries())
        for (const Resource &R : L.Resources)
          if (!R.Type.empty() &&
              llvm::is_contained(Names, lastComponent(baseOf(R.Type))))
            return {&R, &L};
  return {};
}

} // namespace conntidy::model
