//===- Exporter.cpp - summaries made from exits ---------------------------===//

#include "flow/Solver.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/ExprCXX.h"

using namespace clang;

namespace conntidy::flow {

/// Stores beyond this many are of no use to a caller.
static constexpr size_t MaxStores = 48;
static constexpr size_t MaxNeeds = 8;

/// Translates one exit state into the terms of the callers.
class Solver::Exporter {
public:
  Exporter(Solver &S, const State &At, bool Exceptional,
           llvm::ArrayRef<SymbolId> Reached)
      : Solve(S), Table(S.Table), At(At), Exceptional(Exceptional),
        Reached(Reached) {}

  std::optional<Path> path(PlaceId P) {
    const PlaceData &D = Table[P];
    Path R;
    switch (D.What) {
    case PlaceData::Kind::Variable: {
      auto *Param = dyn_cast<ParmVarDecl>(static_cast<const Decl *>(D.Origin));
      if (!Param || !Param->getType()->isRecordType())
        return std::nullopt;
      R.From = Path::Root::Parameter;
      R.Index = Param->getFunctionScopeIndex();
      return R;
    }
    case PlaceData::Kind::Global:
      R.From = Path::Root::Global;
      R.Global = static_cast<const VarDecl *>(D.Origin);
      // A static of this function is nobody else's.
      if (R.Global->isStaticLocal())
        return std::nullopt;
      return R;
    case PlaceData::Kind::Return:
      R.From = Path::Root::Return;
      return R;
    case PlaceData::Kind::Temporary:
    case PlaceData::Kind::Literal:
      return std::nullopt;
    case PlaceData::Kind::Pointee: {
      if (Table[D.Symbol].What == SymbolData::Kind::New) {
        R.From = Path::Root::Object;
        R.Index = object(D.Symbol);
      } else if (auto Inner = symbolPath(D.Symbol)) {
        R = *Inner;
      } else {
        return std::nullopt;
      }
      PathStep Step;
      Step.Dereference = true;
      R.Steps.push_back(Step);
      return R;
    }
    case PlaceData::Kind::Field: {
      auto Parent = path(D.Parent);
      if (!Parent || Parent->Steps.size() > 6)
        return std::nullopt;
      PathStep Step;
      Step.Field = static_cast<const FieldDecl *>(D.Origin);
      Step.Pseudo = D.Pseudo;
      Step.Index = D.Index;
      Parent->Steps.push_back(Step);
      return Parent;
    }
    }
    llvm_unreachable("unknown place");
  }

  /// The path whose entry value the symbol is.
  std::optional<Path> symbolPath(SymbolId S) {
    const SymbolData &D = Table[S];
    Path R;
    switch (D.What) {
    case SymbolData::Kind::Parameter:
      R.From = Path::Root::Parameter;
      R.Index = D.Index;
      return R;
    case SymbolData::Kind::This:
      R.From = Path::Root::This;
      return R;
    case SymbolData::Kind::Entry:
      return path(D.Place);
    default:
      return std::nullopt;
    }
  }

  SummaryValue value(const Value &V) {
    SummaryValue R;
    switch (V.What) {
    case Value::Kind::Unknown:
      return R;
    case Value::Kind::Int:
      R.What = SummaryValue::Kind::Int;
      R.Number = V.Low;
      return R;
    case Value::Kind::Function:
      R.What = SummaryValue::Kind::Function;
      R.Function = V.Function;
      return R;
    case Value::Kind::Address:
      if (auto P = path(V.Place)) {
        R.What = SummaryValue::Kind::Address;
        R.At = *P;
      }
      return R;
    case Value::Kind::InRange:
      if (auto P = symbolPath(V.Symbol)) {
        R.What = SummaryValue::Kind::Condition;
        R.At = *P;
        R.Low = V.Low;
        R.High = V.High;
        R.Negated = V.Negated;
      }
      return R;
    case Value::Kind::Symbol:
      break;
    }
    for (const HeldLease &L : At.Leases)
      if (L.Handle == V.Symbol) {
        R.What = SummaryValue::Kind::Lease;
        R.Number = lease(L);
        return R;
      }
    if (Table[V.Symbol].What == SymbolData::Kind::New) {
      PlaceId Object = Table.pointee(V.Symbol);
      bool HasContents = llvm::any_of(At.Places, [&](const auto &E) {
        return Table.within(E.first, Object);
      });
      if (HasContents) {
        R.What = SummaryValue::Kind::Object;
        R.Number = object(V.Symbol);
      }
      return R;
    }
    if (const Borrowing *B = At.Views.find(V.Symbol)) {
      bool IsObject = B->Of.isAddress();
      if (auto P = IsObject           ? path(B->Of.Place)
                   : B->Of.isSymbol() ? symbolPath(B->Of.Symbol)
                                      : std::nullopt) {
        R.What = SummaryValue::Kind::View;
        R.At = *P;
        R.Number = B->UntilRelease;
        R.Negated = IsObject;
        return R;
      }
    }
    if (auto P = symbolPath(V.Symbol)) {
      R.What = SummaryValue::Kind::Entry;
      R.At = *P;
    } else if (Fact F = At.fact(V.Symbol); F.Low == F.High) {
      R.What = SummaryValue::Kind::Int;
      R.Number = F.Low;
    }
    return R;
  }

