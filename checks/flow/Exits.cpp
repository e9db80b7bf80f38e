//===- Exits.cpp - exceptions, unwinding and leaving the function ---------===//

#include "flow/Solver.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/ExprCXX.h"
#include "clang/AST/StmtCXX.h"
#include "clang/Lex/Lexer.h"

using namespace clang;

namespace conntidy::flow {

ThrownSet Solver::reportable(const ThrownSet &T) const {
  ThrownSet R;
  for (auto [Type, C] : T.Types)
    if (C <= Env.Set.ThrowCertainty)
      R.add(Type, C);
  if (T.Anything && *T.Anything <= Env.Set.ThrowCertainty)
    R.addAnything(*T.Anything);
  return R;
}

static std::string typeName(QualType T) {
  PrintingPolicy Policy{LangOptions()};
  Policy.adjustForCPlusPlus();
  return T.getAsString(Policy);
}

static std::string textOf(const ThrownSet &T) {
  std::string S;
  unsigned Shown = 0;
  for (auto [Type, C] : T.Types) {
    if (Shown++ == 2)
      break;
    S += (S.empty() ? "'" : " or '") + typeName(Type) + "'";
  }
  return S;
}

/// Destroys what lives inside \p Try (null: everything), newest first.
States Solver::unwindTo(State S, const CXXTryStmt *Try, const Stmt *Where) {
  States Current;
  Current.push_back(std::move(S));
  while (true) {
    bool Any = false;
    States Next;
    for (State &C : Current) {
      if (C.Live.empty() || (Try && !P.inside(C.Live.back().Try, Try))) {
        Next.push_back(std::move(C));
        continue;
      }
      Any = true;
      LiveObject L = C.Live.pop_back_val();
      if (L.Cleanup) {
        Invocation I;
        I.Callee = L.Cleanup;
        I.Where = Where;
        I.Args.push_back(Value::address(L.Place));
        I.ByDestructor = true;
        // An exception out of a cleanup ends the program.
        for (Outcome &O : call(I, std::move(C)))
          Next.push_back(std::move(O.After));
        continue;
      }
      for (State &After : destroy(std::move(C), L.Place, L.Class, Where, Try))
        Next.push_back(std::move(After));
    }
    Current = std::move(Next);
    if (!Any)
      return Current;
  }
}

static bool isNoexcept(const FunctionDecl *F) {
  if (isa<CXXDestructorDecl>(F)) {
    const auto *Proto = F->getType()->getAs<FunctionProtoType>();
    return !Proto || isUnresolvedExceptionSpec(Proto->getExceptionSpecType()) ||
           Proto->canThrow() == CT_Cannot;
  }
  const auto *Proto = F->getType()->getAs<FunctionProtoType>();
  return Proto && !isUnresolvedExceptionSpec(Proto->getExceptionSpecType()) &&
         Proto->canThrow() == CT_Cannot;
}

void Solver::raise(State S, ThrownSet T, const CXXTryStmt *Try,
                   const Stmt *Where, const FunctionDecl *Thrower) {
  if (P.Unlikely.contains(Where))
    T.weaken(Certainty::Possible);
  T = reportable(T);
  if (T.empty() || !Where)
    return;
  std::string Detail = textOf(T);
  if (Thrower)
    Detail = "'" + model::qualifiedName(Thrower) + "' may throw" +
             (Detail.empty() ? "" : " " + Detail);
  else if (isa<CXXThrowExpr>(Where))
    Detail =
        Detail.empty() ? "the exception is thrown on" : Detail + " is thrown";
  else
    Detail = "this call may throw";
  S.Trail = extend(S.Trail, Step::Kind::Throw, Where, Detail);
  for (HeldLease &L : S.Leases)
    L.ExceptionPassed = L.ExceptionPassed
                            ? std::max(*L.ExceptionPassed, T.surest())
                            : T.surest();
  for (OpenTransaction &Open : S.Transactions)
    Open.ExceptionPassed = Open.ExceptionPassed
                               ? std::max(*Open.ExceptionPassed, T.surest())
                               : T.surest();
  States Current;
  Current.push_back(std::move(S));
  auto UnwindAll = [&](const CXXTryStmt *To) {
    States Next;
    for (State &C : Current)
      for (State &After : unwindTo(std::move(C), To, Where))
        Next.push_back(std::move(After));
    Current = std::move(Next);
  };
  for (; Try; Try = P.Outer.lookup(Try)) {
    UnwindAll(Try);
    for (unsigned N = 0; N < Try->getNumHandlers(); ++N) {
      const CXXCatchStmt *H = Try->getHandler(N);
      HandlerMatch M = matchHandler(T, *H, Env.Context);
      M.Caught = reportable(M.Caught);
      auto It = P.Handlers.find(H);
      if (!M.Caught.empty() && It != P.Handlers.end()) {
        CaughtBy[H].add(M.Caught);
        for (State &C : Current) {
          State Copy = C;
          pruneTemps(Copy);
          propagate(std::move(Copy), It->second);
        }
      }
      T = reportable(M.Passed);
      if (T.empty())
        return;
    }
  }
  if (isNoexcept(P.Function))
    return;
  UnwindAll(nullptr);
  for (State &C : Current)
    leave(std::move(C), Where, &T);
}

/// Symbols that somebody outside can get at.
llvm::SmallVector<SymbolId, 8> Solver::reachable(const State &S,
                                                 bool Exceptional) {
  llvm::SmallVector<SymbolId, 8> Reached;
  for (bool Changed = true; Changed;) {
    Changed = false;
    for (auto &[Place, V] : S.Places) {
      SymbolId Symbol = V.isSymbol() ? V.Symbol : SymbolId();
      // The address of a part of an object leads to all of it.
      if (V.isAddress())
        if (const PlaceData &Root = Table[Table.root(V.Place)];
            Root.What == PlaceData::Kind::Pointee)
          Symbol = Root.Symbol;
      if (!Symbol.valid() || llvm::is_contained(Reached, Symbol) ||
          !outlives(S, Place, Exceptional, Reached))
        continue;
      Reached.push_back(Symbol);
      Changed = true;
    }
  }
  return Reached;
}

bool Solver::outlives(const State &S, PlaceId Place, bool Exceptional,
                      llvm::ArrayRef<SymbolId> Reached) const {
  const PlaceData &Root = Table[Table.root(Place)];
  switch (Root.What) {
  case PlaceData::Kind::Return:
    return !Exceptional;
  case PlaceData::Kind::Global:
    return true;
  case PlaceData::Kind::Pointee:
    break;
  default:
    return false;
  }
  switch (Table[Root.Symbol].What) {
  case SymbolData::Kind::This:
    // Nobody destroys an object whose constructor throws.
    return !(Exceptional && isa<CXXConstructorDecl>(P.Function));
  case SymbolData::Kind::New:
    return llvm::is_contained(Reached, Root.Symbol) ||
           llvm::is_contained(S.Escaped, Root.Symbol);
  default:
    return true;
  }
}

void Solver::leave(State S, const Stmt *Where, const ThrownSet *Thrown) {
  if (!Thrown && splitStores(S, Where))
    return;
  // What a bool says of the result of an acquire is told apart for the caller.
  if (!Thrown)
    if (const Value *R = S.Places.find(ReturnPlace);
        R && R->What == Value::Kind::InRange) {
      Value V = *R;
      auto HangsOn = [&](const auto &Held) {
        return llvm::any_of(Held.Conditions, [&](const HeldIf &C) {
          return C.Subject == V.Symbol;
        });
      };
      bool Matters =
          llvm::any_of(S.Leases,
                       [&](const HeldLease &L) {
                         return L.Handle == V.Symbol || HangsOn(L);
                       }) ||
          llvm::any_of(S.Transactions, HangsOn) ||
          llvm::any_of(S.Steps, HangsOn);
      States Possible;
      for (bool Holds : {true, false}) {
        State Copy = S;
        Assumption A;
        A.Ranges.push_back({0, 0});
        A.Negated = Holds;
        if (!assume(Copy, V, A))
          continue;
        Copy.Places.set(ReturnPlace, Value::integer(Holds));
        Possible.push_back(std::move(Copy));
      }
      // A test further up may have decided it.
      if (Matters || Possible.size() == 1) {
        for (State &Each : Possible)
          settleExit(std::move(Each), Where, nullptr);
        return;
      }
    }
  settleExit(std::move(S), Where, Thrown);
}

/// A bool that is left behind and says what became of an acquire: one exit for
/// each of its values.
bool Solver::splitStores(const State &S, const Stmt *Where) {
  for (auto &[Place, V] : S.Places) {
    if (V.What != Value::Kind::InRange || Place == ReturnPlace ||
        !outlives(S, Place, false, {}))
      continue;
    SymbolId Symbol = V.Symbol;
    bool Matters = llvm::any_of(S.Leases, [&](const HeldLease &L) {
      return L.Handle == Symbol ||
             llvm::any_of(L.Conditions,
                          [&](const HeldIf &C) { return C.Subject == Symbol; });
    });
    if (!Matters)
      continue;
    for (bool Holds : {true, false}) {
      State Copy = S;
      Assumption A;
      A.Ranges.push_back({0, 0});
      A.Negated = Holds;
      if (!assume(Copy, V, A))
        continue;
      Copy.Places.set(Place, Value::integer(Holds));
      leave(std::move(Copy), Where, nullptr);
    }
    return true;
  }
  return false;
}

void Solver::settleExit(State S, const Stmt *Where, const ThrownSet *Thrown) {
  States Current;
  if (Thrown) {
    auto *Ctor = dyn_cast<CXXConstructorDecl>(P.Function);
    if (Ctor) {
      SymbolData D;
      D.What = SymbolData::Kind::This;
      PlaceId Object = Table.pointee(Table.symbol(D));
      // Once the constructor it delegates to is done, the object is whole.
      Current =
          Ctor->isDelegatingConstructor()
              ? destroy(std::move(S), Object, Ctor->getParent(), Where, nullptr)
              : destroyMembers(std::move(S), Object, Ctor->getParent(), Where,
                               nullptr);
    } else {
      Current.push_back(std::move(S));
    }
  } else {
    // Parameters passed by value die with the call.
    Current =
        unwindTo(std::move(S), nullptr, Where ? Where : P.Function->getBody());
  }
  for (State &C : Current) {
    if (!Thrown) {
      noteReturned(C);
      if (!C.Views.empty())
        noteViewsLeft(C);
    }
    auto Reached = reachable(C, Thrown);
    noteOpenTransactions(C, Where,
                         Thrown ? std::optional(Thrown->surest())
                                : std::nullopt);
    if (!P.Function->isMain()) {
      llvm::SmallVector<HeldLease, 4> Held(C.Leases.begin(), C.Leases.end());
      for (const HeldLease &L : Held) {
        if (llvm::is_contained(Reached, L.Handle)) {
          site(L.Lease).HandedOn = true;
          if (!Thrown)
            noteKept(C, L, Where);
          continue;
        }
        report(C, L,
               Thrown  ? LeaseExit::Kind::Throw
               : Where ? LeaseExit::Kind::Return
                       : LeaseExit::Kind::End,
               Where, Thrown ? std::optional(Thrown->surest()) : std::nullopt);
      }
    }
    if (!C.InChild)
      summarize(C, Thrown, Reached);
    else if (!Thrown)
      ChildExits.push_back({std::move(C), std::move(Reached)});
  }
}

/// A default argument is written elsewhere; what counts is where it is used.
SourceRange rangeOf(const Stmt &S) {
  if (auto *D = dyn_cast<CXXDefaultArgExpr>(&S))
    return SourceRange(D->getUsedLocation(), D->getUsedLocation());
  if (auto *Scope = dyn_cast<CompoundStmt>(&S))
    return SourceRange(Scope->getRBracLoc(), Scope->getRBracLoc());
  return S.getSourceRange();
}

static std::string sourceText(SourceRange Range, const ASTContext &Context) {
  const SourceManager &SM = Context.getSourceManager();
  CharSourceRange R = Lexer::makeFileCharRange(
      CharSourceRange::getTokenRange(Range), SM, Context.getLangOpts());
  if (R.isInvalid())
    R = SM.getExpansionRange(Range);
  std::string Text;
  for (char C : Lexer::getSourceText(R, SM, Context.getLangOpts())) {
    if (C == '\n' || C == '\t' || C == '\r')
      C = ' ';
    if (C == ' ' && !Text.empty() && Text.back() == ' ')
      continue;
    Text.push_back(C);
  }
  if (Text.size() > 60)
    Text = Text.substr(0, 57) + "...";
  return Text;
}

FindingStep Solver::describe(const TrailNode &N) const {
  FindingStep Step;
  Step.What = N.What;
  if (N.Where)
    Step.Where = rangeOf(*N.Where);
  switch (N.What) {
  case Step::Kind::Branch: {
    std::string Text = sourceText(N.Where->getSourceRange(), Env.Context);
    if (N.IsCase)
      Step.Text = "the value of '" + Text + "' selects this case";
    else
      Step.Text = "'" + Text + "' is " + (N.Taken ? "true" : "false");
    break;
  }
  case Step::Kind::Throw:
    Step.Text = N.Detail;
    break;
  case Step::Kind::Catch:
    if (auto *H = dyn_cast<CXXCatchStmt>(N.Where))
      Step.Where = SourceRange(H->getCatchLoc(), H->getCatchLoc());
    Step.Text = "the exception is caught here";
    break;
  case Step::Kind::Acquire:
    Step.Text = "acquired here by '" + N.Detail + "'";
    break;
  case Step::Kind::Call:
    Step.Text = N.Detail.empty() ? "ended here by the end of its scope"
                                 : "ended here by '" + N.Detail + "'";
    break;
  case Step::Kind::Release:
    Step.Text = N.Detail.empty() ? "released here"
                                 : "released here by '" + N.Detail + "'";
    break;
  default:
    break;
  }
  return Step;
}

std::vector<FindingStep> Solver::trailOf(const State &S, const HeldLease &L) {
  std::vector<FindingStep> Steps;
  for (const TrailNode *N = S.Trail; N; N = N->Before) {
    bool IsAcquire =
        N->What == Step::Kind::Acquire && N->Where == L.Acquired->Where;
    if ((N->What != Step::Kind::Acquire && N->What != Step::Kind::Release) ||
        IsAcquire)
      Steps.push_back(describe(*N));
    if (IsAcquire) {
      if (const std::string &Why = site(L.Lease).GuessedBecause; !Why.empty())
        Steps.back().Text += "; taken to be an acquire because " + Why;
      break;
    }
  }
  for (const FindingStep &Inner : llvm::reverse(site(L.Lease).Inner)) {
    FindingStep Deeper = Inner;
    ++Deeper.Depth;
    Steps.push_back(std::move(Deeper));
  }
  std::reverse(Steps.begin(), Steps.end());
  return Steps;
}

LeaseExit Solver::exitOf(const State &S, const HeldLease &L,
                         LeaseExit::Kind How, const Stmt *Where,
                         std::optional<Certainty> Exception) {
  LeaseExit E;
  E.How = How;
  if (Where) {
    E.Where = rangeOf(*Where);
  } else {
    SourceLocation End = P.Function->getBody()->getEndLoc();
    E.Where = SourceRange(End, End);
  }
  const SourceManager &SM = Env.Context.getSourceManager();
  E.Line = SM.getExpansionLineNumber(E.Where.getBegin());
  if (L.ExceptionPassed || Exception) {
    E.AfterException = true;
    E.Sureness = L.ExceptionPassed ? *L.ExceptionPassed : *Exception;
  }
  E.Trail = trailOf(S, L);
  E.Bypass = L.Bypass;
  E.GivenTo = L.GivenTo;
  // A guard that lies in memory nobody deletes.
  for (auto &[Place, V] : S.Places) {
    if (E.Bypass)
      break;
    const PlaceData &Root = Table[Table.root(Place)];
    if (!V.isSymbol() || V.Symbol != L.Handle ||
        Root.What != PlaceData::Kind::Pointee ||
        Table[Root.Symbol].What != SymbolData::Kind::New)
      continue;
    const CXXRecordDecl *R = classOf(Table.root(Place));
    auto *New = dyn_cast_or_null<CXXNewExpr>(
        static_cast<const Stmt *>(Table[Root.Symbol].Site));
    if (!R || !New || !Env.destructorMatters(R))
      continue;
    model::ClassEntry C = Env.Models.entryFor(R);
    if (!C || C.Entry->Holds.empty())
      E.Bypass = GuardBypass{GuardBypass::Kind::OnHeap, New};
  }
  return E;
}

void Solver::report(const State &S, const HeldLease &L, LeaseExit::Kind How,
                    const Stmt *Where, std::optional<Certainty> Exception) {
  for (auto &[Place, V] : S.Places)
    if (V.isSymbol() && V.Symbol == L.Handle && isContained(Place))
      site(L.Lease).Container = Table[Place].Parent;
  LeaseExit E = exitOf(S, L, How, Where, Exception);
  auto &Known = Reports[L.Lease];
  for (LeaseExit &K : Known)
    if (K.Where == E.Where && K.How == E.How &&
        K.AfterException == E.AfterException && K.GivenTo == E.GivenTo) {
      K.Sureness = std::min(K.Sureness, E.Sureness);
      if (E.Trail.size() < K.Trail.size())
        K.Trail = std::move(E.Trail);
      return;
    }
  Known.push_back(std::move(E));
}

std::string nounOf(const model::ResourceEntry &R) {
  if (!R)
    return "handle";
  if (!R.Entry->Noun.empty())
    return R.Entry->Noun;
  switch (R.Entry->Kind) {
  case model::ResourceKind::Connection:
    return "connection";
  case model::ResourceKind::Pool:
    return "pool";
  case model::ResourceKind::Result:
    return "result";
  case model::ResourceKind::Statement:
    return "statement";
  case model::ResourceKind::Transaction:
    return "transaction";
  case model::ResourceKind::Cursor:
    return "cursor";
  case model::ResourceKind::Stream:
    return "stream";
  case model::ResourceKind::Socket:
    return "socket";
  case model::ResourceKind::Buffer:
    return "buffer";
  case model::ResourceKind::Other:
    return "handle";
  }
  llvm_unreachable("unknown resource kind");
}

std::string releaseApiOf(const model::ResourceEntry &R) {
  if (!R)
    return {};
  const model::Function *Found = nullptr;
  for (const model::Function &F : R.Owner->Functions)
    for (const model::Release &Rel : F.Releases)
      // What also acquires, or releases only sometimes, is no advice.
      if (Rel.Resource == R.Entry->Name && !F.Names.empty() &&
          F.Acquires.empty() && (!Rel.When || !Found) &&
          (!Found || Found->Releases.front().When))
        Found = &F;
  return Found ? Found->Names.front() : "";
}

void Solver::describeLease(const LeaseSite &Site, std::string &Api,
                           std::string &Noun, std::string &ReleaseApi) {
  Api = Site.Api;
  Noun = nounOf(Site.Resource);
  ReleaseApi = releaseApiOf(Site.Resource);
}

LeaseFlow Solver::finish() {
  LeaseFlow Flow;
  Flow.Function = P.Function;
  Flow.OverBudget = OverBudget;
  Flow.CPlusPlus = Env.Context.getLangOpts().CPlusPlus;
  const SourceManager &SM = Env.Context.getSourceManager();
  // Leases of earlier iterations are the same defect.
  std::map<std::pair<const Expr *, unsigned>, LeaseReport> ByPlace;
  for (const auto &[Key, Id] : LeaseIds) {
    const LeaseSite &Site = Sites[Id.Number];
    if (!Site.Where)
      continue;
    LeaseReport &R = ByPlace[{Site.Where, Site.Index}];
    R.Acquired = rangeOf(*Site.Where);
    if (R.HandleName.empty()) {
      R.HandleName = Site.HandleName;
      R.HandleField = Site.HandleField;
    }
    if (R.Api.empty())
      R.Api = Site.Api;
    R.Noun = nounOf(Site.Resource);
    R.ReleaseApi = releaseApiOf(Site.Resource);
    R.GuessedBecause = Site.GuessedBecause;
    R.Resource = Site.Resource;
    R.Ended |= Site.Ended;
    R.HandedOn |= Site.HandedOn;
    R.ViaCallee |= !Site.Inner.empty();
    R.AfterRefusal |= Site.AfterRefusal;
    R.Guarded |= Site.Guarded;
    R.Released |= Site.Released;
    R.Scarce = isScarce(Site.Resource);
    R.Pooled = Site.Resource && Site.Resource.Entry->Pooled;
    R.Statements = std::max<unsigned>(R.Statements, Site.Statements.size());
    R.Calls = std::max<unsigned>(R.Calls, Site.Calls.size());
    for (const std::string &By : Site.ReleasedBy)
      if (!llvm::is_contained(R.ReleasedBy, By))
        R.ReleasedBy.push_back(By);
    if (!Site.Container.valid() || !ByNumber.contains(Site.Container))
      for (const LeaseExit &E : Reports[Id])
        // A callable after whose call nobody releases is the owner.
        if (!E.GivenTo || OnlyLent.contains(E.GivenTo))
          R.Exits.push_back(E);
    R.ByCallee |= Site.StoredByCallee;
    if (auto It = Kept.find(Id); It != Kept.end() && !R.KeptIn) {
      R.KeptIn = It->second.In;
      R.Kept = It->second.At;
    }
  }
  for (auto &[Key, R] : ByPlace) {
    // A handle that is released by hand elsewhere left its guard on purpose.
    for (const LeaseExit &E : R.Exits)
      if (E.Bypass && E.Bypass->Where && !R.Bypassed && !R.Released &&
          !E.AfterException) {
        R.Bypassed = E.Bypass->How;
        R.BypassedAt = rangeOf(*E.Bypass->Where);
      }
    llvm::stable_sort(R.Exits, [&](const LeaseExit &A, const LeaseExit &B) {
      auto Rank = [](const LeaseExit &E) {
        return std::tuple(E.AfterException, E.Sureness);
      };
      if (Rank(A) != Rank(B))
        return Rank(A) < Rank(B);
      if (A.Where.getBegin() != B.Where.getBegin())
        return SM.isBeforeInTranslationUnit(A.Where.getBegin(),
                                            B.Where.getBegin());
      return A.Trail.size() < B.Trail.size();
    });
    R.Exits.erase(std::unique(R.Exits.begin(), R.Exits.end(),
                              [](const LeaseExit &A, const LeaseExit &B) {
                                return A.Where == B.Where && A.How == B.How &&
                                       A.AfterException == B.AfterException;
                              }),
                  R.Exits.end());
    Flow.Leases.push_back(std::move(R));
  }
  llvm::sort(Flow.Leases, [&](const LeaseReport &A, const LeaseReport &B) {
    if (A.Acquired.getBegin() != B.Acquired.getBegin())
      return SM.isBeforeInTranslationUnit(A.Acquired.getBegin(),
                                          B.Acquired.getBegin());
    if (A.Acquired.getEnd() != B.Acquired.getEnd())
      return SM.isBeforeInTranslationUnit(A.Acquired.getEnd(),
                                          B.Acquired.getEnd());
    return std::tie(A.Noun, A.Api, A.HandleName) <
           std::tie(B.Noun, B.Api, B.HandleName);
  });
  llvm::sort(Misuses, [&](const Misuse &A, const Misuse &B) {
    if (A.Where.getBegin() != B.Where.getBegin())
      return SM.isBeforeInTranslationUnit(A.Where.getBegin(),
                                          B.Where.getBegin());
    return std::tie(A.What, A.HandleName) < std::tie(B.What, B.HandleName);
  });
  Flow.Misuses = std::move(Misuses);
  finishIdle(Flow);
  for (auto &[Where, V] : Dangling)
    Flow.Dangling.push_back(std::move(V));
  llvm::sort(Flow.Dangling, [&](const DanglingView &A, const DanglingView &B) {
    return SM.isBeforeInTranslationUnit(A.Where.getBegin(), B.Where.getBegin());
  });
  for (auto &[Where, W] : Waits)
    Flow.Waits.push_back(std::move(W));
  llvm::sort(Flow.Waits, [&](const HeldWait &A, const HeldWait &B) {
    return SM.isBeforeInTranslationUnit(A.Where.getBegin(), B.Where.getBegin());
  });
  finishMembers(Flow);
  finishTransactions(Flow);
  finishPools(Flow);
  auto StandsBefore = [&](SourceRange A, SourceRange B) {
    return SM.isBeforeInTranslationUnit(A.getBegin(), B.getBegin());
  };
  llvm::stable_sort(Unbounded, [&](auto &A, auto &B) {
    return StandsBefore(A.Where, B.Where);
  });
  llvm::stable_sort(Unchecked, [&](auto &A, auto &B) {
    return StandsBefore(A.Acquired, B.Acquired);
  });
  Flow.Unbounded = std::move(Unbounded);
  Flow.Unchecked = std::move(Unchecked);
  return Flow;
}

} // namespace conntidy::flow
