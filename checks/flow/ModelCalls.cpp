//===- ModelCalls.cpp - what models say of a call -------------------------===//

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

QualType parameterType(const Invocation &I, unsigned N) {
  if (I.Callee && N < I.Callee->getNumParams())
    return I.Callee->getParamDecl(N)->getType();
  if (I.Site && N < I.Site->ArgExprs.size() && I.Site->ArgExprs[N])
    return I.Site->ArgExprs[N]->getType();
  return {};
}

bool settles(llvm::ArrayRef<model::FunctionEntry> Entries,
             const model::Slot &At) {
  auto IsThere = [&](const auto &Effect) { return Effect.Handle == At; };
  return llvm::any_of(Entries, [&](const model::FunctionEntry &E) {
    return llvm::any_of(E.Entry->Acquires, IsThere) ||
           llvm::any_of(E.Entry->Releases, IsThere) ||
           llvm::any_of(E.Entry->Takes, IsThere);
  });
}

/// A scalar handed in by reference is the value, not the address.
Value Solver::slotValue(const Invocation &I, const model::Slot &Slot,
                        State &S) {
  switch (Slot.Where) {
  case model::Slot::Kind::This:
    return I.Object;
  case model::Slot::Kind::Return:
    return {};
  case model::Slot::Kind::Arg:
  case model::Slot::Kind::Pointee:
    break;
  }
  if (Slot.Index >= I.Args.size())
    return {};
  Value V = I.Args[Slot.Index];
  if (Slot.Where == model::Slot::Kind::Pointee)
    return load(S, V);
  QualType T = parameterType(I, Slot.Index);
  if (!T.isNull() && T->isReferenceType() &&
      !T->getPointeeType()->isRecordType())
    return load(S, V);
  return V;
}

PlaceId Solver::slotPlace(const Invocation &I, const model::Slot &Slot,
                          State &S) {
  if (Slot.Where == model::Slot::Kind::This)
    return placeOf(I.Object);
  if (Slot.Where == model::Slot::Kind::Return || Slot.Index >= I.Args.size())
    return {};
  return placeOf(I.Args[Slot.Index]);
}

Value Solver::resultOf(Invocation &I, State &S) {
  if (I.Callee && isa<CXXConstructorDecl>(I.Callee))
    return I.Object;
  QualType T;
  if (I.Site && I.Site->Where)
    T = I.Site->Where->getType();
  else if (I.Callee)
    T = I.Callee->getReturnType();
  const void *Key = I.Site ? static_cast<const void *>(I.Site->Where) : I.Where;
  bool Object = I.Site && I.Site->Where && I.Site->Where->isPRValue() &&
                T->isRecordType();
  if (Object) {
    PlaceData D;
    D.What = PlaceData::Kind::Temporary;
    D.Origin = Key;
    PlaceId Place = Table.place(D);
    eraseWithin(S, Place, true);
    if (const CXXRecordDecl *R = T->getAsCXXRecordDecl())
      ClassOf[Place] = R;
    return Value::address(Place);
  }
  SymbolData D;
  D.What = SymbolData::Kind::Call;
  D.Site = Key;
  age(S, D, &I);
  SymbolId Symbol = Table.symbol(D);
  // References and the plain `new` of a wrapper are never null.
  if (I.Callee && (I.Callee->getReturnType()->isReferenceType() ||
                   I.Callee->hasAttr<ReturnsNonNullAttr>()))
    S.Facts.set(Symbol, Fact::except(0));
  if (I.Callee && I.Callee->getReturnType()->isBooleanType())
    S.Facts.set(Symbol, Fact::range(0, 1));
  return Value::symbol(Symbol);
}

/// The field that a function pointer stands in or was taken from.
const FieldDecl *Solver::fieldCalledThrough(const Invocation &I,
                                            const State &S) const {
  if (!I.Site)
    return nullptr;
  if (auto *F = dyn_cast_or_null<FieldDecl>(I.Site->Through))
    return F;
  Value V = get(S, I.Site->CalleeValue);
  if (!V.isSymbol() || Table[V.Symbol].What != SymbolData::Kind::Entry)
    return nullptr;
  return fieldAt(Table[V.Symbol].Place);
}

