//===- Summaries.cpp - summaries applied at calls -------------------------===//

#include "flow/Solver.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/ExprCXX.h"

using namespace clang;

namespace conntidy::flow {

/// Outcomes of one call, or of one case of it, that are kept apart.
static constexpr size_t MaxOutcomes = 16;
/// Result symbols 0..49 of a call belong to models.
static constexpr unsigned FirstSummaryIndex = 50;
/// Numbers of the views that a call returns or leaves behind.
static constexpr unsigned FirstView = 400;

/// True if \p A releases what \p B leaves alone, and a caller cannot tell them
/// apart.
static bool releasesInsteadOf(const SummaryCase &A, const SummaryCase &B) {
  if (!(A.Returned == B.Returned) || !(A.ReturnFact == B.ReturnFact))
    return false;
  auto Releases = [](const SummaryCase &C) {
    return llvm::count_if(C.Effects, [](const SummaryEffect &E) {
      return E.What == SummaryEffect::Kind::Release;
    });
  };
  if (Releases(A) <= Releases(B) || !A.Leases.empty() || !B.Leases.empty())
    return false;
  for (auto &[P, F] : A.Needs)
    for (auto &[Q, G] : B.Needs) {
      Fact Both = F;
      if (P == Q && !Both.restrict(G))
        return false;
    }
  return true;
}

/// What a guard within an object owns: others may share it.
static bool isSharedPart(const SummaryEffect &E) {
  return E.ByDestructor && !E.At.Steps.empty() &&
         E.At.Steps.back().Pseudo == flow::PseudoField::Owned;
}

/// True unless another case that a caller cannot tell from this one leaves the
/// handle alone.
static bool surelyReleases(const Summary &Sum, const SummaryCase &C,
                           const Path &Handle) {
  return llvm::none_of(Sum.Cases, [&](const SummaryCase &Other) {
    if (&Other == &C || Other.Thrown.has_value() != C.Thrown.has_value() ||
        llvm::any_of(Other.Effects, [&](const SummaryEffect &E) {
          return E.What == SummaryEffect::Kind::Release && E.At == Handle;
        }))
      return false;
    flow::Fact Returned = C.ReturnFact;
    if (!Returned.restrict(Other.ReturnFact))
      return false;
    for (auto &[P, F] : C.Needs)
      for (auto &[Q, G] : Other.Needs) {
        Fact Both = F;
        if (P == Q && !Both.restrict(G))
          return false;
      }
    return true;
  });
}

Value Solver::walk(const Path &P, const Invocation &I, const Value &Result,
                   llvm::ArrayRef<SymbolId> Objects, State &In, bool &Address) {
  Value Cur;
  Address = false;
  switch (P.From) {
  case Path::Root::Parameter:
    if (P.Index >= I.Args.size())
      return {};
    Cur = I.Args[P.Index];
    if (QualType T = parameterType(I, P.Index); !T.isNull())
      Address = T->isRecordType();
    break;
  case Path::Root::This:
    Cur = I.Object;
    break;
  case Path::Root::Return:
    Cur = Result;
    Address = true;
    break;
  case Path::Root::Global: {
    PlaceData D;
    D.What = PlaceData::Kind::Global;
    D.Origin = P.Global;
    Cur = Value::address(Table.place(D));
    Address = true;
    break;
  }
  case Path::Root::Object:
    Cur = Value::symbol(Objects[P.Index]);
    break;
  }
  for (const PathStep &Step : P.Steps) {
    if (Step.Dereference) {
      if (Address)
        Cur = load(In, Cur);
      Address = true;
      continue;
    }
    PlaceId Parent = placeOf(Cur);
    if (!Parent.valid())
      return {};
    Cur = Value::address(Step.Pseudo == PseudoField::None
                             ? Table.field(Parent, Step.Field)
                             : Table.field(Parent, Step.Pseudo, Step.Index));
  }
  return Cur;
}

/// True if there is a way through the function, known by the state of an object
/// it is given, that leaves the place alone: it looks before it stores.
static bool looksFirst(const Summary &Sum, const Path &At) {
  auto OfObject = [&](const Path &P) {
    return P.From == At.From && P.Index == At.Index && P.Global == At.Global &&
           llvm::any_of(P.Steps, [](const PathStep &S) { return S.Field; });
  };
  return llvm::any_of(Sum.Cases, [&](const SummaryCase &C) {
    return !C.Thrown && C.Leases.empty() &&
           llvm::none_of(C.Effects,
                         [&](const SummaryEffect &E) { return E.At == At; }) &&
           llvm::any_of(C.Needs,
                        [&](const auto &Need) { return OfObject(Need.first); });
  });
}

/// A callee that looks at the object before it stores knows what it stores
/// over. So do functions of another unit that work on one object; one that is
/// called twice does not know of that.
bool Solver::knowsOfOverwritten(const Invocation &I, State &S, SymbolId Old,
                                const Summary &Sum, const Path &At) {
  const HeldLease *L = S.leaseOf(Old);
  if (!L || !I.Callee)
    return false;
  return looksFirst(Sum, At) ||
         (!visibleBody(I.Callee) && S.holders(Old) == 1 &&
          site(L->Lease).Api != model::qualifiedName(I.Callee));
}

Outcomes Solver::applySummary(const Invocation &Given, State S,
                              const Summary &Sum) {
  if (Sum.TooComplex) {
    for (const Value &V : Given.Args) {
      takeOver(S, V);
      takeBehind(S, V);
    }
    if (Given.HasObject)
      takeContents(S, Given.Object);
    forgetTransactions(S);
    return callUnknown(Given, std::move(S), Seen::Body);
  }
  // The same lease has the same number in every case of the call.
  std::vector<std::pair<const FreshLease *, unsigned>> Numbered;
  auto NumberOf = [&](const SummaryCase &C, unsigned N) -> unsigned {
    // Of a function in another unit the place may not be known.
    auto SamePlace = [](llvm::ArrayRef<FindingStep> A,
                        llvm::ArrayRef<FindingStep> B) {
      if (A.empty() || B.empty())
        return A.empty() == B.empty();
      return A.front().Where == B.front().Where &&
             A.front().Elsewhere == B.front().Elsewhere;
    };
    auto Same = [&](const FreshLease &A, const FreshLease &B) {
      return A.Resource == B.Resource && A.Api == B.Api &&
             SamePlace(A.Inner, B.Inner);
    };
    unsigned Nth = 0;
    for (unsigned M = 0; M < N; ++M)
      Nth += Same(C.Leases[M], C.Leases[N]);
    for (unsigned M = 0; M < Numbered.size(); ++M)
      if (Numbered[M].second == Nth && Same(*Numbered[M].first, C.Leases[N]))
        return FirstSummaryIndex + M;
    Numbered.push_back({&C.Leases[N], Nth});
    return FirstSummaryIndex + Numbered.size() - 1;
  };
  Outcomes Out;
  llvm::SmallVector<const SummaryCase *, 4> Made; ///< of each outcome
  for (const SummaryCase &C : Sum.Cases) {
    if (Out.size() >= MaxOutcomes || (OverBudget && Out.size() >= 2)) {
      OverBudget = true;
      break;
    }
    State After = S;
    Invocation I = Given;
    // Objects passed by value died with the call.
    llvm::erase_if(After.Live, [&](const LiveObject &L) {
      for (unsigned N = 0; N < I.Args.size(); ++N)
        if (L.Temporary && I.Args[N].isAddress() &&
            I.Args[N].Place == L.Place && N < I.Callee->getNumParams() &&
            I.Callee->getParamDecl(N)->getType()->isRecordType())
          return true;
      return false;
    });
    Value Result = resultOf(I, After);
    llvm::SmallVector<SymbolId, 4> Objects, Handles;
    for (unsigned N = 0; N < C.Objects; ++N) {
      SymbolData D;
      D.What = SymbolData::Kind::New;
      D.Site = I.Where;
      D.Index = FirstSummaryIndex + N;
      age(After, D, &I);
      Objects.push_back(Table.symbol(D));
      After.Facts.set(Objects.back(), Fact::except(0));
    }
    for (unsigned N = 0; N < C.Leases.size(); ++N) {
      SymbolData D;
      D.What = SymbolData::Kind::Call;
      D.Site = I.Where;
      D.Index = NumberOf(C, N);
      age(After, D, &I);
      Handles.push_back(Table.symbol(D));
    }
    auto Walk = [&](const Path &P, State &In, bool &Address) {
      return walk(P, I, Result, Objects, In, Address);
    };
    auto EntryValue = [&](const Path &P, State &In) -> Value {
      bool Address = false;
      Value V = Walk(P, In, Address);
      return Address ? load(In, V) : V;
    };
    bool Possible = true;
    for (auto &[P, Needed] : C.Needs) {
      Value V = EntryValue(P, After);
      if (V.isInt())
        Possible &= Needed.contains(V.Low);
      else if (V.isAddress() || V.What == Value::Kind::Function)
        Possible &= !(Needed.Low == 0 && Needed.High == 0);
      else if (V.isSymbol())
        Possible &= restrict(After, V.Symbol,
                             [&](Fact &F) { return F.restrict(Needed); });
      else if (V.What == Value::Kind::InRange) {
        Assumption A;
        A.Ranges.push_back({Needed.Low, Needed.High});
        if (Needed.Not.size() == 1 && Needed.Not[0] == 0 &&
            Needed.Low == Fact::Min) {
          A.Ranges = {{0, 0}};
          A.Negated = true;
        }
        Possible &= assume(After, V, A);
      }
      if (!Possible)
        break;
    }
    if (!Possible)
      continue;
    // Entry values are those before any effect.
    State Before = After;
    unsigned Views = 0;
    auto Resolve = [&](const SummaryValue &V) -> Value {
      switch (V.What) {
      case SummaryValue::Kind::Unknown:
        return {};
      case SummaryValue::Kind::Int:
        return Value::integer(V.Number);
      case SummaryValue::Kind::Entry:
        return EntryValue(V.At, Before);
      case SummaryValue::Kind::Address: {
        bool Address = false;
        Value R = Walk(V.At, Before, Address);
        return Address ? R : Value();
      }
      case SummaryValue::Kind::View: {
        bool Address = false;
        Value Of =
            V.Negated ? Walk(V.At, Before, Address) : EntryValue(V.At, Before);
        Value View = fresh(After, I.Where, FirstView + Views++);
        if (auto From = lender(After, Of, {})) {
          From->UntilRelease |= V.Number != 0;
          From->Lent = I.Where;
          After.Views.set(View.Symbol, *From);
        }
        return View;
      }
      case SummaryValue::Kind::Lease:
        return Value::symbol(Handles[V.Number]);
      case SummaryValue::Kind::Object:
        return Value::symbol(Objects[V.Number]);
      case SummaryValue::Kind::Function:
        return Value::function(V.Function);
      case SummaryValue::Kind::Condition: {
        Value Of = EntryValue(V.At, Before);
        if (Of.isInt())
          return Value::integer((Of.Low >= V.Low && Of.Low <= V.High) !=
                                V.Negated);
        if (Of.isSymbol())
          return Value::inRange(Of.Symbol, V.Low, V.High, V.Negated);
        return {};
      }
      }
      llvm_unreachable("unknown value");
    };
    for (unsigned N = 0; N < C.Leases.size(); ++N) {
      const FreshLease &L = C.Leases[N];
      LeaseId Id = addLease(I, After, NumberOf(C, N), L.Resource,
                            I.Callee ? model::qualifiedName(I.Callee) : L.Api,
                            Handles[N]);
      site(Id).Inner = L.Inner;
      site(Id).GuessedBecause = L.GuessedBecause;
      if (!L.OfHandle.trivial())
        After.Facts.set(Handles[N], L.OfHandle);
      HeldLease *H = After.lease(Id);
      H->Looked = H->Bounded = true; // the callee knows
      if (L.IfHandle)
        H->Conditions.push_back({Handles[N], *L.IfHandle});
      if (L.IfReturned && Result.isSymbol())
        H->Conditions.push_back({Result.Symbol, *L.IfReturned});
    }
    applyTransactions(After, I, C.Transactions, Result, Resolve);
    struct Pending {
      Value Address;
      Value V;
      unsigned Number;
      const Path &At;
    };
    for (const Path &P : Sum.Rewinds)
      rewind(After, EntryValue(P, Before), I);
    struct PendingCall {
      Value Callable;
      Value Argument;
      bool ByDestructor;
    };
    std::vector<PendingCall> Calls;
    std::vector<Pending> Stores;
    unsigned Number = 0;
    for (const SummaryEffect &E : C.Effects) {
      if (E.What == SummaryEffect::Kind::Store) {
        bool Address = false;
        Value To = Walk(E.At, Before, Address);
        if (Address && To.known())
          Stores.push_back({To, Resolve(E.Stored), Number++, E.At});
        else // where we cannot follow it
          takeOver(After, Resolve(E.Stored));
        continue;
      }
      Value Handle = EntryValue(E.At, Before);
      if (E.What == SummaryEffect::Kind::Invoke) {
        Calls.push_back({Handle, Resolve(E.Stored), E.ByDestructor});
        continue;
      }
      if (E.What == SummaryEffect::Kind::Take) {
        takeOver(After, Handle);
        continue;
      }
      Invocation By = I;
      By.ByDestructor |= E.ByDestructor;
      release(After, Handle, E.Resource, By,
              !E.Unsure && surelyReleases(Sum, C, E.At) && !isSharedPart(E)
                  ? Sure::Known
                  : Sure::Guessed);
      // Deleted through a pointer to a base: whatever it holds goes with it.
      if (!E.Resource && Handle.isSymbol() &&
          Table[Handle.Symbol].What == SymbolData::Kind::New)
        takeContents(After, Handle);
    }
    // All stores happen at once: nothing is lost while it still is on its way.
    llvm::SmallVector<PlaceId, 4> UnderWay;
    auto Hold = [&](const Value &V) {
      if (!V.isSymbol())
        return;
      PlaceData D;
      D.What = PlaceData::Kind::Temporary;
      D.Origin = &C;
      D.Index = UnderWay.size();
      UnderWay.push_back(Table.place(D));
      After.Places.set(UnderWay.back(), V);
    };
    Value Handed = Resolve(C.Returned);
    Hold(Handed);
    for (const Pending &Store : Stores)
      Hold(Store.V);
    for (const Pending &Store : Stores) {
      Value V = Store.V;
      // The callee knows what became of the old value; we do not.
      if (const Value *Old = After.Places.find(placeOf(Store.Address));
          Old && Old->isSymbol() &&
          (!V.known() ||
           knowsOfOverwritten(I, After, Old->Symbol, Sum, Store.At)))
        takeOverSymbol(After, Old->Symbol);
      if (!V.known())
        V = fresh(After, I.Where, 200 + Store.Number);
      storeByCallee(After, Store.Address, V, I.Where, Handles);
    }
    for (PlaceId Place : UnderWay)
      After.Places.erase(Place);
    States Ready;
    Ready.push_back(std::move(After));
    for (const PendingCall &Call : Calls) {
      States Next;
      for (State &Each : Ready) {
        bool Known = false;
        for (State &Done : runCallable(std::move(Each), Call.Callable,
                                       Call.Argument, I.Where, I.Try, Known)) {
          if (!Known && Call.Callable.isSymbol())
            recordInvocation(Done, Call.Callable.Symbol, Call.Argument,
                             Call.ByDestructor);
          // Whatever a guard's destructor calls is there to release.
          if (!Known && Call.ByDestructor)
            release(Done, Call.Argument, {}, I, Sure::Guessed);
          Next.push_back(std::move(Done));
        }
      }
      Ready = std::move(Next);
      // Callables that branch, called by callables that branch.
      if (Ready.size() > MaxOutcomes) {
        OverBudget = true;
        Ready.resize(MaxOutcomes);
      }
    }
    if (C.Thrown) {
      for (State &Each : Ready)
        raise(std::move(Each), *C.Thrown, I.Try, I.Where, I.Callee);
      continue;
    }
    for (State &Each : Ready) {
      After = std::move(Each);
      Value Returned = Result;
      if (!Result.isAddress()) {
        bool IsView = Handed.isSymbol() && After.Views.find(Handed.Symbol);
        if (IsView && !restrict(After, Handed.Symbol, [&](Fact &F) {
              return F.restrict(C.ReturnFact);
            }))
          continue;
        if (Handed.known())
          Returned = Handed;
        else if (Result.isSymbol() && !C.ReturnFact.trivial()) {
          if (!restrict(After, Result.Symbol,
                        [&](Fact &F) { return F.restrict(C.ReturnFact); }))
            continue;
        } else if (Result.isSymbol() &&
                   I.Callee->getReturnType()->isPointerType() &&
                   Sum.NullTellsOfRelease && !C.releases()) {
          if (!restrict(After, Result.Symbol,
                        [](Fact &F) { return F.exclude(0, 0); }))
            continue;
        }
      }
      Out.push_back({std::move(After), Returned});
      Made.push_back(&C);
    }
  }
  // Nothing that we know tells when it releases and when it does not (a count
  // that drops to zero): it is trusted to know.
  bool Trusted = false;
  for (size_t N = Out.size(); N-- > 0;)
    if (llvm::any_of(Made, [&](const SummaryCase *Other) {
          return Other != Made[N] && releasesInsteadOf(*Other, *Made[N]);
        })) {
      Out.erase(Out.begin() + N);
      Made.erase(Made.begin() + N);
      Trusted = true;
    }
  // A destructor that releases if something holds which we cannot know (the
  // count of a shared handle) is trusted to know when.
  if (isa_and_nonnull<CXXDestructorDecl>(Given.Callee) && Out.size() > 1) {
    auto Owed = [&](const Outcome &O) { return O.After.Leases.size(); };
    size_t Least =
        Owed(*llvm::min_element(Out, [&](const Outcome &A, const Outcome &B) {
          return Owed(A) < Owed(B);
        }));
    size_t Before = Out.size();
    llvm::erase_if(Out, [&](const Outcome &O) { return Owed(O) > Least; });
    Trusted |= Out.size() < Before;
  }
  // Where a count decides, what was released once may be released again.
  if (Trusted)
    for (Outcome &O : Out)
      llvm::erase_if(O.After.Ended, [&](const EndedLease &E) {
        return !llvm::is_contained(S.Ended, E);
      });
  return Out;
}

} // namespace conntidy::flow
