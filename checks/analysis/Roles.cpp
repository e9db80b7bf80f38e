//===- Roles.cpp - what functions are for, without a model ----------------===//

#include "analysis/Roles.h"
#include "analysis/IndexedUnits.h"
#include "analysis/RoleEntries.h"
#include "analysis/RoleEvidence.h"
#include "analysis/RoleNames.h"
#include "analysis/RoleRelevance.h"
#include "analysis/RoleTypes.h"
#include "flow/Names.h"
#include "model/ModelReader.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/AST/ExternalASTSource.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Path.h"

using namespace clang;

namespace conntidy {

namespace {

using Sureness = InferredRole::Sureness;

/// A function that may be one end of a pair.
struct End {
  const FunctionDecl *F = nullptr;
  model::Slot Handle;
  RoleName Name;
  const ParmVarDecl *Given = nullptr; ///< the parameter of a release
  StoreUse Use;
  bool HasBody = false;
};

/// All that hands out or takes back one type of handle in one scope.
struct Ends {
  HandleType Type;
  std::vector<End> Acquires, Releases;
  std::vector<const FunctionDecl *> Users; ///< these only borrow it
};

using EndsByType = llvm::MapVector<const NamedDecl *, Ends>;

class Inference {
public:
  Inference(ASTContext &Context, const model::ModelIndex &Models,
            IndexedUnits &Others)
      : Context(Context), SM(Context.getSourceManager()), Models(Models),
        Others(Others), Types(Models) {}

  UnitRoles run() {
    RoleScope Scope = roleScopeOf(Context, Types);
    if (Scope.Whole)
      visit(Context.getTranslationUnitDecl());
    for (const CXXRecordDecl *R : Scope.Classes)
      if (isOurs(R) && R->getDefinition())
        visitClass(R->getDefinition());
    if (Scope.FreeFunctions)
      visitFunctions(Context.getTranslationUnitDecl());
    for (auto &[Type, E] : Free)
      freeFunctions(E);
    return {std::move(Roles), std::move(Bodies)};
  }

private:
  bool isOurs(const Decl *D) const {
    return D->getLocation().isValid() &&
           !SM.isInSystemHeader(SM.getExpansionLoc(D->getLocation()));
  }

  /// It has a body that says what it is for: no reason to guess.
  bool isHidden(const FunctionDecl *F) {
    return bodySkipped(F) && !Others.defines(F);
  }

  void visit(const DeclContext *C) {
    for (const Decl *D : C->decls()) {
      if (!isOurs(D)) {
        continue;
      } else if (isa<NamespaceDecl, LinkageSpecDecl>(D)) {
        visit(cast<DeclContext>(D));
      } else if (auto *R = dyn_cast<CXXRecordDecl>(D)) {
        if (R->isThisDeclarationADefinition())
          visitClass(R);
      } else if (auto *T = dyn_cast<ClassTemplateDecl>(D)) {
        for (const ClassTemplateSpecializationDecl *S : T->specializations())
          if (const CXXRecordDecl *Def = S->getDefinition())
            visitClass(Def);
      } else if (auto *F = dyn_cast<FunctionDecl>(D)) {
        noteFree(F);
      }
    }
  }

  /// Nothing else of precompiled headers is read.
  void visitFunctions(const DeclContext *C) {
    auto IsWanted = [](Decl::Kind K) {
      return K == Decl::Function || K == Decl::Namespace ||
             K == Decl::LinkageSpec;
    };
    llvm::SmallVector<Decl *, 64> Declared;
    if (C->hasExternalLexicalStorage())
      Context.getExternalSource()->FindExternalLexicalDecls(C, IsWanted,
                                                            Declared);
    for (Decl *D : C->noload_decls())
      if (IsWanted(D->getKind()))
        Declared.push_back(D);
    for (const Decl *D : Declared)
      if (!isOurs(D))
        continue;
      else if (auto *F = dyn_cast<FunctionDecl>(D))
        noteFree(F);
      else if (Seen.insert(D).second)
        visitFunctions(cast<DeclContext>(D));
  }