llvm::SmallVector<model::FunctionEntry, 2>
Solver::matchingEntries(const Invocation &I, const State &S) const {
  llvm::SmallVector<model::FunctionEntry, 2> Result, Possible;
  llvm::ArrayRef<model::FunctionEntry> All;
  if (I.Callee)
    All = Env.Models.entriesFor(I.Callee);
  else if (const FieldDecl *F = fieldCalledThrough(I, S))
    All = Env.Models.entriesFor(F);
  // The variable itself, or its address.
  auto isGlobal = [&](const model::Slot &At, llvm::StringRef Name) {
    bool IsObject = At.Where == model::Slot::Kind::This;
    if (!IsObject && At.Index >= I.Args.size())
      return false;
    const Value &V = IsObject ? I.Object : I.Args[At.Index];
    PlaceId Place = V.isAddress() ? V.Place : PlaceId();
    if (V.isSymbol() && Table[V.Symbol].What == SymbolData::Kind::Entry)
      Place = Table[V.Symbol].Place;
    return Place.valid() && Table[Place].What == PlaceData::Kind::Global &&
           model::qualifiedName(
               static_cast<const VarDecl *>(Table[Place].Origin)) == Name;
  };
  for (const model::FunctionEntry &E : All) {
    if (E.Entry->Arity && *E.Entry->Arity != I.Args.size())
      continue;
    bool Unknown = false;
    bool Applies = llvm::all_of(E.Entry->When, [&](const model::ArgumentIs &W) {
      if (!W.Named.empty())
        return isGlobal(W.Arg, W.Named);
      if (W.Arg.Index >= I.Args.size())
        return false;
      if (W.Integer)
        if (QualType T = parameterType(I, W.Arg.Index);
            T.isNull() || !T->isIntegerType())
          return false;
      std::optional<int64_t> V;
      const Value &Arg = I.Args[W.Arg.Index];
      if (Arg.isInt())
        V = Arg.Low;
      else if (Arg.isSymbol())
        if (Fact F = S.fact(Arg.Symbol); F.Low == F.High)
          V = F.Low;
      if (V)
        return (*V == W.Value) != W.Negated;
      // Some address: surely not null, otherwise unknown.
      bool NotNull = Arg.isAddress() || Arg.What == Value::Kind::Function ||
                     (Arg.isSymbol() && !S.fact(Arg.Symbol).contains(0));
      if (W.Negated &&
          (W.Value != 0 || NotNull || !Arg.known() || Arg.isSymbol()))
        return true;
      Unknown = !NotNull;
      return Unknown;
    });
    if (Applies && !Unknown)
      Result.push_back(E);
    else if (Applies && !E.Entry->Releases.empty())
      Possible.push_back(E);
  }
  // A release whose kind is handed through: whatever the handle is, it goes.
  return Result.empty() ? Possible : Result;
}

LeaseId Solver::leaseId(const Stmt *Where, unsigned Index, bool Older) {
  auto [It, New] = LeaseIds.try_emplace(std::tuple(Where, Index, Older),
                                        LeaseId{uint32_t(Sites.size())});
  if (New) {
    Sites.emplace_back();
    Sites.back().Where = dyn_cast_or_null<Expr>(Where);
    Sites.back().Index = Index;
    Sites.back().Older = Older;
  }
  return It->second;
}

LeaseId Solver::addLease(const Invocation &I, State &S, unsigned Index,
                         model::ResourceEntry Resource, const std::string &Api,
                         SymbolId Handle) {
  LeaseId Id = leaseId(I.Where, Index, false);
  LeaseSite &Site = site(Id);
  Site.Resource = Resource;
  Site.Api = Api;
  Site.AfterRefusal |= Resource && S.Refused && !Resource.Entry->Pooled &&
                       Resource.Entry->Kind == S.Refused->Kind;
  S.dropLease(Id);
  S.forgetEnded(Handle);
  S.Trail = extend(S.Trail, Step::Kind::Acquire, I.Where, Api);
  HeldLease L;
  L.Lease = Id;
  L.Handle = Handle;
  L.Acquired = S.Trail;
  S.Leases.push_back(std::move(L));
  llvm::sort(S.Leases, [](const HeldLease &A, const HeldLease &B) {
    return A.Lease < B.Lease;
  });
  return Id;
}

static Fact factOf(const model::Condition &C) {
  Fact F = Fact::range(C.Low, C.High);
  if (C.Negated) {
    F = Fact();
    F.exclude(C.Low, C.High);
  }
  return F;
}

