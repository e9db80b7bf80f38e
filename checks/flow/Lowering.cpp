//===- Lowering.cpp - from Clang's CFG to events --------------------------===//
//
// One pass over the CFG's elements, which Clang gives in evaluation order with
// destructors of locals and temporaries in place. Expressions are handled in
// LoweringExpr.cpp.
//
//===----------------------------------------------------------------------===//

#include "flow/LoweringContext.h"
#include "clang/Analysis/Analyses/PostOrderCFGView.h"
#include "clang/Analysis/CFG.h"
#include "clang/Basic/Builtins.h"
#include "llvm/Support/SaveAndRestore.h"

using namespace clang;

namespace conntidy::flow {

/// `Guard(x);` is a cast of what the constructor makes.
static const Expr *ignoreCasts(const Expr *E) {
  while (auto *C = dyn_cast<CastExpr>(E))
    E = C->getSubExpr();
  return E;
}

void LoweringContext::mapTries(const Stmt *S, const CXXTryStmt *Inside,
                               const CXXCatchStmt *Handler) {
  if (!S)
    return;
  if (auto *Try = dyn_cast<CXXTryStmt>(S)) {
    P.Outer[Try] = Inside;
    mapTries(Try->getTryBlock(), Try, Handler);
    for (unsigned N = 0; N < Try->getNumHandlers(); ++N)
      mapTries(Try->getHandler(N), Inside, Try->getHandler(N));
    return;
  }
  if (Inside) {
    EnclosingTry[S] = Inside;
    if (auto *D = dyn_cast<DeclStmt>(S))
      for (const Decl *X : D->decls())
        P.DeclaredIn[X] = Inside;
  }
  if (auto *R = dyn_cast<ReturnStmt>(S); R && R->getNRVOCandidate())
    if (const Expr *E = R->getRetValue())
      if (auto *C = dyn_cast<CXXConstructExpr>(E->IgnoreImplicit()))
        ElidedConstructs.insert(C);
  // Before C++17 the returned temporary is copied in the tree, though never in
  // the program.
  if (auto *R = dyn_cast<ReturnStmt>(S); R && R->getRetValue())
    if (auto *C = dyn_cast<CXXConstructExpr>(stripped(R->getRetValue()));
        C && C->isElidable())
      if (auto *B = dyn_cast<CXXBindTemporaryExpr>(
              C->getArg(0)->IgnoreParenImpCasts()))
        ElidedTemporaries.insert(B);
  if (auto *C = dyn_cast<ConditionalOperator>(S)) {
    CopyTo[stripped(C->getTrueExpr())].push_back(C);
    CopyTo[stripped(C->getFalseExpr())].push_back(C);
  } else if (auto *C = dyn_cast<BinaryConditionalOperator>(S)) {
    CopyTo[stripped(C->getTrueExpr())].push_back(C);
    CopyTo[stripped(C->getFalseExpr())].push_back(C);
  } else if (auto *B = dyn_cast<BinaryOperator>(S); B && B->isLogicalOp()) {
    CopyTo[stripped(B->getRHS())].push_back(B);
    LeftOf[stripped(B->getLHS())] = B;
  }
  if (auto *A = dyn_cast<ArraySubscriptExpr>(S);
      A && !A->getIdx()->isValueDependent() &&
      A->getIdx()->isEvaluatable(Context))
    ConstantlySubscripted.insert(stripped(A->getBase()));
  if (isa<LambdaExpr>(S))
    return;
  if (auto *T = dyn_cast<CXXThrowExpr>(S); T && !T->getSubExpr())
    RethrowIn[T] = Handler;
  if (isa<CompoundStmt>(S))
    for (const Stmt *Child : S->children())
      if (auto *E = dyn_cast<Expr>(Child))
        if (auto *B = dyn_cast<CXXBindTemporaryExpr>(ignoreCasts(stripped(E))))
          DiscardedTemporaries.insert(B);
  if (InUnlikely && isa<CXXThrowExpr, CallExpr, CXXConstructExpr>(S))
    P.Unlikely.insert(S);
  auto *If = dyn_cast<IfStmt>(S);
  for (const Stmt *Child : S->children()) {
    llvm::SaveAndRestore Restored(
        InUnlikely, InUnlikely || (If && Throws.isUnlikely(*If, Child)));
    mapTries(Child, Inside, Handler);
  }
}

const Expr *LoweringContext::stripped(const Expr *E) {
  E = E->IgnoreParens();
  while (auto *C = dyn_cast<ExprWithCleanups>(E))
    E = C->getSubExpr()->IgnoreParens();
  return E;
}

TempId LoweringContext::temp(const Stmt *S) {
  if (auto *E = dyn_cast<Expr>(S))
    S = stripped(E);
  auto [It, New] = Temps.try_emplace(S, TempId{P.Temps});
  if (New) {
    ++P.Temps;
    MadeIn.push_back(~0u);
    P.CrossesBlocks.push_back(false);
  }
  return It->second;
}

TempId LoweringContext::fresh() {
  MadeIn.push_back(~0u);
  P.CrossesBlocks.push_back(false);
  return TempId{P.Temps++};
}

void LoweringContext::use(TempId T) {
  if (T.valid() && MadeIn[T.Number] != Current)
    P.CrossesBlocks[T.Number] = true;
}

Event &LoweringContext::emit(Op What, const Stmt *Origin) {
  Event E;
  E.What = What;
  E.Origin = Origin;
  if (Origin)
    E.Try = EnclosingTry.lookup(Origin);
  P.Blocks[Current].Events.push_back(std::move(E));
  return P.Blocks[Current].Events.back();
}

Event &LoweringContext::emit(Op What, const Stmt *Origin, TempId Result,
                             TempId A, TempId B) {
  use(A);
  use(B);
  if (Result.valid()) {
    unsigned &Made = MadeIn[Result.Number];
    // Made in two blocks: whoever reads it may sit in neither.
    if (Made != ~0u && Made != Current)
      P.CrossesBlocks[Result.Number] = true;
    Made = Current;
  }
  Event &E = emit(What, Origin);
  E.Result = Result;
  E.A = A;
  E.B = B;
  return E;
}

static const CXXRecordDecl *destroyedClass(QualType T) {
  return T->getBaseElementTypeUnsafe()->getAsCXXRecordDecl();
}

void LoweringContext::lowerElement(const CFGElement &Element) {
  switch (Element.getKind()) {
  case CFGElement::Statement:
  case CFGElement::Constructor:
  case CFGElement::CXXRecordTypedCall:
    lowerStatement(Element.castAs<CFGStmt>().getStmt());
    return;
  case CFGElement::Initializer:
    lowerInitializer(Element.castAs<CFGInitializer>().getInitializer());
    return;
  case CFGElement::AutomaticObjectDtor: {
    auto D = Element.castAs<CFGAutomaticObjDtor>();
    Event &E = emit(Op::Destroy, nullptr);
    E.Declared = D.getVarDecl();
    E.Class = destroyedClass(D.getVarDecl()->getType().getNonReferenceType());
    E.Origin = D.getTriggerStmt();
    E.Try = P.DeclaredIn.lookup(D.getVarDecl());
    return;
  }
  case CFGElement::TemporaryDtor: {
    const CXXBindTemporaryExpr *B =
        Element.castAs<CFGTemporaryDtor>().getBindTemporaryExpr();
    if (ElidedTemporaries.contains(B))
      return;
    Event &E = emit(Op::DestroyTemporary, B, TempId(), temp(B));
    E.Class = destroyedClass(B->getType());
    E.Flag = DiscardedTemporaries.contains(B);
    return;
  }
  case CFGElement::MemberDtor: {
    Event &E = emit(Op::DestroyField, nullptr);
    const FieldDecl *F = Element.castAs<CFGMemberDtor>().getFieldDecl();
    E.Declared = F;
    E.Class = destroyedClass(F->getType());
    return;
  }
  case CFGElement::BaseDtor: {
    Event &E = emit(Op::DestroyBase, nullptr);
    E.Class = Element.castAs<CFGBaseDtor>()
                  .getBaseSpecifier()
                  ->getType()
                  ->getAsCXXRecordDecl();
    return;
  }
  case CFGElement::CleanupFunction: {
    // The variable's address goes to the function named by the attribute.
    auto C = Element.castAs<CFGCleanupFunction>();
    TempId Address = fresh();
    emit(Op::Variable, nullptr, Address).Declared = C.getVarDecl();
    Event &E = emit(Op::Call, C.getVarDecl()->getInit());
    E.Declared = C.getVarDecl();
    E.Try = P.DeclaredIn.lookup(C.getVarDecl());
    E.Call = std::make_unique<CallSite>();
    E.Call->Where = C.getVarDecl()->getInit();
    E.Call->Callee = C.getFunctionDecl();
    E.Call->Args.push_back(Address);
    E.Call->ArgExprs.push_back(nullptr);
    return;
  }
  case CFGElement::DeleteDtor: // the delete expression does it
  case CFGElement::NewAllocator:
  case CFGElement::LifetimeEnds:
  case CFGElement::LoopExit:
  case CFGElement::ScopeBegin:
  case CFGElement::ScopeEnd:
    return;
  }
}

void LoweringContext::lowerInitializer(const CXXCtorInitializer *I) {
  const Expr *Init = I->getInit();
  TempId This = fresh();
  emit(Op::This, Init, This);
  TempId Target = This;
  QualType T;
  if (const FieldDecl *F = I->getAnyMember()) {
    Target = fresh();
    emit(Op::Field, Init, Target, This).Declared = F;
    T = F->getType();
  }
  if (!T.isNull() && !T->isRecordType()) {
    emit(Op::Store, Init, TempId(), Target, temp(Init));
    return;
  }
  emit(Op::MoveObject, Init, TempId(), Target, temp(Init));
}

static std::optional<int64_t> constantOf(const Expr *E, ASTContext &Context) {
  if (!E || E->isValueDependent())
    return std::nullopt;
  Expr::EvalResult R;
  if (E->EvaluateAsInt(R, Context) && R.Val.isInt())
    return numberOf(R.Val.getInt());
  return std::nullopt;
}

/// In `a && b && c` a false `a` skips both others at once.
void LoweringContext::shortCircuit(Edge &E, const BinaryOperator *Decided) {
  const bool Holds = Decided->getOpcode() == BO_LOr;
  for (const BinaryOperator *Next = Decided; Next;) {
    TempId Whole = temp(Next);
    P.CrossesBlocks[Whole.Number] = true;
    E.Sets.push_back({Whole, Holds});
    const BinaryOperator *Around = nullptr;
    if (const BinaryOperator *O = LeftOf.lookup(Next);
        O && (O->getOpcode() == BO_LOr) == Holds)
      Around = O;
    if (auto It = CopyTo.find(Next); It != CopyTo.end())
      for (const Expr *Copy : It->second)
        if (auto *O = dyn_cast<BinaryOperator>(Copy))
          Around = O;
    Next = Around;
  }
}

/// `__builtin_constant_p(n) && n > 3` tells the compiler what holds of every n
/// when it happens to see it.
static bool asksWhetherConstant(const Stmt *Term) {
  auto *L = dyn_cast_or_null<BinaryOperator>(Term);
  if (!L || L->getOpcode() != BO_LAnd)
    return false;
  auto *Call = dyn_cast<CallExpr>(L->getLHS()->IgnoreParenImpCasts());
  return Call && Call->getBuiltinCallee() == Builtin::BI__builtin_constant_p;
}

void LoweringContext::lowerEdges(const CFGBlock &B) {
  Block &Out = P.Blocks[Current];
  auto Target = [](const CFGBlock::AdjacentBlock &A) -> const CFGBlock * {
    return A.getReachableBlock();
  };
  CFGTerminator T = B.getTerminator();
  const Stmt *Term = T.getStmt();
  // A try dispatches by the type of the exception, which the solver does.
  if (isa_and_nonnull<CXXTryStmt>(Term))
    return;
  if (T.isTemporaryDtorsBranch() && B.succ_size() == 2) {
    const CFGBlock *Dtors = Target(*B.succ_begin());
    for (auto It = B.succ_begin(); It != B.succ_end(); ++It) {
      const CFGBlock *Succ = Target(*It);
      if (!Succ)
        continue;
      Edge E;
      E.Target = Succ->getBlockID();
      if (Dtors)
        for (const CFGElement &El : *Dtors)
          if (auto D = El.getAs<CFGTemporaryDtor>()) {
            E.IfPending = D->getBindTemporaryExpr();
            E.Pending = It == B.succ_begin();
            use(temp(E.IfPending));
            break;
          }
      Out.Edges.push_back(E);
    }
    return;
  }
  if (auto *Switch = dyn_cast_or_null<SwitchStmt>(Term)) {
    lowerSwitch(B, *Switch);
    return;
  }
  // Clang takes it for false and leaves the other way out.
  if (asksWhetherConstant(Term)) {
    const CFGBlock::AdjacentBlock &Then = *B.succ_begin();
    const CFGBlock *Succ = Then.getReachableBlock();
    if (!Succ)
      Succ = Then.getPossiblyUnreachableBlock();
    if (Succ) {
      Edge E;
      E.Target = Succ->getBlockID();
      Out.Edges.push_back(std::move(E));
      return;
    }
  }
  const Expr *Condition =
      B.succ_size() == 2 && T.isStmtBranch()
          ? dyn_cast_or_null<Expr>(B.getTerminatorCondition())
          : nullptr;
  unsigned Number = 0;
  for (auto It = B.succ_begin(); It != B.succ_end(); ++It, ++Number) {
    const CFGBlock *Succ = Target(*It);
    if (!Succ)
      continue;
    Edge E;
    E.Target = Succ->getBlockID();
    if (Condition) {
      Assumption A;
      A.Subject = temp(Condition);
      use(A.Subject);
      A.Ranges.push_back({0, 0});
      A.Negated = Number == 0;
      A.Condition = Condition;
      E.Assumed = A;
      if (auto *L = dyn_cast<BinaryOperator>(Term); L && L->isLogicalOp()) {
        bool Skips = (L->getOpcode() == BO_LAnd) == (Number == 1);
        if (Skips)
          shortCircuit(E, L);
      }
    }
    Out.Edges.push_back(std::move(E));
  }
}

void LoweringContext::lowerSwitch(const CFGBlock &B, const SwitchStmt &S) {
  Block &Out = P.Blocks[Current];
  TempId Subject = temp(S.getCond());
  use(Subject);
  Assumption None;
  None.Subject = Subject;
  None.Negated = true;
  None.Condition = S.getCond();
  None.IsCase = true;
  auto RangeOf = [&](const CaseStmt *C) {
    std::optional<std::pair<int64_t, int64_t>> R;
    if (auto L = constantOf(C->getLHS(), Context)) {
      R = {*L, *L};
      if (C->getRHS())
        if (auto H = constantOf(C->getRHS(), Context))
          R->second = *H;
    }
    return R;
  };
  for (const SwitchCase *C = S.getSwitchCaseList(); C;
       C = C->getNextSwitchCase())
    if (auto *Case = dyn_cast<CaseStmt>(C))
      if (auto R = RangeOf(Case))
        None.Ranges.push_back(*R);
  for (auto It = B.succ_begin(); It != B.succ_end(); ++It) {
    const CFGBlock *Succ = It->getReachableBlock();
    if (!Succ)
      continue;
    Edge E;
    E.Target = Succ->getBlockID();
    Assumption A = None;
    if (auto *Case = dyn_cast_or_null<CaseStmt>(Succ->getLabel())) {
      A.Negated = false;
      A.Ranges.clear();
      // `case 1: case 2:` are blocks of their own that fall through.
      if (auto R = RangeOf(Case))
        A.Ranges.push_back(*R);
      else
        A.Ranges.push_back({Fact::Min, Fact::Max});
    }
    E.Assumed = std::move(A);
    Out.Edges.push_back(std::move(E));
  }
}

bool LoweringContext::run() {
  const Stmt *Body = P.Function->getBody();
  const auto *FunctionTry = dyn_cast<CXXTryStmt>(Body);
  mapTries(Body, nullptr);
  if (auto *C = dyn_cast<CXXConstructorDecl>(P.Function))
    for (const CXXCtorInitializer *I : C->inits()) {
      mapTries(I->getInit(), FunctionTry);
      if (auto *D = dyn_cast<CXXDefaultInitExpr>(I->getInit()))
        ElidedTemporaries.insert(stripped(D->getExpr()));
    }

  CFG::BuildOptions Options;
  Options.setAllAlwaysAdd();
  Options.AddInitializers = true;
  Options.AddImplicitDtors = true;
  Options.AddTemporaryDtors = true;
  Options.AddCXXDefaultInitExprInCtors = true;
  std::unique_ptr<CFG> Graph =
      CFG::buildCFG(P.Function, const_cast<Stmt *>(Body), &Context, Options);
  if (!Graph)
    return false;

  P.Blocks.resize(Graph->getNumBlockIDs());
  P.Entry = Graph->getEntry().getBlockID();
  P.Exit = Graph->getExit().getBlockID();
  P.Order.assign(P.Blocks.size(), 0);
  PostOrderCFGView View(Graph.get());
  unsigned Position = 0;
  for (const CFGBlock *B : View)
    P.Order[B->getBlockID()] = ++Position;

  // A value must be lowered before what uses it, so that `made in` is known.
  auto Lower = [&](const CFGBlock &B) {
    Current = B.getBlockID();
    if (auto *H = dyn_cast_or_null<CXXCatchStmt>(B.getLabel())) {
      P.Handlers[H] = Current;
      emit(Op::Handler, H).Declared = H->getExceptionDecl();
    }
    for (const CFGElement &E : B)
      lowerElement(E);
    lowerEdges(B);
  };
  llvm::SmallVector<bool, 32> Done(P.Blocks.size(), false);
  for (const CFGBlock *B : View) {
    Done[B->getBlockID()] = true;
    Lower(*B);
  }
  // Handlers have no predecessors in Clang's CFG, so the view leaves them out.
  for (auto It = Graph->rbegin(); It != Graph->rend(); ++It)
    if (!Done[(*It)->getBlockID()]) {
      Lower(**It);
      P.Order[(*It)->getBlockID()] = ++Position;
    }
  return true;
}

std::unique_ptr<Program> lower(const FunctionDecl *Function,
                               ASTContext &Context, ThrowInference &Throws) {
  auto P = std::make_unique<Program>();
  P->Function = Function;
  LoweringContext L(*P, Context, Throws);
  if (!L.run())
    return nullptr;
  return P;
}

} // namespace conntidy::flow
