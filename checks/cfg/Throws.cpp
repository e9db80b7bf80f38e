//===- Throws.cpp - what a call may throw ---------------------------------===//

#include "cfg/Throws.h"
#include "cfg/LookUp.h"
#include "cfg/OtherUnits.h"
#include "cfg/Unlikely.h"
#include "model/ModelSet.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/ExprCXX.h"
#include "clang/AST/StmtCXX.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/ADT/StringExtras.h"

using namespace clang;

namespace conntidy {

static Certainty surer(Certainty A, Certainty B) { return std::min(A, B); }
static Certainty lessSure(Certainty A, Certainty B) { return std::max(A, B); }

void ThrownSet::add(QualType T, Certainty C) {
  T = T.getCanonicalType().getUnqualifiedType();
  for (auto &[Known, Sure] : Types)
    if (Known == T) {
      Sure = surer(Sure, C);
      return;
    }
  Types.push_back({T, C});
}

void ThrownSet::addAnything(Certainty C) {
  Anything = Anything ? surer(*Anything, C) : C;
}

void ThrownSet::add(const ThrownSet &Other) {
  for (auto [T, C] : Other.Types)
    add(T, C);
  if (Other.Anything)
    addAnything(*Other.Anything);
  for (const UnseenThrower &U : Other.Unseen)
    if (!llvm::is_contained(Unseen, U))
      Unseen.push_back(U);
}

void ThrownSet::weaken(Certainty C) {
  for (auto &[T, Sure] : Types)
    Sure = lessSure(Sure, C);
  if (Anything)
    Anything = lessSure(*Anything, C);
  // What nobody has seen is no surer than likely.
  if (C > Certainty::Likely && !Unseen.empty()) {
    Unseen.clear();
    addAnything(C);
  }
}

void ThrownSet::dropBelow(Certainty C) {
  llvm::erase_if(Types, [&](const auto &T) { return T.second > C; });
  if (Anything && *Anything > C)
    Anything.reset();
  Unseen.clear();
}

Certainty ThrownSet::surest() const {
  Certainty Best = Certainty::Possible;
  for (auto [T, C] : Types)
    Best = surer(Best, C);
  if (Anything)
    Best = surer(Best, *Anything);
  return Best;
}

static bool isStdException(QualType T) {
  const CXXRecordDecl *R = T->getAsCXXRecordDecl();
  return R && R->getIdentifier() && R->getName() == "exception" &&
         R->isInStdNamespace();
}

static bool derivesFrom(QualType Derived, QualType Base) {
  const CXXRecordDecl *D = Derived->getAsCXXRecordDecl();
  const CXXRecordDecl *B = Base->getAsCXXRecordDecl();
  if (!D || !B)
    return false;
  D = D->getDefinition();
  B = B->getDefinition();
  return D && B && D->isDerivedFrom(B);
}

HandlerMatch matchHandler(const ThrownSet &Set, QualType Caught,
                          const ASTContext &Context) {
  HandlerMatch M;
  if (Caught.isNull()) {
    M.Caught = Set;
    return M;
  }
  Caught = Caught.getNonReferenceType().getCanonicalType().getUnqualifiedType();
  for (auto [T, C] : Set.Types) {
    bool Taken = T == Caught || derivesFrom(T, Caught);
    if (T->isPointerType() && Caught->isPointerType())
      Taken |= Caught->getPointeeType()->isVoidType() ||
               T->getPointeeType().getUnqualifiedType() ==
                   Caught->getPointeeType().getUnqualifiedType() ||
               derivesFrom(T->getPointeeType(), Caught->getPointeeType());
    (Taken ? M.Caught : M.Passed).add(T, C);
  }
  if (Set.Anything) {
    M.Caught.addAnything(*Set.Anything);
    // What is thrown unseen nearly always derives from std::exception.
    M.Passed.addAnything(isStdException(Caught) ? Certainty::Possible
                                                : *Set.Anything);
  }
  M.Caught.Unseen = Set.Unseen;
  for (UnseenThrower U : Set.Unseen) {
    U.Caught.push_back(Caught);
    M.Passed.Unseen.push_back(std::move(U));
  }
  return M;
}

HandlerMatch matchHandler(const ThrownSet &Set, const CXXCatchStmt &H,
                          const ASTContext &Context) {
  return matchHandler(Set, H.getCaughtType(), Context);
}

bool isInStandardLibrary(const Decl *D) {
  for (const DeclContext *C = D->getDeclContext(); C; C = C->getParent())
    if (auto *N = dyn_cast<NamespaceDecl>(C))
      if (N->getIdentifier() &&
          (N->getName() == "std" || N->getName() == "__gnu_cxx") &&
          N->getParent()->getRedeclContext()->isTranslationUnit())
        return true;
  return false;
}

const FunctionDecl *visibleBody(const FunctionDecl *F) {
  const FunctionDecl *Def = nullptr;
  if (!F->hasBody(Def) || !Def->getBody())
    return nullptr;
  if (Def->isDependentContext())
    return nullptr;
  const SourceManager &SM = F->getASTContext().getSourceManager();
  return SM.isInSystemHeader(SM.getExpansionLoc(Def->getLocation())) ? nullptr
                                                                     : Def;
}

/// Walks a body, collecting what escapes it. Lambdas and local classes are
/// other functions.
class ThrowCollector {
public:
  explicit ThrowCollector(ThrowInference &I) : I(I) {}

