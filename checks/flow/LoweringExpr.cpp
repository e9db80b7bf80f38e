//===- LoweringExpr.cpp - expressions and declarations --------------------===//

#include "flow/LoweringContext.h"

using namespace clang;

namespace conntidy::flow {

static bool isRecord(QualType T) {
  return !T.isNull() && T.getCanonicalType()->isRecordType();
}

/// Constants that are worth a look at every arithmetic expression.
bool LoweringContext::constant(const Expr *E) {
  if (E->isGLValue() || !E->getType()->isIntegralOrEnumerationType() ||
      E->isValueDependent())
    return false;
  Expr::EvalResult R;
  if (!E->EvaluateAsInt(R, Context) || !R.Val.isInt())
    return false;
  emit(Op::Constant, E, temp(E)).Low = numberOf(R.Val.getInt());
  return true;
}

void LoweringContext::lowerStatement(const Stmt *S) {
  if (auto *D = dyn_cast<DeclStmt>(S)) {
    lowerDeclaration(D);
  } else if (isa<ReturnStmt, CoreturnStmt>(S)) {
    const Expr *Value = isa<ReturnStmt>(S)
                            ? cast<ReturnStmt>(S)->getRetValue()
                            : cast<CoreturnStmt>(S)->getOperand();
    TempId Result =
        Value && !Value->getType()->isVoidType() ? temp(Value) : TempId();
    emit(Op::Return, S, TempId(), Result).Flag =
        Value && Value->isPRValue() && isRecord(Value->getType());
  } else if (auto *E = dyn_cast<Expr>(S)) {
    E = stripped(E);
    lowerExpr(E);
    auto It = CopyTo.find(E);
    if (It != CopyTo.end())
      for (const Expr *To : It->second)
        copy(To, E);
  }
}

void LoweringContext::lowerExpr(const Expr *E) {
  switch (E->getStmtClass()) {
  case Stmt::IntegerLiteralClass:
  case Stmt::CharacterLiteralClass:
  case Stmt::CXXBoolLiteralExprClass:
  case Stmt::ConstantExprClass:
  case Stmt::UnaryExprOrTypeTraitExprClass:
    if (!constant(E))
      emit(Op::Opaque, E, temp(E));
    return;
  case Stmt::CXXNullPtrLiteralExprClass:
  case Stmt::GNUNullExprClass:
  case Stmt::ImplicitValueInitExprClass:
  case Stmt::CXXScalarValueInitExprClass:
    if (isRecord(E->getType()))
      emit(Op::Opaque, E, temp(E));
    else
      emit(Op::Constant, E, temp(E)).Low = 0;
    return;
  case Stmt::StringLiteralClass:
    emit(Op::Literal, E, temp(E));
    return;
  case Stmt::DeclRefExprClass:
    lowerReference(E, cast<DeclRefExpr>(E)->getDecl());
    return;
  case Stmt::MemberExprClass:
    lowerMember(cast<MemberExpr>(E));
    return;
  case Stmt::CXXThisExprClass:
    if (ThisCapture) {
      TempId Closure = fresh(), Field = fresh();
      emit(Op::This, E, Closure);
      emit(Op::Field, E, Field, Closure).Declared = ThisCapture;
      emit(Op::Load, E, temp(E), Field);
      return;
    }
    emit(Op::This, E, temp(E));
    return;
  case Stmt::UnaryOperatorClass:
    lowerUnary(cast<UnaryOperator>(E));
    return;
  case Stmt::BinaryOperatorClass:
  case Stmt::CompoundAssignOperatorClass:
  case Stmt::CXXRewrittenBinaryOperatorClass:
    if (auto *B = dyn_cast<BinaryOperator>(E))
      lowerBinary(B);
    else
      copy(E, cast<CXXRewrittenBinaryOperator>(E)->getSemanticForm());
    return;
  case Stmt::ConditionalOperatorClass:
  case Stmt::BinaryConditionalOperatorClass:
    return; // its operands were copied here
  case Stmt::OpaqueValueExprClass:
    if (const Expr *Source = cast<OpaqueValueExpr>(E)->getSourceExpr())
      copy(E, Source);
    return;
  case Stmt::ArraySubscriptExprClass: {
    auto *A = cast<ArraySubscriptExpr>(E);
    Expr::EvalResult R;
    if (!A->getIdx()->isValueDependent() &&
        A->getIdx()->EvaluateAsInt(R, Context) && R.Val.isInt())
      emit(Op::Element, E, temp(E), temp(A->getBase())).Low =
          numberOf(R.Val.getInt());
    else
      emit(Op::Opaque, E, temp(E));
    return;
  }
  case Stmt::CallExprClass:
  case Stmt::CXXMemberCallExprClass:
  case Stmt::CXXOperatorCallExprClass:
  case Stmt::UserDefinedLiteralClass:
    lowerCall(cast<CallExpr>(E));
    return;
  case Stmt::CXXConstructExprClass:
  case Stmt::CXXTemporaryObjectExprClass:
    lowerConstruct(cast<CXXConstructExpr>(E));
    return;
  case Stmt::CXXNewExprClass: {
    auto *N = cast<CXXNewExpr>(E);
    if (N->getNumPlacementArgs() == 1 &&
        N->getPlacementArg(0)->getType()->isPointerType()) {
      copy(E, N->getPlacementArg(0));
      if (const Expr *Init = N->getInitializer();
          Init && !N->isArray() && isRecord(N->getAllocatedType()))
        emit(Op::MoveObject, E, TempId(), temp(E), temp(Init));
      return;
    }
    const Expr *Init = N->isArray() ? nullptr : N->getInitializer();
    emit(Op::Allocate, E, temp(E), Init ? temp(Init) : TempId()).Flag =
        Init && isRecord(N->getAllocatedType());
    return;
  }
  case Stmt::CXXDeleteExprClass: {
    auto *D = cast<CXXDeleteExpr>(E);
    Event &Ev = emit(Op::Delete, E, TempId(), temp(D->getArgument()));
    QualType T = D->getDestroyedType();
    Ev.Class = T.isNull() ? nullptr : T->getAsCXXRecordDecl();
    return;
  }
  case Stmt::CXXThrowExprClass: {
    Event &Ev = emit(Op::Throw, E);
    Ev.Flag = !cast<CXXThrowExpr>(E)->getSubExpr();
    Ev.Handler = RethrowIn.lookup(E);
    return;
  }
  case Stmt::LambdaExprClass:
    lowerLambda(cast<LambdaExpr>(E));
    return;
  case Stmt::InitListExprClass:
    lowerInitList(cast<InitListExpr>(E));
    return;
  case Stmt::MaterializeTemporaryExprClass: {
    const Expr *Sub = cast<MaterializeTemporaryExpr>(E)->getSubExpr();
    if (isRecord(Sub->getType()) || Sub->getType()->isArrayType())
      copy(E, Sub);
    else
      emit(Op::Materialize, E, temp(E), temp(Sub));
    return;
  }
  case Stmt::CXXBindTemporaryExprClass: {
    const Expr *Sub = cast<CXXBindTemporaryExpr>(E)->getSubExpr();
    if (ElidedTemporaries.contains(E)) {
      copy(E, Sub);
      return;
    }
    Event &Ev = emit(Op::Bind, E, temp(E), temp(Sub));
    Ev.Class = E->getType()->getAsCXXRecordDecl();
    return;
  }
  case Stmt::CXXDefaultArgExprClass:
    if (!constant(cast<CXXDefaultArgExpr>(E)->getExpr())) {
      Event &Ev = emit(Op::Opaque, E, temp(E));
      if (ThrownSet T = Throws.ofExpression(E); !T.empty())
        Ev.MayThrow = std::make_unique<ThrownSet>(std::move(T));
    } else {
      copy(E, cast<CXXDefaultArgExpr>(E)->getExpr());
    }
    return;
  case Stmt::CXXDefaultInitExprClass:
    copy(E, cast<CXXDefaultInitExpr>(E)->getExpr());
    return;
  case Stmt::SubstNonTypeTemplateParmExprClass:
    copy(E, cast<SubstNonTypeTemplateParmExpr>(E)->getReplacement());
    return;
  case Stmt::CompoundLiteralExprClass:
    copy(E, cast<CompoundLiteralExpr>(E)->getInitializer());
    return;
  case Stmt::CXXStdInitializerListExprClass:
    emit(Op::Scatter, E, temp(E),
         temp(cast<CXXStdInitializerListExpr>(E)->getSubExpr()));
    return;
  case Stmt::ChooseExprClass:
    copy(E, cast<ChooseExpr>(E)->getChosenSubExpr());
    return;
  case Stmt::GenericSelectionExprClass:
    if (!cast<GenericSelectionExpr>(E)->isResultDependent())
      copy(E, cast<GenericSelectionExpr>(E)->getResultExpr());
    return;
  case Stmt::StmtExprClass: {
    const CompoundStmt *Body = cast<StmtExpr>(E)->getSubStmt();
    if (!Body->body_empty())
      if (auto *Last = dyn_cast<Expr>(Body->body_back())) {
        copy(E, Last);
        return;
      }
    return;
  }
  case Stmt::CoawaitExprClass:
    emit(Op::Suspend, E);
    copy(E, cast<CoroutineSuspendExpr>(E)->getResumeExpr());
    return;
  case Stmt::CoyieldExprClass:
    copy(E, cast<CoroutineSuspendExpr>(E)->getResumeExpr());
    return;
  default:
    if (auto *C = dyn_cast<CastExpr>(E)) {
      lowerCast(C);
      return;
    }
    if (!E->getType()->isVoidType())
      emit(Op::Opaque, E, temp(E));
    return;
  }
}

void LoweringContext::lowerReference(const Expr *E, const ValueDecl *D) {
  if (auto *F = dyn_cast<FunctionDecl>(D)) {
    emit(Op::Function, E, temp(E)).Declared = F;
    return;
  }
  if (auto *C = dyn_cast<EnumConstantDecl>(D)) {
    emit(Op::Constant, E, temp(E)).Low = numberOf(C->getInitVal());
    return;
  }
  if (auto *B = dyn_cast<BindingDecl>(D)) {
    if (const VarDecl *Holding = B->getHoldingVar()) {
      lowerReference(E, Holding);
    } else if (auto *M = dyn_cast_or_null<MemberExpr>(
                   B->getBinding() ? B->getBinding()->IgnoreImplicit()
                                   : nullptr)) {
      // Bindings are no elements of the CFG: `object.field`, spelled out.
      TempId Object = fresh();
      emit(Op::Variable, E, Object).Declared = B->getDecomposedDecl();
      emit(Op::Field, E, temp(E), Object).Declared = M->getMemberDecl();
    } else {
      emit(Op::Opaque, E, temp(E));
    }
    return;
  }
  if (auto *V = dyn_cast<VarDecl>(D)) {
    if (FieldDecl *F = Captures.lookup(V)) {
      TempId Closure = fresh();
      emit(Op::This, E, Closure);
      TempId Field = F->getType()->isReferenceType() ? fresh() : temp(E);
      emit(Op::Field, E, Field, Closure).Declared = F;
      if (F->getType()->isReferenceType())
        emit(Op::Load, E, temp(E), Field);
      return;
    }
    emit(Op::Variable, E, temp(E)).Declared = V;
    return;
  }
  emit(Op::Opaque, E, temp(E));
}

void LoweringContext::lowerMember(const MemberExpr *M) {
  if (auto *F = dyn_cast<FieldDecl>(M->getMemberDecl())) {
    if (F->getType()->isReferenceType()) {
      TempId Field = fresh();
      emit(Op::Field, M, Field, temp(M->getBase())).Declared = F;
      emit(Op::Load, M, temp(M), Field);
      return;
    }
    emit(Op::Field, M, temp(M), temp(M->getBase())).Declared = F;
    return;
  }
  if (isa<VarDecl>(M->getMemberDecl()))
    lowerReference(M, M->getMemberDecl());
  // A method: the call looks at its object itself.
}

void LoweringContext::lowerCast(const CastExpr *C) {
  const Expr *Sub = C->getSubExpr();
  switch (C->getCastKind()) {
  case CK_LValueToRValue:
    if (isRecord(C->getType()))
      copy(C, Sub); // a C struct by value
    else
      emit(Op::Load, C, temp(C), temp(Sub));
    return;
  case CK_NullToPointer:
  case CK_NullToMemberPointer:
    emit(Op::Constant, C, temp(C)).Low = 0;
    return;
  case CK_ToVoid:
    return;
  case CK_ArrayToPointerDecay: {
    QualType Element = Sub->getType()->getAsArrayTypeUnsafe()->getElementType();
    if (ConstantlySubscripted.contains(C) || Element->isAnyCharacterType())
      copy(C, Sub);
    else
      emit(Op::Scatter, C, temp(C), temp(Sub));
    return;
  }
  case CK_FloatingToIntegral:
  case CK_FloatingToBoolean:
  case CK_VectorSplat:
    emit(Op::Opaque, C, temp(C));
    return;
  default:
    copy(C, Sub);
    return;
  }
}

void LoweringContext::lowerUnary(const UnaryOperator *U) {
  const Expr *Sub = U->getSubExpr();
  switch (U->getOpcode()) {
  case UO_AddrOf:
  case UO_Deref:
  case UO_Extension:
  case UO_Plus:
    copy(U, Sub);
    return;
  case UO_LNot:
    emit(Op::Not, U, temp(U), temp(Sub));
    return;
  case UO_PreInc:
  case UO_PreDec:
  case UO_PostInc:
  case UO_PostDec: {
    TempId New = fresh();
    bool Pre = U->isPrefix();
    bool IsPointer = U->getType()->isPointerType();
    TempId Old = Pre && IsPointer ? fresh() : temp(U);
    if (!Pre || IsPointer)
      emit(Op::Load, U, Old, temp(Sub));
    emit(Op::Opaque, U, New, IsPointer ? Old : TempId());
    emit(Op::Store, U, TempId(), temp(Sub), New);
    if (Pre)
      emit(Op::Copy, U, temp(U), U->isGLValue() ? temp(Sub) : New);
    return;
  }
  case UO_Coawait:
    copy(U, Sub);
    return;
  default:
    if (!constant(U))
      emit(Op::Opaque, U, temp(U));
    return;
  }
}

/// `c = f(c)`: the new value replaces what was handed in.
static bool replacesArgument(const Expr *Left, const Expr *Right) {
  auto *L = dyn_cast<DeclRefExpr>(Left->IgnoreParenImpCasts());
  auto *LM = dyn_cast<MemberExpr>(Left->IgnoreParenImpCasts());
  auto *C = dyn_cast<CallExpr>(Right->IgnoreParenCasts());
  if (!C || (!L && !LM))
    return false;
  const Decl *Target = L ? L->getDecl() : LM->getMemberDecl();
  return llvm::any_of(C->arguments(), [&](const Expr *A) {
    A = A->IgnoreParenCasts();
    if (auto *R = dyn_cast<DeclRefExpr>(A))
      return R->getDecl() == Target;
    if (auto *M = dyn_cast<MemberExpr>(A))
      return M->getMemberDecl() == Target;
    return false;
  });
}

void LoweringContext::lowerBinary(const BinaryOperator *B) {
  if (B->getOpcode() == BO_Assign) {
    if (isRecord(B->getType())) {
      emit(Op::CopyObject, B, TempId(), temp(B->getLHS()), temp(B->getRHS()));
    } else {
      emit(Op::Store, B, TempId(), temp(B->getLHS()), temp(B->getRHS())).Flag =
          replacesArgument(B->getLHS(), B->getRHS());
    }
    copy(B, B->isGLValue() ? B->getLHS() : B->getRHS());
    return;
  }
  if (B->isCompoundAssignmentOp()) {
    TempId New = fresh(), Old;
    if (B->getType()->isPointerType())
      emit(Op::Load, B, Old = fresh(), temp(B->getLHS()));
    emit(Op::Opaque, B, New, Old);
    emit(Op::Store, B, TempId(), temp(B->getLHS()), New);
    emit(Op::Copy, B, temp(B), B->isGLValue() ? temp(B->getLHS()) : New);
    return;
  }
  if (B->getOpcode() == BO_Comma) {
    if (!B->getRHS()->getType()->isVoidType())
      copy(B, B->getRHS());
    return;
  }
  if (B->isLogicalOp())
    return; // set where its operands are computed
  if (constant(B))
    return;
  if (B->isComparisonOp()) {
    lowerCompare(B);
    return;
  }
  // `flags & MASK` is the same value wherever it stands.
  Expr::EvalResult R;
  if (B->getType()->isIntegralOrEnumerationType() &&
      !B->getRHS()->isValueDependent() &&
      B->getRHS()->EvaluateAsInt(R, Context) && R.Val.isInt()) {
    Event &E = emit(Op::Derive, B, temp(B), temp(B->getLHS()));
    E.Low = numberOf(R.Val.getInt());
    E.High = B->getOpcode();
    return;
  }
  // Whatever is added to a pointer: it still leads into the same memory.
  TempId Base;
  if (B->getType()->isPointerType())
    Base = temp(B->getLHS()->getType()->isPointerType() ? B->getLHS()
                                                        : B->getRHS());
  emit(Op::Opaque, B, temp(B), Base);
}

void LoweringContext::lowerCompare(const BinaryOperator *B) {
  const Expr *L = B->getLHS(), *R = B->getRHS();
  BinaryOperatorKind Opcode = B->getOpcode();
  auto ConstantOf = [&](const Expr *E) -> std::optional<int64_t> {
    if (E->isNullPointerConstant(Context, Expr::NPC_ValueDependentIsNotNull))
      return 0;
    Expr::EvalResult V;
    if (!E->getType()->isIntegralOrEnumerationType() || E->isValueDependent() ||
        !E->EvaluateAsInt(V, Context) || !V.Val.isInt())
      return std::nullopt;
    return numberOf(V.Val.getInt());
  };
  std::optional<int64_t> C = ConstantOf(R);
  if (!C) {
    C = ConstantOf(L);
    std::swap(L, R);
    Opcode = BinaryOperator::reverseComparisonOp(Opcode);
  }
  if (!C) {
    if (B->isEqualityOp())
      emit(Op::Compare, B, temp(B), temp(B->getLHS()), temp(B->getRHS())).Flag =
          B->getOpcode() == BO_NE;
    else
      emit(Op::Opaque, B, temp(B));
    return;
  }
  int64_t Low = Fact::Min, High = Fact::Max;
  bool Negated = false;
  // `(rc & ~1) == 0` is how ODBC spells `rc is 0 or 1`.
  if (auto *And = dyn_cast<BinaryOperator>(L->IgnoreParenImpCasts());
      And && And->getOpcode() == BO_And && *C == 0 && B->isEqualityOp()) {
    if (auto Mask = ConstantOf(And->getRHS())) {
      uint64_t Free = ~static_cast<uint64_t>(*Mask);
      if ((Free & (Free + 1)) == 0 && Free < 256) {
        Event &E = emit(Op::Compare, B, temp(B), temp(And->getLHS()));
        E.Low = 0;
        E.High = static_cast<int64_t>(Free);
        E.Flag = Opcode == BO_NE;
        return;
      }
    }
  }
  switch (Opcode) {
  case BO_EQ:
  case BO_NE:
    Low = High = *C;
    Negated = Opcode == BO_NE;
    break;
  case BO_LT:
    High = *C - 1;
    break;
  case BO_LE:
    High = *C;
    break;
  case BO_GT:
    Low = *C + 1;
    break;
  case BO_GE:
    Low = *C;
    break;
  default:
    emit(Op::Opaque, B, temp(B));
    return;
  }
  Event &E = emit(Op::Compare, B, temp(B), temp(L));
  E.Low = Low;
  E.High = High;
  E.Flag = Negated;
}

void LoweringContext::addArguments(CallSite &Call,
                                   llvm::ArrayRef<const Expr *> Arguments) {
  for (const Expr *A : Arguments) {
    TempId T = temp(A);
    use(T);
    Call.Args.push_back(T);
    Call.ArgExprs.push_back(A);
  }
}

void LoweringContext::lowerCall(const CallExpr *C) {
  const FunctionDecl *Callee = C->getDirectCallee();
  if (Callee) {
    switch (Callee->getBuiltinID()) {
    case Builtin::BImove:
    case Builtin::BImove_if_noexcept:
    case Builtin::BIforward:
    case Builtin::BIforward_like:
    case Builtin::BIas_const:
    case Builtin::BIaddressof:
    case Builtin::BI__addressof:
    case Builtin::BI__builtin_addressof:
    case Builtin::BI__builtin_expect:
    case Builtin::BI__builtin_launder:
      copy(C, C->getArg(0));
      return;
    default:
      break;
    }
  }
  auto Call = std::make_unique<CallSite>();
  Call->Where = C;
  Call->Callee = Callee;
  llvm::SmallVector<const Expr *, 6> Arguments(C->arguments());
  if (auto *M = dyn_cast<CXXMemberCallExpr>(C)) {
    if (const Expr *Object = M->getImplicitObjectArgument()) {
      Call->Object = temp(Object);
      use(Call->Object);
    }
  } else if (isa<CXXOperatorCallExpr>(C) && Callee &&
             isa<CXXMethodDecl>(Callee) &&
             !cast<CXXMethodDecl>(Callee)->isStatic() && !Arguments.empty()) {
    Call->Object = temp(Arguments.front());
    use(Call->Object);
    Arguments.erase(Arguments.begin());
  }
  addArguments(*Call, Arguments);
  if (!Callee) {
    const Expr *Through = C->getCallee()->IgnoreParenImpCasts();
    if (auto *U = dyn_cast<UnaryOperator>(Through))
      Through = U->getSubExpr()->IgnoreParenImpCasts();
    if (auto *M = dyn_cast<MemberExpr>(Through))
      Call->Through = M->getMemberDecl();
    else if (auto *R = dyn_cast<DeclRefExpr>(Through))
      Call->Through = R->getDecl();
    Call->CalleeValue = temp(C->getCallee());
    use(Call->CalleeValue);
  }
  Call->NoReturn =
      Callee ? Callee->isNoReturn() || Throws.neverReturns(Callee) : false;
  bool HasResult = !C->getType()->isVoidType();
  emit(Op::Call, C, HasResult ? temp(C) : TempId()).Call = std::move(Call);
}

void LoweringContext::lowerConstruct(const CXXConstructExpr *C) {
  if (C->getType()->isArrayType()) {
    // Elements are not told apart.
    Event &E = emit(Op::Opaque, C, temp(C));
    if (const ThrownSet &T = Throws.of(C->getConstructor()); !T.empty())
      E.MayThrow = std::make_unique<ThrownSet>(T);
    return;
  }
  const CXXConstructorDecl *D = C->getConstructor();
  if (C->getNumArgs() >= 1 && D->isCopyOrMoveConstructor() &&
      (C->isElidable() || ElidedConstructs.contains(C))) {
    copy(C, C->getArg(0));
    return;
  }
  auto Call = std::make_unique<CallSite>();
  Call->Where = C;
  Call->Callee = D;
  Call->Constructs = true;
  addArguments(*Call, llvm::SmallVector<const Expr *, 4>(C->arguments()));
  emit(Op::Call, C, temp(C)).Call = std::move(Call);
}

void LoweringContext::lowerLambda(const LambdaExpr *L) {
  emit(Op::Closure, L, temp(L)).Class = L->getLambdaClass();
  auto Field = L->getLambdaClass()->field_begin();
  auto Init = L->capture_init_begin();
  for (auto C = L->capture_begin(); C != L->capture_end();
       ++C, ++Init, ++Field) {
    if (!*Init)
      continue;
    TempId Slot = fresh();
    emit(Op::Field, L, Slot, temp(L)).Declared = *Field;
    QualType T = Field->getType();
    if (isRecord(T))
      emit(Op::MoveObject, L, TempId(), Slot, temp(*Init));
    else
      emit(Op::Store, L, TempId(), Slot, temp(*Init));
  }
}

void LoweringContext::lowerInitList(const InitListExpr *L) {
  if (!isRecord(L->getType()) && !L->getType()->isArrayType()) {
    if (L->getNumInits() == 1)
      copy(L, L->getInit(0));
    else
      emit(Op::Constant, L, temp(L)).Low = 0;
    return;
  }
  if (L->isTransparent()) {
    copy(L, L->getInit(0));
    return;
  }
  emit(Op::Closure, L, temp(L)).Class = L->getType()->getAsCXXRecordDecl();
  auto Put = [&](TempId Slot, const Expr *Init, bool Refers = false) {
    if (!Refers &&
        (isRecord(Init->getType()) || Init->getType()->isArrayType()))
      emit(Op::MoveObject, Init, TempId(), Slot, temp(Init));
    else
      emit(Op::Store, Init, TempId(), Slot, temp(Init));
  };
  if (const RecordDecl *R = L->getType()->getAsRecordDecl()) {
    unsigned N = 0;
    if (auto *CR = dyn_cast<CXXRecordDecl>(R))
      N = CR->getNumBases();
    if (R->isUnion()) {
      if (const FieldDecl *F = L->getInitializedFieldInUnion();
          F && L->getNumInits() == 1) {
        TempId Slot = fresh();
        emit(Op::Field, L, Slot, temp(L)).Declared = F;
        Put(Slot, L->getInit(0));
      }
      return;
    }
    for (const FieldDecl *F : R->fields()) {
      if (F->isUnnamedBitField())
        continue;
      if (N >= L->getNumInits())
        break;
      const Expr *Init = L->getInit(N++);
      if (!Init || isa<NoInitExpr>(Init))
        continue;
      TempId Slot = fresh();
      emit(Op::Field, L, Slot, temp(L)).Declared = F;
      Put(Slot, Init, F->getType()->isReferenceType());
    }
    return;
  }
  for (unsigned N = 0; N < L->getNumInits() && N < 64; ++N) {
    TempId Slot = fresh();
    emit(Op::Element, L, Slot, temp(L)).Low = N;
    Put(Slot, L->getInit(N));
  }
}

void LoweringContext::lowerDeclaration(const DeclStmt *D) {
  for (const Decl *X : D->decls()) {
    auto *V = dyn_cast<VarDecl>(X);
    if (!V || V->hasExternalStorage())
      continue;
    if (V->hasLocalStorage()) {
      Event &Begin = emit(Op::Declare, D);
      Begin.Declared = V;
      Begin.Class =
          V->getType()->getBaseElementTypeUnsafe()->getAsCXXRecordDecl();
    }
    const Expr *Init = V->getInit();
    if (!Init)
      continue;
    TempId Slot = fresh();
    // The slot itself, also of a reference.
    Event &Address = emit(Op::Variable, D, Slot);
    Address.Declared = V;
    Address.Flag = true;
    QualType T = V->getType();
    if (!T->isReferenceType() && (isRecord(T) || T->isArrayType()))
      emit(Op::MoveObject, D, TempId(), Slot, temp(Init)).Declared = V;
    else
      emit(Op::Store, D, TempId(), Slot, temp(Init)).Declared = V;
  }
}

} // namespace conntidy::flow
