//===- Solver.cpp - the worklist ------------------------------------------===//

#include "flow/Solver.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/StmtCXX.h"

using namespace clang;

namespace conntidy::flow {

/// Conditions of never returning that are worth keeping apart.
static constexpr size_t MaxEndings = 4;

/// States within a block from which on it pays to look for some that are alike.
static constexpr size_t WorthMerging = 4;

/// A state that knows so much costs as much again to handle...
static constexpr size_t PlacesPerStep = 64;
/// ... and one that knows so much is of no use: what every case of a huge
/// switch writes comes together behind it.
static constexpr size_t MaxPlaces = 1024;

Solver::Solver(const Program &P, FlowEnvironment &Env)
    : P(P), Env(Env), Alive(P), Entries(P.Blocks.size()),
      Pending(P.Blocks.size()) {
  PlaceData D;
  D.What = PlaceData::Kind::Return;
  ReturnPlace = Table.place(D);
  for (const Block &B : P.Blocks)
    EndsHere.push_back(llvm::any_of(B.Events, [](const Event &E) {
      return E.What == Op::Call && E.Call->NoReturn;
    }));
}

State Solver::entryState() {
  State S;
  for (const ParmVarDecl *Param : P.Function->parameters()) {
    // An object passed by value is the place itself; its fields are entry
    // values.
    if (Param->getType()->isRecordType()) {
      if (const CXXRecordDecl *R = Param->getType()->getAsCXXRecordDecl();
          R && Env.destructorMatters(R)) {
        PlaceData D;
        D.Origin = Param;
        S.Live.push_back({Table.place(D), R});
      }
      continue;
    }
    PlaceData D;
    D.Origin = Param;
    SymbolData Entry;
    Entry.What = SymbolData::Kind::Parameter;
    Entry.Index = Param->getFunctionScopeIndex();
    S.Places.set(Table.place(D), Value::symbol(Table.symbol(Entry)));
  }
  return S;
}

void Solver::explore() {
  propagate(entryState(), P.Entry);
  while (!Worklist.empty()) {
    unsigned Block = Worklist.begin()->second;
    Worklist.erase(Worklist.begin());
    for (size_t N = 0; N < Entries[Block].size(); ++N) {
      if (!Pending[Block][N])
        continue;
      Pending[Block][N] = false;
      if (++Steps > Env.Set.MaxSteps)
        OverBudget = true;
      if (exhausted())
        return;
      State Copy = Entries[Block][N];
      processBlock(Block, std::move(Copy));
    }
  }
}

Solution Solver::run() {
  explore();
  // It is the child that goes on where the parent ends, as in a daemon.
  if (!Returns)
    for (auto &[S, Reached] : ChildExits)
      summarize(S, nullptr, Reached);
  if (exhausted()) {
    OverBudget = true;
    Effects.Cases.clear();
    Effects.TooComplex = true;
  }
  Effects.NullTellsOfRelease = ReleasesWithNull && !NullAlone;
  Solution Result;
  Result.Flow = finish();
  Result.Effects = std::move(Effects);
  return Result;
}

/// A handler of a constructor's function-try-block ends in a rethrow.
const CXXCatchStmt *Solver::implicitRethrow(const State &S) const {
  auto *Try = dyn_cast<CXXTryStmt>(P.Function->getBody());
  if (!Try || !isa<CXXConstructorDecl>(P.Function))
    return nullptr;
  for (const TrailNode *N = S.Trail; N; N = N->Before)
    for (unsigned H = 0; H < Try->getNumHandlers(); ++H)
      if (N->Where == Try->getHandler(H))
        return Try->getHandler(H);
  return nullptr;
}

/// Where a loop moves on, what is known of the object it was at says nothing of
/// the next one, though one symbol stands for both.
void Solver::forgetMixtures(State &S, unsigned Block) {
  S.Facts.eraseIf([&](const auto &E) {
    SymbolId Mixture;
    bool FromMixture = Table.reachedThrough(E.first, [&](SymbolId Object) {
      Mixture = Object;
      return Table[Object].What == SymbolData::Kind::Merged &&
             Table[Object].Index == Block;
    });
    return FromMixture && !S.holders(Mixture) && !S.holders(E.first);
  });
}

void Solver::propagate(State S, unsigned Block) {
  if (Block == P.Exit) {
    if (const CXXCatchStmt *H = implicitRethrow(S)) {
      ThrownSet T = CaughtBy[H];
      raise(std::move(S), T, nullptr, H, nullptr);
      return;
    }
    leave(std::move(S), S.Leaving, nullptr);
    return;
  }
  size_t Size = S.Places.size() + S.Effects.size();
  Steps += Size > MaxPlaces ? 2 * Env.Set.MaxSteps : Size / PlacesPerStep;
  if (exhausted())
    return;
  forgetMixtures(S, Block);
  auto &Known = Entries[Block];
  auto Enqueue = [&](size_t N) {
    Pending[Block][N] = true;
    Worklist.insert({P.Order[Block], Block});
  };
  for (size_t N = 0; N < Known.size(); ++N)
    if (Known[N].mergeableWith(
            S, Table, [&](PlaceId P) { return isHandlePlace(P); },
            [&](SymbolId S) { return nullMatters(S); }, isSmall()) &&
        returnAlike(Known[N], S)) {
      if (Known[N].merge(S, Block, Table, P.CrossesBlocks))
        Enqueue(N);
      return;
    }
  // Past the budget every block keeps one state.
  size_t Bound = OverBudget ? 1 : Env.Set.MaxPathStates;
  if (Known.size() < Bound) {
    Known.push_back(std::move(S));
    Pending[Block].push_back(false);
    Enqueue(Known.size() - 1);
    return;
  }
  // The most alike: the one that shares most leases.
  OverBudget = true;
  size_t Best = 0;
  int BestScore = -1;
  for (size_t N = 0; N < Known.size(); ++N) {
    int Score = 0;
    for (const HeldLease &L : S.Leases)
      if (HeldLease *Other = Known[N].lease(L.Lease))
        Score += Other->Handle == L.Handle ? 2 : 1;
    if (Known[N].Live == S.Live)
      Score += 4;
    if (Score > BestScore) {
      BestScore = Score;
      Best = N;
    }
  }
  State &Into = Known[Best];
  size_t Before = Into.Leases.size();
  Into.agreeWith(S);
  S.agreeWith(Into);
  for (size_t N = 0; N < Into.Leases.size(); ++N) {
    Into.Leases[N].Conditions.clear();
    S.Leases[N] = Into.Leases[N];
  }
  bool Changed = Into.merge(S, Block, Table, P.CrossesBlocks);
  if (Changed || Before != Into.Leases.size())
    Enqueue(Best);
}

bool Solver::isHandlePlace(PlaceId P) {
  auto [It, New] = HandlePlaces.try_emplace(P, false);
  if (!New)
    return It->second;
  const PlaceData D = Table[P];
  const PlaceData &Root = Table[Table.root(P)];
  bool Result = false;
  if (Root.What == PlaceData::Kind::Pointee &&
      Table[Root.Symbol].What != SymbolData::Kind::New) {
    if (D.What == PlaceData::Kind::Field)
      Result = D.Pseudo == PseudoField::Owned ||
               D.Pseudo == PseudoField::Self ||
               (D.Pseudo == PseudoField::None &&
                Env.Models.isHandleType(
                    static_cast<const FieldDecl *>(D.Origin)->getType()));
    else if (Table[D.Symbol].What == SymbolData::Kind::Parameter)
      Result = Env.Models.isHandleType(
          this->P.Function->getParamDecl(Table[D.Symbol].Index)->getType());
  }
  HandlePlaces[P] = Result;
  return Result;
}

/// A handle, what holds one, or where one is to be put.
static bool leadsToHandle(QualType T, const model::ModelIndex &Models) {
  if (Models.isHandleType(T))
    return true;
  QualType Pointee = T->getPointeeType();
  if (Pointee.isNull())
    return false;
  if (const RecordDecl *R = Pointee->getAsRecordDecl())
    return llvm::any_of(R->fields(), [&](const FieldDecl *F) {
      return Models.isHandleType(F->getType());
    });
  return false;
}

bool Solver::nullMatters(SymbolId S) {
  const SymbolData &D = Table[S];
  if (isSmall())
    return D.What == SymbolData::Kind::Entry ||
           D.What == SymbolData::Kind::Parameter;
  if (D.What == SymbolData::Kind::Entry)
    return isHandlePlace(D.Place);
  if (D.What != SymbolData::Kind::Parameter)
    return false;
  if (ParameterMatters.empty())
    for (const ParmVarDecl *Param : P.Function->parameters())
      ParameterMatters.push_back(leadsToHandle(Param->getType(), Env.Models));
  return D.Index < ParameterMatters.size() && ParameterMatters[D.Index];
}

void Solver::pruneDead(State &S, unsigned Block) {
  S.Places.eraseIf([&](const auto &E) {
    const PlaceData &D = Table[E.first];
    if (D.What != PlaceData::Kind::Variable ||
        !Alive.isDead(static_cast<const VarDecl *>(D.Origin), Block))
      return false;
    // A handle is lost where its variable is overwritten, not where it is last
    // read.
    return !E.second.isSymbol() || !S.leaseOf(E.second.Symbol);
  });
}

void Solver::pruneTemps(State &S) {
  S.Temps.eraseIf(
      [&](const auto &E) { return !P.CrossesBlocks[E.first.Number]; });
  // A symbol nobody holds any more tells nothing.
  llvm::SmallVector<SymbolId, 32> Used;
  auto Note = [&](const Value &V) {
    if (V.Symbol.valid())
      Used.push_back(V.Symbol);
  };
  for (auto &[Place, V] : S.Places)
    Note(V);
  for (auto &[T, V] : S.Temps)
    Note(V);
  pruneEnded(S);
  for (const EndedLease &E : S.Ended)
    if (E.Status.valid())
      Used.push_back(E.Status);
  auto NoteAll = [&](const auto &Step) {
    Note(Step.Connection);
    if (Step.Result.valid())
      Used.push_back(Step.Result);
    for (const HeldIf &C : Step.Conditions)
      Used.push_back(C.Subject);
  };
  llvm::for_each(S.Transactions, NoteAll);
  llvm::for_each(S.Steps, NoteAll);
  for (const HeldLease &L : S.Leases) {
    Used.push_back(L.Handle);
    for (const HeldIf &C : L.Conditions)
      Used.push_back(C.Subject);
  }
  llvm::sort(Used);
  S.Views.eraseIf([&](const auto &E) {
    return !std::binary_search(Used.begin(), Used.end(), E.first);
  });
  S.Facts.eraseIf([&](const auto &E) {
    SymbolData::Kind K = Table[E.first].What;
    return K != SymbolData::Kind::Parameter && K != SymbolData::Kind::Entry &&
           K != SymbolData::Kind::This && K != SymbolData::Kind::Derived &&
           !std::binary_search(Used.begin(), Used.end(), E.first);
  });
}

/// What the rest of the block and the blocks after it read.
static std::vector<bool> tempsReadAfter(const Program &P, const Block &B,
                                        const Event &Last) {
  std::vector<bool> Read = P.CrossesBlocks;
  auto Note = [&](TempId T) {
    if (T.valid())
      Read[T.Number] = true;
  };
  for (const Event *E = &Last + 1; E != B.Events.data() + B.Events.size(); ++E)
    forEachOperand(*E, Note);
  for (const Edge &E : B.Edges)
    if (E.Assumed)
      Note(E.Assumed->Subject);
  return Read;
}

/// Calls in a row that branch would soon make more states than are kept: those
/// whose difference is not worth keeping become one, as where paths meet.
void Solver::mergeAlike(States &Current, unsigned Block, const Event &Last) {
  std::vector<bool> Read = tempsReadAfter(P, P.Blocks[Block], Last);
  unsigned Meeting =
      P.Blocks.size() * (1 + (&Last - P.Blocks[Block].Events.data())) + Block;
  States Kept;
  for (State &S : Current) {
    S.Temps.eraseIf([&](const auto &E) { return !Read[E.first.Number]; });
    State *Alike = llvm::find_if(Kept, [&](const State &K) {
      return K.Temps == S.Temps &&
             K.mergeableWith(
                 S, Table, [&](PlaceId P) { return isHandlePlace(P); },
                 [&](SymbolId S) { return nullMatters(S); }, isSmall()) &&
             returnAlike(K, S);
    });
    if (Alike == Kept.end())
      Kept.push_back(std::move(S));
    else
      Alike->merge(S, Meeting, Table, Read);
  }
  Current = std::move(Kept);
}

void Solver::processBlock(unsigned Block, State Start) {
  const flow::Block &B = P.Blocks[Block];
  States Current;
  Current.push_back(std::move(Start));
  for (const Event &E : B.Events) {
    States Next;
    for (State &S : Current)
      for (State &After : step(E, std::move(S)))
        Next.push_back(std::move(After));
    Current = std::move(Next);
    if (Current.empty())
      return;
    if (Current.size() > WorthMerging)
      mergeAlike(Current, Block, E);
    // Calls that branch add up; what they cost counts, too.
    Steps += Current.size() / 4;
    if (Steps > Env.Set.MaxSteps)
      OverBudget = true;
    size_t Bound = OverBudget ? 2 : Env.Set.MaxPathStates;
    if (Current.size() > Bound) {
      OverBudget = true;
      Current.resize(Bound);
    }
  }
  for (State &S : Current) {
    followEdges(B, S);
  }
}

void Solver::noteEnding(const Value &V, const Edge &E) {
  const Assumption &A = *E.Assumed;
  if (Endings.size() >= MaxEndings || A.IsCase || A.Ranges.size() != 1 ||
      A.Ranges.front() != std::pair<int64_t, int64_t>(0, 0) ||
      !V.Symbol.valid() || Table[V.Symbol].What != SymbolData::Kind::Parameter)
    return;
  Fact F;
  if (V.isSymbol())
    F = A.Negated ? Fact::except(0) : Fact::exactly(0);
  else if (A.Negated != V.Negated)
    F = Fact::range(V.Low, V.High);
  else if (!F.exclude(V.Low, V.High))
    return;
  std::pair<SymbolId, Fact> Ending(V.Symbol, F);
  if (!llvm::is_contained(Endings, Ending))
    Endings.push_back(std::move(Ending));
}

bool Solver::returnAlike(const State &A, const State &B) const {
  return llvm::all_of(Endings, [&](const auto &Ending) {
    Fact OfA = A.fact(Ending.first), OfB = B.fact(Ending.first);
    return OfA.restrict(Ending.second) == OfB.restrict(Ending.second);
  });
}

void Solver::followEdges(const Block &B, State &S) {
  for (const Edge &E : B.Edges) {
    if (exhausted())
      return;
    if (E.IfPending) {
      bool IsPending = llvm::any_of(S.Live, [&](const LiveObject &L) {
        return L.Temporary == E.IfPending;
      });
      // Temporaries whose destructor does not matter are not tracked, so either
      // way is as good.
      if (!IsPending && E.Pending && B.Edges.size() > 1)
        continue;
      if (IsPending && !E.Pending)
        continue;
    }
    State Copy = S;
    if (E.Assumed) {
      Value V = get(Copy, E.Assumed->Subject);
      if (!assume(Copy, V, *E.Assumed))
        continue;
      if (EndsHere[E.Target])
        noteEnding(V, E);
      if (!V.isInt()) {
        const TrailNode *N =
            extend(Copy.Trail, Step::Kind::Branch, E.Assumed->Condition);
        const_cast<TrailNode *>(N)->Taken = E.Assumed->Negated;
        const_cast<TrailNode *>(N)->IsCase = E.Assumed->IsCase;
        Copy.Trail = N;
      }
    }
    for (auto [Whole, Number] : E.Sets)
      Copy.Temps.set(Whole, Value::integer(Number));
    pruneDead(Copy, E.Target);
    pruneTemps(Copy);
    propagate(std::move(Copy), E.Target);
  }
}

bool Solver::isClosure(PlaceId Place) const {
  const CXXRecordDecl *R = classOf(Place);
  return R && R->isLambda();
}

const TrailNode *Solver::extend(const TrailNode *Before, Step::Kind What,
                                const Stmt *Where, std::string Detail) {
  // A loop would grow the trail without end: its last turn is enough.
  unsigned Depth = 0;
  for (const TrailNode *N = Before; N && Depth < 64; N = N->Before, ++Depth)
    if (N->What == Step::Kind::Acquire)
      break; // what follows it explains what becomes of it
    else if (N->What == What && N->Where == Where &&
             What == Step::Kind::Branch) {
      Before = N->Before;
      break;
    }
  TrailNode *N = new (Arena.Allocate()) TrailNode();
  N->What = What;
  N->Where = Where;
  N->Detail = std::move(Detail);
  N->Before = Before;
  N->Length = Before ? Before->Length + 1 : 1;
  return N;
}

Solution solve(const Program &P, FlowEnvironment &Environment) {
  return Solver(P, Environment).run();
}

} // namespace conntidy::flow
