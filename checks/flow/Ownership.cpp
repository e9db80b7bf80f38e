//===- Ownership.cpp - releases and changes of owner ----------------------===//

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

/// Numbers of the values that globals have after a call; arguments have smaller
/// ones.
static constexpr unsigned FirstForgotten = 10000;

bool Solver::cameFromOutside(SymbolId S) const {
  SymbolData::Kind K = Table[S].What;
  return K == SymbolData::Kind::Parameter || K == SymbolData::Kind::Entry ||
         K == SymbolData::Kind::This;
}

void Solver::recordEntryEffect(State &S, SymbolId Entry, bool Released,
                               bool ByDestructor,
                               model::ResourceEntry Resource) {
  if (!cameFromOutside(Entry))
    return;
  Disposed.insert(Entry);
  for (EntryEffect &E : S.Effects)
    if (E.Entry == Entry && !E.Invoked) {
      E.Released |= Released;
      E.Unsure = false;
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

void Solver::recordInvocation(State &S, SymbolId Callable,
                              const Value &Argument, bool ByDestructor) {
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
    llvm::stable_sort(S.Effects,
                      [](const EntryEffect &A, const EntryEffect &B) {
                        return A.Entry < B.Entry;
                      });
  }
}

SymbolId Solver::selfOf(const State &S, const Value &V) {
  // An object that is a lease itself: mysql_close(&object).
  if (PlaceId Object = placeOf(V); Object.valid())
    if (const Value *Self =
            S.Places.find(Table.field(Object, PseudoField::Self)))
      if (Self->isSymbol())
        return Self->Symbol;
  return {};
}

SymbolId Solver::handleOf(const State &S, const Value &V) {
  SymbolId Symbol = V.isSymbol() ? V.Symbol : SymbolId();
  if (Symbol.valid() && llvm::any_of(S.Leases, [&](const HeldLease &L) {
        return L.Handle == Symbol;
      }))
    return Symbol;
  SymbolId Self = selfOf(S, V);
  return Self.valid() ? Self : Symbol;
}

void Solver::release(State &S, const Value &Handle,
                     model::ResourceEntry Resource, const Invocation &By,
                     Sure How) {
  SymbolId Symbol = handleOf(S, Handle), Object = selfOf(S, Handle);
  // What an object from outside holds is for the caller to know.
  if (PlaceId Place = placeOf(Handle);
      !Symbol.valid() && Handle.isAddress() && Place.valid() &&
      llvm::is_contained({PlaceData::Kind::Pointee, PlaceData::Kind::Global},
                         Table[Table.root(Place)].What)) {
    Value Self = load(S, Value::address(Table.field(Place, PseudoField::Self)));
    if (Self.isSymbol())
      recordEntryEffect(S, Self.Symbol, true, By.ByDestructor, Resource);
    return;
  }
  if (!Symbol.valid())
    return;
  if (Fact F = S.fact(Symbol); F.Low == 0 && F.High == 0)
    return; // there is nothing to release
  if (auto Given = GivenToCallables.find(Symbol);
      Given != GivenToCallables.end() && !S.leaseOf(Symbol))
    OnlyLent.insert(Given->second.begin(), Given->second.end());
  // A handle may carry two leases: the one of the same kind, or the only one,
  // is meant.
  HeldLease *Found = nullptr;
  for (HeldLease &L : S.Leases)
    if (L.Handle == Symbol || L.Handle == Object) {
      if (!Found || (Resource && site(L.Lease).Resource == Resource))
        Found = &L;
    }
  if (Found) {
    LeaseSite &Site = site(Found->Lease);
    LeaseId Lease = Found->Lease;
    SymbolId Ended = Found->Handle;
    if (Resource && Site.Resource && !(Site.Resource == Resource))
      wronglyReleased(S, *Found, By);
    (By.ByDestructor ? Site.Guarded : Site.Released) = true;
    Site.Ended = true;
    settleWork(S, *Found, By);
    S.dropLease(Lease);
    connectionEnds(S, Ended, Site.Resource ? Site.Resource : Resource,
                   By.Where);
    if (!S.Views.empty())
      endViewsOfDerived(S, Ended, By);
    if (How == Sure::Known)
      end(S, Ended, Site.Resource ? Site.Resource : Resource, By, Lease);
    return;
  }
  if (EndedLease *E = S.ended(Symbol)) {
    if (How == Sure::Known)
      releasedAgain(S, *E, By);
    S.forgetEnded(Symbol);
    return;
  }
  connectionEnds(S, Symbol, Resource, By.Where);
  recordEntryEffect(S, Symbol, true, By.ByDestructor, Resource);
  if (How == Sure::Known && Resource)
    end(S, Symbol, Resource, By, LeaseId());
}

void Solver::giveToCallable(State &S, const Invocation &I) {
  for (const Value &V : I.Args)
    if (HeldLease *L = V.isSymbol() ? S.leaseOf(V.Symbol) : nullptr) {
      L->GivenTo = I.Where;
      auto &Calls = GivenToCallables[V.Symbol];
      if (!llvm::is_contained(Calls, I.Where))
        Calls.push_back(I.Where);
    }
}

void Solver::releaseDerived(State &S, const Value &Parent,
                            model::ResourceEntry Resource,
                            const Invocation &By) {
  llvm::SmallVector<HeldLease, 2> Derived;
  for (const HeldLease &L : S.Leases)
    if (site(L.Lease).Resource == Resource &&
        !(L.Parent.valid() && Parent.isSymbol() && L.Parent != Parent.Symbol))
      Derived.push_back(L);
  for (const HeldLease &L : Derived) {
    site(L.Lease).Released = true;
    S.dropLease(L.Lease);
    // Only of one that surely derives is it known that it is gone.
    if (L.Parent.valid())
      end(S, L.Handle, Resource, By, L.Lease);
  }
}

void Solver::takeOverSymbol(State &S, SymbolId Handle) {
  if (Table[Handle].What == SymbolData::Kind::New &&
      !llvm::is_contained(S.Escaped, Handle))
    S.Escaped.push_back(Handle);
  bool Any = false;
  while (HeldLease *L = S.leaseOf(Handle)) {
    site(L->Lease).Guarded = site(L->Lease).HandedOn = true;
    S.dropLease(L->Lease);
    Any = true;
  }
  if (Any)
    connectionEnds(S, Handle, {}, nullptr);
  else
    recordEntryEffect(S, Handle, false, false, {});
}

void Solver::takeOver(State &S, const Value &Handle) {
  if (Handle.isSymbol())
    takeOverSymbol(S, Handle.Symbol);
  if (Handle.isAddress() || Handle.isSymbol())
    takeContents(S, Handle);
}

/// A body that could be seen may end the program, or release whatever it can
/// get at: nothing is said any more of what is held or was released here.
void Solver::giveUp(State &S, const Invocation &I) {
  for (const Value &V : I.Args)
    takeOver(S, V);
  if (I.HasObject)
    takeOver(S, I.Object);
  for (const HeldLease &L : S.Leases)
    site(L.Lease).Guarded = true;
  S.Leases.clear();
  S.Ended.clear();
  S.Transactions.clear();
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

/// Members of what the function was given, in as many steps as it takes
/// (`h->tail->res`).
void Solver::takeBehind(State &S, const Value &Pointer) {
  if (!Pointer.isSymbol())
    return;
  llvm::SmallVector<SymbolId, 2> Handles;
  for (auto &[Place, V] : S.Places) {
    const PlaceData &Root = Table[Table.root(Place)];
    if (V.isSymbol() && S.leaseOf(V.Symbol) &&
        Root.What == PlaceData::Kind::Pointee &&
        Table.reachedThrough(Root.Symbol, Pointer.Symbol))
      Handles.push_back(V.Symbol);
  }
  for (SymbolId Handle : Handles)
    takeOverSymbol(S, Handle);
}

void Solver::takeClosure(State &S, const Value &Closure) {
  const CXXRecordDecl *R = classOf(placeOf(Closure));
  const CXXMethodDecl *Run = callOperator(R);
  const Summary *Sum = Run ? Env.summaryOf(Run) : nullptr;
  bool Disposes =
      !Run || !visibleBody(Run) ||
      (Sum &&
       (Sum->TooComplex || llvm::any_of(Sum->Cases, [](const SummaryCase &C) {
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
      takeOver(S, load(S, Value::address(Table.field(placeOf(Closure), F))));
}

/// A function whose body is seen may call others that are not, and they may do
/// anything with a global. What the summary speaks of is known.
void Solver::shareGlobals(State &S, const Summary *Sum) {
  llvm::SmallVector<SymbolId, 2> Shared;
  for (auto &[Place, V] : S.Places) {
    const PlaceData &Root = Table[Table.root(Place)];
    if (Root.What != PlaceData::Kind::Global || !V.isSymbol() ||
        !S.leaseOf(V.Symbol))
      continue;
    auto IsIt = [&](const SummaryEffect &E) {
      return E.At.From == Path::Root::Global && E.At.Global == Root.Origin;
    };
    if (!Sum || Sum->TooComplex ||
        llvm::none_of(Sum->Cases, [&](const SummaryCase &C) {
          return llvm::any_of(C.Effects, IsIt);
        }))
      Shared.push_back(V.Symbol);
  }
  for (SymbolId Handle : Shared)
    takeOverSymbol(S, Handle);
}

void Solver::forgetGlobals(State &S, const Stmt *Where) {
  // A global that this function itself sets may be set by others just as well.
  // One it only reads is taken to stay: two tests of one setting agree.
  llvm::SmallVector<PlaceId, 4> Set;
  for (auto &[Place, V] : S.Places)
    if (Table[Table.root(Place)].What == PlaceData::Kind::Global &&
        !isConstantGlobal(Place))
      Set.push_back(Place);
  for (PlaceId Place : Set) {
    const Value Held = *S.Places.find(Place);
    if (Held.isSymbol() && S.leaseOf(Held.Symbol))
      takeOverSymbol(S, Held.Symbol);
    if (Held.isSymbol() && S.Views.find(Held.Symbol))
      continue; // where it was put is remembered
    // Not what it was on entry, in any case: that may be released by now.
    S.Places.set(Place, fresh(S, Where, FirstForgotten + Place.Number));
  }
}

} // namespace conntidy::flow