/// What the call left in an out-parameter, or a field of the struct that it
/// returned or was given; invalid if there is no such thing.
SymbolId Solver::fieldAfter(const Invocation &I, State &S,
                            const model::Condition &C, const Value &Result) {
  Value Struct;
  QualType T;
  if (C.Of.Where == model::Slot::Kind::Return) {
    Struct = Result;
    if (I.Site && I.Site->Where)
      T = I.Site->Where->getType();
  } else if (C.Of.Index < I.Args.size()) {
    Struct = I.Args[C.Of.Index];
    T = parameterType(I, C.Of.Index);
    if (!T.isNull() && !T->getPointeeType().isNull())
      T = T->getPointeeType();
  }
  PlaceId Place = placeOf(Struct);
  if (C.Of.Where == model::Slot::Kind::Pointee) {
    if (!Place.valid())
      return {};
    const Value *Left = S.Places.find(Place);
    if (Left && Left->isSymbol())
      return Left->Symbol;
    Value Anew = fresh(S, I.Where, 59);
    S.Places.set(Place, Anew);
    return Anew.Symbol;
  }
  const RecordDecl *R = T.isNull() ? nullptr : T->getAsRecordDecl();
  if (R)
    R = R->getDefinition();
  if (!Place.valid() || !R)
    return {};
  for (const FieldDecl *F : R->fields())
    if (F->getName() == C.Field) {
      Value Left = fresh(S, I.Where, 60 + F->getFieldIndex());
      S.Places.set(Table.field(Place, F), Left);
      return Left.Symbol;
    }
  return {};
}

/// The arguments after a format string that a conversion consumes.
static llvm::SmallVector<unsigned, 2> consumedBy(const Invocation &I,
                                                 const model::Take &T) {
  llvm::SmallVector<unsigned, 2> Result;
  if (!I.Site || T.Handle.Index >= I.Site->ArgExprs.size() ||
      !I.Site->ArgExprs[T.Handle.Index])
    return Result;
  auto *Format = dyn_cast<StringLiteral>(
      I.Site->ArgExprs[T.Handle.Index]->IgnoreParenImpCasts());
  if (!Format || Format->getCharByteWidth() != 1)
    return Result;
  unsigned Next = T.Handle.Index + 1;
  for (llvm::StringRef Rest = Format->getString(); !Rest.empty();) {
    Rest = Rest.split('%').second;
    // Flags, width, precision and length come before the conversion.
    llvm::StringRef Modifiers = Rest.take_while([](char C) {
      return llvm::StringRef("#0123456789-+ !',.*lh").contains(C);
    });
    Next += Modifiers.count('*');
    Rest = Rest.drop_front(Modifiers.size());
    if (Rest.empty())
      break;
    if (Rest.starts_with(T.Conversion))
      Result.push_back(Next);
    Next += Rest.front() != '%';
    Rest = Rest.drop_front();
  }
  return Result;
}

/// Where several kinds may be meant, it is the handle's own.
void Solver::releaseModelled(State &S, const Invocation &I,
                             llvm::ArrayRef<model::FunctionEntry> Matching,
                             const model::Slot &At, Sure How) {
  Value Handle = slotValue(I, At, S);
  HeldLease *Held = Handle.isSymbol() ? S.leaseOf(Handle.Symbol) : nullptr;
  llvm::SmallVector<model::ResourceEntry, 2> Kinds;
  for (const model::FunctionEntry &E : Matching)
    for (const model::Release &R : E.Entry->Releases) {
      if (!(R.Handle == At))
        continue;
      model::ResourceEntry Kind = Env.Models.resource(R.Resource, *E.Owner);
      if (!llvm::is_contained(Kinds, Kind))
        Kinds.push_back(Kind);
      if (R.Pool && Held && How == Sure::Known)
        returnedElsewhere(S, *Held, slotValue(I, *R.Pool, S), I);
    }
  bool Suits = !Held || llvm::is_contained(Kinds, site(Held->Lease).Resource);
  model::ResourceEntry Kind =
      Kinds.size() == 1 || !Suits ? Kinds.front() : model::ResourceEntry();
  release(S, Handle, Kind, I, How);
}

void Solver::take(State &S, const Invocation &I, const model::Take &T) {
  if (T.Conversion.empty())
    return takeOver(S, slotValue(I, T.Handle, S));
  for (unsigned N : consumedBy(I, T))
    if (N < I.Args.size())
      takeOver(S, I.Args[N]);
}

