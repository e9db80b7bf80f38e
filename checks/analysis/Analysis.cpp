//===- Analysis.cpp - from a parsed unit to findings ----------------------===//

#include "analysis/Analysis.h"
#include "analysis/CallGraph.h"
#include "analysis/Facts.h"
#include "analysis/IndexedUnits.h"
#include "analysis/MemberFacts.h"
#include "analysis/Probes.h"
#include "analysis/Roles.h"
#include "cfg/Throws.h"
#include "fix/Edits.h"
#include "flow/LeaseFlow.h"
#include "flow/Lowering.h"
#include "flow/Names.h"
#include "model/ModelSet.h"
#include "rules/dangling_row/DanglingRow.h"
#include "rules/double_release/DoubleRelease.h"
#include "rules/guard_bypass/GuardBypass.h"
#include "rules/held_too_long/HeldTooLong.h"
#include "rules/held_while_blocking/HeldWhileBlocking.h"
#include "rules/in_probe/InProbe.h"
#include "rules/leak/Leak.h"
#include "rules/leak_on_throw/LeakOnThrow.h"
#include "rules/nested_acquire/NestedAcquire.h"
#include "rules/no_timeout/NoTimeout.h"
#include "rules/open_transaction/OpenTransaction.h"
#include "rules/pool_per_call/PoolPerCall.h"
#include "rules/raw_acquire/RawAcquire.h"
#include "rules/unchecked_acquire/UncheckedAcquire.h"
#include "rules/unpooled_connect/UnpooledConnect.h"
#include "rules/use_after_release/UseAfterRelease.h"
#include "rules/wrong_release/WrongRelease.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclCXX.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/raw_ostream.h"
#include <chrono>
#include <set>

using namespace clang;

namespace conntidy {

namespace {

/// Rounds after which mutually recursive functions count as too complex.
constexpr unsigned MaxRounds = 5;
/// Statements and expressions of a helper that is summarised on demand.
constexpr unsigned MaxHelperStatements = 120;

class UnitAnalysis final : public flow::FlowEnvironment {
public:
  UnitAnalysis(ASTContext &Context, const model::ModelIndex &Models,
               ThrowInference &Throws, const Settings &Set,
               IndexedUnits &Indexed, Dump What, llvm::raw_ostream *DumpOut,
               UnitStatistics &Statistics)
      : FlowEnvironment(Context, Models, Throws, Set, Indexed),
        Graph(Context, Models), Indexed(Indexed), What(What), DumpOut(DumpOut),
        Statistics(Statistics) {
    Statistics.Functions = Graph.nodes().size();
    Seen.resize(Graph.nodes().size());
    for (unsigned N = 0; N < Graph.nodes().size(); ++N)
      NodeOf[Graph.nodes()[N].Definition->getCanonicalDecl()] = N;
  }

  void run() {
    for (const std::vector<unsigned> &Component : Graph.bottomUp())
      if (!Seen[Component.front()])
        analyze(Component, false);
    settleMembers();
    settlePools();
    settleProbes();
  }

  const Summary *summaryOf(const FunctionDecl *F) override {
    const FunctionDecl *Key = F->getCanonicalDecl();
    auto It = Summaries.find(Key);
    if (It != Summaries.end())
      return &It->second;
    // Checks and predicates that know nothing of leases are looked at when a
    // function that does calls them.
    auto Node = NodeOf.find(Key);
    if (Node == NodeOf.end())
      return Indexed.summaryOf(F);
    if (Seen[Node->second] || !InDemand.insert(Key).second)
      return nullptr;
    const FunctionNode &N = Graph.nodes()[Node->second];
    if (!isSmall(N.Definition->getBody()))
      return nullptr;
    analyze({Node->second}, true);
    It = Summaries.find(Key);
    return It == Summaries.end() ? nullptr : &It->second;
  }

  bool destructorMatters(const CXXRecordDecl *R) override {
    R = R->getCanonicalDecl();
    auto It = Matters.find(R);
    if (It != Matters.end())
      return It->second;
    Matters[R] = false;
    bool Result = computeMatters(R);
    // Within a recursion the answer may still change.
    if (InProgress.empty() || Result)
      Matters[R] = Result;
    else
      Matters.erase(R);
    return Result;
  }

