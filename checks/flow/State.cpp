//===- State.cpp - merging path states ------------------------------------===//

#include "flow/State.h"
#include "llvm/ADT/STLExtras.h"

namespace conntidy::flow {

/// Merged constants beyond this are not told apart from any number.
static constexpr int64_t MaxWidened = 32;

HeldLease *State::lease(LeaseId L) {
  for (HeldLease &H : Leases)
    if (H.Lease == L)
      return &H;
  return nullptr;
}

HeldLease *State::leaseOf(SymbolId Handle) {
  for (HeldLease &H : Leases)
    if (H.Handle == Handle)
      return &H;
  return nullptr;
}

void State::dropLease(LeaseId L) {
  llvm::erase_if(Leases, [&](const HeldLease &H) { return H.Lease == L; });
}

EndedLease *State::ended(SymbolId Handle) {
  for (EndedLease &E : Ended)
    if (E.Handle == Handle)
      return &E;
  return nullptr;
}

void State::forgetEnded(SymbolId Handle) {
  llvm::erase_if(Ended,
                 [&](const EndedLease &E) { return E.Handle == Handle; });
}

unsigned State::holders(SymbolId S) const {
  unsigned Count = 0;
  for (auto &[P, V] : Places)
    if (V.isSymbol() && V.Symbol == S)
      ++Count;
  return Count;
}

llvm::SmallVector<PlaceId, 4> State::heldIn(SymbolId Handle) const {
  llvm::SmallVector<PlaceId, 4> R;
  for (auto &[P, V] : Places)
    if (V.isSymbol() && V.Symbol == Handle)
      R.push_back(P);
  return R;
}

bool State::mergeableWith(const State &O, const ValueTable &Table,
                          llvm::function_ref<bool(PlaceId)> IsHandle,
                          llvm::function_ref<bool(SymbolId)> Matters,
                          bool AllFacts) const {
  if (Leases.size() != O.Leases.size() || Live != O.Live || Ended != O.Ended ||
      InChild != O.InChild || Transactions != O.Transactions ||
      Steps != O.Steps)
    return false;
  // To have released a handle and to have found it null come to the same.
  llvm::SmallVector<SymbolId, 4> Excused;
  auto ExcusedBy = [&](const State &Done, const State &Other) {
    return llvm::all_of(Done.Effects, [&](const EntryEffect &E) {
      if (llvm::is_contained(Other.Effects, E))
        return true;
      Fact F = Other.fact(E.Entry);
      if (!E.Released || E.Invoked || F.Low != 0 || F.High != 0)
        return false;
      Excused.push_back(E.Entry);
      return true;
    });
  };
  if (!ExcusedBy(*this, O) || !ExcusedBy(O, *this))
    return false;
  for (size_t N = 0; N < Leases.size(); ++N) {
    const HeldLease &A = Leases[N], &B = O.Leases[N];
    if (A.Lease != B.Lease || A.Handle != B.Handle ||
        A.Conditions != B.Conditions ||
        A.ExceptionPassed != B.ExceptionPassed || A.GivenTo != B.GivenTo)
      return false;
    // A handle held in different places would be lost by mixing them.
    if (heldIn(A.Handle) != O.heldIn(A.Handle))
      return false;
  }
  auto IsNull = [](const State &S, SymbolId Symbol) {
    const Fact *F = S.Facts.find(Symbol);
    return F && F->Low == 0 && F->High == 0;
  };
  for (const State *S : {this, &O})
    for (auto &[Symbol, F] : S->Facts)
      if (Matters(Symbol) && !llvm::is_contained(Excused, Symbol) &&
          (AllFacts ? !(fact(Symbol) == O.fact(Symbol))
                    : IsNull(*this, Symbol) != IsNull(O, Symbol)))
        return false;
  // A flag in a guard says whether it releases.
  auto Flag = [&](const State &S, PlaceId P) -> std::optional<int64_t> {
    const Value *V = S.Places.find(P);
    return V && V->isInt() ? std::optional(V->Low) : std::nullopt;
  };
  for (const LiveObject &Guard : Live)
    for (auto &[P, V] : Places)
      if (V.isInt() && Flag(O, P) && V.Low != *Flag(O, P) &&
          Table.within(P, Guard.Place))
        return false;
  auto Untouched = [&](const State &S, PlaceId P) {
    const Value *V = S.Places.find(P);
    return !V ||
           (V->isSymbol() && Table[V->Symbol].What == SymbolData::Kind::Entry &&
            Table[V->Symbol].Place == P);
  };
  for (const State *S : {this, &O})
    for (auto &[P, V] : S->Places)
      if (IsHandle(P) && Untouched(*this, P) != Untouched(O, P) &&
          llvm::none_of(Excused, [&](SymbolId Symbol) {
            return Table[Symbol].What == SymbolData::Kind::Entry &&
                   Table[Symbol].Place == P;
          }))
        return false;
  return true;
}

void State::agreeWith(const State &O) {
  llvm::erase_if(Leases, [&](const HeldLease &A) {
    return llvm::none_of(O.Leases, [&](const HeldLease &B) {
      return A.Lease == B.Lease && A.Handle == B.Handle &&
             heldIn(A.Handle) == O.heldIn(B.Handle);
    });
  });
  llvm::erase_if(Transactions, [&](const OpenTransaction &T) {
    return !llvm::is_contained(O.Transactions, T);
  });
  llvm::erase_if(Steps, [&](const TransactionStep &T) {
    return !llvm::is_contained(O.Steps, T);
  });
}

/// What both do is done once; what one does is done on some paths, unless there
/// was nothing to do it to on the other.
bool State::mergeEffects(const State &O) {
  auto Counterpart = [](llvm::SmallVectorImpl<EntryEffect> &In,
                        const EntryEffect &E) {
    return llvm::find_if(In, [&](const EntryEffect &Other) {
      return Other.Entry == E.Entry && Other.Invoked == E.Invoked &&
             Other.Argument == E.Argument;
    });
  };
  auto IsNull = [](const State &S, SymbolId Entry) {
    return S.fact(Entry) == Fact::exactly(0);
  };
  llvm::SmallVector<EntryEffect, 2> Theirs(O.Effects);
  bool Changed = false;
  for (EntryEffect &E : Effects) {
    EntryEffect Before = E;
    if (auto *Other = Counterpart(Theirs, E); Other != Theirs.end()) {
      E.Released |= Other->Released;
      E.Unsure |= Other->Unsure;
      if (!(E.Resource == Other->Resource))
        E.Resource = {};
      Theirs.erase(Other);
    } else if (!IsNull(O, E.Entry)) {
      E.Unsure = true;
    }
    Changed |= !(E == Before);
  }
  for (EntryEffect &E : Theirs) {
    E.Unsure |= !IsNull(*this, E.Entry);
    Effects.push_back(E);
    Changed = true;
  }
  llvm::stable_sort(Effects, [](const EntryEffect &A, const EntryEffect &B) {
    return A.Entry < B.Entry;
  });
  return Changed;
}

bool State::merge(const State &O, unsigned BlockNumber, ValueTable &Table,
                  const std::vector<bool> &TempsThatMatter) {
  bool Changed = (InChild && !O.InChild) || (Refused && Refused != O.Refused);
  if (Refused != O.Refused)
    Refused = nullptr;
  InChild &= O.InChild;
  SortedMap<SymbolId, Fact> NewFacts;
  for (auto &[S, F] : Facts) {
    Fact Joined = Fact::join(F, O.fact(S));
    if (!Joined.trivial())
      NewFacts.set(S, Joined);
  }
  auto FactOf = [](const State &S, const Value &V) {
    switch (V.What) {
    case Value::Kind::Int:
      return Fact::exactly(V.Low);
    case Value::Kind::Symbol:
      return S.fact(V.Symbol);
    case Value::Kind::Address:
    case Value::Kind::Function:
      return Fact::except(0);
    case Value::Kind::InRange:
      return Fact::range(0, 1);
    case Value::Kind::Unknown:
      return Fact();
    }
    llvm_unreachable("unknown value");
  };
  // A view on either path is one behind it; ended on either, it is of no use.
  SortedMap<SymbolId, Borrowing> NewViews = Views;
  auto Inherit = [&](SymbolId Into, const Borrowing *From) {
    const Borrowing *Known = From ? NewViews.find(Into) : nullptr;
    if (!From || (Known && (Known->Ended || !From->Ended)))
      return;
    NewViews.set(Into, *From);
    Changed = true;
  };
  for (auto &[S, B] : O.Views)
    Inherit(S, &B);
  auto ViewIn = [](const State &S, const Value &V) {
    return V.isSymbol() ? S.Views.find(V.Symbol) : nullptr;
  };
  // Merged places: same value kept, otherwise a symbol of this block's own.
  llvm::SmallVector<SymbolId, 8> Mixtures;
  auto Mix = [&](const Value &A, const Value &B, PlaceId P,
                 uint64_t Salt) -> Value {
    if (A == B)
      return A;
    SymbolData D;
    D.What = SymbolData::Kind::Merged;
    D.Index = BlockNumber;
    D.Place = P;
    D.Site = reinterpret_cast<const void *>(Salt);
    Value M = Value::symbol(Table.symbol(D));
    Mixtures.push_back(M.Symbol);
    Inherit(M.Symbol, ViewIn(*this, A));
    Inherit(M.Symbol, ViewIn(O, B));
    if (A == M) {
      // The symbol already stands for a mixture; another value widens it.
      Fact Joined = Fact::join(fact(M.Symbol), FactOf(O, B));
      if (Joined == fact(M.Symbol)) {
        if (!Joined.trivial())
          NewFacts.set(M.Symbol, Joined);
        return M;
      }
      // A few states of a machine are worth telling; a counter would go on and
      // on.
      bool Small = Joined.Low >= -MaxWidened && Joined.High <= MaxWidened;
      if (Small || Joined.Low == Fact::Min || Joined.High == Fact::Max)
        NewFacts.set(M.Symbol, Joined);
      else
        NewFacts.erase(M.Symbol);
      return M;
    }
    Changed = true;
    Fact Joined = Fact::join(FactOf(*this, A), FactOf(O, B));
    if (Joined.trivial())
      NewFacts.erase(M.Symbol);
    else
      NewFacts.set(M.Symbol, Joined);
    return M;
  };
  // A place that one path never touched still holds what it held on entry.
  auto Untouched = [&](PlaceId P) {
    SymbolData D;
    D.What = SymbolData::Kind::Entry;
    D.Place = P;
    return Value::symbol(Table.symbol(D));
  };
  SortedMap<PlaceId, Value> NewPlaces;
  for (auto &[P, V] : Places) {
    const Value *Other = O.Places.find(P);
    NewPlaces.set(P, Mix(V, Other ? *Other : Untouched(P), P, 0));
  }
  for (auto &[P, V] : O.Places)
    if (!Places.find(P)) {
      Value Mixed = Mix(Untouched(P), V, P, 0);
      Changed = true;
      NewPlaces.set(P, Mixed);
    }
  SortedMap<TempId, Value> NewTemps;
  for (auto &[T, V] : Temps) {
    const Value *Other = O.Temps.find(T);
    if (!Other || !TempsThatMatter[T.Number]) {
      Changed |= TempsThatMatter[T.Number];
      continue;
    }
    NewTemps.set(T, Mix(V, *Other, PlaceId(), 1 + T.Number));
  }
  for (size_t N = 0; N < Leases.size(); ++N) {
    HeldLease &L = Leases[N];
    const HeldLease &Other = O.Leases[N];
    Changed |= (Other.Looked && !L.Looked) || (Other.Bounded && !L.Bounded);
    L.Looked |= Other.Looked;
    L.Bounded |= Other.Bounded;
  }
  for (size_t N = 0; N < Leases.size(); ++N)
    if (!(Leases[N].Pool == O.Leases[N].Pool))
      Leases[N].Pool = Value();
  for (size_t N = 0; N < Leases.size(); ++N)
    if (O.Leases[N].Acquired->Length < Leases[N].Acquired->Length)
      Leases[N].Acquired = O.Leases[N].Acquired;
  for (size_t N = 0; N < Leases.size(); ++N) {
    Changed |= Leases[N].Unopened && !O.Leases[N].Unopened;
    Leases[N].Unopened &= O.Leases[N].Unopened;
    if (!Leases[N].LastUse)
      Leases[N].LastUse = O.Leases[N].LastUse;
    for (const clang::Expr *Done : O.Leases[N].Meanwhile)
      if (!llvm::is_contained(Leases[N].Meanwhile, Done)) {
        Leases[N].Meanwhile.push_back(Done);
        llvm::sort(Leases[N].Meanwhile);
        Changed = true;
      }
  }
  for (size_t N = 0; N < Transactions.size(); ++N)
    if (O.Transactions[N].Begun->Length < Transactions[N].Begun->Length)
      Transactions[N].Begun = O.Transactions[N].Begun;
  if (O.Trail && (!Trail || O.Trail->Length < Trail->Length))
    Trail = O.Trail;
  // Only what is so on both paths.
  size_t EndedBefore = Ended.size(), UsedBefore = Used.size();
  auto Holds = [](const SortedMap<PlaceId, Value> &In, SymbolId Status) {
    return llvm::any_of(In, [&](const auto &Entry) {
      return Entry.second == Value::symbol(Status);
    });
  };
  llvm::erase_if(Ended, [&](const EndedLease &E) {
    auto Other = llvm::find(O.Ended, E);
    // A status that is mixed up with another no longer tells whether anything
    // was released.
    return Other == O.Ended.end() || Other->Status != E.Status ||
           (E.Status.valid() && Holds(Places, E.Status) &&
            !Holds(NewPlaces, E.Status));
  });
  llvm::erase_if(Used,
                 [&](SymbolId S) { return !llvm::is_contained(O.Used, S); });
  Changed |= Ended.size() != EndedBefore || Used.size() != UsedBefore;
  llvm::erase_if(Ended, [&](const EndedLease &E) {
    // The same mixture, made on an earlier turn of a loop, was released.
    if (llvm::is_contained(Mixtures, E.Handle))
      return true;
    // What a mixture points to is another object on each way round.
    return Table.reachedThrough(E.Handle, [&](SymbolId Object) {
      return Table[Object].What == SymbolData::Kind::Merged;
    });
  });
  Changed |= mergeEffects(O);
  for (SymbolId S : O.Escaped)
    if (!llvm::is_contained(Escaped, S)) {
      Escaped.push_back(S);
      Changed = true;
    }
  for (SymbolId S : O.Lent)
    if (!llvm::is_contained(Lent, S)) {
      Lent.push_back(S);
      Changed = true;
    }
  for (SymbolId S : O.Rewound)
    if (!llvm::is_contained(Rewound, S)) {
      Rewound.push_back(S);
      Changed = true;
    }
  // An object is only known to be in use if it is on both ways.
  size_t WorkingBefore = Working.size();
  llvm::erase_if(Working,
                 [&](PlaceId P) { return !llvm::is_contained(O.Working, P); });
  Changed |= Working.size() != WorkingBefore;
  Changed |= !(Facts == NewFacts);
  Facts = std::move(NewFacts);
  Views = std::move(NewViews);
  Places = std::move(NewPlaces);
  Temps = std::move(NewTemps);
  return Changed;
}

} // namespace conntidy::flow
