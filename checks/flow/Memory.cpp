//===- Memory.cpp - places, values and what is known of them --------------===//

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

Value Solver::get(const State &S, TempId T) const {
  if (!T.valid())
    return {};
  const Value *V = S.Temps.find(T);
  return V ? *V : Value();
}

PlaceId Solver::placeOf(const Value &Address) {
  if (Address.isAddress())
    return Address.Place;
  if (Address.isSymbol())
    return Table.pointee(Address.Symbol);
  return {};
}

const FieldDecl *Solver::fieldAt(PlaceId Place) const {
  if (!Place.valid() || Table[Place].What != PlaceData::Kind::Field ||
      Table[Place].Pseudo != PseudoField::None)
    return nullptr;
  return static_cast<const FieldDecl *>(Table[Place].Origin);
}

Value Solver::load(State &S, const Value &Address) {
  PlaceId Place = placeOf(Address);
  if (!Place.valid())
    return {};
  if (const Value *V = S.Places.find(Place))
    return *V;
  if (auto V = constantAt(Place))
    return *V;
  SymbolData D;
  D.What = SymbolData::Kind::Entry;
  D.Place = Place;
  return Value::symbol(Table.symbol(D));
}

SymbolId Solver::behind(SymbolId S, SymbolId From, SymbolId To) {
  if (S == From)
    return To;
  SymbolData D = Table[S];
  PlaceId Root = Table.root(D.Place);
  SymbolId Through = behind(Table[Root].Symbol, From, To);
  D.Place = Table.rebase(D.Place, Root, Table.pointee(Through));
  return Table.symbol(D);
}

/// What was reached through the previous value (`slots[i]->conn`) is not what
/// is reached through the new one.
void Solver::ageBehind(State &S, SymbolId New, SymbolId &Old,
                       Invocation *Current) {
  llvm::SmallVector<std::pair<PlaceId, Value>, 4> Moved;
  for (auto &[P, V] : S.Places) {
    const PlaceData &Root = Table[Table.root(P)];
    if (Root.What == PlaceData::Kind::Pointee &&
        Table.reachedThrough(Root.Symbol, New))
      Moved.push_back({P, V});
  }
  // Where nothing is known of it the two may well share a name.
  if (Moved.empty())
    return;
  SymbolData OlderData = Table[New];
  OlderData.Older = true;
  Old = Table.symbol(OlderData);
  for (auto &[P, V] : Moved)
    S.Places.erase(P);
  for (auto &[P, V] : Moved) {
    PlaceId Root = Table.root(P);
    SymbolId Through = behind(Table[Root].Symbol, New, Old);
    PlaceId Older = Table.rebase(P, Root, Table.pointee(Through));
    // The objects of all earlier turns share one name: each keeps its own.
    if (const Value *Before = S.Places.find(Older);
        Before && Before->isSymbol() && S.leaseOf(Before->Symbol))
      takeOverSymbol(S, Before->Symbol);
    S.Places.set(Older, V);
  }
  auto Rename = [&](Value &V) {
    if (V.Symbol.valid() && Table.reachedThrough(V.Symbol, New))
      V.Symbol = behind(V.Symbol, New, Old);
  };
  for (auto &[P, V] : S.Places)
    Rename(V);
  for (auto &[T, V] : S.Temps)
    Rename(V);
  if (Current) {
    Rename(Current->Object);
    for (Value &V : Current->Args)
      Rename(V);
  }
  S.Facts.eraseIf(
      [&](const auto &E) { return Table.reachedThrough(E.first, New); });
}