  SummaryCase run(const ThrownSet *Thrown) {
    llvm::SmallVector<Path, 1> Lists;
    for (const EntryEffect &E : At.Effects) {
      auto P = symbolPath(E.Entry);
      if (!E.Invoked)
        if (auto List = listWalkedTo(E.Entry))
          Lists.push_back(std::move(*List));
      if (!P || isRenewed(E.Entry))
        continue;
      SummaryEffect Effect;
      Effect.What = E.Invoked    ? SummaryEffect::Kind::Invoke
                    : E.Released ? SummaryEffect::Kind::Release
                                 : SummaryEffect::Kind::Take;
      if (E.Invoked)
        Effect.Stored = value(E.Argument);
      Effect.At = *P;
      Effect.Resource = E.Resource;
      Effect.ByDestructor = E.ByDestructor;
      Effect.Unsure = E.Unsure;
      Case.Effects.push_back(std::move(Effect));
    }
    for (Path &List : Lists)
      take(std::move(List));
    Value Returned;
    if (const Value *R = At.Places.find(Solve.ReturnPlace))
      Returned = *R;
    if (!Thrown) {
      Case.Returned = value(Returned);
      if (Returned.isSymbol())
        Case.ReturnFact = At.fact(Returned.Symbol);
      else if (Returned.isInt())
        Case.ReturnFact = Fact::exactly(Returned.Low);
      else if (Returned.What == Value::Kind::InRange)
        Case.ReturnFact = Fact::range(0, 1);
      else if (Returned.isAddress())
        Case.ReturnFact = Fact::except(0);
    }
    size_t Stores = 0;
    for (auto &[Place, V] : At.Places) {
      if (Place == Solve.ReturnPlace || Stores >= MaxStores ||
          !Solve.outlives(At, Place, Exceptional, Reached))
        continue;
      if (Table[Place].Pseudo == PseudoField::Self && !isNews(Place, V))
        continue;
      // Whatever is still what it was on entry was not stored.
      if (V.isSymbol() && Table[V.Symbol].What == SymbolData::Kind::Entry &&
          Table[V.Symbol].Place == Place)
        continue;
      auto P = path(Place);
      if (!P) { // nobody can name it
        handOver(V);
        continue;
      }
      SummaryEffect Effect;
      Effect.What = SummaryEffect::Kind::Store;
      Effect.At = *P;
      Effect.Stored = value(V);
      Case.Effects.push_back(std::move(Effect));
      ++Stores;
    }
    // By-value objects die here, but what happened to them is told by effects.
    for (auto &[S, F] : At.Facts) {
      if (Case.Needs.size() >= MaxNeeds)
        break;
      if (F == Fact::except(0) && Solve.Dereferenced.contains(S))
        continue;
      // What a new object holds nobody else knows.
      if (Table.reachedThrough(S, [&](SymbolId Object) {
            return Table[Object].What == SymbolData::Kind::New;
          }))
        continue;
      if (auto P = symbolPath(S))
        Case.Needs.push_back({*P, F});
    }
    addTransactions(Returned);
    for (size_t N = 0; N < Held.size(); ++N)
      for (const HeldIf &C : Held[N]->Conditions) {
        if (C.Subject == Held[N]->Handle)
          Case.Leases[N].IfHandle = C.Wanted;
        else if (Returned.isSymbol() && C.Subject == Returned.Symbol)
          Case.Leases[N].IfReturned = C.Wanted;
      }
    if (Thrown)
      Case.Thrown = ThrowInference::asCallee(*Thrown);
    return std::move(Case);
  }

private:
  /// What was moved out of one of the caller's members to where no path leads
  /// has another owner now.
  void handOver(const Value &V) {
    if (!V.isSymbol() || Table[V.Symbol].What != SymbolData::Kind::Entry)
      return;
    PlaceId From = Table[V.Symbol].Place;
    const FieldDecl *Member = Solve.fieldAt(From);
    const Value *Now = At.Places.find(From);
    if (!Member || !Member->getType()->isPointerType() || !Now || *Now == V)
      return;
    if (auto P = symbolPath(V.Symbol))
      take(std::move(*P));
  }