  void noteFree(const FunctionDecl *F) {
    if (F->getDeclName().isIdentifier() && !isa<CXXMethodDecl>(F))
      note(F, Free);
  }

  void visitClass(const CXXRecordDecl *R) {
    if (!Seen.insert(R).second || R->isDependentType() || !R->getIdentifier())
      return;
    visit(R);
    EndsByType Members;
    for (const CXXMethodDecl *M : R->methods())
      if (M->getDeclName().isIdentifier() && !M->isDeleted() &&
          !M->isImplicit())
        note(M, Members);
    for (auto &[Type, E] : Members)
      classMembers(R, E);
    guard(R);
  }

  /// Pointers to handles, however a function hands them out.
  void note(const FunctionDecl *F, EndsByType &Into) {
    F = F->getCanonicalDecl();
    auto MayHandle = [](QualType T) {
      return T.getNonReferenceType()->isPointerType();
    };
    bool Any = MayHandle(F->getReturnType()) ||
               llvm::any_of(F->parameters(), [&](const ParmVarDecl *P) {
                 return MayHandle(P->getType());
               });
    if (!Any || F->isVariadic() || !Seen.insert(F).second)
      return;
    RoleName Name(F->getName());
    bool MayAcquire = !Name.Acquiring.empty();
    bool MayRelease = !Name.Releasing.empty();
    // Whatever takes a handle may be a way of a pool to get rid of it.
    bool MayUse = flow::hintOf(F->getName()) != flow::NameHint::None;
    if (!MayAcquire && !MayRelease && !MayUse && !soundsLikeDiscard(Name))
      return;
    if (!Models.entriesFor(F).empty() || isOfALibrary(F) || isHidden(F))
      return;
    auto Add = [&](QualType T, model::Slot Slot, const ParmVarDecl *Given) {
      const HandleType &H = Types.of(T);
      if (!H)
        return;
      Ends &E = Into[H.Of];
      E.Type = H;
      (Given ? E.Releases : E.Acquires)
          .push_back(
              End{F, Slot, Name, Given, StoreUse(), writtenBody(F) != nullptr});
    };
    if (MayAcquire)
      Add(F->getReturnType(), {model::Slot::Kind::Return, 0}, nullptr);
    for (const ParmVarDecl *P : F->parameters()) {
      unsigned N = P->getFunctionScopeIndex();
      QualType T = P->getType();
      if (const HandleType &H = Types.of(T);
          H.Like == Likeness::Connection && N == 0 && !isa<CXXMethodDecl>(F) &&
          worksOn(Name, H.Name, F->getNumParams() == 1)) {
        Into[H.Of].Users.push_back(F);
        return;
      }
      Add(T, {model::Slot::Kind::Arg, N}, P);
      bool ByAddress =
          T->isPointerType() || (T->isLValueReferenceType() &&
                                 !T->getPointeeType().isConstQualified());
      if (!ByAddress || !T->getPointeeType()->isPointerType())
        continue;
      model::Slot Pointee{model::Slot::Kind::Pointee, N};
      Add(T->getPointeeType(), Pointee, P);
      if (MayAcquire && !returnsPointer(F))
        Add(T->getPointeeType(), Pointee, nullptr);
    }
  }

  /// What a library's own header declares and no model mentions has no role;
  /// installed headers are a library's wherever the compiler was told to look.
  bool isOfALibrary(const FunctionDecl *F) const {
    OptionalFileEntryRef File = SM.getFileEntryRefForID(
        SM.getFileID(SM.getExpansionLoc(F->getLocation())));
    if (!File)
      return false;
    llvm::StringRef Name = File->getName();
    return Name.starts_with("/usr/include/") ||
           Name.starts_with("/usr/local/include/") ||
           Models.set().namesHeader(Name);
  }

