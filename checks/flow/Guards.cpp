//===- Guards.cpp - guards, containers and destructors --------------------===//

#include "flow/Names.h"
#include "flow/Solver.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/Attr.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/AST/ExprCXX.h"
#include "llvm/Support/SaveAndRestore.h"

using namespace clang;

namespace conntidy::flow {

static constexpr unsigned MaxDestroyDepth = 6;

Value Solver::ownedBy(State &S, PlaceId Guard) {
  return load(S, Value::address(Table.field(Guard, PseudoField::Owned)));
}

static bool isOneOf(llvm::ArrayRef<std::string> Names, llvm::StringRef Name) {
  return llvm::any_of(Names, [&](const std::string &N) { return N == Name; });
}

static std::string methodName(const FunctionDecl *F) {
  if (isa<CXXConversionDecl>(F))
    return "operator bool";
  return F->getDeclName().getAsString();
}

std::optional<Outcomes> Solver::callClass(Invocation I, State &S,
                                          model::ClassEntry Entry) {
  const model::Class &C = *Entry.Entry;
  if (C.GuardOf && I.HasObject)
    return callGuard(I, S, *C.GuardOf);
  PlaceId Object = placeOf(I.Object);
  auto One = [&](State After, Value Result) {
    Outcomes Out;
    Out.push_back({std::move(After), Result});
    return Out;
  };
  if (!C.Holds.empty() && I.HasObject && Object.valid()) {
    PlaceId Self = Table.field(Object, PseudoField::Self);
    if (auto *Ctor = dyn_cast<CXXConstructorDecl>(I.Callee)) {
      State After = S;
      if (Ctor->isCopyOrMoveConstructor()) {
        Value From = load(
            After, Value::address(Table.field(placeOf(I.Args[0]),
                                              PseudoField::Self)));
        After.Places.set(Self, From);
        After.Places.set(Table.field(placeOf(I.Args[0]), PseudoField::Self),
                         Value::integer(0));
        return One(std::move(After), I.Object);
      }
      model::Acquire A;
      A.Resource = C.Holds;
      A.Handle.Where = model::Slot::Kind::This;
      model::Function Made;
      Made.Names = C.Names;
      Value Result = I.Object;
      acquire(I, After, A, {&Made, Entry.Owner}, 0, Result);
      return One(std::move(After), I.Object);
    }
    if (isOneOf(C.ClosedBy, methodName(I.Callee))) {
      State After = S;
      release(After, load(After, Value::address(Self)), {}, I.ByDestructor);
      Value Result = resultOf(I, After);
      return One(std::move(After), Result);
    }
  }
  if (C.Container) {
    State After = S;
    bool Kept = false;
    // Which element a method lends is not known.
    if (!isa<CXXConstructorDecl>(I.Callee) && Object.valid() &&
        holdsLease(After, Object)) {
      takeContents(After, I.Object);
      Kept = true;
    }
    for (size_t N = 0; N < I.Args.size(); ++N) {
      Value V = I.Args[N];
      // Elements go in by reference.
      if (V.isAddress())
        if (const Value *Held = After.Places.find(V.Place))
          if (Held->isSymbol()) {
            Kept |= After.leaseOf(Held->Symbol) != nullptr;
            takeOver(After, *Held);
          }
      if (V.isSymbol() && Table[V.Symbol].What == SymbolData::Kind::Parameter &&
          Env.Models.isHandleType(I.Callee->getParamDecl(
              std::min<unsigned>(N, I.Callee->getNumParams() - 1))->getType()))
        takeOver(After, load(After, V));
      Kept |= V.isSymbol() || V.isAddress();
      if (!isa<CXXConstructorDecl>(I.Callee) ||
          !cast<CXXConstructorDecl>(I.Callee)->isCopyOrMoveConstructor())
        takeOver(After, V);
    }
    if (!Kept)
      return std::nullopt;
    Value Result = resultOf(I, After);
    return One(std::move(After), Result);
  }
  return std::nullopt;
}

Outcomes Solver::callGuard(Invocation I, State S,
                           const model::Guard &G) {
  PlaceId Guard = placeOf(I.Object);
  Outcomes Out;
  auto Finish = [&](Value Result) {
    Out.push_back({std::move(S), Result});
    return Out;
  };
  if (!Guard.valid())
    return Finish(resultOf(I, S));
  PlaceId Owned = Table.field(Guard, PseudoField::Owned);
  PlaceId Deleter = Table.field(Guard, PseudoField::Deleter);
  auto *M = cast<CXXMethodDecl>(I.Callee);
  auto Slot = [&](const std::optional<model::Slot> &At) -> Value {
    if (!At || At->Index >= I.Args.size())
      return {};
    return I.Args[At->Index];
  };
  /// Another guard, by reference: its place.
  auto OtherGuard = [&]() -> PlaceId {
    if (I.Args.size() < 1 || !I.Callee->getNumParams())
      return {};
    QualType T = I.Callee->getParamDecl(0)->getType().getNonReferenceType();
    const CXXRecordDecl *R = T->getAsCXXRecordDecl();
    if (!R || T->isPointerType())
      return {};
    model::ClassEntry C = Env.Models.entryFor(R);
    return C && C.Entry->GuardOf ? placeOf(I.Args[0]) : PlaceId();
  };
  auto TakeFrom = [&](PlaceId Other) {
    Value What = ownedBy(S, Other);
    Value How =
        load(S, Value::address(Table.field(Other, PseudoField::Deleter)));
    QualType T = I.Callee->getParamDecl(0)->getType();
    if (!G.Shared || T->isRValueReferenceType())
      S.Places.set(Table.field(Other, PseudoField::Owned), Value::integer(0));
    S.Places.set(Owned, What);
    S.Places.set(Deleter, How);
    if (What.isSymbol())
      if (HeldLease *L = S.leaseOf(What.Symbol))
        site(L->Lease).Guarded = true;
  };
  auto Own = [&](Value What) {
    if (!What.known())
      What = fresh(S, I.Where, 7);
    store(S, Value::address(Owned), What, I.Where);
    if (What.isSymbol())
      if (HeldLease *L = S.leaseOf(What.Symbol))
        site(L->Lease).Guarded = true;
    Value How = Slot(G.Deleter);
    // A function pointer goes in by reference.
    if (How.isAddress() && !classOf(How.Place))
      How = load(S, How);
    if (How.isAddress()) {
      // The callable is copied into the guard.
      moveObject(S, Value::address(Deleter), How, true, I.Where);
      if (const CXXRecordDecl *R = classOf(How.Place))
        ClassOf[Deleter] = R;
      How = Value::address(Deleter);
    }
    if (How.known())
      S.Places.set(Deleter, How);
  };

  if (isa<CXXConstructorDecl>(M)) {
    eraseWithin(S, Guard, true);
    if (G.Runs) {
      Value Callable = Slot(G.Runs);
      if (Callable.isAddress()) {
        moveObject(S, Value::address(Deleter), Callable, true, I.Where);
        if (const CXXRecordDecl *R = classOf(Callable.Place))
          ClassOf[Deleter] = R;
        Callable = Value::address(Deleter);
      }
      S.Places.set(Deleter, Callable);
      S.Places.set(Owned, Value::integer(1));
      return Finish(I.Object);
    }
    if (PlaceId Other = OtherGuard(); Other.valid()) {
      TakeFrom(Other);
    } else if (I.Args.empty() || !G.Owns) {
      S.Places.set(Owned, Value::integer(0));
    } else {
      Own(Slot(G.Owns));
    }
    return Finish(I.Object);
  }

  std::string Name = methodName(M);
  Value Current = ownedBy(S, Guard);
  if (isOneOf(G.GiveUp, Name)) {
    S.Places.set(Owned, Value::integer(0));
    return Finish(Current);
  }
  if (isOneOf(G.Dismiss, Name)) {
    S.Places.set(Owned, Value::integer(0));
    return Finish(resultOf(I, S));
  }
  if (Name == "operator bool")
    return Finish(truth(Current, false));
  if (isOneOf(G.Get, Name))
    return Finish(Current);
  if (isOneOf(G.Reset, Name) || Name == "operator=") {
    Value New = I.Args.empty() ? Value::integer(0) : I.Args[0];
    PlaceId Other = OtherGuard();
    if (Other.valid() && Other == Guard)
      return Finish(I.Object);
    for (State &After :
         destroyGuard(std::move(S), Guard, M->getParent(), G, I.Where, I.Try)) {
      S = std::move(After);
      if (Other.valid()) {
        TakeFrom(Other);
      } else {
        if (!I.Args.empty() && M->getNumParams() &&
            M->getParamDecl(0)->getType()->isReferenceType() &&
            !M->getParamDecl(0)
                 ->getType()
                 ->getPointeeType()
                 ->isRecordType())
          New = load(S, I.Args[0]);
        if (M->getNumParams() &&
            M->getParamDecl(0)->getType()->isNullPtrType())
          New = Value::integer(0);
        Own(New);
      }
      Out.push_back({std::move(S), I.Object});
    }
    return Out;
  }
  if (Name == "swap" && OtherGuard().valid()) {
    PlaceId Other = Table.field(OtherGuard(), PseudoField::Owned);
    Value Theirs = load(S, Value::address(Other));
    S.Places.set(Owned, Theirs);
    S.Places.set(Other, Current);
  }
  return Finish(resultOf(I, S));
}

void Solver::nameContents(State &S, PlaceId Object, const CXXRecordDecl *R,
                          unsigned Depth) {
  R = R->getDefinition();
  const PlaceData &Root = Table[Table.root(Object)];
  bool Outside =
      Root.What == PlaceData::Kind::Pointee ||
      (Root.What == PlaceData::Kind::Variable &&
       isa<ParmVarDecl>(static_cast<const Decl *>(Root.Origin)));
  if (!R || !Outside || Depth > 3)
    return;
  auto Name = [&](PlaceId Place) {
    if (!S.Places.find(Place))
      S.Places.set(Place, load(S, Value::address(Place)));
  };
  if (model::ClassEntry C = Env.Models.entryFor(R)) {
    if (C.Entry->GuardOf) {
      Name(Table.field(Object, PseudoField::Owned));
      Name(Table.field(Object, PseudoField::Deleter));
      return;
    }
    if (!C.Entry->Holds.empty())
      Name(Table.field(Object, PseudoField::Self));
  }
  if (isInStandardLibrary(R))
    return;
  for (const FieldDecl *F : R->fields()) {
    PlaceId Field = Table.field(Object, F);
    if (const CXXRecordDecl *Class = F->getType()->getAsCXXRecordDecl())
      nameContents(S, Field, Class, Depth + 1);
    else if (!F->getType()->isArrayType())
      Name(Field);
  }
  for (const CXXBaseSpecifier &B : R->bases())
    if (const CXXRecordDecl *Class = B.getType()->getAsCXXRecordDecl())
      nameContents(S, Object, Class, Depth + 1);
}

Outcomes Solver::copyMembers(Invocation I, State S, bool Moved) {
  auto *M = cast<CXXMethodDecl>(I.Callee);
  Outcomes Out;
  States Ready;
  PlaceId Target = placeOf(I.Object), Source = placeOf(I.Args[0]);
  if (Target == Source) {
    Out.push_back({std::move(S), I.Object});
    return Out;
  }
  // What an assignment replaces is destroyed member by member.
  if (!isa<CXXConstructorDecl>(M) && Target.valid() &&
      Env.destructorMatters(M->getParent()))
    Ready = destroyMembers(std::move(S), Target,
                           M->getParent()->getDefinition(), I.Where, I.Try);
  else
    Ready.push_back(std::move(S));
  for (State &After : Ready) {
    if (Source.valid())
      nameContents(After, Source, M->getParent());
    moveObject(After, I.Object, I.Args[0], true, I.Where);
    if (Moved && Source.valid()) {
      llvm::SmallVector<PlaceId, 4> Emptied;
      for (auto &[Place, V] : After.Places)
        if (Table.within(Place, Source) &&
            (Table[Place].Pseudo == PseudoField::Owned ||
             Table[Place].Pseudo == PseudoField::Self))
          Emptied.push_back(Place);
      for (PlaceId Place : Emptied)
        After.Places.set(Place, Value::integer(0));
    }
    Out.push_back({std::move(After), I.Object});
  }
  return Out;
}

/// std::swap and std::exchange on handles; guards have methods of their own.
std::optional<Outcomes> Solver::swapOrExchange(const Invocation &I, State &S,
                                               const model::Function &Entry) {
  if ((!Entry.Swaps && !Entry.Exchanges) || I.Args.size() != 2)
    return std::nullopt;
  PlaceId First = placeOf(I.Args[0]), Second = placeOf(I.Args[1]);
  if (!First.valid() || !Second.valid())
    return std::nullopt;
  State After = S;
  Outcomes Out;
  Value Old = load(After, I.Args[0]);
  // The second argument of exchange comes by reference, too.
  Value New = load(After, I.Args[1]);
  llvm::SmallVector<std::pair<PlaceId, Value>, 4> Contents;
  auto Move = [&](PlaceId From, PlaceId To) {
    for (auto &[Place, V] : S.Places)
      if (Place != From && Table.within(Place, From)) {
        After.Places.erase(Place);
        Contents.push_back({Table.rebase(Place, From, To), V});
      }
  };
  Move(Second, First);
  if (Entry.Swaps)
    Move(First, Second);
  After.Places.set(First, New);
  if (Entry.Swaps)
    After.Places.set(Second, Old);
  for (auto &[Place, V] : Contents)
    After.Places.set(Place, V);
  Out.push_back({std::move(After), Entry.Exchanges ? Old : Value()});
  return Out;
}

/// `guard == nullptr` is about what the guard owns.
std::optional<Outcomes> Solver::compareGuards(const Invocation &I, State &S) {
  if (!I.Callee || !I.Callee->isOverloadedOperator() || I.Args.size() != 2)
    return std::nullopt;
  OverloadedOperatorKind K = I.Callee->getOverloadedOperator();
  if (K != OO_EqualEqual && K != OO_ExclaimEqual)
    return std::nullopt;
  for (unsigned N = 0; N < 2; ++N) {
    QualType Other = I.Callee->getParamDecl(1 - N)->getType();
    const CXXRecordDecl *R = I.Callee->getParamDecl(N)
                                 ->getType()
                                 .getNonReferenceType()
                                 ->getAsCXXRecordDecl();
    if (!R || !Other->isNullPtrType())
      continue;
    model::ClassEntry C = Env.Models.entryFor(R);
    PlaceId Guard = placeOf(I.Args[N]);
    if (!C || !C.Entry->GuardOf || !Guard.valid())
      continue;
    State After = S;
    Value Result = truth(ownedBy(After, Guard), K == OO_EqualEqual);
    Outcomes Out;
    Out.push_back({std::move(After), Result});
    return Out;
  }
  return std::nullopt;
}

/// The constructor that suits the argument values; Sema has no say here.
static const CXXConstructorDecl *pickConstructor(const CXXRecordDecl *R,
                                                 const CallSite &Site) {
  const CXXConstructorDecl *Found = nullptr;
  for (const CXXConstructorDecl *C : R->ctors()) {
    if (C->isDeleted() || C->getMinRequiredArguments() > Site.Args.size() ||
        C->getNumParams() < Site.Args.size())
      continue;
    if (Site.Args.size() == 1 && C->isCopyOrMoveConstructor())
      continue;
    if (Found)
      return nullptr; // which one is not ours to tell
    Found = C;
  }
  return Found;
}

/// std::make_unique and its kin: a new object of the first template argument.
std::optional<Outcomes> Solver::makeGuard(const Invocation &Given, State &S) {
  Invocation I = Given;
  if (!I.Callee || !I.Site || !I.Site->Where)
    return std::nullopt;
  bool Makes = llvm::any_of(
      Env.Models.entriesFor(I.Callee),
      [](const model::FunctionEntry &E) { return E.Entry->Makes; });
  const TemplateArgumentList *Args = I.Callee->getTemplateSpecializationArgs();
  if (!Makes || !Args || !Args->size() ||
      Args->get(0).getKind() != TemplateArgument::Type)
    return std::nullopt;
  const CXXRecordDecl *Made = Args->get(0).getAsType()->getAsCXXRecordDecl();
  SymbolData D;
  D.What = SymbolData::Kind::New;
  D.Site = I.Site->Where;
  State Start = S;
  age(Start, D, &I);
  SymbolId New = Table.symbol(D);
  Start.Facts.set(New, Fact::except(0));
  Outcomes Built;
  const CXXConstructorDecl *Ctor =
      Made && Made->hasDefinition()
          ? pickConstructor(Made->getDefinition(), *I.Site)
          : nullptr;
  if (Ctor) {
    Invocation Construct = I;
    Construct.Callee = Ctor;
    Construct.Object = Value::symbol(New);
    Construct.HasObject = true;
    // Arguments are forwarded by reference: a scalar parameter wants the value.
    for (unsigned N = 0; N < Construct.Args.size(); ++N)
      if (N < Ctor->getNumParams() &&
          !Ctor->getParamDecl(N)->getType()->isReferenceType() &&
          !Ctor->getParamDecl(N)->getType()->isRecordType())
        Construct.Args[N] = load(Start, Construct.Args[N]);
    Built = call(Construct, std::move(Start));
  } else {
    for (const Value &V : I.Args) {
      if (Value Inner = load(Start, V); Inner.isSymbol())
        takeOver(Start, Inner);
      takeOver(Start, V);
    }
    Built.push_back({std::move(Start), Value()});
  }
  Outcomes Out;
  for (Outcome &O : Built) {
    Value Guard = resultOf(I, O.After);
    if (Guard.isAddress())
      O.After.Places.set(Table.field(Guard.Place, PseudoField::Owned),
                         Value::symbol(New));
    Out.push_back({std::move(O.After), Guard});
  }
  return Out;
}

const CXXMethodDecl *Solver::callOperator(const CXXRecordDecl *R) const {
  if (!R || !R->hasDefinition())
    return nullptr;
  for (const CXXMethodDecl *M : R->getDefinition()->methods())
    if (M->getOverloadedOperator() == OO_Call && !M->isDependentContext())
      return M;
  return nullptr;
}

States Solver::runCallable(State S, const Value &Callable,
                           llvm::ArrayRef<Value> Args, const Stmt *Where,
                           const CXXTryStmt *Try, bool &Known) {
  Invocation I;
  I.Where = Where;
  I.Try = Try;
  I.Args.append(Args.begin(), Args.end());
  I.ByDestructor = true;
  Known = false;
  if (Callable.What == Value::Kind::Function) {
    I.Callee = Callable.Function;
  } else if (Callable.isAddress()) {
    const CXXRecordDecl *R = classOf(Callable.Place);
    I.Callee = callOperator(R);
    I.Object = Callable;
    I.HasObject = true;
  }
  States Out;
  // A callee that is not seen will do what it is there for.
  bool Modelled = I.Callee && llvm::any_of(matchingEntries(I, S),
                                           [](const model::FunctionEntry &E) {
                                             return !E.Entry->Releases.empty() ||
                                                    !E.Entry->Takes.empty();
                                           });
  if (!I.Callee || (!visibleBody(I.Callee) && !Modelled)) {
    Out.push_back(std::move(S));
    return Out;
  }
  Known = true;
  for (Outcome &O : call(I, std::move(S)))
    Out.push_back(std::move(O.After));
  return Out;
}

States Solver::deletePointee(State S, const Value &Pointer,
                             const CXXRecordDecl *R, const Stmt *Where,
                             const CXXTryStmt *Try) {
  PlaceId Object = placeOf(Pointer);
  States Out;
  if (Pointer.isSymbol())
    release(S, Pointer, {}, false);
  // The object may be of a class derived from the one that is named.
  if (const CXXRecordDecl *Made = classOf(Object)) {
    R = Made;
  } else if (Object.valid() && R && R->hasDefinition() &&
             R->getDestructor() && R->getDestructor()->isVirtual()) {
    takeOver(S, Pointer);
    Out.push_back(std::move(S));
    return Out;
  }
  if (Object.valid() && R && Env.destructorMatters(R))
    return destroy(std::move(S), Object, R, Where, Try);
  Out.push_back(std::move(S));
  return Out;
}

static const TemplateArgument *templateArgument(const CXXRecordDecl *R,
                                                unsigned Index) {
  auto *Spec = dyn_cast<ClassTemplateSpecializationDecl>(R);
  if (!Spec || Index >= Spec->getTemplateArgs().size())
    return nullptr;
  const TemplateArgument &A = Spec->getTemplateArgs()[Index];
  return A.getKind() == TemplateArgument::Type ? &A : nullptr;
}

/// A deleter that hands the handle to a function nobody has seen.
static bool passesOn(const Stmt *S, const model::ModelIndex &Models,
                     llvm::function_ref<bool(const FunctionDecl *)> IsLibrary) {
  if (!S)
    return false;
  if (auto *C = dyn_cast<CallExpr>(S))
    if (const FunctionDecl *F = C->getDirectCallee();
        !F || (!visibleBody(F) && Models.entriesFor(F).empty() &&
               !IsLibrary(F) && soundsLikeRelease(F->getNameAsString())))
      return true;
  return llvm::any_of(S->children(), [&](const Stmt *Child) {
    return passesOn(Child, Models, IsLibrary);
  });
}

bool Solver::passesOn(const FunctionDecl *F) const {
  const FunctionDecl *Body = F ? visibleBody(F) : nullptr;
  return Body && flow::passesOn(
                     Body->getBody(), Env.Models,
                     [&](const FunctionDecl *F) { return isOfALibrary(F); });
}

States Solver::destroyGuard(State S, PlaceId Place, const CXXRecordDecl *R,
                            const model::Guard &G, const Stmt *Where,
                            const CXXTryStmt *Try) {
  States Out;
  auto Unchanged = [&] {
    Out.push_back(std::move(S));
    return Out;
  };
  PlaceId OwnedPlace = Table.field(Place, PseudoField::Owned);
  Value Owned = ownedBy(S, Place);
  Value Deleter =
      load(S, Value::address(Table.field(Place, PseudoField::Deleter)));
  S.Places.set(OwnedPlace, Value::integer(0));
  // A shared owner with a deleter runs it even on null.
  if (Owned.isInt() && Owned.Low == 0 && !(G.Shared && classOf(placeOf(Deleter))))
    return Unchanged();
  if (G.Runs) {
    bool Known = false;
    States After = runCallable(S, Deleter, {}, Where, Try, Known);
    if (Known)
      return After;
    if (PlaceId C = placeOf(Deleter); C.valid())
      takeContents(S, Deleter);
    return Unchanged();
  }
  // The last of the sharers releases.
  if (G.Shared && Owned.isSymbol())
    for (auto &[Other, V] : S.Places)
      if (Table[Other].Pseudo == PseudoField::Owned && V == Owned)
        return Unchanged();
  bool Known = false;
  if (Deleter.What == Value::Kind::Function || Deleter.isAddress()) {
    States After = runCallable(S, Deleter, Owned, Where, Try, Known);
    const FunctionDecl *Callee = Deleter.What == Value::Kind::Function
                                     ? Deleter.Function
                                     : callOperator(classOf(placeOf(Deleter)));
    if (Known) {
      if (passesOn(Callee))
        for (State &Each : After)
          release(Each, Owned, {}, true);
      return After;
    }
    // Not known here what it runs: it disposes of the object and all in it.
    release(S, Owned, {}, true);
    takeContents(S, Owned);
    return Unchanged();
  }
  if (G.DeleterTemplateArgument)
    if (const TemplateArgument *A =
            templateArgument(R, G.DeleterTemplateArgument - 1))
      if (const CXXRecordDecl *D = A->getAsType()->getAsCXXRecordDecl();
          D && !isInStandardLibrary(D))
        if (const CXXMethodDecl *M = callOperator(D); M && visibleBody(M)) {
          Invocation I;
          I.Callee = M;
          I.Where = Where;
          I.Try = Try;
          I.Args.push_back(Owned);
          I.Object = Value::address(
              Table.field(Place, PseudoField::Deleter));
          I.HasObject = true;
          I.ByDestructor = true;
          for (Outcome &O : call(I, std::move(S))) {
            if (passesOn(M))
              release(O.After, Owned, {}, true);
            Out.push_back(std::move(O.After));
          }
          return Out;
        }
  release(S, Owned, {}, true);
  const TemplateArgument *Element = templateArgument(R, 0);
  const CXXRecordDecl *Class =
      Element ? Element->getAsType()->getAsCXXRecordDecl() : nullptr;
  return deletePointee(std::move(S), Owned, Class, Where, Try);
}

States Solver::destroyMembers(State S, PlaceId Place, const CXXRecordDecl *R,
                              const Stmt *Where, const CXXTryStmt *Try) {
  States Current;
  Current.push_back(std::move(S));
  auto Each = [&](PlaceId At, const CXXRecordDecl *Class) {
    States Next;
    for (State &C : Current)
      for (State &After : destroy(std::move(C), At, Class, Where, Try))
        Next.push_back(std::move(After));
    Current = std::move(Next);
  };
  llvm::SmallVector<const FieldDecl *, 8> Fields(R->fields());
  for (const FieldDecl *F : llvm::reverse(Fields))
    if (const CXXRecordDecl *Class = F->getType()->getAsCXXRecordDecl())
      if (Env.destructorMatters(Class))
        Each(Table.field(Place, F), Class);
  for (const CXXBaseSpecifier &B : R->bases())
    if (const CXXRecordDecl *Class = B.getType()->getAsCXXRecordDecl())
      if (Env.destructorMatters(Class))
        Each(Place, Class);
  return Current;
}

States Solver::destroy(State S, PlaceId Place, const CXXRecordDecl *R,
                       const Stmt *Where, const CXXTryStmt *Try) {
  R = R->getDefinition() ? R->getDefinition() : R;
  States Out;
  // A list node that owns the next one: what is known of never lies deep.
  if (DestroyDepth >= MaxDestroyDepth) {
    Out.push_back(std::move(S));
    return Out;
  }
  llvm::SaveAndRestore<unsigned> Deeper(DestroyDepth, DestroyDepth + 1);
  llvm::SmallVector<PlaceId, 4> Elements;
  for (auto &[Within, V] : S.Places)
    for (PlaceId At = Within; Table[At].What == PlaceData::Kind::Field;
         At = Table[At].Parent)
      if (Table[At].Parent == Place &&
          Table[At].Pseudo == PseudoField::Element &&
          !llvm::is_contained(Elements, At))
        Elements.push_back(At);
  if (!Elements.empty()) {
    Out.push_back(std::move(S));
    for (PlaceId Element : llvm::reverse(Elements)) {
      States Next;
      for (State &C : Out)
        for (State &After : destroy(std::move(C), Element, R, Where, Try))
          Next.push_back(std::move(After));
      Out = std::move(Next);
    }
    return Out;
  }
  if (model::ClassEntry C = Env.Models.entryFor(R)) {
    if (C.Entry->GuardOf)
      return destroyGuard(std::move(S), Place, R, *C.Entry->GuardOf, Where,
                          Try);
    if (!C.Entry->Holds.empty()) {
      release(S,
              load(S, Value::address(Table.field(Place, PseudoField::Self))),
              {}, true);
      Out.push_back(std::move(S));
      return Out;
    }
  }
  const CXXDestructorDecl *D =
      R->hasDefinition() ? R->getDestructor() : nullptr;
  if (D && D->isUserProvided()) {
    if (visibleBody(D)) {
      if (Env.summaryOf(D)) {
        Invocation I;
        I.Callee = D;
        I.Where = Where;
        I.Try = Try;
        I.Object = Value::address(Place);
        if (Table[Place].What == PlaceData::Kind::Pointee)
          I.Object = Value::symbol(Table[Place].Symbol);
        I.HasObject = true;
        I.ByDestructor = true;
        for (Outcome &O : call(I, std::move(S)))
          Out.push_back(std::move(O.After));
        return Out;
      }
      return destroyMembers(std::move(S), Place, R, Where, Try);
    }
    // Not seen: it disposes of what the object holds.
    takeContents(S, Value::address(Place));
    Out.push_back(std::move(S));
    return Out;
  }
  if (!R->hasDefinition()) {
    Out.push_back(std::move(S));
    return Out;
  }
  return destroyMembers(std::move(S), Place, R, Where, Try);
}

} // namespace conntidy::flow
