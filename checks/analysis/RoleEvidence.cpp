//===- RoleEvidence.cpp - what a body does to the stores of a pool --------===//

#include "analysis/RoleEvidence.h"
#include "flow/Names.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/ExprCXX.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSet.h"

using namespace clang;

namespace conntidy {

namespace {

/// Calls within calls that are still looked into.
constexpr unsigned MaxDepth = 3;

const llvm::StringSet<> Removers = {
    "pop",         "pop_front",   "pop_back",   "try_pop",  "erase",
    "remove",      "extract",     "dequeue",    "take",     "takeFirst",
    "takeLast",    "removeFirst", "removeLast", "removeAt", "try_dequeue",
    "wait_pop",    "pull",        "splice",     "takeAt",   "wait_dequeue",
    "wait_and_pop"};
const llvm::StringSet<> Adders = {"push",
                                  "push_back",
                                  "push_front",
                                  "emplace",
                                  "emplace_back",
                                  "insert",
                                  "emplace_front",
                                  "enqueue",
                                  "append",
                                  "prepend",
                                  "add",
                                  "put",
                                  "try_emplace",
                                  "try_push",
                                  "offer",
                                  "addLast",
                                  "insert_or_assign",
                                  "try_enqueue"};

class Scanner {
public:
  Scanner(const ASTContext &Context, StoreUse &Use)
      : Context(Context), Use(Use) {}

  void scan(const FunctionDecl *Body, const ParmVarDecl *Handle) {
    if (++Depth <= MaxDepth && Active.insert(Body).second) {
      llvm::SmallPtrSet<const ValueDecl *, 4> Outer = Handles;
      Handles.clear();
      if (Handle)
        Handles.insert(Handle);
      visit(Body->getBody());
      finish();
      Handles = std::move(Outer);
      Active.erase(Body);
    }
    --Depth;
  }

private:
  /// The member or global that an expression lies in; of nested members, the
  /// innermost that is named. Locals that refer to one stand for it.
  const ValueDecl *store(const Expr *E, unsigned Left = 8) {
    if (!E || !Left)
      return nullptr;
    E = E->IgnoreParenImpCasts();
    if (auto *M = dyn_cast<MemberExpr>(E)) {
      auto *Field = dyn_cast<FieldDecl>(M->getMemberDecl());
      if (Field || isa<VarDecl>(M->getMemberDecl()))
        return cast<ValueDecl>(M->getMemberDecl()->getCanonicalDecl());
      return nullptr;
    }
    if (auto *R = dyn_cast<DeclRefExpr>(E)) {
      auto *V = dyn_cast<VarDecl>(R->getDecl());
      if (!V)
        return nullptr;
      if (V->hasGlobalStorage())
        return cast<ValueDecl>(V->getCanonicalDecl());
      bool Refers =
          V->getType()->isReferenceType() || V->getType()->isPointerType();
      return Refers && V->hasInit() && !isa<ParmVarDecl>(V)
                 ? store(V->getInit(), Left - 1)
                 : nullptr;
    }
    if (auto *A = dyn_cast<ArraySubscriptExpr>(E))
      return store(A->getBase(), Left - 1);
    if (auto *U = dyn_cast<UnaryOperator>(E))
      return U->getOpcode() == UO_Deref || U->getOpcode() == UO_AddrOf
                 ? store(U->getSubExpr(), Left - 1)
                 : nullptr;
    if (auto *O = dyn_cast<CXXOperatorCallExpr>(E))
      return O->getNumArgs() &&
                     llvm::is_contained({OO_Subscript, OO_Star, OO_Arrow},
                                        O->getOperator())
                 ? store(O->getArg(0), Left - 1)
                 : nullptr;
    // `pools.at(key)`, `list.begin()`
    if (auto *C = dyn_cast<CXXMemberCallExpr>(E))
      return store(C->getImplicitObjectArgument(), Left - 1);
    if (auto *C = dyn_cast<CastExpr>(E))
      return store(C->getSubExpr(), Left - 1);
    return nullptr;
  }

  bool mentionsHandle(const Stmt *S) const {
    if (!S)
      return false;
    if (auto *R = dyn_cast<DeclRefExpr>(S))
      return Handles.contains(R->getDecl());
    return llvm::any_of(S->children(),
                        [&](const Stmt *C) { return mentionsHandle(C); });
  }

  std::optional<int64_t> constant(const Expr *E) const {
    Expr::EvalResult Result;
    if (E->isValueDependent() || E->getType()->isDependentType())
      return std::nullopt;
    if (E->isNullPointerConstant(const_cast<ASTContext &>(Context),
                                 Expr::NPC_ValueDependentIsNotNull))
      return 0;
    if (!E->getType()->isIntegralOrEnumerationType() ||
        !E->EvaluateAsInt(Result, Context))
      return std::nullopt;
    return Result.Val.getInt().getExtValue();
  }