  static bool returnsPointer(const FunctionDecl *F) {
    return F->getReturnType()->isPointerType();
  }

  void lookInto(Ends &E) {
    for (std::vector<End> *Side : {&E.Acquires, &E.Releases})
      for (End &One : *Side)
        if (One.HasBody) {
          One.Use = storeUse(One.F, One.Given, Context);
          Bodies.push_back(model::qualifiedName(One.F));
        } else if (Others.defines(One.F)) {
          One.HasBody = true; // which shows nothing here
          addRoleOf(One.F);
        }
  }

  /// What the unit that defines the function has found out.
  void addRoleOf(const FunctionDecl *F) {
    llvm::StringRef Text = Others.roleOf(F);
    if (Text.empty() || !Foreign.insert(F).second)
      return;
    llvm::Expected<model::Library> L = model::readLibrary(Text, "the index");
    if (!L) {
      llvm::consumeError(L.takeError());
      return;
    }
    InferredRole Role;
    Role.How = Sureness::Seen;
    Role.Functions = std::move(L->Functions);
    for (model::Resource &R : L->Resources) {
      InferredRole Only;
      Only.How = Sureness::Seen;
      Only.Leased = std::move(R);
      Roles.push_back(std::move(Only));
    }
    Roles.push_back(std::move(Role));
  }

  std::string place(const Decl *D) const {
    PresumedLoc P = SM.getPresumedLoc(SM.getExpansionLoc(D->getLocation()));
    if (P.isInvalid())
      return {};
    return (llvm::sys::path::filename(P.getFilename()) + ":" +
            llvm::Twine(P.getLine()))
        .str();
  }

  //===--- Pairs ----------------------------------------------------------===//

  struct Chosen {
    const End *Which;
    Sureness How;
  };
  /// The pairs that make one role.
  struct Pairs {
    llvm::SmallVector<Chosen, 2> Acquires, Releases;
    /// What is given to these does not go back.
    llvm::SmallVector<Chosen, 2> Discards;
    SharedStore Shared; ///< what bodies show

    static void choose(llvm::SmallVectorImpl<Chosen> &Side, const End &E,
                       Sureness How) {
      for (Chosen &C : Side)
        if (C.Which == &E) {
          C.How = std::min(C.How, How);
          return;
        }
      Side.push_back({&E, How});
    }
    void add(const End &A, const End &L, Sureness How) {
      choose(Acquires, A, How);
      choose(Releases, L, How);
    }
    std::string names() const {
      return "'" + Acquires.front().Which->F->getNameAsString() + "' and '" +
             Releases.front().Which->F->getNameAsString() + "'";
    }
  };

  void addRole(const Pairs &P, std::string Why, model::Resource Leased,
               std::string Resource) {
    InferredRole Role;
    Role.How = Sureness::Unsure;
    for (const Chosen &A : P.Acquires)
      Role.How = std::min(Role.How, A.How);
    Role.Why = std::move(Why);
    Role.Leased = std::move(Leased);
    for (const Chosen &A : P.Acquires)
      if (A.How == Role.How || A.How != Sureness::Unsure)
        add(Role, acquireEntry(A.Which->F, A.Which->Handle, Resource,
                               poolOf(*A.Which),
                               A.How == Sureness::Seen ? "" : Role.Why));
    for (const Chosen &L : P.Releases)
      if (L.How == Role.How || L.How != Sureness::Unsure)
        add(Role, releaseEntry(L.Which->F, L.Which->Handle, Resource,
                               poolOf(*L.Which)));
    for (const Chosen &D : P.Discards)
      if (D.How == Role.How || D.How != Sureness::Unsure)
        add(Role, takeEntry(D.Which->F, D.Which->Handle));
    Roles.push_back(std::move(Role));
  }

  /// What both bodies show, if they are seen.
  static SharedStore shown(const End &A, const End &L) {
    return A.HasBody && L.HasBody ? sharedStore(A.Use, L.Use) : SharedStore();
  }

