//===- Transfer.cpp - what single events do to a state --------------------===//

#include "flow/Solver.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/Attr.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/AST/ExprCXX.h"
#include "clang/AST/StmtCXX.h"
#include "clang/Basic/Builtins.h"

using namespace clang;

namespace conntidy::flow {

/// A destructor that is declared noexcept(false).
void Solver::raiseFromDestructor(const State &S, const Event &E) {
  const CXXRecordDecl *R = E.Class ? E.Class->getDefinition() : nullptr;
  if (!R || R->hasTrivialDestructor() || !R->getDestructor())
    return;
  ThrownSet T = ThrowInference::asCallee(Env.Throws.of(R->getDestructor()));
  if (!T.empty())
    raise(S, T, E.Try, E.Origin ? E.Origin : P.Function->getBody(),
          R->getDestructor());
}

/// What a path looks into is not null on it. False: it is, and the path ends
/// here.
bool Solver::dereferenced(State &S, const Value &Pointer, const Stmt *Where) {
  if (Pointer.isInt())
    return Pointer.Low != 0;
  if (Pointer.isSymbol())
    Dereferenced.insert(Pointer.Symbol);
  if (Pointer.isSymbol() && !S.Views.empty())
    useView(S, Pointer.Symbol, Where);
  if (Pointer.isSymbol() && S.ended(Pointer.Symbol)) {
    Invocation By;
    By.Where = Where;
    noteUse(S, Pointer.Symbol, By);
  }
  return !Pointer.isSymbol() ||
         restrict(S, Pointer.Symbol, [](Fact &F) { return F.exclude(0, 0); });
}

States Solver::step(const Event &E, State S) {
  States Out;
  auto Done = [&] { Out.push_back(std::move(S)); };
  auto Set = [&](Value V) { S.Temps.set(E.Result, V); };
  switch (E.What) {
  case Op::Constant:
    Set(Value::integer(E.Low));
    break;
  case Op::Literal: {
    PlaceData D;
    D.What = PlaceData::Kind::Literal;
    D.Origin = E.Origin;
    Set(Value::address(Table.place(D)));
    break;
  }
  case Op::Function:
    Set(Value::function(cast<FunctionDecl>(E.Declared)));
    break;
  case Op::Variable: {
    auto *V = cast<VarDecl>(E.Declared);
    PlaceData D;
    D.What = V->hasLocalStorage() ? PlaceData::Kind::Variable
                                  : PlaceData::Kind::Global;
    D.Origin = V->getCanonicalDecl();
    if (auto *Param = dyn_cast<ParmVarDecl>(V))
      D.Origin = Param;
    Value Slot = Value::address(Table.place(D));
    if (V->getType()->isReferenceType() && !E.Flag)
      Slot = load(S, Slot);
    Set(Slot);
    break;
  }
  case Op::This: {
    SymbolData D;
    D.What = SymbolData::Kind::This;
    SymbolId This = Table.symbol(D);
    Set(Value::symbol(This));
    break;
  }
  case Op::Field: {
    if (!dereferenced(S, get(S, E.A), E.Origin))
      return Out;
    PlaceId Parent = placeOf(get(S, E.A));
    if (Parent.valid())
      Set(Value::address(Table.field(Parent, cast<FieldDecl>(E.Declared))));
    else
      Set(fresh(S, E.Origin, 2));
    break;
  }
  case Op::Element: {
    PlaceId Parent = placeOf(get(S, E.A));
    if (Parent.valid() && E.Low >= 0 && E.Low < 256)
      Set(Value::address(Table.field(Parent, PseudoField::Element, E.Low)));
    else
      Set(borrowAlike(S, fresh(S, E.Origin), get(S, E.A), E.Origin));
    break;
  }
  case Op::Scatter:
    takeContents(S, get(S, E.A), /*Whole=*/false);
    Set(get(S, E.A));
    break;
  case Op::Load: {
    Value Address = get(S, E.A);
    if (!dereferenced(S, Address, E.Origin))
      return Out;
    Value V = load(S, Address);
    // A table of functions that a model describes has them all.
    if (V.isSymbol() && S.fact(V.Symbol).trivial())
      if (const FieldDecl *F = fieldAt(placeOf(Address));
          F && F->getType()->isFunctionPointerType() &&
          !Env.Models.entriesFor(F).empty())
        S.Facts.set(V.Symbol, Fact::except(0));
    loadView(S, Address, V, E.Origin);
    Set(V);
    break;
  }
  case Op::Store:
    store(S, get(S, E.A), get(S, E.B), E.Origin, E.Flag, E.Declared);
    break;
  case Op::Copy: {
    Value V = get(S, E.A);
    Set(V.known() ? V : fresh(S, E.Origin, 3));
    break;
  }
  case Op::Not:
    Set(truth(get(S, E.A), true));
    break;
  case Op::Compare: {
    Value A = get(S, E.A);
    int64_t Low = E.Low, High = E.High;
    if (E.B.valid()) {
      Value B = get(S, E.B);
      if (A.isInt())
        std::swap(A, B);
      if (A.known() && A == B && !A.isInt()) {
        Set(Value::integer(!E.Flag));
        break;
      }
      // What was just made differs from everything that was there before.
      auto IsNew = [&](const Value &V) {
        return V.isSymbol() && (S.leaseOf(V.Symbol) ||
                                Table[V.Symbol].What == SymbolData::Kind::New);
      };
      auto WasThere = [&](const Value &V) {
        return V.isAddress() || IsNew(V) ||
               (V.isSymbol() &&
                (Table[V.Symbol].What == SymbolData::Kind::Entry ||
                 Table[V.Symbol].What == SymbolData::Kind::Parameter));
      };
      if ((IsNew(A) && WasThere(B)) || (IsNew(B) && WasThere(A))) {
        Set(Value::integer(E.Flag));
        break;
      }
      if (!B.isInt()) {
        Set(fresh(S, E.Origin));
        break;
      }
      Low = High = B.Low;
    }
    if (A.isInt())
      Set(Value::integer((A.Low >= Low && A.Low <= High) != E.Flag));
    else if (A.isSymbol())
      Set(Value::inRange(A.Symbol, Low, High, E.Flag));
    else if ((A.isAddress() || A.What == Value::Kind::Function) && Low == 0 &&
             High == 0)
      Set(Value::integer(E.Flag));
    else if (A.What == Value::Kind::InRange && Low == High && Low == 0)
      Set(truth(A, !E.Flag));
    else if (A.What == Value::Kind::InRange && Low == High && Low == 1)
      Set(truth(A, E.Flag));
    else
      Set(fresh(S, E.Origin));
    break;
  }
  case Op::Opaque:
    if (E.MayThrow)
      raise(S, ThrowInference::asCallee(*E.MayThrow), E.Try, E.Origin, nullptr);
    Set(borrowAlike(S, fresh(S, E.Origin), get(S, E.A), E.Origin));
    break;
  case Op::Derive: {
    Value A = get(S, E.A);
    if (!A.isSymbol()) {
      Set(fresh(S, E.Origin));
      break;
    }
    SymbolData D;
    D.What = SymbolData::Kind::Derived;
    D.Site = reinterpret_cast<const void *>(
        static_cast<uintptr_t>(E.Low * 64 + E.High));
    D.Index = A.Symbol.Number;
    Set(Value::symbol(Table.symbol(D)));
    break;
  }
  case Op::Materialize: {
    PlaceData D;
    D.What = PlaceData::Kind::Temporary;
    D.Origin = E.Origin;
    Value Address = Value::address(Table.place(D));
    store(S, Address, get(S, E.A), E.Origin);
    Set(Address);
    break;
  }
  case Op::MoveObject:
    moveObject(S, get(S, E.A), get(S, E.B), false, E.Origin);
    if (auto *V = dyn_cast_or_null<VarDecl>(E.Declared))
      if (const CXXRecordDecl *R = V->getType()->getAsCXXRecordDecl())
        if (PlaceId Place = placeOf(get(S, E.A)); Place.valid())
          ClassOf[Place] = R;
    break;
  case Op::CopyObject:
    moveObject(S, get(S, E.A), get(S, E.B), true, E.Origin);
    break;
  case Op::Call: {
    const CallSite &C = *E.Call;
    Invocation I;
    I.Callee = C.Callee;
    I.Site = &C;
    I.Where = E.Origin ? E.Origin : C.Where;
    I.Try = E.Try;
    if (C.Constructs) {
      PlaceData D;
      D.What = PlaceData::Kind::Temporary;
      D.Origin = E.Origin;
      I.Object = Value::address(Table.place(D));
      I.HasObject = true;
      eraseWithin(S, I.Object.Place, true);
      ClassOf[I.Object.Place] = cast<CXXConstructorDecl>(C.Callee)->getParent();
    } else if (C.Object.valid()) {
      I.Object = get(S, C.Object);
      I.HasObject = true;
    }
    for (TempId A : C.Args)
      I.Args.push_back(get(S, A));
    if (!I.Callee)
      if (Value F = get(S, C.CalleeValue); F.What == Value::Kind::Function)
        I.Callee = F.Function;
    // `cleanup` runs when the variable dies, whether or not it is thrown
    // through.
    if (E.Declared) {
      I.ByDestructor = true;
      llvm::erase_if(S.Live, [&](const LiveObject &L) {
        return L.Cleanup && I.Args[0].isAddress() && L.Place == I.Args[0].Place;
      });
    }
    noteNested(S, I);
    std::optional<Wait> Waited = waitOf(I, S);
    if (!S.Views.empty())
      useViews(S, I);
    for (Outcome &O : call(I, std::move(S))) {
      if (C.NoReturn)
        continue;
      noteViews(O.After, I, O.Result);
      noteWork(O.After, I);
      if (Waited)
        noteWait(O.After, I, *Waited);
      if (E.Result.valid())
        O.After.Temps.set(E.Result, O.Result);
      Out.push_back(std::move(O.After));
    }
    return Out;
  }
  case Op::Allocate: {
    SymbolData D;
    D.What = SymbolData::Kind::New;
    D.Site = E.Origin;
    age(S, D);
    SymbolId New = Table.symbol(D);
    ThrownSet OutOfMemory;
    OutOfMemory.addAnything(Certainty::Possible);
    raise(S, OutOfMemory, E.Try, E.Origin, nullptr);
    S.Facts.set(New, Fact::except(0));
    if (E.Flag)
      moveObject(S, Value::symbol(New), get(S, E.A), false, E.Origin);
    Set(Value::symbol(New));
    break;
  }
  case Op::Delete: {
    Value Pointer = get(S, E.A);
    if (Pointer.isInt())
      break;
    return deletePointee(std::move(S), Pointer, E.Class, E.Origin, E.Try,
                         nullptr);
  }
  case Op::Declare: {
    auto *V = cast<VarDecl>(E.Declared);
    PlaceData D;
    D.Origin = V->getCanonicalDecl();
    PlaceId Place = Table.place(D);
    // A new turn of a loop: what the last one left in it is out of reach.
    llvm::SmallVector<SymbolId, 2> Lost;
    for (auto &[Within, Held] : S.Places)
      if (Held.isSymbol() && Table.within(Within, Place))
        Lost.push_back(Held.Symbol);
    eraseWithin(S, Place, true);
    for (SymbolId Handle : Lost)
      checkLost(S, Handle, E.Origin, LeaseExit::Kind::Turn);
    llvm::erase_if(S.Live,
                   [&](const LiveObject &L) { return L.Place == Place; });
    QualType T = V->getType();
    LiveObject L;
    L.Place = Place;
    L.Try = P.DeclaredIn.lookup(V);
    if (auto *A = V->getAttr<CleanupAttr>()) {
      L.Cleanup = A->getFunctionDecl();
      S.Live.push_back(L);
    } else if (E.Class && !T->isReferenceType() && !T->isPointerType() &&
               Env.destructorMatters(E.Class)) {
      L.Class = E.Class;
      S.Live.push_back(L);
    }
    break;
  }
  case Op::Destroy: {
    auto *V = cast<VarDecl>(E.Declared);
    PlaceData D;
    D.Origin = V->getCanonicalDecl();
    if (isa<ParmVarDecl>(V))
      D.Origin = V;
    PlaceId Place = Table.place(D);
    // A reference prolongs the life of the temporary it is bound to.
    if (V->getType()->isReferenceType())
      Place = placeOf(load(S, Value::address(Place)));
    if (!S.Views.empty() && Place.valid())
      endViewsOfObject(S, Place, E.Origin);
    llvm::erase_if(S.Live,
                   [&](const LiveObject &L) { return L.Place == Place; });
    raiseFromDestructor(S, E);
    if (E.Class && Env.Models.isPool(E.Class))
      notePoolVariable(*V);
    if (!Place.valid() || !E.Class || !Env.destructorMatters(E.Class))
      break;
    return destroy(std::move(S), Place, E.Class, E.Origin, E.Try);
  }
  case Op::Bind: {
    Value Object = get(S, E.A);
    Set(Object);
    if (Object.isAddress() && E.Class && Env.destructorMatters(E.Class) &&
        Table[Object.Place].What == PlaceData::Kind::Temporary) {
      LiveObject L;
      L.Place = Object.Place;
      L.Class = E.Class;
      L.Try = E.Try;
      L.Temporary = E.Origin;
      llvm::erase_if(S.Live, [&](const LiveObject &Other) {
        return Other.Place == L.Place;
      });
      S.Live.push_back(L);
    }
    break;
  }
  case Op::DestroyTemporary: {
    raiseFromDestructor(S, E);
    if (Value Object = get(S, E.A);
        !S.Views.empty() && Object.isAddress() &&
        Table[Object.Place].What == PlaceData::Kind::Temporary)
      endViewsOfObject(S, Object.Place, E.Origin);
    auto *It = llvm::find_if(
        S.Live, [&](const LiveObject &L) { return L.Temporary == E.Origin; });
    if (It == S.Live.end())
      break;
    PlaceId Place = It->Place;
    S.Live.erase(It);
    if (!E.Flag)
      return destroy(std::move(S), Place, E.Class, E.Origin, E.Try);
    State Before = S;
    for (State &After :
         destroy(std::move(S), Place, E.Class, E.Origin, E.Try)) {
      discardedGuard(After, E, Before);
      Out.push_back(std::move(After));
    }
    return Out;
  }
  case Op::DestroyField: {
    SymbolData D;
    D.What = SymbolData::Kind::This;
    PlaceId Object = Table.pointee(Table.symbol(D));
    if (!E.Class || !Env.destructorMatters(E.Class))
      break;
    PlaceId Field = Table.field(Object, cast<FieldDecl>(E.Declared));
    return destroy(std::move(S), Field, E.Class, P.Function->getBody(), E.Try);
  }
  case Op::DestroyBase: {
    SymbolData D;
    D.What = SymbolData::Kind::This;
    if (!E.Class || !Env.destructorMatters(E.Class))
      break;
    return destroy(std::move(S), Table.pointee(Table.symbol(D)), E.Class,
                   P.Function->getBody(), E.Try);
  }
  case Op::Closure: {
    PlaceData D;
    D.What = PlaceData::Kind::Temporary;
    D.Origin = E.Origin;
    PlaceId Place = Table.place(D);
    eraseWithin(S, Place, true);
    if (E.Class)
      ClassOf[Place] = E.Class;
    Set(Value::address(Place));
    break;
  }
  case Op::Throw: {
    ThrownSet T;
    if (E.Flag) {
      auto It = CaughtBy.find(E.Handler);
      if (It == CaughtBy.end())
        T.addAnything(Certainty::Definite);
      else
        T = It->second;
    } else if (auto *X = dyn_cast<CXXThrowExpr>(E.Origin)) {
      T.add(X->getSubExpr()->getType(), Certainty::Definite);
    }
    raise(std::move(S), T, E.Try, E.Origin, nullptr);
    return Out;
  }
  case Op::Handler:
    S.Trail = extend(S.Trail, Step::Kind::Catch, E.Origin);
    break;
  case Op::Suspend:
    noteSuspension(S, *cast<CoawaitExpr>(E.Origin));
    break;
  case Op::Return:
    S.Leaving = E.Origin;
    if (E.A.valid()) {
      if (E.Flag)
        moveObject(S, Value::address(ReturnPlace), get(S, E.A), false,
                   E.Origin);
      else
        S.Places.set(ReturnPlace, get(S, E.A));
      if (const CXXRecordDecl *R = classOf(placeOf(get(S, E.A))); R && E.Flag)
        ClassOf[ReturnPlace] = R;
    }
    break;
  }
  Done();
  return Out;
}

} // namespace conntidy::flow