  ThrownSet collect(const Stmt *S, const ThrownSet &Rethrown) {
    ThrownSet Out;
    visit(S, Rethrown, Out);
    return Out;
  }

private:
  void call(const FunctionDecl *F, ThrownSet &Out) {
    Out.add(ThrowInference::asCallee(I.inferred(F)));
  }

  void destructorOf(QualType T, ThrownSet &Out) {
    if (const CXXRecordDecl *R =
            T->getBaseElementTypeUnsafe()->getAsCXXRecordDecl())
      if (R->hasDefinition() && !R->hasTrivialDestructor())
        if (const CXXDestructorDecl *D = R->getDestructor())
          call(D, Out);
  }

  void visit(const Stmt *S, const ThrownSet &Rethrown, ThrownSet &Out) {
    if (!S)
      return;
    if (auto *Try = dyn_cast<CXXTryStmt>(S)) {
      ThrownSet Pending = collect(Try->getTryBlock(), Rethrown);
      for (unsigned N = 0; N < Try->getNumHandlers(); ++N) {
        const CXXCatchStmt *H = Try->getHandler(N);
        HandlerMatch M = matchHandler(Pending, *H, I.Context);
        if (!M.Caught.empty())
          visit(H->getHandlerBlock(), M.Caught, Out);
        Pending = M.Passed;
      }
      Out.add(Pending);
      return;
    }
    if (auto *L = dyn_cast<LambdaExpr>(S)) {
      for (const Expr *Init : L->capture_inits())
        visit(Init, Rethrown, Out);
      return;
    }
    if (auto *T = dyn_cast<CXXThrowExpr>(S)) {
      visit(T->getSubExpr(), Rethrown, Out);
      if (const Expr *E = T->getSubExpr())
        Out.add(E->getType(), Certainty::Definite);
      else
        Out.add(Rethrown.empty() ? unknown() : Rethrown);
      return;
    }
    if (isa<CXXNoexceptExpr, UnaryExprOrTypeTraitExpr, CXXTypeidExpr>(S))
      return;
    if (auto *If = dyn_cast<IfStmt>(S)) {
      for (const Stmt *Child : If->children()) {
        ThrownSet Inner = collect(Child, Rethrown);
        if (I.isUnlikely(*If, Child))
          Inner.weaken(Certainty::Possible);
        Out.add(Inner);
      }
      return;
    }
    if (auto *C = dyn_cast<CallExpr>(S)) {
      if (const FunctionDecl *F = C->getDirectCallee())
        call(F, Out);
      else
        Out.add(ThrowInference::asCallee(
            I.ofIndirectCall(C->getCallee()->getType())));
    } else if (isa<CXXNewExpr>(S)) {
      Out.addAnything(Certainty::Possible);
    } else if (auto *C = dyn_cast<CXXConstructExpr>(S)) {
      call(C->getConstructor(), Out);
    } else if (auto *D = dyn_cast<DeclStmt>(S)) {
      for (const Decl *X : D->decls())
        if (auto *V = dyn_cast<VarDecl>(X))
          if (V->hasLocalStorage())
            destructorOf(V->getType(), Out);
    } else if (auto *D = dyn_cast<CXXDefaultArgExpr>(S)) {
      visit(D->getExpr(), Rethrown, Out);
    }
    for (const Stmt *Child : S->children())
      visit(Child, Rethrown, Out);
  }