  static std::string shownIn(const Pairs &P, const HandleType &Type) {
    std::string Store = "'" + P.Shared.Which->getNameAsString() + "'";
    return P.names() +
           (P.Shared.IsMark
                ? " set and clear " + Store + " of a '" + Type.Spelling + "'"
                : " take a '" + Type.Spelling + "' out of " + Store +
                      " and put it back");
  }

  //===--- Classes --------------------------------------------------------===//

  void classMembers(const CXXRecordDecl *R, Ends &E) {
    if (E.Acquires.empty())
      return;
    std::string ClassName = model::qualifiedName(R);
    bool IsPool = speaksOfPools(R->getName());
    bool IsConnection = E.Type.Like == Likeness::Connection ||
                        (IsPool && E.Type.Like == Likeness::None &&
                         (speaksOfConnections(R->getName()) ||
                          speaksOfConnections(E.Type.Name)));
    if (!IsConnection)
      return;
    lookInto(E);
    const ValueDecl *Store = Types.storeIn(R, E.Type.Of);
    Pairs Found;
    for (const End &A : E.Acquires)
      for (const End &L : E.Releases) {
        std::optional<PairKind> Kind = pairOf(A.Name, L.Name);
        if (A.F == L.F || !Kind || *Kind == PairKind::Direct ||
            *Kind == PairKind::Produced ||
            (*Kind == PairKind::Queued && !IsPool))
          continue;
        if (SharedStore Shared = shown(A, L)) {
          if (!IsPool && (speaksOfWork(ClassName) ||
                          speaksOfWork(Shared.Which->getNameAsString())))
            continue;
          Found.Shared = Shared;
          Found.add(A, L, Sureness::Seen);
        } else if (!A.HasBody && !L.HasBody && !isConst(A.F) &&
                   (Store || IsPool || speaksForItself(*Kind, R, E.Type))) {
          Found.add(A, L, Sureness::Guessed);
        }
      }
    if (Found.Acquires.empty()) {
      if (IsPool)
        givenBackByThemselves(ClassName, E);
      return;
    }
    // What the pool does not want back any more.
    for (const End &L : E.Releases)
      if (Found.Shared && isPutBack(L, Found))
        Found.choose(Found.Releases, L, Found.Acquires.front().How);
      else if (soundsLikeDiscard(L.Name))
        Found.choose(Found.Discards, L, Found.Acquires.front().How);
    std::string Here = " (" + place(Found.Acquires.front().Which->F) + ")";
    std::string Handle = "'" + E.Type.Spelling + "'", Why;
    if (Found.Shared)
      Why = shownIn(Found, E.Type) + Here;
    else if (Store)
      Why = "'" + ClassName + "' keeps " + Handle + " in '" +
            Store->getNameAsString() + "' and has " + Found.names() + Here;
    else
      Why = "'" + ClassName + "' " + (IsPool ? "is named a pool and " : "") +
            "has " + Found.names() + " for " + Handle + Here;
    addRole(Found, std::move(Why), pooledResource(E.Type, ClassName),
            ClassName);
  }

  /// A connection that is lent is one even if the lender is not called a pool;
  /// what is got from another connection may be a part of that.
  static bool speaksForItself(PairKind Kind, const CXXRecordDecl *R,
                              const HandleType &Type) {
    if (Type.Like != Likeness::Connection || Type.Wraps)
      return false;
    return Kind == PairKind::Lent ||
           (Kind == PairKind::Counted &&
            likenessOf(R->getName()) != Likeness::Connection);
  }