  void assign(const Expr *To, const Expr *From) {
    const ValueDecl *D = store(To);
    bool IsElement = isa<ArraySubscriptExpr>(To->IgnoreParenImpCasts()) ||
                     isa<CXXOperatorCallExpr>(To->IgnoreParenImpCasts());
    if (auto *Local = dyn_cast<DeclRefExpr>(To->IgnoreParenImpCasts()))
      if (auto *V = dyn_cast<VarDecl>(Local->getDecl());
          V && !V->hasGlobalStorage()) {
        if (mentionsHandle(From))
          Handles.insert(V);
        return;
      }
    if (!D)
      return;
    if (std::optional<int64_t> Value = constant(From)) {
      if (IsElement && *Value == 0 && To->getType()->isPointerType())
        Use.TakenFrom.insert(D); // the slot is empty now
      else
        mark(To, *Value);
      return;
    }
    if (mentionsHandle(From))
      Use.PutInto.insert(D);
    // `head = first->next`
    const Expr *Next = From->IgnoreParenImpCasts();
    if (auto *M = dyn_cast<MemberExpr>(Next);
        M && isa<FieldDecl>(M->getMemberDecl()) && !IsElement &&
        M->getType()->isPointerType() &&
        M->getMemberDecl()->getCanonicalDecl() != D)
      Use.TakenFrom.insert(D);
  }

  void mark(const Expr *To, int64_t Value) {
    if (const ValueDecl *D = isOfElement(To) ? store(To) : nullptr)
      if (auto [It, New] = Use.Marked.try_emplace(D, Value);
          !New && It->second != Value)
        Ambiguous.insert(D);
  }

  /// A mark is one of many: what the pool as a whole notes down says nothing of
  /// a single handle.
  bool isOfElement(const Expr *To) const {
    To = To->IgnoreParenImpCasts();
    if (isa<ArraySubscriptExpr, CXXOperatorCallExpr>(To))
      return true;
    auto *M = dyn_cast<MemberExpr>(To);
    if (!M)
      return false;
    const Expr *Base = M->getBase()->IgnoreParenImpCasts();
    if (isa<CXXThisExpr>(Base))
      return false;
    auto *R = dyn_cast<DeclRefExpr>(Base);
    return !R || !isa<ParmVarDecl>(R->getDecl()) ||
           Handles.contains(R->getDecl());
  }

  void call(const CallExpr *C) {
    llvm::StringRef Name;
    const Expr *Object = nullptr;
    const Expr *Callee = C->getCallee()->IgnoreParenImpCasts();
    if (auto *M = dyn_cast<MemberExpr>(Callee)) {
      if (M->getMemberDecl()->getDeclName().isIdentifier())
        Name = M->getMemberDecl()->getName();
      Object = M->getBase();
    } else if (auto *M = dyn_cast<CXXDependentScopeMemberExpr>(Callee)) {
      if (M->getMember().isIdentifier())
        Name = M->getMember().getAsIdentifierInfo()->getName();
      Object = M->isImplicitAccess() ? nullptr : M->getBase();
    }
    const ValueDecl *D = Object ? store(Object) : nullptr;
    if (D && Removers.contains(Name)) {
      Use.TakenFrom.insert(D);
      for (const Expr *A : C->arguments())
        if (const ValueDecl *Other = Name == "splice" ? store(A) : nullptr) {
          Use.TakenFrom.insert(Other);
          Use.PutInto.insert(D);
        }
    } else if (D && Adders.contains(Name) &&
               llvm::any_of(C->arguments(),
                            [&](const Expr *A) { return mentionsHandle(A); })) {
      Use.PutInto.insert(D);
    }
    // Atomic marks.
    if (D && C->getNumArgs() && (Name == "store" || Name == "exchange"))
      if (std::optional<int64_t> Value = constant(C->getArg(0)))
        mark(Object, *Value);
    const FunctionDecl *F = C->getDirectCallee();
    if (F && F->getDeclName().isIdentifier() && !D)
      unseenHelper(F, C);
    // What a helper of the same project does counts as done here.
    const FunctionDecl *Body = F && !D ? writtenBody(F) : nullptr;
    if (!Body)
      return;
    const ParmVarDecl *Given = nullptr;
    for (unsigned N = 0; N < C->getNumArgs() && N < Body->getNumParams(); ++N)
      if (mentionsHandle(C->getArg(N)))
        Given = Body->getParamDecl(N);
    scan(Body, Given);
  }