  static ThrownSet unknown() {
    ThrownSet S;
    S.addAnything(Certainty::Definite);
    return S;
  }

  ThrowInference &I;
};

ThrownSet ThrowInference::asCallee(ThrownSet S) {
  S.weaken(Certainty::Likely);
  return S;
}

ThrownSet ThrowInference::ofModel(model::Throws Said,
                                  llvm::ArrayRef<std::string> Types) const {
  ThrownSet S;
  switch (Said) {
  case model::Throws::Unsaid:
  case model::Throws::Never:
    break;
  case model::Throws::Allocation:
    S.addAnything(Certainty::Possible);
    break;
  case model::Throws::Anything:
    S.addAnything(Certainty::Likely);
    break;
  case model::Throws::Types:
    for (const std::string &Name : Types) {
      QualType Type = typeNamed(Context, Name);
      if (Type.isNull())
        // Not declared in this unit: no handler here can name it or a class
        // between it and std::exception that matters.
        S.addAnything(Certainty::Likely);
      else
        S.add(Type, Certainty::Likely);
    }
    break;
  }
  return S;
}

std::optional<ThrownSet> ThrowInference::fromEntries(
    llvm::ArrayRef<model::FunctionEntry> Applying) const {
  for (const model::FunctionEntry &E : Applying)
    if (E.Entry->Throw != model::Throws::Unsaid)
      return ofModel(E.Entry->Throw, E.Entry->ThrownTypes);
  for (const model::FunctionEntry &E : Applying)
    if (E.Owner->Throw != model::Throws::Unsaid)
      return ofModel(E.Owner->Throw, E.Owner->ThrownTypes);
  return std::nullopt;
}

std::optional<ThrownSet>
ThrowInference::fromModel(const FunctionDecl *F,
                          llvm::ArrayRef<model::FunctionEntry> Applying) const {
  for (const model::FunctionEntry &E : Applying)
    if (E.Entry->Throw != model::Throws::Unsaid)
      return ofModel(E.Entry->Throw, E.Entry->ThrownTypes);
  // Of what only applies to other arguments, nothing is said here.
  if (Applying.empty() && !Models.entriesFor(F).empty())
    return std::nullopt;
  if (auto *M = dyn_cast<CXXMethodDecl>(F))
    if (model::ClassEntry C = Models.entryFor(M->getParent())) {
      if (C.Entry->Throw != model::Throws::Unsaid)
        return ofModel(C.Entry->Throw, C.Entry->ThrownTypes);
      if (C.Owner->Throw != model::Throws::Unsaid)
        return ofModel(C.Owner->Throw, C.Owner->ThrownTypes);
    }
  return fromEntries(Applying);
}

/// Functions that report; those that also throw say so in their name.
static bool isReporter(const FunctionDecl *F) {
  if (F->hasAttr<FormatAttr>())
    return true;
  // A logger logs, whatever its methods are called.
  if (auto *M = dyn_cast<CXXMethodDecl>(F);
      M && M->getParent()->getIdentifier()) {
    llvm::StringRef Class = M->getParent()->getName();
    if (Class.ends_with_insensitive("logger") ||
        Class.equals_insensitive("log"))
      return true;
  }
  if (!F->getIdentifier())
    return false;
  auto Has = [](llvm::StringRef Name, llvm::ArrayRef<const char *> Words) {
    std::string Lower = Name.lower();
    return llvm::any_of(Words, [&](llvm::StringRef W) {
      return llvm::StringRef(Lower).contains(W);
    });
  };
  if (Has(F->getName(), {"throw", "raise", "fatal", "die", "panic"}))
    return false;
  return F->isVariadic() &&
         Has(F->getName(), {"log", "print", "debug", "trace", "info", "warn",
                            "error", "report", "message"});
}

const ThrownSet &ThrowInference::inferred(const FunctionDecl *F) {
  F = F->getCanonicalDecl();
  auto It = Inferred.find(F);
  if (It != Inferred.end())
    return It->second;
  // A recursive call adds nothing that the outer one does not find itself.
  Inferred[F] = Nothing;
  ThrownSet S = compute(F);
  return Inferred[F] = std::move(S);
}

const ThrownSet &ThrowInference::of(const FunctionDecl *F) {
  F = F->getCanonicalDecl();
  auto It = Known.find(F);
  if (It != Known.end())
    return It->second;
  ThrownSet S = told(inferred(F));
  return Known[F] = std::move(S);
}

ThrownSet ThrowInference::told(const ThrownSet &Inferred) {
  ThrownSet S = Inferred;
  S.Unseen.clear();
  for (const UnseenThrower &U : Inferred.Unseen) {
    std::optional<ThrownSet> Said;
    if (Others)
      Said = Others->thrownBy(U.Function);
    ThrownSet Passed = asCallee(Said ? *Said : ofUnseen(U.Function));
    for (QualType Caught : U.Caught)
      Passed = matchHandler(Passed, Caught, Context).Passed;
    S.add(Passed);
  }
  return S;
}

/// Entries that say something of every call, whatever its arguments.
static llvm::SmallVector<model::FunctionEntry, 2>
unconditional(const FunctionDecl *F, const model::ModelIndex &Models) {
  llvm::SmallVector<model::FunctionEntry, 2> R;
  for (const model::FunctionEntry &E : Models.entriesFor(F))
    if (E.Entry->When.empty() &&
        (!E.Entry->Arity || *E.Entry->Arity == F->getNumParams()))
      R.push_back(E);
  return R;
}

std::optional<ThrownSet>
ThrowInference::bySpecification(const FunctionDecl *F) const {
  ThrownSet None;
  if (F->hasAttr<NoThrowAttr>() || F->getBuiltinID() || F->isTrivial())
    return None;
  const auto *P = F->getType()->getAs<FunctionProtoType>();
  if (!P)
    return std::nullopt;
  if (isUnresolvedExceptionSpec(P->getExceptionSpecType())) {
    // Implicit members and destructors, not yet asked for: destructors do not
    // throw, the others may allocate.
    if (isa<CXXDestructorDecl>(F))
      return None;
    if (F->isDefaulted()) {
      None.addAnything(Certainty::Possible);
      return None;
    }
    return std::nullopt;
  }
  if (P->canThrow() == CT_Cannot)
    return None;
  return std::nullopt;
}

ThrownSet
ThrowInference::ofCall(const FunctionDecl *F,
                       llvm::ArrayRef<model::FunctionEntry> Applying) {
  if (Models.entriesFor(F).empty())
    return of(F);
  if (auto S = bySpecification(F))
    return *S;
  if (auto S = fromModel(F, Applying))
    return *S;
  return told(withoutModel(F));
}

ThrownSet ThrowInference::compute(const FunctionDecl *F) {
  if (auto S = bySpecification(F))
    return *S;
  if (auto S = fromModel(F, unconditional(F, Models)))
    return *S;
  return withoutModel(F);
}

/// `pool()`, `instance()`, `get()`: hands out what is there.
static bool isAccessor(const FunctionDecl *F) {
  QualType T = F->getReturnType();
  return F->getNumParams() == 0 && !isa<CXXConstructorDecl>(F) &&
         (T->isReferenceType() || T->isPointerType());
}

/// Nothing that only C++ has.
static bool isOfC(QualType T) {
  T = T.getCanonicalType();
  while (T->isPointerType())
    T = T->getPointeeType();
  if (const CXXRecordDecl *R = T->getAsCXXRecordDecl())
    return !R->hasDefinition() || R->isCLike();
  return T->isVoidType() || T->isArithmeticType() || T->isEnumeralType();
}

/// `ntohs()`, where it is inline: a function of the system's C headers, though
/// they need not say so of what is static.
static bool isStaticOfC(const FunctionDecl *F) {
  const SourceManager &SM = F->getASTContext().getSourceManager();
  return F->getStorageClass() == SC_Static && !isa<CXXMethodDecl>(F) &&
         F->getTemplatedKind() == FunctionDecl::TK_NonTemplate &&
         F->getDeclContext()->getRedeclContext()->isTranslationUnit() &&
         SM.isInSystemHeader(SM.getExpansionLoc(F->getLocation())) &&
         isOfC(F->getReturnType()) &&
         llvm::all_of(F->parameters(),
                      [](const ParmVarDecl *P) { return isOfC(P->getType()); });
}

ThrownSet ThrowInference::withoutModel(const FunctionDecl *F) {
  if (const FunctionDecl *Body = visibleBody(F)) {
    ThrowCollector C(*this);
    ThrownSet S = C.collect(Body->getBody(), {});
    if (auto *Ctor = dyn_cast<CXXConstructorDecl>(Body))
      for (const CXXCtorInitializer *I : Ctor->inits())
        S.add(C.collect(I->getInit(), {}));
    // What a logger calls is there to report, too; its own throw is its own.
    if (isReporter(F))
      S.dropBelow(Certainty::Definite);
    return S;
  }
  if (F->isExternC() || F->getLanguageLinkage() == CLanguageLinkage ||
      !Context.getLangOpts().CPlusPlus || isStaticOfC(F))
    return {};
  if (!mayBeElsewhere(F) || isReporter(F))
    return ofUnseen(F);
  ThrownSet S;
  S.Unseen.push_back({F, {}});
  return S;
}

ThrownSet ThrowInference::ofUnseen(const FunctionDecl *F) {
  ThrownSet S;
  if (isInStandardLibrary(F) || F->isImplicit() || F->isDefaulted())
    S.addAnything(Certainty::Possible);
  else if (!isReporter(F) && !bodySkipped(F))
    S.addAnything(isAccessor(F) ? Certainty::Possible : Certainty::Likely);
  return S;
}

bool ThrowInference::isUnlikely(const IfStmt &If, const Stmt *Branch) const {
  return conntidy::isUnlikely(If, Branch, Models, Context);
}

ThrownSet ThrowInference::ofExpression(const Stmt *E) {
  return told(ThrowCollector(*this).collect(E, {}));
}

ThrownSet ThrowInference::ofIndirectCall(QualType Callee) const {
  ThrownSet S;
  if (!Context.getLangOpts().CPlusPlus)
    return S;
  if (Callee->isPointerType())
    Callee = Callee->getPointeeType();
  if (const auto *P = Callee->getAs<FunctionProtoType>())
    if (!isUnresolvedExceptionSpec(P->getExceptionSpecType()) &&
        P->canThrow() == CT_Cannot)
      return S;
  S.addAnything(Certainty::Likely);
  return S;
}

/// How a body ends that has no return.
struct BodyEnd {
  bool Throws = false;
  const FunctionDecl *Callee = nullptr; ///< of the call that ends it
};
static BodyEnd endOf(const Stmt *S) {
  if (!S)
    return {};
  if (auto *E = dyn_cast<Expr>(S)) {
    E = E->IgnoreParenCasts();
    if (auto *C = dyn_cast<ExprWithCleanups>(E))
      E = C->getSubExpr()->IgnoreParenCasts();
    if (isa<CXXThrowExpr>(E))
      return {true, nullptr};
    if (auto *C = dyn_cast<CallExpr>(E))
      return {false, C->getDirectCallee()};
    return {};
  }
  if (auto *C = dyn_cast<CompoundStmt>(S))
    return C->body_empty() ? BodyEnd() : endOf(C->body_back());
  return {};
}

static bool containsReturn(const Stmt *S) {
  if (!S || isa<LambdaExpr>(S))
    return false;
  if (isa<ReturnStmt, CoreturnStmt, CXXTryStmt, GotoStmt>(S))
    return true;
  return llvm::any_of(S->children(), containsReturn);
}

bool ThrowInference::neverReturns(const FunctionDecl *F) {
  F = F->getCanonicalDecl();
  auto It = Returns.find(F);
  if (It != Returns.end())
    return It->second;
  Returns[F] = false;
  bool Never = false;
  if (const FunctionDecl *Body = visibleBody(F)) {
    if (!containsReturn(Body->getBody())) {
      BodyEnd End = endOf(Body->getBody());
      Never = End.Throws || (End.Callee && (End.Callee->isNoReturn() ||
                                            neverReturns(End.Callee)));
    }
  } else if (Others && mayBeElsewhere(F)) {
    Never = Others->neverReturns(F);
  }
  return Returns[F] = Never;
}

const FunctionDecl *
ThrowInference::returnsOnlyWith(const FunctionDecl *F) const {
  // Chains that lead nowhere end somewhere.
  for (unsigned Depth = 0; Depth < 8; ++Depth) {
    const FunctionDecl *Body = visibleBody(F);
    if (!Body)
      return mayBeElsewhere(F) ? F : nullptr;
    if (containsReturn(Body->getBody()))
      return nullptr;
    F = endOf(Body->getBody()).Callee;
    if (!F || F->isNoReturn())
      return nullptr;
  }
  return nullptr;
}

} // namespace conntidy