  /// A pool without a method to give back to: its handles know the way.
  void givenBackByThemselves(const std::string &ClassName, const Ends &E) {
    auto *Handle = dyn_cast<CXXRecordDecl>(E.Type.Of);
    if (!Handle || !Handle->getDefinition() || E.Type.Modelled)
      return;
    Pairs Found;
    std::vector<End> Own;
    for (const CXXMethodDecl *M : Handle->getDefinition()->methods()) {
      if (!M->getDeclName().isIdentifier() || M->isStatic())
        continue;
      RoleName Name(M->getName());
      // What is counted goes when nobody needs it any more.
      if (llvm::is_contained(Name.Words, "ref") ||
          llvm::is_contained(Name.Words, "retain"))
        return;
      if (M->getNumParams() == 0 && !M->isConst() && !isHidden(M))
        Own.push_back({M->getCanonicalDecl(),
                       {model::Slot::Kind::This, 0},
                       Name,
                       nullptr,
                       StoreUse(),
                       writtenBody(M) != nullptr});
    }
    for (const End &A : E.Acquires)
      for (const End &L : Own)
        if (pairOf(A.Name, L.Name) == PairKind::Lent && !A.HasBody &&
            !isConst(A.F))
          Found.add(A, L, Sureness::Guessed);
    if (Found.Acquires.empty())
      return;
    std::string Why = "'" + ClassName + "' is named a pool, and a '" +
                      E.Type.Name + "' it hands out has '" +
                      Found.Releases.front().Which->F->getNameAsString() +
                      "' (" + place(Found.Acquires.front().Which->F) + ")";
    addRole(Found, std::move(Why), pooledResource(E.Type, ClassName),
            ClassName);
  }

  static bool isPutBack(const End &L, const Pairs &Found) {
    return L.Use.PutInto.contains(Found.Shared.Which);
  }

  static bool isConst(const FunctionDecl *F) {
    auto *M = dyn_cast<CXXMethodDecl>(F);
    return M && M->isConst();
  }

  //===--- Guards ---------------------------------------------------------===//

  /// A guard of which nothing but its declaration is seen: what it takes from a
  /// pool in its constructor goes back in its destructor.
  void guard(const CXXRecordDecl *R) {
    const CXXDestructorDecl *D = R->getDestructor();
    if (!D || !D->isUserProvided() || writtenBody(D) ||
        !soundsLikeGuard(R->getName()) || isOfALibrary(D) || bodySkipped(D) ||
        Models.entryFor(R) || Others.defines(D))
      return;
    const CXXConstructorDecl *Taking = nullptr;
    const HandleType *Handle = nullptr;
    for (const CXXConstructorDecl *C : R->ctors()) {
      if (C->isCopyOrMoveConstructor() || C->isDeleted() || writtenBody(C))
        continue;
      const HandleType *Out = handleWrittenBy(C);
      if (!Out || !takesPool(C))
        continue;
      Taking = C;
      Handle = Out;
    }
    if (!Taking)
      return;
    std::string Name = model::qualifiedName(R);
    InferredRole Role;
    Role.How = Sureness::Guessed;
    Role.Why = "'" + Name + "' is named a guard and writes a '" +
               Handle->Spelling + "' of a pool out (" + place(Taking) + ")";
    Role.Leased = pooledResource(*Handle, Name);
    model::Class Entry;
    Entry.Names.push_back(Name);
    Entry.Holds = Name;
    Role.Classes.push_back(std::move(Entry));
    Roles.push_back(std::move(Role));
  }

  const HandleType *handleWrittenBy(const FunctionDecl *F) {
    for (const ParmVarDecl *P : F->parameters()) {
      QualType T = P->getType();
      if (!T->isPointerType() && !T->isLValueReferenceType())
        continue;
      const HandleType &H = Types.of(T->getPointeeType());
      if (H && H.Like == Likeness::Connection)
        return &H;
    }
    return nullptr;
  }

  bool takesPool(const FunctionDecl *F) const {
    return llvm::any_of(F->parameters(), [](const ParmVarDecl *P) {
      QualType T = P->getType()->getPointeeType();
      const TagDecl *Tag = T.isNull() ? nullptr : T->getAsTagDecl();
      return Tag && Tag->getIdentifier() && speaksOfPools(Tag->getName());
    });
  }

  //===--- Functions ------------------------------------------------------===//

