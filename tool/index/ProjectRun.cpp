//===- ProjectRun.cpp - all units, until they know each other -------------===//
//
// Defines runProject().
//
//===----------------------------------------------------------------------===//

#include "index/ProjectRun.h"
#include "driver/Workers.h"
#include "index/StoredUnit.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/VirtualFileSystem.h"
#include "llvm/Support/xxhash.h"
#include <set>
#include <unordered_map>

namespace conntidy {
namespace {

/// A unit that calls others, which call it, is looked at so many times at most.
constexpr unsigned MaxAnalyses = 3;

uint64_t hashOf(llvm::ArrayRef<std::string> Parts) {
  std::string All;
  for (const std::string &Part : Parts)
    All += std::to_string(Part.size()) + ":" + Part;
  return llvm::xxh3_64bits(All);
}

/// The contents of files, each read once a run.
class FileDigests {
public:
  explicit FileDigests(const Snapshot *Files) : Files(fileSystem(Files)) {}

  std::optional<uint64_t> of(llvm::StringRef File) {
    auto [It, New] = Known.try_emplace(File);
    if (New)
      if (auto Buffer = Files->getBufferForFile(
              File, /*FileSize=*/-1, /*RequiresNullTerminator=*/false))
        It->second = llvm::xxh3_64bits((*Buffer)->getBuffer());
    return It->second;
  }

private:
  llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> Files;
  llvm::StringMap<std::optional<uint64_t>> Known;
};

/// What the unit is, apart from what is in its files.
std::string keyOf(const Unit &U) {
  std::vector<std::string> Parts = {U.Command.Directory, U.Command.File,
                                    std::to_string(U.Rules->Digest)};
  llvm::append_range(Parts, U.Command.Arguments);
  return llvm::utohexstr(hashOf(Parts));
}

uint64_t digestOf(llvm::ArrayRef<InputFile> Inputs) {
  std::vector<std::string> Parts;
  for (const InputFile &Input : Inputs) {
    Parts.push_back(Input.File);
    Parts.push_back(std::to_string(Input.Digest));
  }
  return hashOf(Parts);
}

uint64_t traceOf(const UnitOutcome &Outcome) {
  std::vector<std::string> Parts;
  for (const IndexQuestion &Q : Outcome.Asked) {
    Parts.push_back(std::to_string(Q.Function));
    Parts.push_back(std::to_string(static_cast<int>(Q.What)));
    Parts.push_back(std::to_string(Q.Answer));
  }
  return hashOf(Parts);
}

struct Slot {
  std::string Key;
  std::optional<UnitOutcome> Last;
  unsigned Analyses = 0;
  std::vector<UnitOutcome> Recalled; ///< by earlier runs, of the same files
  std::vector<uint64_t> Used;        ///< traces of what is worth keeping
};

/// Which units ask about functions of which.
class UnitGraph {
public:
  explicit UnitGraph(llvm::ArrayRef<Slot> Slots) : Edges(Slots.size()) {
    std::unordered_map<FunctionKey, llvm::SmallVector<size_t, 1>> Definers;
    for (size_t N = 0; N < Slots.size(); ++N)
      for (const FunctionFacts &F : Slots[N].Last->Facts)
        Definers[F.Key].push_back(N);
    for (size_t N = 0; N < Slots.size(); ++N) {
      std::set<size_t> Asked;
      for (const IndexQuestion &Q : Slots[N].Last->Asked)
        if (auto It = Definers.find(Q.Function); It != Definers.end())
          Asked.insert(It->second.begin(), It->second.end());
      Asked.erase(N);
      Edges[N].assign(Asked.begin(), Asked.end());
    }
  }

