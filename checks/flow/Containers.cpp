//===- Containers.cpp - handles in local containers -----------------------===//
//
// A container that is a local variable, and that nothing points to, holds what
// is put into it as a variable would. Which element a method lends is not
// known, so whatever else is done with the container gives its elements away.
//
//===----------------------------------------------------------------------===//

#include "flow/Solver.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/DeclTemplate.h"

using namespace clang;

namespace conntidy::flow {

/// Elements of arrays have smaller numbers.
static constexpr int64_t FirstContained = 1000;
static constexpr int64_t MaxContained = 8;

/// `size()`, `reserve(n)`: no element is lent, and none goes.
static bool leavesElementsAlone(const CXXMethodDecl *M) {
  if (M->isConst())
    return M->getReturnType()->isArithmeticType();
  return M->getReturnType()->isVoidType() && M->getNumParams() &&
         llvm::all_of(M->parameters(), [](const ParmVarDecl *P) {
           return P->getType()->isIntegerType();
         });
}

/// A destructor written by hand may well see to what the members hold.
static bool hasOwnDestructor(const CXXRecordDecl *R) {
  R = R ? R->getDefinition() : nullptr;
  if (!R)
    return false;
  if (R->getDestructor() && R->getDestructor()->isUserProvided())
    return true;
  return llvm::any_of(R->bases(), [](const CXXBaseSpecifier &B) {
    return hasOwnDestructor(B.getType()->getAsCXXRecordDecl());
  });
}

/// Any number of elements, and the element type is the handle itself, no object
/// made of it.
static bool keepsScalars(const CXXRecordDecl *R) {
  if (llvm::none_of(R->methods(), [](const CXXMethodDecl *M) {
        return M->getDeclName().isIdentifier() && M->getName() == "size";
      }))
    return false;
  auto *Spec = dyn_cast<ClassTemplateSpecializationDecl>(R);
  if (!Spec || !Spec->getTemplateArgs().size())
    return false;
  const TemplateArgument &A = Spec->getTemplateArgs()[0];
  return A.getKind() == TemplateArgument::Type && A.getAsType()->isScalarType();
}

bool Solver::isContained(PlaceId P) const {
  return Table[P].Pseudo == PseudoField::Element &&
         Table[P].Index >= FirstContained;
}

std::optional<Outcomes> Solver::keepInLocal(const Invocation &Given, State &S) {
  Invocation I = Given;
  auto *M = cast<CXXMethodDecl>(I.Callee);
  PlaceId Container = placeOf(I.Object);
  if (!Container.valid() || isa<CXXConstructorDecl>(M))
    return std::nullopt;
  const PlaceData &Root = Table[Table.root(Container)];
  if (Root.What != PlaceData::Kind::Variable ||
      isa<ParmVarDecl>(static_cast<const Decl *>(Root.Origin)))
    return std::nullopt;
  if (HasContained && leavesElementsAlone(M) && keepsScalars(M->getParent())) {
    State After = S;
    Value Result = resultOf(I, After);
    if (holdsLease(S, Container) && M->getNumParams() == 0 &&
        Result.isSymbol()) {
      // `empty()`, `size()`
      if (M->getReturnType()->isBooleanType())
        Result = Value::integer(0);
      else
        After.Facts.set(Result.Symbol, Fact::range(1, Fact::Max));
    }
    Outcomes Out;
    Out.push_back({std::move(After), Result});
    return Out;
  }
  // A loop over numbers may run as often as the one that filled it, which
  // nobody here can tell.
  bool Lends = M->getReturnType()->isReferenceType();
  if (I.Args.empty()
          ? Lends || M->getReturnType()->isPointerType()
          : M->isOverloadedOperator() ||
                (Lends && M->getParamDecl(0)->getType()->isIntegerType()))
    ByNumber.insert(Container);
  if (I.Args.size() != 1 || M->isOverloadedOperator() ||
      !keepsScalars(M->getParent()) ||
      (!Lends && !M->getReturnType()->isVoidType()))
    return std::nullopt;
  Value Handle = load(S, I.Args[0]);
  if (!Handle.isSymbol() || !S.leaseOf(Handle.Symbol))
    return std::nullopt;
  for (PlaceId P = Container;; P = Table[P].Parent) {
    const PlaceData &D = Table[P];
    auto *Declared = D.Pseudo == PseudoField::None
                         ? static_cast<const ValueDecl *>(D.Origin)
                         : nullptr;
    if (!Declared ||
        (P != Container &&
         hasOwnDestructor(Declared->getType()->getAsCXXRecordDecl())))
      return std::nullopt;
    if (D.What != PlaceData::Kind::Field)
      break;
  }
  // Whoever has the address can get at the elements.
  if (Shown.contains(Table.root(Container)))
    return std::nullopt;
  for (auto &[Place, V] : S.Places)
    if (V.isAddress() &&
        (Table.within(V.Place, Container) || Table.within(Container, V.Place)))
      return std::nullopt;
  auto Slot = [&](int64_t N) {
    return Table.field(Container, PseudoField::Element, FirstContained + N);
  };
  auto HeldBefore = [&](int64_t N, const Value &V) {
    for (int64_t Earlier = 0; Earlier < N; ++Earlier)
      if (const Value *Other = S.Places.find(Slot(Earlier));
          Other && *Other == V)
        return true;
    return false;
  };
  // Where nothing is held, or what an earlier place holds as well.
  int64_t Free = 0;
  for (; Free < MaxContained; ++Free) {
    const Value *In = S.Places.find(Slot(Free));
    if (!In || !In->isSymbol() || !S.leaseOf(In->Symbol) ||
        HeldBefore(Free, *In))
      break;
  }
  if (Free == MaxContained)
    return std::nullopt;
  HasContained = true;
  State After = S;
  site(After.leaseOf(Handle.Symbol)->Lease).Guarded = true;
  After.Places.set(Slot(Free), Handle);
  Value Result = Lends ? Value::address(Slot(Free)) : resultOf(I, After);
  Outcomes Out;
  Out.push_back({std::move(After), Result});
  return Out;
}

void Solver::giveContainedAway(State &S, const Value &Address) {
  if (!HasContained || !Address.isAddress())
    return;
  llvm::SmallVector<SymbolId, 4> Handles;
  for (auto &[Place, V] : S.Places)
    if (V.isSymbol() && isContained(Place) &&
        Table.within(Place, Address.Place) && S.leaseOf(V.Symbol))
      Handles.push_back(V.Symbol);
  for (SymbolId Handle : Handles)
    takeOverSymbol(S, Handle);
}

} // namespace conntidy::flow