  void take(Path At) {
    if (llvm::any_of(Case.Effects, [&](const SummaryEffect &E) {
          return E.At == At && E.What != SummaryEffect::Kind::Store;
        }))
      return;
    SummaryEffect Effect;
    Effect.What = SummaryEffect::Kind::Take;
    Effect.At = std::move(At);
    Case.Effects.push_back(std::move(Effect));
  }

  /// A loop over a list disposes of one node after the other. Where two of them
  /// are it may have gone on, with no path to tell of it: whatever else the
  /// first one leads to goes, too.
  std::optional<Path> listWalkedTo(SymbolId Later) {
    auto NodeOf = [&](SymbolId S) -> SymbolId {
      if (Table[S].What != SymbolData::Kind::Entry ||
          !Solve.fieldAt(Table[S].Place))
        return {};
      const PlaceData &Node = Table[Table.root(Table[S].Place)];
      return Node.What == PlaceData::Kind::Pointee ? Node.Symbol : SymbolId();
    };
    SymbolId Node = NodeOf(Later);
    if (!Node.valid())
      return std::nullopt;
    for (const EntryEffect &E : At.Effects) {
      SymbolId First = E.Invoked ? SymbolId() : NodeOf(E.Entry);
      if (First.valid() && First != Node &&
          Solve.fieldAt(Table[E.Entry].Place) ==
              Solve.fieldAt(Table[Later].Place) &&
          (Table[Node].What == SymbolData::Kind::Merged ||
           Table.reachedThrough(Node, First)))
        if (auto P = symbolPath(First))
          return P;
    }
    return std::nullopt;
  }

  void addTransactions(const Value &Returned) {
    auto If = [&](const auto &Step) -> std::optional<Fact> {
      for (const HeldIf &C : Step.Conditions)
        if ((Returned.isSymbol() && C.Subject == Returned.Symbol) ||
            C.Wanted.Low > C.Wanted.High)
          return C.Wanted;
      return std::nullopt;
    };
    auto IsOutside = [](const SummaryValue &V) {
      return V.What == SummaryValue::Kind::Entry ||
             V.What == SummaryValue::Kind::Address;
    };
    // On a connection of its own it is nobody else's business.
    auto IsOwn = [&](const Value &V) {
      return V.isSymbol() && llvm::any_of(At.Leases, [&](const HeldLease &L) {
               return L.Handle == V.Symbol;
             });
    };
    for (const TransactionStep &Step : At.Steps) {
      if (IsOwn(Step.Connection))
        continue;
      TransactionEffect E;
      E.What = Step.What;
      E.Connection = value(Step.Connection);
      E.Text = value(Step.Text);
      E.Dialect = Step.Dialect;
      E.IfReturned = If(Step);
      if (Step.Connection.known() && !IsOutside(E.Connection))
        continue;
      if (E.What != TransactionEffect::Kind::Run || IsOutside(E.Text))
        Case.Transactions.push_back(std::move(E));
    }
    for (const OpenTransaction &T : At.Transactions) {
      if (!Solve.livesOn(At, T.Connection))
        continue;
      TransactionEffect E;
      E.Connection = value(T.Connection);
      if (!IsOutside(E.Connection))
        continue;
      const TransactionSite &Site = Solve.transactionSite(T.Where);
      FindingStep Step;
      Step.What = Step::Kind::Acquire;
      Step.Where = T.Where->getSourceRange();
      Step.Text = "transaction begun here by '" + Site.Api + "'";
      E.Inner.push_back(std::move(Step));
      E.Savepoint = T.Savepoint;
      E.IfReturned = If(T);
      Case.Transactions.push_back(std::move(E));
    }
  }

