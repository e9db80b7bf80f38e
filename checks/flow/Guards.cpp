//===- Guards.cpp - guards, containers and copies -------------------------===//

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
        Value From = load(After, Value::address(Table.field(
                                     placeOf(I.Args[0]), PseudoField::Self)));
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
      // Guards that write the handle out: `Guard(&handle, pool)`.
      for (unsigned N = 0; N < I.Args.size(); ++N)
        if (QualType T = parameterType(I, N);
            !T.isNull() && (T->isPointerType() || T->isReferenceType()) &&
            T->getPointeeType()->isPointerType() &&
            !T->getPointeeType().isConstQualified())
          if (PlaceId Out = placeOf(I.Args[N]); Out.valid())
            After.Places.set(Out, fresh(After, I.Where, 100 + N));
      acquire(I, After, A, {&Made, Entry.Owner}, 0, Result);
      return One(std::move(After), I.Object);
    }
    if (isOneOf(C.ClosedBy, methodName(I.Callee))) {
      State After = S;
      release(After, load(After, Value::address(Self)), {}, I, Sure::Guessed);
      Value Result = resultOf(I, After);
      return One(std::move(After), Result);
    }
  }
  if (C.Container) {
    if (auto Out = keepInLocal(I, S))
      return *Out;
    giveContainedAway(S, I.Object);
    for (const Value &V : I.Args)
      giveContainedAway(S, V);
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
      bool IsHandle =
          Env.Models.isHandleType(I.Callee
                                      ->getParamDecl(std::min<unsigned>(
                                          N, I.Callee->getNumParams() - 1))
                                      ->getType());
      if (V.isAddress() && (IsHandle || After.Places.find(V.Place)))
        if (Value Held = load(After, V); Held.isSymbol()) {
          Kept |= After.leaseOf(Held.Symbol) != nullptr;
          takeOver(After, Held);
        }
      if (V.isSymbol() && IsHandle &&
          Table[V.Symbol].What == SymbolData::Kind::Parameter)
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

Outcomes Solver::callGuard(Invocation I, State S, const model::Guard &G) {
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
      if (HeldLease *L = S.leaseOf(What.Symbol)) {
        site(L->Lease).Guarded = true;
        site(L->Lease).OwnedAt = I.Where;
        L->Bypass.reset();
      }
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
    bypass(S, Current, GuardBypass::Kind::GivenUp, I.Where);
    if (PlaceId Object = placeOf(Current); Object.valid())
      bypassWithin(S, Object, GuardBypass::Kind::GivenUp, I.Where);
    return Finish(Current);
  }
  if (isOneOf(G.Dismiss, Name)) {
    S.Places.set(Owned, Value::integer(0));
    bypass(S, Current, GuardBypass::Kind::Dismissed, I.Where);
    if (G.Runs)
      bypassWithin(S, Deleter, GuardBypass::Kind::Dismissed, I.Where);
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
            !M->getParamDecl(0)->getType()->getPointeeType()->isRecordType())
          New = load(S, I.Args[0]);
        if (M->getNumParams() && M->getParamDecl(0)->getType()->isNullPtrType())
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
  bool Outside = Root.What == PlaceData::Kind::Pointee ||
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

/// The copy or move operation of a class that somebody wrote, of the kind that
/// \p Like is; null if the compiler's own does.
static const CXXMethodDecl *writtenOperation(const CXXRecordDecl *R,
                                             const CXXMethodDecl *Like,
                                             bool Moved) {
  const CXXMethodDecl *Copy = nullptr, *Move = nullptr;
  for (const CXXMethodDecl *M : R->methods()) {
    if (auto *C = dyn_cast<CXXConstructorDecl>(M)) {
      if (!isa<CXXConstructorDecl>(Like))
        continue;
      if (C->isMoveConstructor())
        Move = C;
      else if (C->isCopyConstructor())
        Copy = C;
    } else if (!isa<CXXConstructorDecl>(Like)) {
      if (M->isMoveAssignmentOperator())
        Move = M;
      else if (M->isCopyAssignmentOperator())
        Copy = M;
    }
  }
  const CXXMethodDecl *Chosen = Moved && Move ? Move : Copy;
  return Chosen && Chosen->isUserProvided() && !Chosen->isDeleted() ? Chosen
                                                                    : nullptr;
}

Outcomes Solver::copyMembers(Invocation I, State S, bool Moved) {
  auto *M = cast<CXXMethodDecl>(I.Callee);
  const CXXRecordDecl *R = M->getParent()->getDefinition();
  Outcomes Out;
  PlaceId Target = placeOf(I.Object), Source = placeOf(I.Args[0]);
  if (Target == Source) {
    Out.push_back({std::move(S), I.Object});
    return Out;
  }
  // Members whose class says itself how it is copied.
  llvm::SmallVector<std::pair<const FieldDecl *, const CXXMethodDecl *>, 4>
      Written;
  for (const FieldDecl *F : R->fields()) {
    const CXXRecordDecl *Class = F->getType()->getAsCXXRecordDecl();
    Class = Class ? Class->getDefinition() : nullptr;
    if (!Class || isInStandardLibrary(Class) || Env.Models.entryFor(Class) ||
        !Env.destructorMatters(Class) || !Target.valid() || !Source.valid())
      continue;
    if (const CXXMethodDecl *Operation = writtenOperation(Class, M, Moved))
      Written.push_back({F, Operation});
  }
  auto IsWritten = [&](const FieldDecl *F) {
    return llvm::any_of(Written, [&](auto &W) { return W.first == F; });
  };
  States Ready;
  Ready.push_back(std::move(S));
  // What an assignment replaces is destroyed member by member.
  if (!isa<CXXConstructorDecl>(M) && Target.valid() &&
      Env.destructorMatters(R)) {
    States Next;
    for (State &Each : Ready)
      for (State &After : destroyMembers(std::move(Each), Target, R, I.Where,
                                         I.Try, IsWritten))
        Next.push_back(std::move(After));
    Ready = std::move(Next);
  }
  for (auto &[F, Operation] : Written) {
    States Next;
    for (State &Each : Ready) {
      Invocation Member = I;
      Member.Callee = Operation;
      Member.Site = nullptr;
      Member.Object = Value::address(Table.field(Target, F));
      Member.HasObject = true;
      Member.Args = {Value::address(Table.field(Source, F))};
      for (Outcome &O : call(Member, std::move(Each)))
        Next.push_back(std::move(O.After));
    }
    Ready = std::move(Next);
  }
  for (State &After : Ready) {
    if (Source.valid())
      nameContents(After, Source, R);
    moveObject(After, I.Object, I.Args[0], true, I.Where, [&](PlaceId P) {
      return llvm::any_of(Written, [&](auto &W) {
        return Table.within(P, Table.field(Source, W.first));
      });
    });
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
  const CXXRecordDecl *R =
      I.Callee->getParamDecl(0)->getType()->getPointeeCXXRecordDecl();
  if (R) {
    nameContents(After, First, R);
    nameContents(After, Second, R);
  }
  llvm::SmallVector<std::pair<PlaceId, Value>, 4> Contents;
  const State Before = After;
  auto Move = [&](PlaceId From, PlaceId To) {
    for (auto &[Place, V] : Before.Places)
      if (Place != From && Table.within(Place, From)) {
        After.Places.erase(Place);
        Contents.push_back({Table.rebase(Place, From, To), V});
      }
  };
  Move(Second, First);
  if (Entry.Swaps) {
    Move(First, Second);
  } else if (R) {
    // An object that is exchanged comes back by value.
    Invocation Call = I;
    Old = resultOf(Call, After);
    if (Old.isAddress())
      Move(First, Old.Place);
  }
  if (!R) {
    After.Places.set(First, New);
    if (Entry.Swaps)
      After.Places.set(Second, Old);
  }
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
  } else if (Made && Made->hasDefinition() && I.Args.empty() &&
             Made->needsImplicitDefaultConstructor()) {
    for (State &After : constructMembers(std::move(Start), Table.pointee(New),
                                         Made->getDefinition(), I))
      Built.push_back({std::move(After), Value()});
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

} // namespace conntidy::flow