  /// Of the \p Dirty units those that wait for no other: all dirty units that
  /// they lead to lead back to them.
  std::vector<size_t> first(const std::vector<bool> &Dirty) const {
    std::vector<std::vector<bool>> Reached(Edges.size());
    std::vector<size_t> First;
    for (size_t N = 0; N < Edges.size(); ++N)
      if (Dirty[N])
        Reached[N] = reachedFrom(N);
    for (size_t N = 0; N < Edges.size(); ++N) {
      if (!Dirty[N])
        continue;
      bool Waits = false;
      for (size_t M = 0; M < Edges.size() && !Waits; ++M)
        Waits = Dirty[M] && Reached[N][M] && !Reached[M][N];
      if (!Waits)
        First.push_back(N);
    }
    return First;
  }

private:
  std::vector<bool> reachedFrom(size_t Start) const {
    std::vector<bool> Reached(Edges.size());
    Reached[Start] = true;
    std::vector<size_t> Todo{Start};
    while (!Todo.empty()) {
      size_t N = Todo.back();
      Todo.pop_back();
      for (size_t M : Edges[N])
        if (!Reached[M]) {
          Reached[M] = true;
          Todo.push_back(M);
        }
    }
    return Reached;
  }

  std::vector<std::vector<size_t>> Edges;
};

/// Units that were told what is not true any more, and need not wait until
/// others have come to rest.
std::vector<size_t> nextUnits(llvm::ArrayRef<Slot> Slots,
                              const ProjectIndex &Index) {
  std::vector<bool> Dirty;
  for (const Slot &S : Slots)
    Dirty.push_back(S.Analyses < MaxAnalyses &&
                    !Index.stillTrue(S.Last->Asked));
  if (!llvm::is_contained(Dirty, true))
    return {};
  return UnitGraph(Slots).first(Dirty);
}

class ProjectRun {
public:
  explicit ProjectRun(const ProjectRequest &Request)
      : Request(Request), Slots(Request.Units.size()) {}

  ProjectOutcome run() {
    if (Request.Kept)
      recall();
    ProjectIndex Index;
    std::vector<size_t> Todo;
    for (size_t N = 0; N < Slots.size(); ++N)
      Todo.push_back(N);
    while (!Todo.empty()) {
      ++Result.Statistics.Rounds;
      runRound(Todo, Index);
      Index = merge();
      Todo = nextUnits(Slots, Index);
    }
    Result.Statistics.Functions = Index.size();
    Result.Statistics.Ambiguous = Index.ambiguous();
    noteUnsettled(Index);
    if (Request.Kept && Request.KeepsNews) {
      forgetTheRest();
      keepFacts(Index);
    }
    for (size_t N = 0; N < Request.Reported; ++N)
      Result.Outcomes.push_back(std::move(*Slots[N].Last));
    return std::move(Result);
  }

private:
  /// Reads what earlier runs know of units whose files have not changed.
  void recall() {
    FileDigests Now(Request.Options.Files);
    for (auto [U, S] : llvm::zip_equal(Request.Units, Slots)) {
      S.Key = keyOf(U);
      auto Known = Request.Kept->load(S.Key);
      if (!Known) {
        giveUp(Known.takeError());
        return;
      }
      if (Known->Key.empty() || !isFresh(Known->Inputs, Now))
        continue;
      for (const Database::Row &Row : Known->Rows)
        if (auto Outcome = fromStoredForm(Row.Outcome);
            Outcome && traceOf(*Outcome) == Row.Trace) {
          for (const std::string &File : Known->Inputs.Files)
            Outcome->Inputs.push_back({File, 0});
          S.Recalled.push_back(std::move(*Outcome));
        }
    }
  }

  static bool isFresh(const StoredInputs &Inputs, FileDigests &Now) {
    std::vector<InputFile> Present;
    for (const std::string &File : Inputs.Files) {
      auto Digest = Now.of(File);
      if (!Digest)
        return false;
      Present.push_back({File, *Digest});
    }
    return digestOf(Present) == Inputs.Digest;
  }