  /// An object that is given by reference is as good as by pointer.
  QualType pointerTo(QualType T) const {
    return T->isLValueReferenceType()
               ? Context.getPointerType(T->getPointeeType())
               : T;
  }

  /// The pool that the function is given.
  std::optional<unsigned> poolParameter(const FunctionDecl *F) {
    for (const ParmVarDecl *P : F->parameters())
      if (Types.of(pointerTo(P->getType())).Like == Likeness::Pool)
        return P->getFunctionScopeIndex();
    return std::nullopt;
  }

  /// The function works on a connection that it is given, or on a handle of
  /// the very type: it counts, or lends what belongs to that.
  bool takesConnection(const FunctionDecl *F) {
    return llvm::any_of(F->parameters(), [&](const ParmVarDecl *P) {
      const HandleType &H = Types.of(pointerTo(P->getType()));
      return H && H.Like == Likeness::Connection;
    });
  }

  static bool takesType(const End &A, const NamedDecl *Type,
                        HandleTypes &Types) {
    return llvm::any_of(A.F->parameters(), [&](const ParmVarDecl *P) {
      return Types.of(P->getType()).Of == Type;
    });
  }

  /// What is opened and closed through one object may be closed by that, too.
  bool haveCommonOwner(const FunctionDecl *A, const FunctionDecl *L) {
    auto Objects = [&](const FunctionDecl *F) {
      llvm::SmallVector<const NamedDecl *, 2> Found;
      for (const ParmVarDecl *P : F->parameters())
        if (const HandleType &H = Types.of(pointerTo(P->getType())))
          Found.push_back(H.Of);
      return Found;
    };
    auto Ours = Objects(A);
    return llvm::any_of(Objects(L), [&](const NamedDecl *D) {
      return llvm::is_contained(Ours, D);
    });
  }

  Sureness declared(const End &A, PairKind Kind, const HandleType &Type) {
    bool IsConnection = Type.Like == Likeness::Connection;
    bool FromPool = poolParameter(A.F) || speaksOfPools(A.F->getName());
    switch (Kind) {
    case PairKind::Lent:
      return (IsConnection && (!Type.Wraps || FromPool)) ||
                     (Type.Like == Likeness::None && FromPool &&
                      speaksOfConnections(A.F->getName()))
                 ? Sureness::Guessed
                 : Sureness::Unsure;
    case PairKind::Counted:
      return IsConnection && (FromPool || !(Type.Wraps || takesConnection(A.F)))
                 ? Sureness::Guessed
                 : Sureness::Unsure;
    case PairKind::Freed:
    case PairKind::Queued:
      return IsConnection && FromPool ? Sureness::Guessed : Sureness::Unsure;
    case PairKind::Direct:
      // What a memory pool is given is released with it.
      return IsConnection && !Type.Wraps && !takesConnection(A.F) &&
                     !poolParameter(A.F)
                 ? Sureness::Guessed
                 : Sureness::Unsure;
    case PairKind::Produced:
      return Type.Like == Likeness::Result && takesConnection(A.F)
                 ? Sureness::Guessed
                 : Sureness::Unsure;
    }
    llvm_unreachable("unknown kind of pair");
  }