  /// Containers and setters in the manner of C: `queue_push(pool->idle, conn)`,
  /// `conn_set_busy(conn, 0)`.
  void unseenHelper(const FunctionDecl *F, const CallExpr *C) {
    auto Words = flow::wordsOf(F->getName());
    auto Has = [&](std::initializer_list<llvm::StringRef> Any) {
      return llvm::any_of(
          Any, [&](llvm::StringRef W) { return llvm::is_contained(Words, W); });
    };
    bool Takes = Has({"pop", "remove", "dequeue", "shift", "unlink"});
    bool Puts =
        Has({"push", "add", "append", "insert", "enqueue", "prepend"}) &&
        mentionsHandle(C);
    std::optional<int64_t> Mark;
    for (const Expr *A : C->arguments()) {
      if (std::optional<int64_t> Value = constant(A))
        Mark = Value;
      const ValueDecl *D = mentionsHandle(A) ? nullptr : store(A);
      if (D && Takes)
        Use.TakenFrom.insert(D);
      if (D && Puts)
        Use.PutInto.insert(D);
    }
    if (Mark && Has({"set", "mark"}))
      if (auto [It, New] = Use.Marked.try_emplace(F->getCanonicalDecl(), *Mark);
          !New && It->second != *Mark)
        Ambiguous.insert(F->getCanonicalDecl());
  }

  void visit(const Stmt *S) {
    if (!S)
      return;
    if (auto *D = dyn_cast<DeclStmt>(S)) {
      for (const Decl *Each : D->decls())
        if (auto *V = dyn_cast<VarDecl>(Each);
            V && V->hasInit() && mentionsHandle(V->getInit()))
          Handles.insert(V);
    } else if (auto *B = dyn_cast<BinaryOperator>(S)) {
      if (B->getOpcode() == BO_Assign)
        assign(B->getLHS(), B->getRHS());
    } else if (auto *O = dyn_cast<CXXOperatorCallExpr>(S)) {
      if (O->getOperator() == OO_Equal && O->getNumArgs() == 2)
        assign(O->getArg(0), O->getArg(1));
    } else if (auto *A = dyn_cast<ArraySubscriptExpr>(S)) {
      // `idle[--n]`, and `n--` besides `idle[n]`
      if (const ValueDecl *D = store(A->getBase()))
        Read.insert(D);
    } else if (auto *U = dyn_cast<UnaryOperator>(S)) {
      if (U->getOpcode() == UO_PreDec || U->getOpcode() == UO_PostDec)
        if (store(U->getSubExpr()))
          CountsDown = true;
    } else if (auto *C = dyn_cast<CallExpr>(S)) {
      call(C);
    }
    for (const Stmt *Child : S->children())
      visit(Child);
  }

  void finish() {
    if (CountsDown)
      for (const ValueDecl *D : Read)
        Use.TakenFrom.insert(D);
    for (const ValueDecl *D : Ambiguous)
      Use.Marked.erase(D);
  }

  const ASTContext &Context;
  StoreUse &Use;
  unsigned Depth = 0;
  bool CountsDown = false;
  llvm::SmallPtrSet<const ValueDecl *, 4> Handles, Read, Ambiguous;
  llvm::SmallPtrSet<const FunctionDecl *, 4> Active;
};

} // namespace

const FunctionDecl *writtenBody(const FunctionDecl *F) {
  if (const FunctionDecl *Pattern = F->getTemplateInstantiationPattern())
    F = Pattern;
  const FunctionDecl *Definition = nullptr;
  if (!F->hasBody(Definition) || !Definition->getBody())
    return nullptr;
  const SourceManager &SM = F->getASTContext().getSourceManager();
  return SM.isInSystemHeader(SM.getExpansionLoc(Definition->getLocation()))
             ? nullptr
             : Definition;
}

StoreUse storeUse(const FunctionDecl *F, const ParmVarDecl *Handle,
                  const ASTContext &Context) {
  StoreUse Use;
  const FunctionDecl *Body = writtenBody(F);
  if (!Body)
    return Use;
  Scanner(Context, Use)
      .scan(Body, Handle ? Body->getParamDecl(Handle->getFunctionScopeIndex())
                         : nullptr);
  return Use;
}

SharedStore sharedStore(const StoreUse &Acquire, const StoreUse &Release) {
  // The first by declaration, whatever order the sets are in.
  SharedStore Found;
  auto Consider = [&](const ValueDecl *D, bool IsMark) {
    if (!Found || D->getLocation().getRawEncoding() <
                      Found.Which->getLocation().getRawEncoding())
      Found = {D, IsMark};
  };
  for (const ValueDecl *D : Acquire.TakenFrom)
    if (Release.PutInto.contains(D))
      Consider(D, false);
  if (Found)
    return Found;
  for (auto [D, Value] : Acquire.Marked)
    if (auto It = Release.Marked.find(D);
        It != Release.Marked.end() && It->second != Value)
      Consider(D, true);
  return Found;
}

} // namespace conntidy