/// The symbol of an expression that is evaluated again names the new value;
/// what still holds the previous one gets its own.
void Solver::age(State &S, const SymbolData &D, Invocation *Current) {
  SymbolId New = Table.find(D);
  if (!New.valid())
    return; // nothing can hold what never was
  SymbolData OlderData = D;
  OlderData.Older = true;
  SymbolId Old;
  PlaceId NewPointee = Table.pointee(New);
  auto Rename = [&](Value &V) {
    if (V.isAddress() && Table.root(V.Place) == NewPointee) {
      Old = Table.symbol(OlderData);
      V.Place = Table.rebase(V.Place, NewPointee, Table.pointee(Old));
    }
    if (V.Symbol != New)
      return;
    if (!Old.valid())
      Old = Table.symbol(OlderData);
    V.Symbol = Old;
  };
  for (auto &[P, V] : S.Places)
    Rename(V);
  for (auto &[T, V] : S.Temps)
    Rename(V);
  if (Current) {
    Rename(Current->Object);
    for (Value &V : Current->Args)
      Rename(V);
  }
  for (HeldLease &L : S.Leases) {
    bool Renamed = false;
    if (L.Handle == New) {
      Old = Table.symbol(OlderData);
      L.Handle = Old;
      Renamed = true;
    }
    Rename(L.Pool);
    if (L.Parent == New)
      L.Parent = Old = Table.symbol(OlderData);
    if (L.Result == New)
      L.Result = Old = Table.symbol(OlderData);
    for (HeldIf &C : L.Conditions)
      if (C.Subject == New) {
        Old = Table.symbol(OlderData);
        C.Subject = Old;
      }
    if (Renamed && !site(L.Lease).Older) {
      LeaseSite Copy = site(L.Lease);
      LeaseId OlderLease = leaseId(Copy.Where, Copy.Index, true);
      bool Twice = S.lease(OlderLease);
      Copy.Older = true;
      if (site(OlderLease).Api.empty())
        site(OlderLease) = Copy;
      // Two of earlier iterations are one to us.
      L.Lease = Twice ? LeaseId() : OlderLease;
    }
  }
  auto RenameSymbol = [&](SymbolId &Symbol) {
    if (Symbol == New)
      Symbol = Old = Table.symbol(OlderData);
  };
  for (OpenTransaction &T : S.Transactions) {
    Rename(T.Connection);
    RenameSymbol(T.Result);
    for (HeldIf &C : T.Conditions)
      RenameSymbol(C.Subject);
  }
  for (TransactionStep &T : S.Steps) {
    Rename(T.Connection);
    Rename(T.Text);
    RenameSymbol(T.Result);
    for (HeldIf &C : T.Conditions)
      RenameSymbol(C.Subject);
  }
  llvm::erase_if(S.Leases, [](const HeldLease &L) { return !L.Lease.valid(); });
  llvm::sort(S.Leases, [](const HeldLease &A, const HeldLease &B) {
    return A.Lease < B.Lease;
  });
  // The values of all earlier iterations share one symbol: what is known of the
  // one before last is not known of the last, nor of what lay in it.
  SymbolId Before = Table.find(OlderData);
  llvm::erase_if(S.Ended, [&](const EndedLease &E) {
    return Table.reachedThrough(E.Handle, New) ||
           (Before.valid() && (E.Handle == Before || E.Status == Before ||
                               Table.reachedThrough(E.Handle, Before)));
  });
  for (EndedLease &E : S.Ended) {
    if (E.Handle == New)
      E.Handle = Old = Table.symbol(OlderData);
    if (E.Status == New)
      E.Status = Old = Table.symbol(OlderData);
  }
  llvm::sort(S.Ended, [](const EndedLease &A, const EndedLease &B) {
    return A.Handle < B.Handle;
  });
  for (SymbolId &Object : S.Escaped)
    if (Object == New)
      Object = Old = Table.symbol(OlderData);
  // Objects behind the symbol move along with it.
  llvm::SmallVector<std::pair<PlaceId, Value>, 4> Moved;
  for (auto &[P, V] : S.Places)
    if (Table.root(P) == NewPointee)
      Moved.push_back({P, V});
  if (!Moved.empty()) {
    Old = Table.symbol(OlderData);
    for (auto &[P, V] : Moved)
      S.Places.erase(P);
    llvm::SmallVector<Value, 2> Displaced;
    for (auto &[P, V] : Moved) {
      PlaceId To = Table.rebase(P, NewPointee, Table.pointee(Old));
      if (const Value *Before = S.Places.find(To))
        if (Before->isSymbol() && !(*Before == V))
          Displaced.push_back(*Before);
      S.Places.set(To, V);
    }
    // The objects of all earlier turns share one place: what the one before
    // last holds it holds still.
    for (const Value &V : Displaced)
      if (!S.holders(V.Symbol) &&
          (S.leaseOf(V.Symbol) ||
           Table[V.Symbol].What == SymbolData::Kind::New))
        takeOver(S, V);
  }
  ageBehind(S, New, Old, Current);
  ageViews(S, New, OlderData, Old);
  if (Old.valid()) {
    Fact F = S.fact(New);
    if (F.trivial())
      S.Facts.erase(Old);
    else
      S.Facts.set(Old, F);
  }
  S.Facts.erase(New);
  // What was derived from the old value says nothing of the new one.
  S.Facts.eraseIf([&](const auto &E) {
    const SymbolData &Other = Table[E.first];
    return Other.What == SymbolData::Kind::Derived && Other.Index == New.Number;
  });
}

Value Solver::fresh(State &S, const void *Site, unsigned Index) {
  SymbolData D;
  D.What = SymbolData::Kind::Opaque;
  D.Site = Site;
  D.Index = Index;
  age(S, D);
  return Value::symbol(Table.symbol(D));
}