  /// What callers in other units need to know.
  std::vector<FunctionFacts> facts() {
    std::vector<FunctionFacts> Facts;
    std::vector<bool> ForEditors = calledFromMainFile();
    WaitInference Alone(Context, Models);
    for (unsigned N = 0; N < Graph.nodes().size(); ++N) {
      const FunctionDecl *F = Graph.nodes()[N].Definition;
      if (!isForOthers(F, Context) && !ForEditors[N])
        continue;
      if (!Seen[N] && mayEnd(Graph.nodes()[N]) && isSmall(F->getBody()) &&
          InDemand.insert(F->getCanonicalDecl()).second)
        analyze({N}, true);
      auto It = Summaries.find(F->getCanonicalDecl());
      Facts.push_back(factsAbout(F,
                                 It == Summaries.end() ? nullptr : &It->second,
                                 Throws, Alone, Models, Indexed, Context));
      Facts.back().Analyzed = Built.count(F->getCanonicalDecl());
    }
    return Facts;
  }

  /// Grows while its members are looked at: a question about a class may have
  /// another function analysed.
  std::deque<flow::LeaseFlow> Flows;

private:
  /// Functions of headers that the main file makes use of itself: an editor
  /// skips their bodies, and asks the index.
  std::vector<bool> calledFromMainFile() const {
    const SourceManager &SM = Context.getSourceManager();
    auto IsInMain = [&](unsigned N) {
      const FunctionDecl *F = Graph.nodes()[N].Definition;
      return SM.isInMainFile(SM.getExpansionLoc(F->getLocation()));
    };
    std::vector<bool> Called(Graph.nodes().size());
    for (unsigned N = 0; N < Graph.nodes().size(); ++N)
      if (IsInMain(N))
        for (unsigned Callee : Graph.nodes()[N].Callees)
          Called[Callee] = !IsInMain(Callee);
    return Called;
  }

  /// It calls something that ends the program.
  bool mayEnd(const FunctionNode &N) {
    return N.CallsNoReturn || llvm::any_of(N.Callees, [&](unsigned C) {
             return Throws.neverReturns(Graph.nodes()[C].Definition);
           });
  }

  /// What is left in members, or stored over them, is judged by the class.
  void settleMembers() {
    MemberFacts Facts(*this);
    auto IsForgotten = [&](const FieldDecl *F) {
      auto *Class = F ? dyn_cast<CXXRecordDecl>(F->getParent()) : nullptr;
      return Class && !Graph.livesOn(Class) && Facts.neverReleased(F);
    };
    for (size_t N = 0; N < Flows.size(); ++N) {
      flow::LeaseFlow &Flow = Flows[N];
      llvm::erase_if(Flow.Overwritten, [&](const flow::OverwrittenHandle &H) {
        return H.Field && !(H.Open && Facts.isOwned(H.Field)) &&
               !(Facts.openFromTheStart(H.Field) &&
                 !helpsToConstruct(Flow.Function));
      });
      for (flow::LeaseReport &L : Flow.Leases) {
        // The class is to blame, not those who use it.
        if (L.ByCallee && !L.Exits.empty() && IsForgotten(L.HandleField))
          L.Exits.clear();
        if (L.ByCallee && !L.Exits.empty() && L.HandleField)
          if (const CXXMethodDecl *M = Facts.closerOf(L.HandleField))
            L.ReleaseApi = model::qualifiedName(M);
        if ((!L.Exits.empty() && !L.Exits.front().AfterException) ||
            L.ByCallee || !IsForgotten(L.KeptIn))
          continue;
        L.Keeper = L.KeptIn->getParent()->getNameAsString();
        L.Exits.insert(L.Exits.begin(), L.Kept);
      }
    }
  }

