//===- Constants.cpp - literals, constants and string objects -------------===//
//
// Follows string literals and constant globals to where they are looked at,
// also through objects that hold the characters they are made from.
//
//===----------------------------------------------------------------------===//

#include "flow/LoweringContext.h"
#include "flow/Solver.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/ExprCXX.h"

using namespace clang;

namespace conntidy::flow {

static std::string charactersOf(const StringLiteral &L) {
  if (L.getCharByteWidth() == 1)
    return L.getString().str();
  std::string Text;
  for (unsigned N = 0; N < L.getLength(); ++N)
    Text.push_back(L.getCodeUnit(N) < 0x80 ? static_cast<char>(L.getCodeUnit(N))
                                           : '?');
  return Text;
}

/// A variable that holds what it is initialised with as long as it lives; null
/// for any other place.
static const VarDecl *constantVariable(const PlaceData &Root) {
  if (Root.What != PlaceData::Kind::Variable &&
      Root.What != PlaceData::Kind::Global)
    return nullptr;
  auto *V = static_cast<const VarDecl *>(Root.Origin);
  QualType T = V->getASTContext().getBaseElementType(V->getType());
  return T.isConstQualified() && !isa<ParmVarDecl>(V) ? V : nullptr;
}

bool Solver::isConstantGlobal(PlaceId Place) const {
  const PlaceData &Root = Table[Table.root(Place)];
  return Root.What == PlaceData::Kind::Global && constantVariable(Root);
}

static const Expr *plain(const Expr *E) {
  while (E) {
    const Expr *Inner = E->IgnoreParenCasts();
    if (auto *C = dyn_cast<ExprWithCleanups>(Inner))
      Inner = C->getSubExpr();
    else if (auto *M = dyn_cast<MaterializeTemporaryExpr>(Inner))
      Inner = M->getSubExpr();
    else if (auto *B = dyn_cast<CXXBindTemporaryExpr>(Inner))
      Inner = B->getSubExpr();
    else if (auto *K = dyn_cast<ConstantExpr>(Inner))
      Inner = K->getSubExpr();
    if (Inner == E)
      break;
    E = Inner;
  }
  return E;
}

/// What a constant global holds, by its initialiser.
std::optional<Value> Solver::constantAt(PlaceId Place) {
  if (!isConstantGlobal(Place))
    return std::nullopt;
  llvm::SmallVector<PlaceData, 3> Steps;
  for (PlaceId P = Place; Table[P].What == PlaceData::Kind::Field;
       P = Table[P].Parent)
    Steps.push_back(Table[P]);
  const Expr *E =
      constantVariable(Table[Table.root(Place)])->getAnyInitializer();
  for (const PlaceData &Step : llvm::reverse(Steps)) {
    E = plain(E);
    if (!E || E->isValueDependent())
      return std::nullopt;
    if (Step.Pseudo == PseudoField::Text) {
      auto *Made = dyn_cast<CXXConstructExpr>(E);
      // A copy is made from what is copied.
      while (Made && Made->getNumArgs() == 1 &&
             isa_and_nonnull<CXXConstructExpr>(plain(Made->getArg(0))))
        Made = cast<CXXConstructExpr>(plain(Made->getArg(0)));
      E = Made && Made->getNumArgs() ? Made->getArg(0) : nullptr;
      continue;
    }
    auto *List = dyn_cast<InitListExpr>(E);
    unsigned N =
        Step.Pseudo == PseudoField::Element ? Step.Index
        : Step.Pseudo == PseudoField::None
            ? static_cast<const FieldDecl *>(Step.Origin)->getFieldIndex()
            : ~0u;
    if (!List || N == ~0u)
      return std::nullopt;
    if (N >= List->getNumInits())
      return Value::integer(0); // the rest is zero
    E = List->getInit(N);
  }
  if (!E || E->isValueDependent())
    return std::nullopt;
  if (E->isNullPointerConstant(Env.Context, Expr::NPC_ValueDependentIsNotNull))
    return Value::integer(0);
  Expr::EvalResult R;
  if (E->getType()->isIntegralOrEnumerationType())
    return E->EvaluateAsInt(R, Env.Context) && R.Val.isInt()
               ? std::optional(Value::integer(numberOf(R.Val.getInt())))
               : std::nullopt;
  auto *Literal = dyn_cast_or_null<StringLiteral>(plain(E));
  if (!Literal)
    return std::nullopt;
  PlaceData D;
  D.What = PlaceData::Kind::Literal;
  D.Origin = static_cast<const Stmt *>(Literal);
  return Value::address(Table.place(D));
}

/// The characters that a value points to, if they are a literal's: its own, or
/// those of a constant array.
std::optional<std::string> Solver::literalAt(const Value &V) const {
  if (!V.isAddress())
    return std::nullopt;
  const PlaceData &D = Table[V.Place];
  if (D.What == PlaceData::Kind::Literal)
    return charactersOf(
        *cast<StringLiteral>(static_cast<const Stmt *>(D.Origin)));
  if (const VarDecl *Array = constantVariable(D);
      Array && Array->getType()->isArrayType())
    if (auto *L =
            dyn_cast_or_null<StringLiteral>(plain(Array->getAnyInitializer())))
      return charactersOf(*L);
  return std::nullopt;
}

/// True for classes whose objects hold the characters they were made from.
bool Solver::isTextClass(QualType T) const {
  const CXXRecordDecl *R =
      T.isNull() ? nullptr : T.getNonReferenceType()->getAsCXXRecordDecl();
  model::ClassEntry C = R ? Env.Models.entryFor(R) : model::ClassEntry();
  return C && C.Entry->Text;
}

Value Solver::textAt(const Invocation &I, const model::Slot &At, State &S) {
  Value V = slotValue(I, At, S);
  if (!isTextClass(parameterType(I, At.Index)))
    return V;
  PlaceId Object = placeOf(V);
  return Object.valid()
             ? load(S, Value::address(Table.field(Object, PseudoField::Text)))
             : Value();
}

/// Objects of a text class: what they are made from, and who looks at it.
std::optional<Outcomes> Solver::callText(const Invocation &I, State &S) {
  auto *M = dyn_cast_or_null<CXXMethodDecl>(I.Callee);
  PlaceId Object = I.HasObject ? placeOf(I.Object) : PlaceId();
  if (!M || !Object.valid())
    return std::nullopt;
  model::ClassEntry C = Env.Models.entryFor(M->getParent());
  if (!C || !C.Entry->Text)
    return std::nullopt;
  PlaceId Text = Table.field(Object, PseudoField::Text);
  if (isa<CXXConstructorDecl>(M)) {
    Value Made;
    if (!I.Args.empty())
      Made = textAt(I, {model::Slot::Kind::Arg, 0}, S);
    // The object has a copy of its own: nothing that was acquired or borrowed
    // here lives on in it.
    bool IsCallers =
        Made.isSymbol() &&
        (Table[Made.Symbol].What == SymbolData::Kind::Parameter ||
         Table[Made.Symbol].What == SymbolData::Kind::Entry);
    if (!Made.isAddress() && !IsCallers)
      Made = fresh(S, I.Where, 90);
    S.Places.set(Text, Made);
    return std::nullopt;
  }
  if (!M->isConst() && !isa<CXXDestructorDecl>(M)) {
    S.Places.set(Text, fresh(S, I.Where, 90));
    return std::nullopt;
  }
  QualType Result = M->getReturnType();
  if (!I.Args.empty() || !Result->isPointerType() ||
      !Result->getPointeeType()->isAnyCharacterType())
    return std::nullopt;
  Outcomes Out;
  Value Characters = load(S, Value::address(Text));
  Out.push_back({std::move(S), Characters});
  return Out;
}

} // namespace conntidy::flow