bool Solver::restrict(State &S, SymbolId Symbol,
                      llvm::function_ref<bool(Fact &)> How) {
  Fact F = S.fact(Symbol);
  const Fact Before = F;
  if (!How(F))
    return false;
  if (!(F == Before))
    for (HeldLease &L : S.Leases)
      L.Looked |= L.Handle == Symbol || L.Result == Symbol;
  if (!F.trivial())
    S.Facts.set(Symbol, F);
  if (F == Fact::exactly(0) && ForkResults.contains(Symbol))
    S.InChild = true;
  // Leases that hang on the symbol may be settled by it.
  llvm::SmallVector<LeaseId, 2> Gone;
  for (HeldLease &L : S.Leases) {
    // Whatever else says that it is held: null is nothing to release.
    if (L.Handle == Symbol && F == Fact::exactly(0)) {
      Gone.push_back(L.Lease);
      continue;
    }
    for (size_t N = 0; N < L.Conditions.size();) {
      HeldIf &C = L.Conditions[N];
      if (C.Subject != Symbol) {
        ++N;
        continue;
      }
      Fact Both = F;
      if (!Both.restrict(C.Wanted)) {
        Gone.push_back(L.Lease);
        break;
      }
      if (Both == F)
        L.Conditions.erase(L.Conditions.begin() + N);
      else
        ++N;
    }
  }
  for (LeaseId L : Gone) {
    if (const model::ResourceEntry &R = site(L).Resource; R && R.Entry->Pooled)
      S.Refused = R.Entry;
    S.dropLease(L);
  }
  if (!S.Transactions.empty() || !S.Steps.empty())
    settleTransactions(S);
  return true;
}

bool Solver::assume(State &S, const Value &V, const Assumption &A) {
  auto InSome = [&](int64_t N) {
    return llvm::any_of(A.Ranges,
                        [&](auto &R) { return N >= R.first && N <= R.second; });
  };
  switch (V.What) {
  case Value::Kind::Unknown:
    return true;
  case Value::Kind::Int:
    return InSome(V.Low) != A.Negated;
  case Value::Kind::Address:
  case Value::Kind::Function:
    // Somewhere, but not null.
    return !(A.Ranges.size() == 1 && A.Ranges[0].first == 0 &&
             A.Ranges[0].second == 0 && !A.Negated);
  case Value::Kind::Symbol:
    return restrict(S, V.Symbol, [&](Fact &F) {
      if (A.Negated) {
        for (auto [L, H] : A.Ranges)
          if (!F.exclude(L, H))
            return false;
        return true;
      }
      if (A.Ranges.size() == 1)
        return F.restrict(Fact::range(A.Ranges[0].first, A.Ranges[0].second));
      return true;
    });
  case Value::Kind::InRange: {
    bool CanBeTrue = InSome(1) != A.Negated;
    bool CanBeFalse = InSome(0) != A.Negated;
    if (!CanBeTrue && !CanBeFalse)
      return false;
    if (CanBeTrue && CanBeFalse)
      return true;
    bool Inside = CanBeTrue != V.Negated;
    return restrict(S, V.Symbol, [&](Fact &F) {
      return Inside ? F.restrict(Fact::range(V.Low, V.High))
                    : F.exclude(V.Low, V.High);
    });
  }
  }
  llvm_unreachable("unknown value");
}

Value Solver::truth(const Value &V, bool Negate) {
  switch (V.What) {
  case Value::Kind::Unknown:
    return V;
  case Value::Kind::Int:
    return Value::integer((V.Low != 0) != Negate);
  case Value::Kind::Address:
  case Value::Kind::Function:
    return Value::integer(!Negate);
  case Value::Kind::Symbol:
    return Value::inRange(V.Symbol, 0, 0, !Negate);
  case Value::Kind::InRange:
    return Value::inRange(V.Symbol, V.Low, V.High, V.Negated != Negate);
  }
  llvm_unreachable("unknown value");
}

void Solver::eraseWithin(State &S, PlaceId Outer, bool ForgetEntries) {
  S.Places.eraseIf([&](const auto &E) { return Table.within(E.first, Outer); });
  if (ForgetEntries)
    S.Facts.eraseIf([&](const auto &E) {
      const SymbolData &D = Table[E.first];
      return D.What == SymbolData::Kind::Entry && Table.within(D.Place, Outer);
    });
}

void Solver::checkLost(State &S, SymbolId Handle, const Stmt *Where,
                       LeaseExit::Kind How) {
  HeldLease *L = S.leaseOf(Handle);
  if (!L || S.holders(Handle))
    return;
  for (auto &[T, V] : S.Temps)
    if (P.CrossesBlocks[T.Number] && V.Symbol == Handle)
      return;
  report(S, *L, How, Where, std::nullopt);
  S.dropLease(L->Lease);
}