  void runRound(llvm::ArrayRef<size_t> Units, const ProjectIndex &Index) {
    std::vector<size_t> Todo;
    for (size_t N : Units) {
      Slot &S = Slots[N];
      ++S.Analyses;
      auto Known = llvm::find_if(S.Recalled, [&](const UnitOutcome &Outcome) {
        return Index.stillTrue(Outcome.Asked);
      });
      if (Known == S.Recalled.end()) {
        Todo.push_back(N);
        continue;
      }
      S.Last = *Known;
      S.Used.push_back(traceOf(*Known));
      ++Result.Statistics.Kept;
    }
    if (!Todo.empty())
      analyze(Todo, Index);
  }

  void analyze(llvm::ArrayRef<size_t> Todo, const ProjectIndex &Index) {
    Request.RoundStarts(Todo.size());
    std::vector<const Unit *> Units;
    for (size_t N : Todo)
      Units.push_back(&Request.Units[N]);
    UnitOptions Options = Request.Options;
    Options.Index = &Index;
    std::vector<UnitOutcome> Outcomes =
        runUnits(Units, Options, Request.Workers, Request.UnitDone);
    Result.Statistics.Analyses += Todo.size();
    std::vector<Database::Unit> News;
    for (auto [N, Outcome] : llvm::zip_equal(Todo, Outcomes)) {
      Slot &S = Slots[N];
      if (S.Last) {
        // Time was spent in every round.
        Outcome.ParseSeconds += S.Last->ParseSeconds;
        Outcome.Statistics.EngineSeconds += S.Last->Statistics.EngineSeconds;
      }
      S.Last = std::move(Outcome);
      if (Request.Kept && Request.KeepsNews && !S.Last->Failure)
        News.push_back(toRow(S));
    }
    if (!News.empty())
      if (llvm::Error Error = Request.Kept->store(News))
        giveUp(std::move(Error));
  }

  Database::Unit toRow(Slot &S) {
    Database::Unit Row;
    Row.Key = S.Key;
    Row.MainFile = S.Last->File;
    for (const InputFile &Input : S.Last->Inputs)
      Row.Inputs.Files.push_back(Input.File);
    Row.Inputs.Digest = digestOf(S.Last->Inputs);
    S.Used.push_back(traceOf(*S.Last));
    Row.Rows.push_back({S.Used.back(), toStoredForm(*S.Last)});
    return Row;
  }

  ProjectIndex merge() const {
    std::vector<const std::vector<FunctionFacts> *> All;
    for (const Slot &S : Slots)
      All.push_back(&S.Last->Facts);
    return ProjectIndex::merge(All);
  }

  /// What some unit was told last that is not the last word.
  void noteUnsettled(const ProjectIndex &Last) {
    std::set<std::string> Names;
    for (const Slot &S : Slots)
      for (const IndexQuestion &Q : S.Last->Asked)
        if (Last.answer(Q.Function, Q.What) != Q.Answer)
          if (const FunctionFacts *F = Last.find(Q.Function))
            Names.insert(F->Name);
    Result.Statistics.Unsettled.assign(Names.begin(), Names.end());
  }

  void forgetTheRest() {
    std::vector<Database::Unit> Units;
    for (const Slot &S : Slots) {
      if (S.Last->Failure || S.Recalled.empty())
        continue;
      Database::Unit &U = Units.emplace_back();
      U.Key = S.Key;
      for (uint64_t Trace : S.Used)
        U.Rows.push_back({Trace, ""});
    }
    if (llvm::Error Error = Request.Kept->keepOnly(Units))
      giveUp(std::move(Error));
  }

  /// For those who look at one unit and ask about others.
  void keepFacts(const ProjectIndex &Index) {
    if (llvm::Error Error = Request.Kept->storeFacts(Index.all()))
      giveUp(std::move(Error));
  }

  /// The run goes on; only the next one has to do it all again.
  void giveUp(llvm::Error Error) {
    Result.Notices.push_back("the index is not kept: " +
                             llvm::toString(std::move(Error)));
  }

  const ProjectRequest &Request;
  std::vector<Slot> Slots;
  ProjectOutcome Result;
};

} // namespace

ProjectOutcome runProject(const ProjectRequest &Request) {
  return ProjectRun(Request).run();
}

} // namespace conntidy