  /// Pools that are made once are made where they should be; connections that
  /// are opened beside a pool are known when the pool is.
  void settlePools() {
    std::vector<llvm::SmallVector<unsigned, 2>> Callers(Graph.nodes().size());
    for (unsigned N = 0; N < Graph.nodes().size(); ++N)
      for (unsigned Callee : Graph.nodes()[N].Callees)
        Callers[Callee].push_back(N);
    auto NodeAt = [&](const FunctionDecl *F) -> std::optional<unsigned> {
      auto It = NodeOf.find(F->getCanonicalDecl());
      return It == NodeOf.end() ? std::nullopt : std::optional(It->second);
    };
    for (flow::LeaseFlow &Flow : Flows)
      if (auto N = NodeAt(Flow.Function);
          !Flow.Pools.empty() && N && runsOnce(*N, Callers, 0))
        Flow.Pools.clear();
    std::map<llvm::StringRef, llvm::StringRef> PoolOf; // handle type -> acquire
    for (const flow::LeaseFlow &Flow : Flows)
      for (const flow::LeaseReport &L : Flow.Leases)
        if (L.Resource && L.Resource.Entry->Pooled &&
            !L.Resource.Entry->Type.empty())
          PoolOf.try_emplace(L.Resource.Entry->Type, L.Api);
    for (flow::LeaseFlow &Flow : Flows)
      for (flow::LeaseReport &L : Flow.Leases) {
        if (!L.Resource || L.Resource.Entry->Pooled || L.ViaCallee ||
            L.Resource.Entry->Kind != model::ResourceKind::Connection ||
            Flow.Function->isMain())
          continue;
        auto Pool = PoolOf.find(L.Resource.Entry->Type);
        bool OfPool = servesPool(Flow.Function);
        if (auto N = NodeAt(Flow.Function))
          OfPool |= llvm::any_of(Callers[*N], [&](unsigned C) {
            return servesPool(Graph.nodes()[C].Definition);
          });
        if (Pool != PoolOf.end() && !OfPool &&
            (L.AfterRefusal || (L.Ended && !L.HandedOn)))
          L.PoolBeside = Pool->second.str();
      }
  }

  /// Handlers of probes that acquire; without any connection in sight there is
  /// none to look for.
  void settleProbes() {
    if (llvm::none_of(Flows, [](const flow::LeaseFlow &Flow) {
          return llvm::any_of(Flow.Leases, [](const flow::LeaseReport &L) {
            return L.Resource && L.Resource.Entry->Kind ==
                                     model::ResourceKind::Connection;
          });
        }))
      return;
    for (auto &[Probe, Name] : findProbes(Graph, Set)) {
      const std::vector<Acquisition> &Made = Acquisitions.of(Probe);
      if (Made.empty())
        continue;
      flow::LeaseFlow Flow;
      Flow.Function = Probe;
      for (const Acquisition &A : Made) {
        flow::ProbeAcquire P;
        P.Where = A.Chain.front().Where;
        P.Probe = Name;
        P.Api = A.Api;
        P.Chain = A.Chain;
        Flow.Probes.push_back(std::move(P));
      }
      Flows.push_back(std::move(Flow));
    }
  }

  /// A part of a pool's own implementation.
  bool servesPool(const FunctionDecl *F) {
    auto *M = dyn_cast<CXXMethodDecl>(F);
    return (M && Models.isPool(M->getParent())) ||
           llvm::any_of(Models.entriesFor(F),
                        [](const model::FunctionEntry &E) {
                          return !E.Entry->Acquires.empty() ||
                                 !E.Entry->Releases.empty();
                        });
  }

  /// main(), what only it calls, and what is called as if it ran once.
  bool runsOnce(unsigned N,
                const std::vector<llvm::SmallVector<unsigned, 2>> &Callers,
                unsigned Depth) {
    const FunctionDecl *F = Graph.nodes()[N].Definition;
    if (F->isMain())
      return true;
    if (Depth > 4)
      return false;
    if (!Callers[N].empty())
      return llvm::all_of(Callers[N], [&](unsigned C) {
        return C != N && runsOnce(C, Callers, Depth + 1);
      });
    return flow::soundsLikeStart(F->getNameAsString());
  }