/// A global pointed to it when the function was entered, be it in steps
/// (`head->next->next`).
bool Solver::isReachedFromGlobal(SymbolId Symbol) const {
  while (Table[Symbol].What == SymbolData::Kind::Entry) {
    const PlaceData &Root = Table[Table.root(Table[Symbol].Place)];
    if (Root.What != PlaceData::Kind::Pointee)
      return Root.What == PlaceData::Kind::Global;
    Symbol = Root.Symbol;
  }
  return false;
}

void Solver::store(State &S, const Value &Address, Value V, const Stmt *Where,
                   bool MadeFromOld, const Decl *Variable) {
  PlaceId Place = placeOf(Address);
  if (!Place.valid()) {
    takeOver(S, V);
    return;
  }
  HasContained |= isContained(Place);
  giveContainedAway(S, V);
  SymbolId Lost;
  if (const Value *Old = S.Places.find(Place))
    if (Old->isSymbol() && !(*Old == V))
      Lost = Old->Symbol;
  // A null that is known to be one keeps nothing.
  if (Lost.valid() && MadeFromOld && !V.isInt()) {
    takeOverSymbol(S, Lost);
    Lost = SymbolId();
  }
  // A pointer copied over an object moves none of its fields, but they are
  // gone.
  if (!V.known())
    V = fresh(S, Where, 1);
  if (V.isSymbol() && S.leaseOf(V.Symbol))
    if (Value Old = load(S, Address); Old.isSymbol())
      noteOverwritten(S, Place, Old.Symbol, V.Symbol, Where);
  S.Places.set(Place, V);
  if (!S.Views.empty())
    noteViewStored(S, Place, V, Where);
  if (V.isSymbol())
    if (HeldLease *L = S.leaseOf(V.Symbol)) {
      LeaseSite &Site = site(L->Lease);
      const PlaceData &D = Table[Place];
      if (Site.HandleName.empty() && D.Origin &&
          D.Pseudo == PseudoField::None &&
          (D.What == PlaceData::Kind::Variable ||
           D.What == PlaceData::Kind::Global ||
           D.What == PlaceData::Kind::Field)) {
        auto *Named = static_cast<const ValueDecl *>(D.Origin);
        Site.HandleName = Named->getNameAsString();
        Site.HandleField = dyn_cast<FieldDecl>(Named);
      }
    }
  // Memory that others can see keeps the handle. What a global holds is known
  // until somebody else has a chance to change it.
  const PlaceData &Root = Table[Table.root(Place)];
  bool OfGlobal = Root.What == PlaceData::Kind::Global;
  bool Elsewhere = false;
  if (OfGlobal && V.isSymbol()) {
    if (HeldLease *L = S.leaseOf(V.Symbol))
      site(L->Lease).Guarded = true;
    else
      Elsewhere = true;
  } else if (Root.What == PlaceData::Kind::Pointee) {
    SymbolData::Kind K = Table[Root.Symbol].What;
    Elsewhere = llvm::is_contained(S.Escaped, Root.Symbol) ||
                isReachedFromGlobal(Root.Symbol) ||
                K == SymbolData::Kind::Opaque ||
                K == SymbolData::Kind::Merged || K == SymbolData::Kind::Call;
  }
  if (Elsewhere)
    takeOver(S, V);
  // An option that is given twice opens its global twice; nobody minds.
  if (Lost.valid() && OfGlobal && P.Function->isMain())
    takeOverSymbol(S, Lost);
  else if (Lost.valid())
    checkLost(S, Lost, Where);
}

void Solver::moveObject(State &S, const Value &To, const Value &From, bool Keep,
                        const Stmt *Where,
                        llvm::function_ref<bool(PlaceId)> Except) {
  PlaceId Target = placeOf(To), Source = placeOf(From);
  if (!Source.valid())
    return;
  if (!Target.valid()) {
    takeContents(S, From);
    return;
  }
  if (Target == Source)
    return;
  llvm::SmallVector<std::pair<PlaceId, Value>, 8> Moved;
  for (auto &[Place, V] : S.Places)
    if (Table.within(Place, Source) && !Except(Place))
      Moved.push_back({Place, V});
  if (const CXXRecordDecl *R = classOf(Source))
    ClassOf[Target] = R;
  for (auto &[Place, V] : Moved) {
    PlaceId New = Table.rebase(Place, Source, Target);
    if (Table.within(New, Source))
      continue;
    if (!Keep)
      S.Places.erase(Place);
    // What points into the object points into its new place.
    Value Content = V;
    if (V.isAddress() && Table.within(V.Place, Source)) {
      Content = Value::address(Table.rebase(V.Place, Source, Target));
      if (const CXXRecordDecl *R = classOf(V.Place))
        ClassOf[Content.Place] = R;
    }
    store(S, Value::address(New), Content, Where);
  }
  if (Keep)
    return;
  llvm::erase_if(S.Live, [&](const LiveObject &L) {
    return L.Place == Source && L.Temporary;
  });
}

} // namespace conntidy::flow