void Solver::acquire(Invocation &I, State &S, const model::Acquire &A,
                     const model::FunctionEntry &Entry, unsigned Index,
                     Value &Result) {
  SymbolData D;
  D.What = SymbolData::Kind::Call;
  D.Site = I.Site ? static_cast<const void *>(I.Site->Where) : I.Where;
  D.Index = Index + 1;
  SymbolId Handle;
  PlaceId Self; ///< the object that is the lease itself
  switch (A.Handle.Where) {
  case model::Slot::Kind::Return:
    if (Result.isSymbol()) {
      Handle = Result.Symbol;
    } else if (Result.isAddress()) {
      // An object by value: the guard in it, or the object itself.
      age(S, D, &I);
      Handle = Table.symbol(D);
      const CXXRecordDecl *R = classOf(Result.Place);
      model::ClassEntry C = R ? Env.Models.entryFor(R) : model::ClassEntry();
      S.Places.set(Table.field(Result.Place, C && C.Entry->GuardOf
                                                 ? PseudoField::Owned
                                                 : PseudoField::Self),
                   Value::symbol(Handle));
    }
    break;
  case model::Slot::Kind::Pointee: {
    if (A.Handle.Index < I.Args.size() && I.Args[A.Handle.Index].isInt())
      return; // a null out-parameter asks for nothing
    PlaceId Out = slotPlace(I, A.Handle, S);
    if (!Out.valid())
      return;
    age(S, D, &I);
    Handle = Table.symbol(D);
    // The store comes after the lease, so that it is named after its variable.
    break;
  }
  case model::Slot::Kind::Arg:
  case model::Slot::Kind::This: {
    Value V = A.Handle.Where == model::Slot::Kind::This
                  ? I.Object
                  : slotValue(I, A.Handle, S);
    // What the caller lent is the caller's to release.
    if (V.isSymbol() && A.Handle.Where == model::Slot::Kind::Arg &&
        !cameFromOutside(V.Symbol)) {
      Handle = V.Symbol;
      break;
    }
    PlaceId Object = placeOf(V);
    if (!Object.valid())
      return;
    if (V.isSymbol())
      restrict(S, V.Symbol, [](Fact &F) { return F.exclude(0, 0); });
    age(S, D, &I);
    Handle = Table.symbol(D);
    Self = Table.field(Object, PseudoField::Self);
    break;
  }
  }
  if (!Handle.valid())
    return;
  std::string Api =
      I.Callee ? model::qualifiedName(I.Callee) : Entry.Entry->Names.front();
  LeaseId Id = addLease(
      I, S, Index, Env.Models.resource(A.Resource, *Entry.Owner), Api, Handle);
  site(Id).GuessedBecause = A.GuessedBecause;
  if (A.Handle.Where == model::Slot::Kind::Pointee)
    store(S, I.Args[A.Handle.Index], Value::symbol(Handle), I.Where);
  else if (Self.valid())
    store(S, Value::address(Self), Value::symbol(Handle), I.Where);
  HeldLease *L = S.lease(Id);
  if (!L)
    return; // stored where it outlives the function
  L->Looked = !A.CanFail;
  L->Bounded = Entry.Entry->SetsTimeout == A.Handle;
  if (Result.isSymbol())
    L->Result = Result.Symbol;
  if (A.Pool)
    L->Pool = slotValue(I, *A.Pool, S);
  if (A.Parent)
    if (Value Parent = slotValue(I, *A.Parent, S); Parent.isSymbol())
      L->Parent = Parent.Symbol;
  // A pointer that is null is no handle, whatever the status says.
  llvm::SmallVector<model::Condition, 3> Held(A.Held.begin(), A.Held.end());
  if (A.Handle.Where == model::Slot::Kind::Pointee) {
    QualType T = parameterType(I, A.Handle.Index);
    if (!T.isNull() && !T->getPointeeType().isNull() &&
        T->getPointeeType()->isPointerType()) {
      model::Condition NotNull;
      NotNull.About = model::Condition::Subject::Handle;
      Held.push_back(NotNull);
    }
  }
  for (const model::Condition &C : Held) {
    SymbolId Subject;
    if (C.About == model::Condition::Subject::Handle) {
      Subject = Handle;
      L->Conditions.push_back({Subject, Fact::except(0)});
    } else if (C.About == model::Condition::Subject::Return &&
               Result.isSymbol()) {
      Subject = Result.Symbol;
      L->Conditions.push_back({Subject, factOf(C)});
    } else if (C.About == model::Condition::Subject::Field) {
      Subject = fieldAfter(I, S, C, Result);
      L = S.lease(Id);
      if (L && Subject.valid())
        L->Conditions.push_back({Subject, factOf(C)});
    }
    // What is known already settles it here and now.
    if (Subject.valid()) {
      restrict(S, Subject, [](Fact &) { return true; });
      if (!(L = S.lease(Id)))
        return;
    }
  }
}

