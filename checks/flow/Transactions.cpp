//===- Transactions.cpp - transactions that are begun and ended -----------===//
//
// Follows the transaction of each connection: begun and ended by calls that a
// model tells of, by SQL texts that are known, and by functions whose summary
// says so. A text made at run time neither begins nor ends one.
//
//===----------------------------------------------------------------------===//

#include "flow/Names.h"
#include "flow/Solver.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/Expr.h"

using namespace clang;

namespace conntidy::flow {

using Kind = TransactionEffect::Kind;
using SqlKind = model::SqlStep::Kind;

/// Steps on transactions of the caller's beyond these are not told.
static constexpr size_t MaxSteps = 6;

/// Nothing satisfies this.
static const Fact Never = Fact::range(1, 0);

/// The connection a value is, whichever way it is got at.
Value Solver::connectionOf(const State &S, const Value &V) {
  SymbolId Handle = handleOf(S, V);
  return Handle.valid() ? Value::symbol(Handle) : V;
}

/// Two values that cannot be one connection.
bool Solver::surelyApart(const State &S, const Value &A, const Value &B) const {
  auto IsOwn = [&](const Value &V) {
    return V.isSymbol() && llvm::any_of(S.Leases, [&](const HeldLease &L) {
             return L.Handle == V.Symbol;
           });
  };
  auto IsGiven = [&](const Value &V) {
    return V.isSymbol() && Table[V.Symbol].What == SymbolData::Kind::Parameter;
  };
  if (A == B)
    return false;
  return ((IsOwn(A) || IsGiven(A)) && (IsOwn(B) || IsGiven(B))) ||
         (A.isAddress() && B.isAddress() &&
          Table.root(A.Place) != Table.root(B.Place));
}

Solver::TransactionSite &Solver::transactionSite(const Stmt *Where) {
  return TransactionSites[Where];
}

void Solver::beginTransaction(State &S, const Invocation &I, Value On,
                              OpenTransaction T, std::string Api) {
  On = connectionOf(S, On);
  if (!On.known() || On.isInt() || !I.Where || S.InChild ||
      llvm::any_of(S.Transactions, [&](const OpenTransaction &Open) {
        return Open.Connection == On;
      }))
    return;
  TransactionSite &Site = transactionSite(I.Where);
  if (Site.Api.empty()) {
    Site.Api = std::move(Api);
    Site.ConnectionName = connectionName(S, On);
  }
  T.Where = I.Where;
  T.Connection = On;
  S.Trail = extend(S.Trail, Step::Kind::Acquire, I.Where, Site.Api);
  T.Begun = S.Trail;
  S.Transactions.push_back(std::move(T));
  settleTransactions(S);
}

/// Drops what the facts at hand say has never begun. A text that failed begins
/// nothing, whatever the caller may learn; but it was tried.
void Solver::settleTransactions(State &S) {
  auto Impossible = [&](auto &Step) {
    return llvm::any_of(Step.Conditions, [&](const HeldIf &C) {
      Fact F = S.fact(C.Subject);
      return !F.restrict(C.Wanted);
    });
  };
  llvm::erase_if(S.Transactions, Impossible);
  for (TransactionStep &Step : S.Steps)
    if (Impossible(Step))
      Step.Conditions = {HeldIf{Step.Conditions.front().Subject, Never}};
}

void Solver::endTransaction(State &S, Value On, Kind How) {
  On = connectionOf(S, On);
  bool Ended = false;
  llvm::erase_if(S.Transactions, [&](const OpenTransaction &T) {
    if (On.known() && surelyApart(S, T.Connection, On))
      return false;
    TransactionSite &Site = transactionSite(T.Where);
    (How == Kind::Commit ? Site.Committed : Site.RolledBack) = true;
    return Ended = true;
  });
  if (Ended || S.Steps.size() >= MaxSteps)
    return;
  TransactionStep Step;
  Step.What = How;
  Step.Connection = On;
  if (!llvm::is_contained(S.Steps, Step))
    S.Steps.push_back(std::move(Step));
}

/// Nobody knows any more whether it is open.
void Solver::forgetTransactions(State &S, Value On) {
  On = connectionOf(S, On);
  llvm::erase_if(S.Transactions, [&](const OpenTransaction &T) {
    return !On.known() || !surelyApart(S, T.Connection, On);
  });
}

void Solver::trustWithTransactions(State &S, const Invocation &I,
                                   llvm::StringRef Name) {
  bool Unknown = isa_and_nonnull<CXXDestructorDecl>(I.Callee);
  llvm::erase_if(S.Transactions, [&](const OpenTransaction &T) {
    auto IsIt = [&](const Value &V) {
      if (connectionOf(S, V) == T.Connection)
        return true;
      // An object that holds the connection, or is held by it.
      PlaceId Object = placeOf(V);
      return Object.valid() && llvm::any_of(S.Places, [&](const auto &Entry) {
               return Entry.second == T.Connection &&
                      Table.within(Entry.first, Object);
             });
    };
    bool Given = (I.HasObject && IsIt(I.Object)) || llvm::any_of(I.Args, IsIt);
    return Unknown || mayEndTransaction(Name, Given);
  });
}

/// The connection is released, or goes back to its pool.
void Solver::connectionEnds(State &S, SymbolId Handle,
                            const model::ResourceEntry &Resource,
                            const Stmt *Where) {
  llvm::erase_if(S.Transactions, [&](const OpenTransaction &T) {
    if (!T.Connection.isSymbol() || T.Connection.Symbol != Handle)
      return false;
    if (Resource && Resource.Entry->Pooled && Where)
      noteOpen(S, T, TransactionExit::Kind::GivenBack, Where, std::nullopt);
    return true;
  });
}

/// What of the steps of a text is left open behind it; null: nothing.
static const model::SqlStep *leftOpen(llvm::ArrayRef<model::SqlStep> Steps) {
  const model::SqlStep *Open = nullptr;
  for (const model::SqlStep &Step : Steps)
    switch (Step.What) {
    case SqlKind::Begin:
      Open = Open ? Open : &Step;
      break;
    case SqlKind::Savepoint:
      Open = Open ? Open : &Step;
      break;
    case SqlKind::Release:
      if (Open && Open->Name == Step.Name)
        Open = nullptr;
      break;
    case SqlKind::Commit:
    case SqlKind::Rollback:
    case SqlKind::MayEnd:
      Open = nullptr;
      break;
    }
  return Open;
}

void Solver::endByText(State &S, const Value &On, const Value &Text,
                       model::SqlDialect Dialect) {
  std::optional<std::string> Characters = literalAt(Text);
  if (!Characters) {
    // One of several texts: any of them may end it.
    if (Text.isSymbol() && Table[Text.Symbol].What == SymbolData::Kind::Merged)
      forgetTransactions(S, On);
    return;
  }
  bool Opened = false;
  for (const model::SqlStep &Step :
       model::transactionSteps(*Characters, Dialect))
    switch (Step.What) {
    case SqlKind::Begin:
    case SqlKind::Savepoint:
      Opened = true;
      break;
    case SqlKind::Release:
      llvm::erase_if(S.Transactions, [&](const OpenTransaction &T) {
        bool Ends = T.Savepoint == Step.Name;
        if (Ends)
          transactionSite(T.Where).Committed = true;
        return Ends;
      });
      break;
    case SqlKind::Commit:
    case SqlKind::Rollback:
      if (!std::exchange(Opened, false))
        endTransaction(S, On,
                       Step.What == SqlKind::Commit ? Kind::Commit
                                                    : Kind::Rollback);
      break;
    case SqlKind::MayEnd:
      forgetTransactions(S, On);
      break;
    }
}

void Solver::beginByText(State &S, const Invocation &I, const Value &On,
                         const Value &Text, model::SqlDialect Dialect,
                         OpenTransaction T, std::string Api) {
  if (std::optional<std::string> Characters = literalAt(Text)) {
    auto Steps = model::transactionSteps(*Characters, Dialect);
    if (const model::SqlStep *Open = leftOpen(Steps)) {
      T.Savepoint = Open->Name;
      beginTransaction(S, I, On, std::move(T), std::move(Api));
    }
    return;
  }
  if (!Text.isSymbol() || !cameFromOutside(Text.Symbol) ||
      S.Steps.size() >= MaxSteps)
    return;
  TransactionStep Step;
  Step.What = Kind::Run;
  Step.Connection = connectionOf(S, On);
  Step.Text = Text;
  Step.Dialect = Dialect;
  Step.Result = T.Result;
  Step.Conditions = T.Conditions;
  if (!llvm::is_contained(S.Steps, Step))
    S.Steps.push_back(std::move(Step));
}

void Solver::endTransactions(State &S, const Invocation &I,
                             llvm::ArrayRef<model::FunctionEntry> Entries) {
  for (const model::FunctionEntry &E : Entries) {
    if (E.Entry->Commits)
      endTransaction(S, slotValue(I, *E.Entry->Commits, S), Kind::Commit);
    if (E.Entry->RollsBack)
      endTransaction(S, slotValue(I, *E.Entry->RollsBack, S), Kind::Rollback);
    if (const auto &Run = E.Entry->Executes)
      endByText(S, Run->On ? slotValue(I, *Run->On, S) : Value(),
                textAt(I, Run->Text, S), E.Owner->Sql);
  }
}

static Fact factOf(const model::Condition &C) {
  Fact F = Fact::range(C.Low, C.High);
  if (C.Negated) {
    F = Fact();
    F.exclude(C.Low, C.High);
  }
  return F;
}

void Solver::beginTransactions(State &S, const Invocation &I,
                               llvm::ArrayRef<model::FunctionEntry> Entries,
                               const Value &Result) {
  auto Begun = [&](const std::optional<model::Condition> &When) {
    OpenTransaction T;
    if (Result.isSymbol()) {
      T.Result = Result.Symbol;
      if (When && When->About == model::Condition::Subject::Return)
        T.Conditions.push_back({Result.Symbol, factOf(*When)});
    }
    return T;
  };
  for (const model::FunctionEntry &E : Entries) {
    std::string Api =
        I.Callee ? model::qualifiedName(I.Callee) : E.Entry->Names.front();
    if (const auto &B = E.Entry->Begins)
      beginTransaction(S, I, slotValue(I, B->On, S), Begun(B->When), Api);
    if (const auto &Run = E.Entry->Executes)
      beginByText(S, I, Run->On ? slotValue(I, *Run->On, S) : Value(),
                  textAt(I, Run->Text, S), E.Owner->Sql, Begun(Run->When), Api);
    for (const auto *Answer : {&E.Entry->StatusOf, &E.Entry->InTransaction}) {
      if (!*Answer || !Result.isSymbol())
        continue;
      Value Of = connectionOf(S, slotValue(I, (*Answer)->Of, S));
      HeldIf Good{Result.Symbol, factOf((*Answer)->Good)};
      for (OpenTransaction &T : S.Transactions)
        if (T.Connection == Of ||
            (Of.isSymbol() && T.Result.valid() && Of.Symbol == T.Result))
          T.Conditions.push_back(Good);
      for (TransactionStep &T : S.Steps)
        if (Of.isSymbol() && T.Result.valid() && Of.Symbol == T.Result)
          T.Conditions.push_back(Good);
    }
  }
  settleTransactions(S);
}

void Solver::applyTransactions(
    State &S, const Invocation &I, llvm::ArrayRef<TransactionEffect> Effects,
    const Value &Result,
    llvm::function_ref<Value(const SummaryValue &)> Resolve) {
  std::string Api = I.Callee ? model::qualifiedName(I.Callee) : "";
  for (const TransactionEffect &E : Effects) {
    Value On = Resolve(E.Connection);
    OpenTransaction T;
    if (Result.isSymbol()) {
      T.Result = Result.Symbol;
      if (E.IfReturned)
        T.Conditions.push_back({Result.Symbol, *E.IfReturned});
    }
    switch (E.What) {
    case Kind::Commit:
    case Kind::Rollback:
      endTransaction(S, On, E.What);
      break;
    case Kind::Run: {
      Value Text = Resolve(E.Text);
      endByText(S, On, Text, E.Dialect);
      if (Result.isSymbol() || E.IfReturned != Never)
        beginByText(S, I, On, Text, E.Dialect, std::move(T), Api);
      break;
    }
    case Kind::Begin:
      T.Savepoint = E.Savepoint;
      if (transactionSite(I.Where).Inner.empty())
        transactionSite(I.Where).Inner = E.Inner;
      beginTransaction(S, I, On, std::move(T), Api);
      break;
    }
  }
}

std::string Solver::connectionName(const State &S, const Value &V) const {
  auto Declared = [](const PlaceData &D) {
    bool Named = (D.What == PlaceData::Kind::Variable ||
                  D.What == PlaceData::Kind::Global ||
                  D.What == PlaceData::Kind::Field) &&
                 D.Origin && D.Pseudo == PseudoField::None;
    return Named ? static_cast<const ValueDecl *>(D.Origin)->getNameAsString()
                 : std::string();
  };
  if (V.isAddress())
    return Declared(Table[V.Place]);
  if (!V.isSymbol())
    return {};
  if (std::string Name = nameOf(V.Symbol); !Name.empty())
    return Name;
  for (auto &[Place, Held] : S.Places)
    if (Held == V)
      if (std::string Name = Declared(Table[Place]); !Name.empty())
        return Name;
  return {};
}

/// True unless the connection ends with the function, and its transaction with
/// it.
bool Solver::livesOn(const State &S, const Value &Connection) const {
  if (Connection.isSymbol())
    return Table[Connection.Symbol].What != SymbolData::Kind::New &&
           llvm::none_of(S.Leases, [&](const HeldLease &L) {
             return L.Handle == Connection.Symbol;
           });
  if (!Connection.isAddress())
    return false;
  const PlaceData &Root = Table[Table.root(Connection.Place)];
  const CXXRecordDecl *R = nullptr;
  switch (Root.What) {
  case PlaceData::Kind::Global:
    return true;
  case PlaceData::Kind::Pointee:
    return Table[Root.Symbol].What != SymbolData::Kind::New;
  case PlaceData::Kind::Variable:
    R = static_cast<const VarDecl *>(Root.Origin)
            ->getType()
            ->getAsCXXRecordDecl();
    break;
  case PlaceData::Kind::Temporary:
    R = classOf(Connection.Place);
    break;
  default:
    return false;
  }
  model::ClassEntry C = R ? Env.Models.entryFor(R) : model::ClassEntry();
  return C && C.Entry->Refers;
}

void Solver::noteOpen(const State &S, const OpenTransaction &T,
                      TransactionExit::Kind How, const Stmt *Where,
                      std::optional<Certainty> Exception) {
  TransactionExit E;
  E.How = How;
  if (Where) {
    E.Where = rangeOf(*Where);
  } else {
    SourceLocation End = P.Function->getBody()->getEndLoc();
    E.Where = SourceRange(End, End);
  }
  E.Line =
      Env.Context.getSourceManager().getExpansionLineNumber(E.Where.getBegin());
  if (T.ExceptionPassed || Exception) {
    E.AfterException = true;
    E.Sureness = T.ExceptionPassed ? *T.ExceptionPassed : *Exception;
  }
  TransactionSite &Site = transactionSite(T.Where);
  auto Known = llvm::find_if(Site.Exits, [&](const TransactionExit &K) {
    return K.Where == E.Where && K.How == E.How;
  });
  for (const TrailNode *N = S.Trail; N; N = N->Before) {
    bool Begins = N->What == Step::Kind::Acquire && N->Where == T.Where;
    if ((N->What != Step::Kind::Acquire && N->What != Step::Kind::Release) ||
        Begins)
      E.Trail.push_back(describe(*N));
    if (Begins) {
      E.Trail.back().Text = "transaction begun here by '" + Site.Api + "'";
      break;
    }
  }
  for (const FindingStep &Inner : llvm::reverse(Site.Inner)) {
    E.Trail.push_back(Inner);
    ++E.Trail.back().Depth;
  }
  std::reverse(E.Trail.begin(), E.Trail.end());
  if (Known == Site.Exits.end())
    Site.Exits.push_back(std::move(E));
  else if (std::pair(E.AfterException, E.Trail.size()) <
           std::pair(Known->AfterException, Known->Trail.size()))
    *Known = std::move(E);
}

/// A flag that outlives the function says that one is open: whoever reads it
/// will end it.
bool Solver::saysThatOneIsOpen(const State &S) const {
  return llvm::any_of(S.Places, [&](const auto &Entry) {
    const PlaceData &D = Table[Entry.first];
    bool Declared = (D.What == PlaceData::Kind::Field ||
                     D.What == PlaceData::Kind::Global) &&
                    D.Pseudo == PseudoField::None && D.Origin;
    if (!Declared || !Entry.second.isInt() || Entry.second.Low == 0 ||
        !outlives(S, Entry.first, false, {}))
      return false;
    return soundsLikeTransaction(
        static_cast<const ValueDecl *>(D.Origin)->getName());
  });
}

void Solver::noteOpenTransactions(const State &S, const Stmt *Where,
                                  std::optional<Certainty> Thrown) {
  if (P.Function->isMain() || S.InChild ||
      (!S.Transactions.empty() && saysThatOneIsOpen(S)))
    return;
  for (const OpenTransaction &T : S.Transactions)
    if (livesOn(S, T.Connection))
      noteOpen(S, T,
               Thrown  ? TransactionExit::Kind::Throw
               : Where ? TransactionExit::Kind::Return
                       : TransactionExit::Kind::End,
               Where, Thrown);
}

/// A function that ends the transaction on no path leaves that to its caller,
/// and so does one that only rolls it back where something goes wrong.
bool Solver::isToBlame(const TransactionSite &Site) const {
  return llvm::any_of(Site.Exits, [&](const TransactionExit &E) {
    return Site.Committed || E.How == TransactionExit::Kind::GivenBack;
  });
}

void Solver::finishTransactions(LeaseFlow &Flow) {
  for (auto &[Where, Site] : TransactionSites) {
    if (!isToBlame(Site))
      continue;
    TransactionReport R;
    R.Begun = rangeOf(*Where);
    R.Api = Site.Api;
    R.ConnectionName = Site.ConnectionName;
    R.Exits = Site.Exits;
    llvm::stable_sort(
        R.Exits, [](const TransactionExit &A, const TransactionExit &B) {
          auto Rank = [](const TransactionExit &E) {
            return std::tuple(E.How != TransactionExit::Kind::GivenBack,
                              E.AfterException, E.Sureness, E.Line);
          };
          return Rank(A) < Rank(B);
        });
    Flow.Transactions.push_back(std::move(R));
    // What is said here, no caller is to hear again.
    for (SummaryCase &C : Effects.Cases)
      llvm::erase_if(C.Transactions, [&](const TransactionEffect &E) {
        return E.What == Kind::Begin && !E.Inner.empty() &&
               E.Inner.front().Where == Where->getSourceRange();
      });
  }
  const SourceManager &SM = Env.Context.getSourceManager();
  llvm::sort(Flow.Transactions, [&](const TransactionReport &A,
                                    const TransactionReport &B) {
    return SM.isBeforeInTranslationUnit(A.Begun.getBegin(), B.Begun.getBegin());
  });
}

} // namespace conntidy::flow