  /// A constructor of its class calls the method, in however many steps.
  bool helpsToConstruct(const FunctionDecl *F) const {
    auto *M = dyn_cast<CXXMethodDecl>(F);
    auto Wanted = NodeOf.find(F->getCanonicalDecl());
    if (!M || Wanted == NodeOf.end())
      return true;
    llvm::SmallVector<unsigned, 16> Todo;
    for (const CXXConstructorDecl *C : M->getParent()->ctors())
      if (auto It = NodeOf.find(C->getCanonicalDecl()); It != NodeOf.end())
        Todo.push_back(It->second);
    llvm::DenseSet<unsigned> Visited;
    while (!Todo.empty()) {
      unsigned N = Todo.pop_back_val();
      if (N == Wanted->second)
        return true;
      if (Visited.insert(N).second)
        llvm::append_range(Todo, Graph.nodes()[N].Callees);
    }
    return false;
  }

  /// Worth a summary though it touches no lease.
  static bool isSmall(const Stmt *Body) {
    unsigned Left = MaxHelperStatements;
    return countDown(Body, Left);
  }
  static bool countDown(const Stmt *S, unsigned &Left) {
    if (!S)
      return true;
    if (Left == 0)
      return false;
    --Left;
    return llvm::all_of(S->children(),
                        [&](const Stmt *C) { return countDown(C, Left); });
  }

  bool computeMatters(const CXXRecordDecl *R) {
    R = R->getDefinition();
    if (!R)
      return false;
    if (model::ClassEntry C = Models.entryFor(R))
      if (C.Entry->GuardOf || !C.Entry->Holds.empty())
        return true;
    if (isInStandardLibrary(R))
      return false;
    const CXXDestructorDecl *D = R->getDestructor();
    if (D && D->isUserProvided()) {
      if (!bodyKnown(D))
        return true;
      if (!visibleBody(D) && Indexed.touches(D))
        return true;
      if (Touching.count(D->getCanonicalDecl()) ||
          InProgress.count(D->getCanonicalDecl()))
        return true;
    }
    for (const FieldDecl *F : R->fields())
      if (const CXXRecordDecl *Class =
              F->getType()->getBaseElementTypeUnsafe()->getAsCXXRecordDecl())
        if (destructorMatters(Class))
          return true;
    for (const CXXBaseSpecifier &B : R->bases())
      if (const CXXRecordDecl *Class = B.getType()->getAsCXXRecordDecl())
        if (destructorMatters(Class))
          return true;
    return false;
  }

  bool isRelevant(const FunctionNode &N) {
    if (N.TouchesModel)
      return true;
    for (unsigned C : N.Callees)
      if (Touching.count(Graph.nodes()[C].Definition->getCanonicalDecl()))
        return true;
    return llvm::any_of(
        N.Elsewhere, [&](const FunctionDecl *F) { return Indexed.touches(F); });
  }