  void freeFunctions(Ends &E) {
    if (E.Acquires.empty() || E.Releases.empty())
      return;
    lookInto(E);
    Pairs Pooled, Direct, Produced;
    for (const End &A : E.Acquires) {
      if (takesType(A, E.Type.Of, Types))
        continue;
      for (const End &L : E.Releases) {
        std::optional<PairKind> Kind = pairOf(A.Name, L.Name);
        if (A.F == L.F || !Kind)
          continue;
        Pairs &Into = *Kind == PairKind::Direct     ? Direct
                      : *Kind == PairKind::Produced ? Produced
                                                    : Pooled;
        if (SharedStore Shared = shown(A, L)) {
          if (&Into != &Pooled || E.Type.Like != Likeness::Connection ||
              (*Kind == PairKind::Queued && !poolParameter(A.F) &&
               !speaksOfPools(A.F->getName())))
            continue;
          Into.Shared = Shared;
          Into.add(A, L, Sureness::Seen);
        } else if (!A.HasBody && !L.HasBody &&
                   (&Into == &Produced || sharePrefix(A.Name, L.Name))) {
          Into.add(A, L,
                   *Kind == PairKind::Direct && haveCommonOwner(A.F, L.F)
                       ? Sureness::Unsure
                       : declared(A, *Kind, E.Type));
        }
      }
    }
    // Two ways to release, of which none is known to be the right one.
    for (Pairs *P : {&Direct, &Produced})
      if (P->Releases.size() > 1)
        for (auto *Side : {&P->Acquires, &P->Releases})
          for (Chosen &C : *Side)
            C.How = Sureness::Unsure;
    unsigned Before = Roles.size();
    if (!Pooled.Acquires.empty())
      addRole(Pooled, because(Pooled, E.Type),
              pooledResource(E.Type, "pooled-" + E.Type.Name),
              "pooled-" + E.Type.Name);
    // A connection of a known library is closed as any of its connections.
    bool Known = bool(E.Type.Modelled);
    for (Pairs *P : {&Direct, &Produced})
      if (!P->Acquires.empty())
        addRole(*P, because(*P, E.Type),
                Known ? model::Resource() : directResource(E.Type),
                Known ? E.Type.Modelled.Owner->Name + "." +
                            E.Type.Modelled.Entry->Name
                      : E.Type.Name);
    if (Roles.size() > Before)
      for (const FunctionDecl *F : E.Users)
        if (!writtenBody(F)) {
          model::Function Entry;
          Entry.Names.push_back(model::qualifiedName(F));
          add(Roles.back(), std::move(Entry));
        }
  }

  std::string because(const Pairs &P, const HandleType &Type) const {
    std::string Here = " (" + place(P.Acquires.front().Which->F) + ")";
    if (P.Shared)
      return shownIn(P, Type) + Here;
    return P.names() + " are declared for '" + Type.Spelling + "'" + Here;
  }

  //===--- Entries --------------------------------------------------------===//

  std::optional<model::Slot> poolOf(const End &E) {
    if (auto *M = dyn_cast<CXXMethodDecl>(E.F)) {
      if (M->isStatic() || E.Handle.Where == model::Slot::Kind::This)
        return std::nullopt;
      return model::Slot{model::Slot::Kind::This, 0};
    }
    if (std::optional<unsigned> N = poolParameter(E.F);
        N &&
        (E.Handle.Where == model::Slot::Kind::Return || *N != E.Handle.Index))
      return model::Slot{model::Slot::Kind::Arg, *N};
    return std::nullopt;
  }

  /// Overloads that differ in types only are one entry.
  static void add(InferredRole &Role, model::Function Entry) {
    bool Known = llvm::any_of(Role.Functions, [&](const model::Function &F) {
      return F.Names == Entry.Names && F.Arity == Entry.Arity;
    });
    if (!Known)
      Role.Functions.push_back(std::move(Entry));
  }

  ASTContext &Context;
  const SourceManager &SM;
  const model::ModelIndex &Models;
  IndexedUnits &Others;
  HandleTypes Types;
  EndsByType Free;
  llvm::SmallPtrSet<const Decl *, 32> Seen, Foreign;
  std::vector<InferredRole> Roles;
  std::vector<std::string> Bodies;
};

} // namespace

UnitRoles inferRoles(ASTContext &Context, const model::ModelIndex &Models,
                     IndexedUnits &Others) {
  return Inference(Context, Models, Others).run();
}

UnitRoles inferRoles(ASTContext &Context, const model::ModelSet &Models) {
  model::ModelIndex Index(Models);
  IndexedUnits Nobody(Context, Index, nullptr);
  return inferRoles(Context, Index, Nobody);
}

} // namespace conntidy
