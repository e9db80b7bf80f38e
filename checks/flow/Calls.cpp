//===- Calls.cpp - calls of modelled and unknown functions ----------------===//

#include "cfg/Escapes.h"
#include "flow/Names.h"
#include "flow/Solver.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/Attr.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/ExprCXX.h"
#include "clang/Basic/Builtins.h"

using namespace clang;

namespace conntidy::flow {

static QualType paramType(const Invocation &I, unsigned N) {
  if (I.Callee && N < I.Callee->getNumParams())
    return I.Callee->getParamDecl(N)->getType();
  if (I.Site && N < I.Site->ArgExprs.size() && I.Site->ArgExprs[N])
    return I.Site->ArgExprs[N]->getType();
  return {};
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
  QualType T = paramType(I, Slot.Index);
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

llvm::SmallVector<model::FunctionEntry, 2>
Solver::matchingEntries(const Invocation &I, const State &S) const {
  llvm::SmallVector<model::FunctionEntry, 2> Result, Possible;
  llvm::ArrayRef<model::FunctionEntry> All;
  if (I.Callee)
    All = Env.Models.entriesFor(I.Callee);
  else if (I.Site)
    if (auto *F = dyn_cast_or_null<FieldDecl>(I.Site->Through))
      All = Env.Models.entriesFor(F);
  for (const model::FunctionEntry &E : All) {
    if (E.Entry->Arity && *E.Entry->Arity != I.Args.size())
      continue;
    bool Unknown = false;
    bool Applies = llvm::all_of(E.Entry->When, [&](const model::ArgumentIs &W) {
      if (W.Arg.Index >= I.Args.size())
        return false;
      if (W.Integer)
        if (QualType T = paramType(I, W.Arg.Index);
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
      bool NotNull = Arg.isAddress() ||
                     Arg.What == Value::Kind::Function ||
                     (Arg.isSymbol() && !S.fact(Arg.Symbol).contains(0));
      if (W.Negated && (W.Value != 0 || NotNull || !Arg.known() ||
                        Arg.isSymbol()))
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
  S.dropLease(Id);
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
    if (V.isSymbol() && A.Handle.Where == model::Slot::Kind::Arg) {
      Handle = V.Symbol;
      break;
    }
    PlaceId Object = placeOf(V);
    if (!Object.valid())
      return;
    age(S, D, &I);
    Handle = Table.symbol(D);
    Self = Table.field(Object, PseudoField::Self);
    break;
  }
  }
  if (!Handle.valid())
    return;
  std::string Api = I.Callee ? model::qualifiedName(I.Callee)
                             : Entry.Entry->Names.front();
  LeaseId Id = addLease(I, S, Index,
                        Env.Models.resource(A.Resource, *Entry.Owner), Api,
                        Handle);
  if (A.Handle.Where == model::Slot::Kind::Pointee)
    store(S, I.Args[A.Handle.Index], Value::symbol(Handle), I.Where);
  else if (Self.valid())
    store(S, Value::address(Self), Value::symbol(Handle), I.Where);
  HeldLease *L = S.lease(Id);
  if (!L)
    return; // stored where it outlives the function
  if (A.Parent)
    if (Value Parent = slotValue(I, *A.Parent, S); Parent.isSymbol())
      L->Parent = Parent.Symbol;
  // A pointer that is null is no handle, whatever the status says.
  llvm::SmallVector<model::Condition, 3> Held(A.Held.begin(), A.Held.end());
  if (A.Handle.Where == model::Slot::Kind::Pointee) {
    QualType T = paramType(I, A.Handle.Index);
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
    }
    // What is known already settles it here and now.
    if (Subject.valid()) {
      restrict(S, Subject, [](Fact &) { return true; });
      if (!(L = S.lease(Id)))
        return;
    }
  }
}

void Solver::recordEntryEffect(State &S, SymbolId Entry, bool Released,
                               bool ByDestructor,
                               model::ResourceEntry Resource) {
  SymbolData::Kind K = Table[Entry].What;
  if (K != SymbolData::Kind::Parameter && K != SymbolData::Kind::Entry &&
      K != SymbolData::Kind::This)
    return;
  for (EntryEffect &E : S.Effects)
    if (E.Entry == Entry && !E.Invoked) {
      E.Released |= Released;
      return;
    }
  EntryEffect Effect;
  Effect.Entry = Entry;
  Effect.Released = Released;
  Effect.ByDestructor = ByDestructor;
  Effect.Resource = Resource;
  S.Effects.push_back(Effect);
  llvm::stable_sort(S.Effects, [](const EntryEffect &A, const EntryEffect &B) {
    return A.Entry < B.Entry;
  });
}

void Solver::recordInvocation(State &S, SymbolId Callable, const Value &Argument,
                              bool ByDestructor) {
  SymbolData::Kind K = Table[Callable].What;
  if (K != SymbolData::Kind::Parameter && K != SymbolData::Kind::Entry)
    return;
  EntryEffect Effect;
  Effect.Entry = Callable;
  Effect.Invoked = true;
  Effect.Argument = Argument;
  Effect.ByDestructor = ByDestructor || isa<CXXDestructorDecl>(P.Function);
  if (!llvm::is_contained(S.Effects, Effect) && S.Effects.size() < 8) {
    S.Effects.push_back(Effect);
    llvm::stable_sort(S.Effects, [](const EntryEffect &A, const EntryEffect &B) {
      return A.Entry < B.Entry;
    });
  }
}

void Solver::release(State &S, const Value &Handle,
                     model::ResourceEntry Resource, bool ByDestructor) {
  SymbolId Symbol = Handle.isSymbol() ? Handle.Symbol : SymbolId();
  // An object that is a lease itself: mysql_close(&object).
  if (!Symbol.valid() || !S.leaseOf(Symbol))
    if (PlaceId Object = placeOf(Handle); Object.valid())
      if (const Value *Self =
              S.Places.find(Table.field(Object, PseudoField::Self)))
        if (Self->isSymbol())
          Symbol = Self->Symbol;
  if (!Symbol.valid())
    return;
  // A handle may carry two leases (an ODBC connection that is also open): the one
  // of the same kind, or the only one, is meant.
  HeldLease *Found = nullptr;
  for (HeldLease &L : S.Leases)
    if (L.Handle == Symbol) {
      if (!Found || (Resource && site(L.Lease).Resource == Resource))
        Found = &L;
    }
  // The release of something else releases nothing.
  if (Found && (!Resource || !site(Found->Lease).Resource ||
                site(Found->Lease).Resource == Resource)) {
    LeaseSite &Site = site(Found->Lease);
    (ByDestructor ? Site.Guarded : Site.Released) = true;
    S.dropLease(Found->Lease);
    return;
  }
  if (!Found)
    recordEntryEffect(S, Symbol, true, ByDestructor, Resource);
}

void Solver::releaseDerived(State &S, const Value &Parent,
                            model::ResourceEntry Resource) {
  llvm::erase_if(S.Leases, [&](const HeldLease &L) {
    if (!(site(L.Lease).Resource == Resource))
      return false;
    if (L.Parent.valid() && Parent.isSymbol() && L.Parent != Parent.Symbol)
      return false;
    site(L.Lease).Released = true;
    return true;
  });
}

void Solver::takeOverSymbol(State &S, SymbolId Handle) {
  if (Table[Handle].What == SymbolData::Kind::New &&
      !llvm::is_contained(S.Escaped, Handle))
    S.Escaped.push_back(Handle);
  bool Any = false;
  while (HeldLease *L = S.leaseOf(Handle)) {
    site(L->Lease).Guarded = true;
    S.dropLease(L->Lease);
    Any = true;
  }
  if (!Any)
    recordEntryEffect(S, Handle, false, false, {});
}

void Solver::takeOver(State &S, const Value &Handle) {
  if (Handle.isSymbol())
    takeOverSymbol(S, Handle.Symbol);
  if (Handle.isAddress() || Handle.isSymbol())
    takeContents(S, Handle);
}

bool Solver::holdsLease(const State &S, PlaceId Within, unsigned Depth) {
  if (S.Leases.empty())
    return false;
  for (auto &[Place, V] : S.Places) {
    if (!V.isSymbol() || !Table.within(Place, Within))
      continue;
    for (const HeldLease &L : S.Leases)
      if (L.Handle == V.Symbol)
        return true;
    if (Depth && Table[V.Symbol].What == SymbolData::Kind::New &&
        holdsLease(S, Table.pointee(V.Symbol), Depth - 1))
      return true;
  }
  return false;
}

void Solver::takeContents(State &S, const Value &Address, bool Whole) {
  // Who has the address of a part can get at the whole (`&entry->node`).
  llvm::SmallVector<PlaceId, 4> Todo;
  if (PlaceId Start = placeOf(Address); Start.valid())
    Todo.push_back(Whole && Table[Table.root(Start)].What ==
                                PlaceData::Kind::Pointee
                       ? Table.root(Start)
                       : Start);
  llvm::SmallVector<PlaceId, 8> Seen;
  while (!Todo.empty()) {
    PlaceId Outer = Todo.pop_back_val();
    if (!Outer.valid() || llvm::is_contained(Seen, Outer))
      continue;
    Seen.push_back(Outer);
    const PlaceData &D = Table[Outer];
    if (D.What == PlaceData::Kind::Pointee &&
        Table[D.Symbol].What == SymbolData::Kind::New &&
        !llvm::is_contained(S.Escaped, D.Symbol))
      S.Escaped.push_back(D.Symbol);
    llvm::SmallVector<SymbolId, 4> Handles;
    for (auto &[Place, V] : S.Places) {
      if (!Table.within(Place, Outer))
        continue;
      if (V.isSymbol()) {
        Handles.push_back(V.Symbol);
        Todo.push_back(Table.pointee(V.Symbol));
      } else if (V.isAddress()) {
        Todo.push_back(V.Place);
      }
    }
    // In an object that was made here, what came from outside goes along.
    const PlaceData &Root = Table[Table.root(Outer)];
    bool Ours = Root.What == PlaceData::Kind::Pointee &&
                Table[Root.Symbol].What == SymbolData::Kind::New;
    for (SymbolId H : Handles)
      if (S.leaseOf(H))
        takeOverSymbol(S, H);
      else if (Ours)
        recordEntryEffect(S, H, false, false, {});
  }
}

void Solver::takeClosure(State &S, const Value &Closure) {
  const CXXRecordDecl *R = classOf(placeOf(Closure));
  const CXXMethodDecl *Run = callOperator(R);
  const Summary *Sum = Run ? Env.summaryOf(Run) : nullptr;
  bool Disposes =
      !Run || !visibleBody(Run) ||
      (Sum && (Sum->TooComplex ||
               llvm::any_of(Sum->Cases, [](const SummaryCase &C) {
                 return llvm::any_of(C.Effects, [](const SummaryEffect &E) {
                   return E.What != SummaryEffect::Kind::Store;
                 });
               })));
  if (Disposes) {
    takeContents(S, Closure);
    return;
  }
  for (const FieldDecl *F : R->fields())
    if (!F->getType()->isReferenceType())
      takeOver(S, load(S, Value::address(
                              Table.field(placeOf(Closure), F))));
}

void Solver::forgetGlobals(State &S, const Stmt *Where) {
  // A global that this function itself sets may be set by others just as well. One
  // it only reads is taken to stay: two tests of one setting agree.
  llvm::SmallVector<PlaceId, 4> Set;
  for (auto &[Place, V] : S.Places)
    if (Table[Table.root(Place)].What == PlaceData::Kind::Global)
      Set.push_back(Place);
  for (PlaceId Place : Set)
    S.Places.erase(Place);
  S.Facts.eraseIf([&](const auto &E) {
    const SymbolData &D = Table[E.first];
    return D.What == SymbolData::Kind::Entry &&
           llvm::is_contained(Set, D.Place);
  });
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
    for (const model::FunctionEntry &E : Matching) {
      for (const model::Release &R : E.Entry->Releases) {
        if (!Happens(R.When))
          continue;
        Value Handle = slotValue(I, R.Handle, After);
        release(After, Handle, Env.Models.resource(R.Resource, *E.Owner),
                I.ByDestructor);
        if (R.Handle.Where == model::Slot::Kind::Pointee)
          store(After, I.Args[R.Handle.Index], Value::integer(0), I.Where);
      }
      for (const model::DerivedRelease &R : E.Entry->ReleasesDerived)
        releaseDerived(After, slotValue(I, R.Of, After),
                       Env.Models.resource(R.Resource, *E.Owner));
      for (const model::Take &T : E.Entry->Takes)
        if (Happens(T.When))
          takeOver(After, slotValue(I, T.Handle, After));
      for (const model::Acquire &A : E.Entry->Acquires)
        acquire(I, After, A, E, Index++, Returned);
      if (E.Entry->Returns) {
        Value Alias = slotValue(I, *E.Entry->Returns, After);
        if (AliasNull && *AliasNull)
          Returned = Value::integer(0);
        else if (Alias.known())
          Returned = Alias;
      }
    }
    Result.push_back({std::move(After), Returned});
  };
  bool MayBeNull =
      llvm::any_of(Matching, [](const model::FunctionEntry &E) {
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

/// Declared by the system, or by a header that a model names.
bool Solver::isOfALibrary(const FunctionDecl *F) const {
  const SourceManager &SM = Env.Context.getSourceManager();
  SourceLocation Where = SM.getExpansionLoc(F->getLocation());
  if (F->getBuiltinID() || SM.isInSystemHeader(Where))
    return true;
  OptionalFileEntryRef File = SM.getFileEntryRefForID(SM.getFileID(Where));
  return File && Env.Models.set().namesHeader(File->getName());
}

/// True for an argument that is the only name of what it acquires.
static bool isFreshArgument(const Expr *E) {
  if (!E)
    return false;
  E = E->IgnoreParenCasts();
  if (auto *C = dyn_cast<ExprWithCleanups>(E))
    E = C->getSubExpr()->IgnoreParenCasts();
  return isa<CallExpr, CXXNewExpr>(E) && !isa<CXXMemberCallExpr>(E) &&
         !isa<CXXOperatorCallExpr>(E);
}

/// A class that takes charge of what its constructor is given.
static bool ownsWhatItIsGiven(const CXXRecordDecl *R) {
  const CXXRecordDecl *Def = R->getDefinition();
  if (!Def)
    return true;
  if (isInStandardLibrary(Def))
    return false;
  const CXXDestructorDecl *D = Def->getDestructor();
  return D && D->isUserProvided() && !visibleBody(D);
}

Outcomes Solver::callUnknown(Invocation I, State S, Seen How) {
  bool BodySeen = How != Seen::Nothing;
  std::string Name;
  if (I.Callee && I.Callee->getDeclName().isIdentifier())
    Name = I.Callee->getName().str();
  else if (I.Site && I.Site->Through)
    if (auto *N = dyn_cast<NamedDecl>(I.Site->Through))
      Name = N->getNameAsString();
  // What a library's own header declares and no model mentions only looks at the
  // handle, whatever it is called.
  bool FromSystem = I.Callee && isOfALibrary(I.Callee);
  NameHint Hint = FromSystem ? NameHint::None : hintOf(Name);
  const auto *Ctor = dyn_cast_or_null<CXXConstructorDecl>(I.Callee);
  bool Owns = Ctor && !BodySeen &&
              (ownsWhatItIsGiven(Ctor->getParent()) ||
               (!Ctor->isCopyOrMoveConstructor() && !visibleBody(Ctor) &&
                Env.destructorMatters(Ctor->getParent())));
  const CXXRecordDecl *Result =
      I.Site && I.Site->Where && I.Site->Where->isPRValue()
          ? I.Site->Where->getType()->getAsCXXRecordDecl()
          : nullptr;
  bool Wraps = !Ctor && !BodySeen && Result && Result->hasDefinition() &&
               !isInStandardLibrary(Result) && Result->getDestructor() &&
               Result->getDestructor()->isUserProvided();

  // A descriptor or stream that goes into a function of the project and an object
  // that comes out: the object is the new owner (`stream_open(fd)`).
  auto IsDescriptor = [&](SymbolId Handle) {
    HeldLease *L = S.leaseOf(Handle);
    const model::ResourceEntry &R = site(L->Lease).Resource;
    return R && (R.Entry->Kind == model::ResourceKind::Socket ||
                 R.Entry->Kind == model::ResourceKind::Stream ||
                 R.Entry->Kind == model::ResourceKind::Other);
  };
  bool MakesObject =
      I.Callee && !FromSystem && !Ctor &&
      (Result || (I.Callee->getReturnType()->isPointerType() &&
                  !I.Callee->getReturnType()->getPointeeType()->isCharType()));
  for (size_t N = 0; N < I.Args.size(); ++N) {
    const Value &V = I.Args[N];
    QualType T = paramType(I, N);
    const Expr *Spelled = I.Site && N < I.Site->ArgExprs.size()
                              ? I.Site->ArgExprs[N]
                              : nullptr;
    bool Moved = !T.isNull() && T->isRValueReferenceType();
    bool Scalar = !T.isNull() && (T->isPointerType() || T->isIntegerType());
    // By reference to the handle itself.
    if (!T.isNull() && T->isReferenceType() &&
        T->getPointeeType()->isPointerType()) {
      Value Inner = load(S, V);
      if (Inner.isSymbol() && S.leaseOf(Inner.Symbol) &&
          (Moved || !T->getPointeeType().isConstQualified()) && !BodySeen)
        takeOver(S, Inner);
      else if (Inner.isSymbol() && (Owns || Hint == NameHint::Take))
        takeOver(S, Inner);
      continue;
    }
    if (V.isSymbol() && S.leaseOf(V.Symbol)) {
      // Buffers come from malloc(), whatever their library would rather see.
      if (I.Callee && (I.Callee->getBuiltinID() == Builtin::BIfree ||
                       I.Callee->getBuiltinID() == Builtin::BIrealloc)) {
        const model::ResourceEntry &R = site(S.leaseOf(V.Symbol)->Lease).Resource;
        if (R && R.Entry->Kind == model::ResourceKind::Buffer)
          release(S, V, {}, I.ByDestructor);
        continue;
      }
      if (Hint == NameHint::Release && !BodySeen)
        release(S, V, {}, I.ByDestructor);
      else if (!BodySeen && (Owns || Wraps || Hint == NameHint::Take ||
                             (!FromSystem && isFreshArgument(Spelled)) ||
                             (IsDescriptor(V.Symbol) && MakesObject)))
        takeOver(S, V);
      continue;
    }
    // A struct of the caller's that goes to be freed takes with it what it holds.
    if (V.isSymbol() && !BodySeen && Hint == NameHint::Release &&
        !T.isNull() && T->isPointerType() &&
        T->getPointeeType()->isRecordType() &&
        Table[V.Symbol].What == SymbolData::Kind::Parameter)
      recordEntryEffect(S, V.Symbol, false, false, {});
    if (V.isSymbol() && !BodySeen && Scalar &&
        Env.Models.isHandleType(T)) {
      // The caller of this function needs to know.
      if (Hint == NameHint::Release)
        release(S, V, {}, I.ByDestructor);
      else if (Owns || Hint == NameHint::Take)
        takeOver(S, V);
    }
    PlaceId Object = placeOf(V);
    if (!Object.valid())
      continue;
    bool ByValue = !T.isNull() && T->isRecordType();
    bool ReadOnly = !T.isNull() &&
                    (T->isPointerType() || T->isReferenceType()) &&
                    T->getPointeeType().isConstQualified();
    // A modelled object goes by reference as a raw handle goes by value.
    bool LentObject =
        !T.isNull() && !ByValue && !Moved &&
        (T->isPointerType() || T->isReferenceType()) &&
        T->getPointeeType()->isRecordType() &&
        Env.Models.isHandleType(T->getPointeeType());
    PlaceId Whole = Table.root(Object);
    bool PartOfNew = Table[Whole].What == PlaceData::Kind::Pointee &&
                     Table[Table[Whole].Symbol].What == SymbolData::Kind::New;
    if (LentObject) {
      continue;
    } else if (holdsLease(S, PartOfNew ? Whole : Object)) {
      // A closure that runs later may release what it captured; so may anyone who
      // can write to the object.
      bool Closure = isClosure(Object);
      if (Closure && How != Seen::Body)
        takeClosure(S, V);
      else if (How != Seen::Body &&
               (Moved || (!BodySeen && (ByValue || !ReadOnly ||
                                        Hint == NameHint::Take))))
        takeContents(S, V);
      else if (How == Seen::Body && I.Callee &&
               escapes(I.Callee, N, Env.Models))
        takeContents(S, V);
    } else if (isClosure(Object) && How != Seen::Body) {
      takeClosure(S, V);
    }
    // What can be written to is not known any more, unless a lease hangs on it.
    if (!ReadOnly && !ByValue && Table[Object].What != PlaceData::Kind::Pointee) {
      llvm::SmallVector<PlaceId, 4> Written;
      for (auto &[Place, Held] : S.Places)
        if (Table.within(Place, Object) &&
            !(Held.isSymbol() && S.leaseOf(Held.Symbol)))
          Written.push_back(Place);
      if (!llvm::is_contained(Written, Object) && !S.Places.find(Object))
        Written.push_back(Object);
      unsigned Index = 100 + 16 * N;
      for (PlaceId Place : Written)
        S.Places.set(Place, fresh(S, I.Where, Index++));
    }
  }
  if (I.HasObject && !Ctor && !BodySeen)
    if (PlaceId Object = placeOf(I.Object); Object.valid()) {
      auto *M = dyn_cast_or_null<CXXMethodDecl>(I.Callee);
      // Methods of a modelled class that no model mentions only use it.
      bool Known =
          M && (isOfALibrary(M) ||
                Env.Models.isHandleType(
                    Env.Context.getCanonicalTagType(M->getParent())));
      if (!(M && M->isConst()) && !Known && holdsLease(S, Object))
        takeContents(S, I.Object);
    }
  // A callable from outside: the caller may know what it does with its argument.
  if (!I.Callee && I.Site && !I.Args.empty())
    if (Value F = get(S, I.Site->CalleeValue); F.isSymbol())
      recordInvocation(S, F.Symbol, I.Args.front(), I.ByDestructor);
  if (!BodySeen && !FromSystem)
    forgetGlobals(S, I.Where);
  Value Returned = resultOf(I, S);
  // Memory of our own: handles stored in it are ours until it is given away.
  if (I.Callee && Returned.isSymbol() && I.Callee->hasAttr<RestrictAttr>()) {
    SymbolData D;
    D.What = SymbolData::Kind::New;
    D.Site = I.Where;
    age(S, D, &I);
    Returned = Value::symbol(Table.symbol(D));
  }
  Outcomes Out;
  Out.push_back({std::move(S), Returned});
  return Out;
}

Outcomes Solver::callbacks(const Invocation &Given, State S,
                           llvm::ArrayRef<model::FunctionEntry> Matching) {
  Invocation I = Given;
  States Current;
  Current.push_back(S);
  for (const model::FunctionEntry &E : Matching)
    for (const model::Slot &Slot : E.Entry->Callbacks) {
      if (Slot.Index >= I.Args.size())
        continue;
      Value Callable = I.Args[Slot.Index];
      bool Known = false;
      States Next;
      for (State &C : Current)
        for (State &After :
             runCallable(C, Callable, {}, I.Where, I.Try, Known))
          Next.push_back(std::move(After));
      if (Known)
        Current.append(Next.begin(), Next.end());
    }
  Outcomes Out;
  for (State &C : Current) {
    Value Result = resultOf(I, C);
    Out.push_back({std::move(C), Result});
  }
  return Out;
}

Outcomes Solver::call(const Invocation &Given, State S) {
  Invocation I = Given;
  // What a captureless lambda converts to only forwards.
  if (auto *M = dyn_cast_or_null<CXXMethodDecl>(I.Callee);
      M && M->isLambdaStaticInvoker())
    I.Callee = M->getParent()->getLambdaCallOperator();
  auto Entries = matchingEntries(I, S);
  auto Raise = [&](const State &Before) {
    ThrownSet T;
    if (I.Callee)
      T = ThrowInference::asCallee(Env.Throws.ofCall(I.Callee, Entries));
    else if (!Entries.empty())
      T = Env.Throws.fromEntries(Entries).value_or(ThrownSet());
    else if (I.Site && I.Site->Where)
      if (auto *C = dyn_cast<CallExpr>(I.Site->Where))
        T = Env.Throws.ofIndirectCall(C->getCallee()->getType());
    if (!T.empty())
      raise(Before, T, I.Try, I.Where, I.Callee);
  };
  bool HasEffect = llvm::any_of(Entries, [](const model::FunctionEntry &E) {
    return !E.Entry->Acquires.empty() || !E.Entry->Releases.empty() ||
           !E.Entry->Takes.empty() || E.Entry->Returns ||
           !E.Entry->ReleasesDerived.empty();
  });
  bool Modelled = !Entries.empty();
  if (llvm::any_of(Entries, [](const model::FunctionEntry &E) {
        return E.Entry->NoReturn;
      })) {
    Raise(S);
    return {};
  }
  if (HasEffect) {
    // Whatever is released or taken counts even if the call throws.
    State Thrown = S;
    for (const model::FunctionEntry &E : Entries) {
      for (const model::Release &R : E.Entry->Releases)
        release(Thrown, slotValue(I, R.Handle, Thrown),
                Env.Models.resource(R.Resource, *E.Owner), I.ByDestructor);
      for (const model::Take &T : E.Entry->Takes)
        takeOver(Thrown, slotValue(I, T.Handle, Thrown));
    }
    Raise(Thrown);
    return callModel(I, std::move(S), Entries);
  }
  if (llvm::any_of(Entries, [](const model::FunctionEntry &E) {
        return !E.Entry->Callbacks.empty();
      })) {
    Raise(S);
    return callbacks(I, std::move(S), Entries);
  }
  for (const model::FunctionEntry &E : Entries)
    if (auto Out = swapOrExchange(I, S, *E.Entry))
      return *Out;
  if (auto Out = makeGuard(I, S))
    return *Out;
  if (auto Out = compareGuards(I, S))
    return *Out;
  if (auto *M = dyn_cast_or_null<CXXMethodDecl>(I.Callee))
    if (model::ClassEntry C = Env.Models.entryFor(M->getParent())) {
      State Before = S;
      if (auto Out = callClass(I, S, C)) {
        // A guard that fails to be made still disposes of what it was given.
        if (isa<CXXConstructorDecl>(M))
          for (const Value &V : I.Args)
            takeOver(Before, V);
        Raise(Before);
        return *Out;
      }
    }
  if (auto *M = dyn_cast_or_null<CXXMethodDecl>(I.Callee);
      M && I.HasObject && I.Args.size() == 1 && !M->isUserProvided()) {
    auto *C = dyn_cast<CXXConstructorDecl>(M);
    bool Moved = C ? C->isMoveConstructor() : M->isMoveAssignmentOperator();
    if (Moved ||
        (C ? C->isCopyConstructor() : M->isCopyAssignmentOperator())) {
      Raise(S);
      return copyMembers(I, std::move(S), Moved);
    }
  }
  if (I.Callee && !Modelled)
    if (const Summary *Sum = Env.summaryOf(I.Callee))
      return applySummary(I, std::move(S), *Sum);
  bool Library = Modelled || (I.Callee && I.Callee->getBuiltinID());
  Seen How = Library                              ? Seen::Model
             : I.Callee && visibleBody(I.Callee) ? Seen::Body
                                                 : Seen::Nothing;
  Outcomes Out = callUnknown(I, S, How);
  // Arguments that go over to the callee go over even if it throws.
  State Thrown = Out.front().After;
  Raise(Thrown);
  return Out;
}

} // namespace conntidy::flow