  void analyze(const std::vector<unsigned> &Component, bool OnDemand) {
    bool Relevant = OnDemand || llvm::any_of(Component, [&](unsigned N) {
                      return isRelevant(Graph.nodes()[N]);
                    });
    if (!Relevant)
      return;
    for (unsigned N : Component)
      Seen[N] = true;
    bool Recursive =
        Component.size() > 1 ||
        llvm::is_contained(Graph.nodes()[Component.front()].Callees,
                           Component.front());
    std::vector<std::pair<const FunctionDecl *, std::unique_ptr<flow::Program>>>
        Programs;
    for (unsigned N : Component) {
      const FunctionDecl *F = Graph.nodes()[N].Definition;
      auto P = flow::lower(F, Context, Throws);
      if (!P) {
        Statistics.NotBuilt.push_back(model::qualifiedName(F));
        continue;
      }
      ++Statistics.Analyzed;
      if (What == Dump::Events)
        P->print(*DumpOut);
      InProgress.insert(F->getCanonicalDecl());
      // Until something is known, a recursive call does not return.
      if (Recursive)
        Summaries[F->getCanonicalDecl()] = Summary();
      Built.insert(F->getCanonicalDecl());
      Programs.push_back({F, std::move(P)});
    }
    std::vector<flow::LeaseFlow> Last;
    for (unsigned Round = 0;; ++Round) {
      bool Changed = false;
      Last.clear();
      for (auto &[F, P] : Programs) {
        flow::Solution S = flow::solve(*P, *this);
        Last.push_back(std::move(S.Flow));
        const FunctionDecl *Key = F->getCanonicalDecl();
        if (Recursive) {
          if (!(Summaries[Key] == S.Effects)) {
            Changed = true;
            Summaries[Key] = std::move(S.Effects);
          }
        } else if (!S.Effects.trivial() || S.Effects.informative() ||
                   !S.Effects.Uses.empty() || !S.Effects.Rewinds.empty() ||
                   (S.Effects.neverReturns() && !Last.back().OverBudget)) {
          Summaries[Key] = std::move(S.Effects);
        }
      }
      if (!Recursive || !Changed)
        break;
      if (Round == MaxRounds) {
        for (auto &[F, P] : Programs) {
          Summary &S = Summaries[F->getCanonicalDecl()];
          S.Cases.clear();
          S.TooComplex = true;
        }
        break;
      }
    }
    for (auto &[F, P] : Programs) {
      const FunctionDecl *Key = F->getCanonicalDecl();
      InProgress.erase(Key);
      auto It = Summaries.find(Key);
      if (It == Summaries.end())
        continue;
      if (What == Dump::Summaries)
        It->second.print(*DumpOut, model::qualifiedName(F));
      if (!It->second.trivial())
        Touching.insert(Key);
      else if (!It->second.tellsCallers() && It->second.Uses.empty())
        Summaries.erase(It);
    }
    for (flow::LeaseFlow &F : Last) {
      if (F.OverBudget)
        Statistics.OverBudget.push_back(model::qualifiedName(F.Function));
      Flows.push_back(std::move(F));
    }
  }

