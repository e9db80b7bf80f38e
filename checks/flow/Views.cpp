//===- Views.cpp - values that borrow from a lease ------------------------===//
//
// A view is a symbol that a state knows to borrow: what a model says a call
// lends, what is read out of a result's own fields, what is computed from
// another view, and what an object holds that was made from one. It ends with
// the release of what it borrows from, with a call that a model says ends it,
// and with the object it was read out of.
//
//===----------------------------------------------------------------------===//

#include "flow/Solver.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/AST/ExprCXX.h"

using namespace clang;

namespace conntidy::flow {

/// Numbers of the symbols that stand for views in objects and out-parameters.
static constexpr unsigned FirstLent = 300;

/// What lies behind such a handle goes with it.
static bool ownsItsContents(const model::ResourceEntry &R) {
  if (!R)
    return false;
  switch (R.Entry->Kind) {
  case model::ResourceKind::Result:
  case model::ResourceKind::Cursor:
  case model::ResourceKind::Buffer:
    return true;
  default:
    return false;
  }
}

std::optional<Borrowing> Solver::lender(State &S, const Value &From,
                                        QualType T) {
  if (From.isSymbol())
    if (const Borrowing *B = S.Views.find(From.Symbol))
      return *B;
  for (SymbolId View : viewsIn(S, From))
    if (const Borrowing *B = S.Views.find(View)) {
      Borrowing Inner = *B;
      Inner.Shares = false;
      return Inner;
    }
  if (SymbolId Handle = handleOf(S, From); Handle.valid()) {
    if (S.ended(Handle) ||
        !(T.isNull() || Env.Models.isHandleType(T) || S.leaseOf(Handle)))
      return std::nullopt;
    return Borrowing{Value::symbol(Handle)};
  }
  return std::nullopt;
}

std::optional<Borrowing> Solver::lenderBehind(const State &S, SymbolId Pointer,
                                              const Stmt *Where) {
  if (const Borrowing *B = S.Views.find(Pointer))
    return *B;
  bool Owns = false;
  for (const HeldLease &L : S.Leases)
    Owns |= L.Handle == Pointer && ownsItsContents(site(L.Lease).Resource);
  if (const SymbolData &D = Table[Pointer];
      !Owns && D.What == SymbolData::Kind::Parameter) {
    QualType T = P.Function->getParamDecl(D.Index)->getType();
    Owns = Env.Models.isHandleType(T) &&
           ownsItsContents(Env.Models.resourceOfType(T));
  }
  if (!Owns)
    return std::nullopt;
  Borrowing B{Value::symbol(Pointer)};
  B.Lent = Where;
  return B;
}

Value Solver::borrowAlike(State &S, const Value &Made, const Value &From,
                          const Stmt *Where) {
  if (Made.isSymbol() && From.isSymbol())
    if (auto B = lenderBehind(S, From.Symbol, Where))
      S.Views.set(Made.Symbol, *B);
  return Made;
}

void Solver::loadView(State &S, const Value &Address, const Value &Loaded,
                      const Stmt *Where) {
  auto *E = dyn_cast_or_null<Expr>(Where);
  if (!E || !E->getType()->isPointerType() || !Loaded.isSymbol() ||
      Table[Loaded.Symbol].What != SymbolData::Kind::Entry ||
      S.Views.find(Loaded.Symbol))
    return;
  PlaceId Place = placeOf(Address);
  const PlaceData &Root = Table[Table.root(Place)];
  if (Root.What == PlaceData::Kind::Pointee) {
    borrowAlike(S, Loaded, Value::symbol(Root.Symbol), Where);
  } else if (!S.Views.empty() && Table[Place].Parent.valid()) {
    auto Held = viewsIn(S, Value::address(Table[Place].Parent));
    if (!Held.empty())
      borrowAlike(S, Loaded, Value::symbol(Held.front()), Where);
  }
}

llvm::SmallVector<SymbolId, 4>
Solver::viewsIn(const State &S, const Value &Address, bool Deep) {
  llvm::SmallVector<SymbolId, 4> Views;
  PlaceId Object = S.Views.empty() ? PlaceId() : placeOf(Address);
  if (!Object.valid())
    return Views;
  for (auto &[Place, V] : S.Places) {
    const PlaceData &D = Table[Place];
    bool IsIn = (D.Pseudo == PseudoField::Borrowed && D.Parent == Object) ||
                (Deep && Table.within(Place, Object));
    if (IsIn && V.isSymbol() && S.Views.find(V.Symbol))
      Views.push_back(V.Symbol);
  }
  return Views;
}

void Solver::dropViewsIn(State &S, PlaceId Object) {
  S.Places.eraseIf([&](const auto &E) {
    const PlaceData &D = Table[E.first];
    return D.Pseudo == PseudoField::Borrowed && D.Parent == Object;
  });
}

void Solver::putView(State &S, PlaceId Object, SymbolId View,
                     const Stmt *Where) {
  PlaceId Place = Table.field(Object, PseudoField::Borrowed, View.Number);
  S.Places.set(Place, Value::symbol(View));
  ViewStores[Place] = Where;
  const PlaceData &D = Table[Object];
  const Borrowing *B = S.Views.find(View);
  if (D.What == PlaceData::Kind::Variable && B && B->Lent)
    ViewNames.try_emplace(
        B->Lent, static_cast<const VarDecl *>(D.Origin)->getNameAsString());
}

void Solver::noteViewStored(State &S, PlaceId Place, const Value &V,
                            const Stmt *Where) {
  const Borrowing *B = V.isSymbol() ? S.Views.find(V.Symbol) : nullptr;
  if (!B)
    return;
  ViewStores[Place] = Where;
  const PlaceData &D = Table[Place];
  if (D.What == PlaceData::Kind::Variable && B->Lent)
    ViewNames.try_emplace(
        B->Lent, static_cast<const VarDecl *>(D.Origin)->getNameAsString());
  if (D.What != PlaceData::Kind::Pointee)
    return;
  if (auto It = InsideOf.find(D.Symbol); It != InsideOf.end())
    if (PlaceId Container = placeOf(It->second); Container.valid())
      putView(S, Container, V.Symbol, Where);
}

void Solver::lendView(State &S, const Invocation &I, const model::View &V,
                      const Value &Result) {
  using model::Slot;
  Value From;
  QualType T;
  if (V.Of.Where == Slot::Kind::This) {
    From = I.Object;
  } else {
    From = slotValue(I, V.Of, S);
    T = parameterType(I, V.Of.Index);
  }
  auto B = lender(S, From, T);
  if (!B && V.Shares && From.isAddress())
    B = Borrowing{From};
  if (!B || B->Ended)
    return;
  B->UntilRelease |= V.UntilRelease;
  B->Shares = V.Shares;
  B->Lent = I.Where;
  auto Make = [&] {
    Value View = fresh(S, I.Where, FirstLent + V.Handle.Index);
    S.Views.set(View.Symbol, *B);
    return View.Symbol;
  };
  switch (V.Handle.Where) {
  case Slot::Kind::Return:
    if (Result.isSymbol())
      S.Views.set(Result.Symbol, *B);
    else if (Result.isAddress())
      putView(S, Result.Place, Make(), I.Where);
    return;
  case Slot::Kind::This:
    if (PlaceId Object = placeOf(I.Object); Object.valid()) {
      bool IsView = From.isSymbol() && S.Views.find(From.Symbol);
      putView(S, Object, IsView ? From.Symbol : Make(), I.Where);
    }
    return;
  case Slot::Kind::Pointee: {
    if (V.Handle.Index >= I.Args.size())
      return;
    PlaceId Object = placeOf(I.Args[V.Handle.Index]);
    QualType Type = parameterType(I, V.Handle.Index);
    if (!Object.valid() || Type.isNull())
      return;
    if (!Type->getPointeeType().isNull() &&
        Type->getPointeeType()->isPointerType()) {
      store(S, I.Args[V.Handle.Index], Value::symbol(Make()), I.Where);
    } else {
      dropViewsIn(S, Object);
      putView(S, Object, Make(), I.Where);
    }
    return;
  }
  case Slot::Kind::Arg:
    return;
  }
}

/// A template that is made for pointers or for what is one underneath.
static bool isMadeForViews(const CXXRecordDecl *R) {
  auto *Spec = dyn_cast_or_null<ClassTemplateSpecializationDecl>(R);
  if (!Spec)
    return false;
  auto IsView = [](QualType T) {
    if (T->isPointerType())
      return !T->getPointeeType()->isFunctionType();
    const CXXRecordDecl *Of = T->getAsCXXRecordDecl();
    return Of && Of->getIdentifier() &&
           (Of->getName() == "basic_string_view" || Of->getName() == "span" ||
            isMadeForViews(Of));
  };
  for (const TemplateArgument &A : Spec->getTemplateArgs().asArray()) {
    if (A.getKind() == TemplateArgument::Type && IsView(A.getAsType()))
      return true;
    if (A.getKind() == TemplateArgument::Pack)
      for (const TemplateArgument &Each : A.pack_elements())
        if (Each.getKind() == TemplateArgument::Type &&
            IsView(Each.getAsType()))
          return true;
  }
  return false;
}

/// It keeps a callable, with what that has captured.
static bool keepsCallable(const CXXRecordDecl *R) {
  return R->getIdentifier() &&
         llvm::is_contained({"function", "move_only_function", "packaged_task",
                             "thread", "jthread", "any"},
                            R->getName());
}

/// Puts its arguments into its object.
static bool keepsArguments(const CXXMethodDecl *M) {
  if (isa<CXXConstructorDecl>(M) || M->getOverloadedOperator() == OO_Equal)
    return true;
  if (!M->getDeclName().isIdentifier())
    return false;
  for (llvm::StringRef Start :
       {"push", "emplace", "try_emplace", "insert", "assign", "append"})
    if (M->getName().starts_with(Start))
      return true;
  return false;
}

void Solver::keepViews(State &S, const Invocation &I, const Value &Result) {
  auto *M = dyn_cast_or_null<CXXMethodDecl>(I.Callee);
  const CXXRecordDecl *R = M ? M->getParent() : nullptr;
  Value Into = I.Object;
  if (I.Callee && !M && Result.isAddress()) {
    R = I.Callee->getReturnType()->getAsCXXRecordDecl();
    Into = Result;
  }
  if (!R || !isInStandardLibrary(R))
    return;
  bool ForViews = isMadeForViews(R), Callable = !ForViews && keepsCallable(R);
  if (!ForViews && !Callable)
    return;
  if (M && Result.isSymbol() && M->getReturnType()->isReferenceType())
    InsideOf[Result.Symbol] = I.Object;
  PlaceId Object = placeOf(Into);
  if (S.Views.empty() || !Object.valid())
    return;
  bool IsCopy = false;
  if (M) {
    if (M->getDeclName().isIdentifier() && M->getName() == "clear")
      dropViewsIn(S, Object);
    if (!keepsArguments(M))
      return;
    if (auto *C = dyn_cast<CXXConstructorDecl>(M))
      IsCopy = C->isCopyOrMoveConstructor();
  }
  for (const Value &V : I.Args) {
    llvm::SmallVector<SymbolId, 4> Given;
    if (V.isSymbol())
      Given.push_back(V.Symbol);
    if (V.isAddress()) {
      if (const Value *Held = S.Places.find(V.Place); Held && Held->isSymbol())
        Given.push_back(Held->Symbol);
      Given.append(viewsIn(S, V, Callable || IsCopy || isClosure(V.Place)));
    }
    for (SymbolId View : Given)
      if (S.Views.find(View))
        putView(S, Object, View, I.Where);
  }
}

void Solver::noteViews(State &S, const Invocation &I, const Value &Result) {
  llvm::ArrayRef<model::FunctionEntry> All;
  if (I.Callee)
    All = Env.Models.entriesFor(I.Callee);
  auto SpeaksOfViews = [](const model::FunctionEntry &E) {
    return !E.Entry->Views.empty() || !E.Entry->EndsViewsOf.empty();
  };
  if (llvm::any_of(All, SpeaksOfViews)) {
    auto Matching = matchingEntries(I, S);
    for (const model::FunctionEntry &E : Matching)
      for (const model::Slot &Of : E.Entry->EndsViewsOf) {
        Value Handle = Of.Where == model::Slot::Kind::This
                           ? I.Object
                           : slotValue(I, Of, S);
        if (E.Entry->Releases.empty())
          rewind(S, Handle, I);
        else
          endViews(S, Handle, I);
      }
    for (const model::FunctionEntry &E : Matching)
      for (const model::View &V : E.Entry->Views)
        lendView(S, I, V, Result);
  }
  keepViews(S, I, Result);
}

void Solver::endViews(State &S, const Value &Of, const Invocation &By) {
  SymbolId Handle = handleOf(S, Of);
  Value Lender = Handle.valid() ? Value::symbol(Handle) : Of;
  const TrailNode *Ended = nullptr;
  for (auto &[View, B] : S.Views) {
    if (!(B.Of == Lender) || B.UntilRelease || B.Ended)
      continue;
    if (!Ended)
      S.Trail = Ended =
          extend(S.Trail, Step::Kind::Call, By.Where, actorOf(By));
    B.Ended = Ended;
  }
}

void Solver::rewind(State &S, const Value &Handle, const Invocation &By) {
  endViews(S, Handle, By);
  if (Handle.isSymbol() && cameFromOutside(Handle.Symbol) &&
      !llvm::is_contained(S.Rewound, Handle.Symbol))
    S.Rewound.push_back(Handle.Symbol);
}

void Solver::endViewsOfDerived(State &S, SymbolId Parent,
                               const Invocation &By) {
  for (const HeldLease &L : S.Leases)
    if (const model::ResourceEntry &R = site(L.Lease).Resource;
        L.Parent == Parent && ownsItsContents(R) && !R.Entry->OutlivesParent)
      endViews(S, Value::symbol(L.Handle), By);
}

void Solver::endViewsOfObject(State &S, PlaceId Object, const Stmt *Where) {
  const TrailNode *Ended = nullptr;
  for (auto &[View, B] : S.Views) {
    if (!B.Of.isAddress() || B.Ended || !Table.within(B.Of.Place, Object))
      continue;
    if (!Ended)
      S.Trail = Ended = extend(S.Trail, Step::Kind::Call,
                               Where ? Where : P.Function->getBody());
    B.Ended = Ended;
  }
}

const TrailNode *Solver::endOf(State &S, SymbolId View) {
  const Borrowing *B = S.Views.find(View);
  if (!B || B->Shares || S.fact(View) == Fact::exactly(0))
    return nullptr;
  if (B->Ended)
    return B->Ended;
  EndedLease *E = B->Of.isSymbol() ? S.ended(B->Of.Symbol) : nullptr;
  return E ? E->Released : nullptr;
}

void Solver::dangle(State &S, SymbolId View, DanglingView::Kind How,
                    const Stmt *Where) {
  const TrailNode *Ended = endOf(S, View);
  const Borrowing &B = *S.Views.find(View);
  if (!Where || (B.Lent && !Reproached.insert(B.Lent).second))
    return;
  auto [It, New] = Dangling.try_emplace(Where);
  if (!New)
    return;
  DanglingView &V = It->second;
  V.How = How;
  V.Where = rangeOf(*Where);
  V.EndedBy = Ended->Detail;
  FindingStep End = describe(*Ended);
  V.EndedLine = Env.Context.getSourceManager().getExpansionLineNumber(
      End.Where.getBegin());
  if (B.Lent) {
    V.Name = ViewNames.lookup(B.Lent);
    const FunctionDecl *By = nullptr;
    if (auto *C = dyn_cast<CallExpr>(B.Lent))
      By = C->getDirectCallee();
    V.LentBy = By ? model::qualifiedName(By) : "";
    FindingStep Step;
    Step.Where = rangeOf(*B.Lent);
    Step.Text =
        V.LentBy.empty() ? "borrowed here" : "lent here by '" + V.LentBy + "'";
    V.Trail.push_back(std::move(Step));
  }
  V.Trail.push_back(std::move(End));
}

void Solver::useView(State &S, SymbolId View, const Stmt *Where) {
  if (endOf(S, View))
    dangle(S, View, DanglingView::Kind::Used, Where);
}

/// A method that looks at the elements of a container.
static bool looksInto(const CXXMethodDecl *M) {
  if (M->isOverloadedOperator())
    return M->getOverloadedOperator() != OO_Equal;
  return M->getDeclName().isIdentifier() &&
         llvm::is_contained({"at", "front", "back", "begin", "cbegin", "data",
                             "top", "value", "c_str", "substr", "find"},
                            M->getName());
}

void Solver::useViews(State &S, const Invocation &I) {
  auto *M = dyn_cast_or_null<CXXMethodDecl>(I.Callee);
  auto *C = dyn_cast_or_null<CXXConstructorDecl>(I.Callee);
  bool Copies =
      (C && C->isCopyOrMoveConstructor()) ||
      (M && (M->isCopyAssignmentOperator() || M->isMoveAssignmentOperator()));
  // What an object held before something else is assigned to it.
  if (M && M->getOverloadedOperator() == OO_Equal && I.HasObject)
    if (PlaceId Object = placeOf(I.Object); Object.valid())
      dropViewsIn(S, Object);
  const Stmt *Where = I.Site->Where;
  if (Copies || !Where)
    return;
  for (const Value &V : I.Args) {
    if (V.isSymbol())
      useView(S, V.Symbol, Where);
    for (SymbolId View : viewsIn(S, V))
      useView(S, View, Where);
  }
  if (M && !C && I.HasObject && looksInto(M))
    for (SymbolId View : viewsIn(S, I.Object))
      useView(S, View, Where);
}

void Solver::noteViewsLeft(State &S) {
  if (P.Function->isMain())
    return;
  auto Reached = reachable(S, false);
  for (auto &[Place, V] : S.Places) {
    if (!V.isSymbol() || !S.Views.find(V.Symbol) || !endOf(S, V.Symbol) ||
        !outlives(S, Place, false, Reached))
      continue;
    if (Table[Table.root(Place)].What == PlaceData::Kind::Return)
      dangle(S, V.Symbol, DanglingView::Kind::Returned, S.Leaving);
    else
      dangle(S, V.Symbol, DanglingView::Kind::Stored, ViewStores.lookup(Place));
  }
}

void Solver::ageViews(State &S, SymbolId New, const SymbolData &OlderData,
                      SymbolId &Old) {
  if (S.Views.empty())
    return;
  for (auto &[View, B] : S.Views)
    if (B.Of == Value::symbol(New))
      B.Of = Value::symbol(Old = Table.symbol(OlderData));
  const Borrowing *Known = S.Views.find(New);
  if (!Known)
    return;
  Borrowing Moved = *Known;
  S.Views.erase(New);
  if (!Old.valid())
    return;
  const Borrowing *Before = S.Views.find(Old);
  if (!Before || Moved.Ended || !Before->Ended)
    S.Views.set(Old, Moved);
  // Objects that hold it know it by its number.
  llvm::SmallVector<PlaceId, 2> Numbered;
  for (auto &[Place, V] : S.Places)
    if (Table[Place].Pseudo == PseudoField::Borrowed &&
        Table[Place].Index == New.Number)
      Numbered.push_back(Place);
  for (PlaceId Place : Numbered) {
    PlaceId Renamed =
        Table.field(Table[Place].Parent, PseudoField::Borrowed, Old.Number);
    S.Places.set(Renamed, Value::symbol(Old));
    ViewStores[Renamed] = ViewStores.lookup(Place);
    S.Places.erase(Place);
  }
}

} // namespace conntidy::flow