  /// Of an object that is a lease itself.
  bool isNews(PlaceId Self, const Value &V) {
    const PlaceData &Object = Table[Table[Self].Parent];
    return V.isSymbol() &&
           llvm::any_of(
               At.Leases,
               [&](const HeldLease &L) { return L.Handle == V.Symbol; }) &&
           !(Object.What == PlaceData::Kind::Pointee &&
             isRenewed(Object.Symbol));
  }

  /// An object of the caller's that was closed and opened again: it owes what
  /// it owed before.
  bool isRenewed(SymbolId Object) {
    const Value *Self =
        At.Places.find(Table.field(Table.pointee(Object), PseudoField::Self));
    if (!Self || !Self->isSymbol())
      return false;
    auto Lease = llvm::find_if(At.Leases, [&](const HeldLease &L) {
      return L.Handle == Self->Symbol;
    });
    return Lease != At.Leases.end() &&
           llvm::any_of(At.Effects, [&](const EntryEffect &E) {
             return E.Entry == Object && E.Released &&
                    E.Resource == Solve.site(Lease->Lease).Resource;
           });
  }

  int64_t lease(const HeldLease &L) {
    for (size_t N = 0; N < Held.size(); ++N)
      if (Held[N]->Lease == L.Lease)
        return N;
    const LeaseSite &Site = Solve.site(L.Lease);
    FreshLease Fresh;
    Fresh.Resource = Site.Resource;
    Fresh.Api = Site.Api;
    FindingStep Step;
    Step.What = Step::Kind::Acquire;
    if (Site.Where)
      Step.Where = Site.Where->getSourceRange();
    Step.Text = "acquired here by '" + Site.Api + "'";
    Fresh.GuessedBecause = Site.GuessedBecause;
    Fresh.Inner.push_back(Step);
    for (FindingStep Inner : Site.Inner) {
      ++Inner.Depth;
      if (Inner.Depth < 4)
        Fresh.Inner.push_back(Inner);
    }
    Fresh.OfHandle = At.fact(L.Handle);
    Case.Leases.push_back(std::move(Fresh));
    Held.push_back(&L);
    return Held.size() - 1;
  }

  unsigned object(SymbolId S) {
    for (unsigned N = 0; N < Objects.size(); ++N)
      if (Objects[N] == S)
        return N;
    Objects.push_back(S);
    Case.Objects = Objects.size();
    return Objects.size() - 1;
  }

  Solver &Solve;
  ValueTable &Table;
  const State &At;
  bool Exceptional;
  llvm::ArrayRef<SymbolId> Reached;
  SummaryCase Case;
  std::vector<const HeldLease *> Held;
  llvm::SmallVector<SymbolId, 4> Objects;
};

void Solver::summarize(const State &S, const ThrownSet *Thrown,
                       llvm::ArrayRef<SymbolId> Reached) {
  Exporter E(*this, S, Thrown != nullptr, Reached);
  SummaryCase Case = E.run(Thrown);
  if (!Thrown && Case.Returned.What == SummaryValue::Kind::Int &&
      Case.Returned.Number == 0)
    (Case.releases() ? ReleasesWithNull : NullAlone) = true;
  Effects.add(std::move(Case));
  if (Thrown)
    return;
  for (SymbolId Handle : S.Rewound)
    if (auto P = E.symbolPath(Handle);
        P && !llvm::is_contained(Effects.Rewinds, *P))
      Effects.Rewinds.push_back(std::move(*P));
  std::vector<Path> Uses;
  for (SymbolId Handle : S.Used)
    // A caller has no handle yet to what is made here.
    if (auto P = E.symbolPath(Handle); P && P->From != Path::Root::Object)
      Uses.push_back(std::move(*P));
  if (!std::exchange(Returns, true))
    Effects.Uses = std::move(Uses);
  else
    llvm::erase_if(Effects.Uses,
                   [&](const Path &P) { return !llvm::is_contained(Uses, P); });
}

} // namespace conntidy::flow