  CallGraph Graph;
  IndexedUnits &Indexed;
  std::map<const FunctionDecl *, Summary> Summaries;
  std::set<const FunctionDecl *> Touching; ///< whose summary speaks of leases
  std::set<const FunctionDecl *> InDemand; ///< asked for by a caller
  std::set<const FunctionDecl *> Built;    ///< and so analysed
  std::map<const FunctionDecl *, unsigned> NodeOf;
  std::vector<bool> Seen;
  llvm::DenseMap<const CXXRecordDecl *, bool> Matters;
  std::set<const FunctionDecl *> InProgress;
  Dump What;
  llvm::raw_ostream *DumpOut;
  UnitStatistics &Statistics;
};

} // namespace

static void judge(const flow::LeaseFlow &Flow,
                  const std::vector<std::string> &Enabled,
                  std::vector<Finding> &Out) {
  auto On = [&](llvm::StringRef Id) {
    return llvm::is_contained(Enabled, Id.str());
  };
  if (On(rules::Leak::id()))
    rules::Leak().check(Flow, Out);
  if (On(rules::LeakOnThrow::id()))
    rules::LeakOnThrow().check(Flow, Out);
  if (On(rules::GuardBypass::id()))
    rules::GuardBypass().check(Flow, Out);
  if (On(rules::WrongRelease::id()))
    rules::WrongRelease().check(Flow, Out);
  if (On(rules::DoubleRelease::id()))
    rules::DoubleRelease().check(Flow, Out);
  if (On(rules::UseAfterRelease::id()))
    rules::UseAfterRelease().check(Flow, Out);
  if (On(rules::DanglingRow::id()))
    rules::DanglingRow().check(Flow, Out);
  if (On(rules::HeldTooLong::id()))
    rules::HeldTooLong().check(Flow, Out);
  if (On(rules::HeldWhileBlocking::id()))
    rules::HeldWhileBlocking().check(Flow, Out);
  if (On(rules::NoTimeout::id()))
    rules::NoTimeout().check(Flow, Out);
  if (On(rules::UncheckedAcquire::id()))
    rules::UncheckedAcquire().check(Flow, Out);
  if (On(rules::InProbe::id()))
    rules::InProbe().check(Flow, Out);
  if (On(rules::NestedAcquire::id()))
    rules::NestedAcquire().check(Flow, Out);
  if (On(rules::PoolPerCall::id()))
    rules::PoolPerCall().check(Flow, Out);
  if (On(rules::UnpooledConnect::id()))
    rules::UnpooledConnect().check(Flow, Out);
  if (On(rules::OpenTransaction::id()))
    rules::OpenTransaction().check(Flow, Out);
  if (On(rules::RawAcquire::id()))
    rules::RawAcquire().check(Flow, Out);
}

static void addHolds(const flow::LeaseFlow &Flow, const ASTContext &Context,
                     std::vector<Hold> &Into) {
  for (const flow::LeaseReport &L : Flow.Leases) {
    if (!L.Scarce)
      continue;
    Hold H;
    FindingStep At;
    At.Where = L.Acquired;
    H.Where = placeOf(At, Context);
    H.Function = model::qualifiedName(Flow.Function);
    H.Handle = L.HandleName;
    H.Noun = L.Noun;
    H.By = L.Api;
    H.Pooled = L.Pooled;
    H.Statements = L.Statements;
    H.Calls = L.Calls;
    for (const flow::HeldWait &W : Flow.Waits)
      if (W.Acquired == L.Acquired && !llvm::is_contained(H.Waits, W.For))
        H.Waits.push_back(W.For);
    llvm::sort(H.Waits);
    H.Idle = llvm::any_of(Flow.Idle, [&](const flow::IdleHold &I) {
      return I.Acquired == L.Acquired;
    });
    H.Guarded = L.Guarded;
    H.Released = L.Released;
    H.Leaks = !L.Exits.empty();
    H.ReleasedBy = L.ReleasedBy;
    Into.push_back(std::move(H));
  }
}

UnitResult analyzeUnit(ASTContext &Context, const model::ModelSet &Models,
                       const Settings &Settings,
                       const std::vector<std::string> &EnabledChecks, Dump What,
                       llvm::raw_ostream *DumpOut, const FunctionIndex *Known,
                       bool WithFacts, bool WithHolds) {
  auto Start = std::chrono::steady_clock::now();
  UnitResult Result;
  model::ModelIndex Index(Models);
  IndexedUnits Indexed(Context, Index, Known);
  model::ModelSet Inferred = model::ModelSet::ofInferred(
      {libraryOf(inferRoles(Context, Index, Indexed))});
  Index.add(Inferred);
  ThrowInference Throws(Context, Index, &Indexed);
  UnitAnalysis Analysis(Context, Index, Throws, Settings, Indexed, What,
                        DumpOut, Result.Statistics);
  Analysis.CountHolds = WithHolds;
  Analysis.run();
  if (WithHolds)
    for (const flow::LeaseFlow &Flow : Analysis.Flows)
      addHolds(Flow, Context, Result.Holds);
  if (Known && WithFacts)
    Result.Facts = Analysis.facts();
  Result.Asked = Indexed.questions();
  std::vector<Finding> All;
  for (const flow::LeaseFlow &Flow : Analysis.Flows)
    judge(Flow, EnabledChecks, All);
  const SourceManager &SM = Context.getSourceManager();
  llvm::stable_sort(All, [&](const Finding &A, const Finding &B) {
    SourceLocation LA = SM.getExpansionLoc(A.Where.getBegin());
    SourceLocation LB = SM.getExpansionLoc(B.Where.getBegin());
    if (LA != LB)
      return SM.isBeforeInTranslationUnit(LA, LB);
    return std::make_pair(A.Check, rankOf(A)) <
           std::make_pair(B.Check, rankOf(B));
  });
  // Instantiations of one template make one report.
  All.erase(llvm::unique(All,
                         [&](const Finding &A, const Finding &B) {
                           return A.Check == B.Check &&
                                  SM.getExpansionLoc(A.Where.getBegin()) ==
                                      SM.getExpansionLoc(B.Where.getBegin());
                         }),
            All.end());
  for (Finding &F : All)
    F.Fix = editsFor(F.Intent, Context);
  Result.Findings = std::move(All);
  Result.Statistics.EngineSeconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - Start)
          .count();
  return Result;
}

} // namespace conntidy