/// Numbers and pointers that a modelled call may have written, apart from what
/// the model tells of.
void Solver::forgetWritten(State &S, const Invocation &I,
                           llvm::ArrayRef<model::FunctionEntry> Matching) {
  auto Told = [&](unsigned N) {
    return settles(Matching, {model::Slot::Kind::Arg, N}) ||
           settles(Matching, {model::Slot::Kind::Pointee, N});
  };
  for (unsigned N = 0; N < I.Args.size(); ++N) {
    QualType T = parameterType(I, N);
    QualType Pointee = T.isNull() ? T : T->getPointeeType();
    PlaceId Place = placeOf(I.Args[N]);
    if (Pointee.isNull() || !T->isPointerType() || !Pointee->isScalarType() ||
        Pointee.isConstQualified() || !Place.valid() || Told(N) ||
        Table[Place].What == PlaceData::Kind::Pointee)
      continue;
    const Value *Held = S.Places.find(Place);
    if (!Held || !Held->isSymbol() || !S.leaseOf(Held->Symbol))
      S.Places.set(Place, fresh(S, I.Where, 100 + 16 * N));
  }
}

Outcomes Solver::callModel(const Invocation &Given, State S,
                           llvm::ArrayRef<model::FunctionEntry> Matching) {
  // Releases and transfers that hang on the result are told apart first.
  const model::Condition *Split = nullptr;
  for (const model::FunctionEntry &E : Matching) {
    for (const model::Release &R : E.Entry->Releases)
      if (R.When && R.When->About == model::Condition::Subject::Return)
        Split = &*R.When;
    for (const model::Take &T : E.Entry->Takes)
      if (T.When && T.When->About == model::Condition::Subject::Return)
        Split = &*T.When;
  }
  Outcomes Result;
  auto Apply = [&](State After, std::optional<bool> Holds,
                   std::optional<bool> AliasNull) {
    Invocation I = Given;
    Value Returned = resultOf(I, After);
    forgetWritten(After, I, Matching);
    if (Holds && Returned.isSymbol())
      restrict(After, Returned.Symbol, [&](Fact &F) {
        Fact Wanted = factOf(*Split);
        if (*Holds)
          return F.restrict(Wanted);
        return Split->Negated ? F.restrict(Fact::range(Split->Low, Split->High))
                              : F.exclude(Split->Low, Split->High);
      });
    auto Happens = [&](const std::optional<model::Condition> &C) {
      return !C || C->About != model::Condition::Subject::Return || !Holds ||
             *Holds;
    };
    unsigned Index = 0;
    llvm::SmallVector<model::Slot, 2> Released;
    for (const model::FunctionEntry &E : Matching) {
      for (const model::Release &R : E.Entry->Releases) {
        // One that releases several kinds releases the one there is.
        if (!Happens(R.When) || llvm::is_contained(Released, R.Handle))
          continue;
        Released.push_back(R.Handle);
        Value Handle = slotValue(I, R.Handle, After);
        releaseModelled(After, I, Matching, R.Handle, Sure::Known);
        if (Returned.isSymbol() && Handle.isSymbol())
          if (EndedLease *Ended = After.ended(Handle.Symbol))
            Ended->Status = Returned.Symbol;
        if (R.Handle.Where == model::Slot::Kind::Pointee)
          store(After, I.Args[R.Handle.Index], Value::integer(0), I.Where);
      }
      for (const model::DerivedRelease &R : E.Entry->ReleasesDerived)
        releaseDerived(After, slotValue(I, R.Of, After),
                       Env.Models.resource(R.Resource, *E.Owner), I);
      for (const model::Take &T : E.Entry->Takes)
        if (Happens(T.When))
          take(After, I, T);
      for (const model::Acquire &A : E.Entry->Acquires)
        acquire(I, After, A, E, Index++, Returned);
      if (E.Entry->Returns) {
        Value Alias = slotValue(I, *E.Entry->Returns, After);
        if (HeldLease *L = AliasNull && Alias.isSymbol()
                               ? After.leaseOf(Alias.Symbol)
                               : nullptr)
          L->Unopened = *AliasNull;
        if (AliasNull && *AliasNull)
          Returned = Value::integer(0);
        else if (Alias.known())
          Returned = Alias;
      }
    }
    Result.push_back({std::move(After), Returned});
  };
  bool MayBeNull = llvm::any_of(Matching, [](const model::FunctionEntry &E) {
    return E.Entry->Returns && E.Entry->NullOnFailure;
  });
  if (Split) {
    Apply(S, true, std::nullopt);
    Apply(std::move(S), false, std::nullopt);
  } else if (MayBeNull) {
    Apply(S, std::nullopt, true);
    Apply(std::move(S), std::nullopt, false);
  } else {
    Apply(std::move(S), std::nullopt, std::nullopt);
  }
  return Result;
}

} // namespace conntidy::flow
