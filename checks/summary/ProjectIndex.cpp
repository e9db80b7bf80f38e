//===- ProjectIndex.cpp - the functions of all units ----------------------===//

#include "summary/ProjectIndex.h"
#include "summary/SummaryFile.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Support/xxhash.h"
#include <map>
#include <set>

namespace conntidy {

namespace {

template <typename T> void sortUnique(std::vector<T> &Values) {
  llvm::sort(Values);
  Values.erase(llvm::unique(Values), Values.end());
}

template <typename T>
void addAll(std::vector<T> &Into, const std::vector<T> &From) {
  llvm::append_range(Into, From);
  sortUnique(Into);
}

void addSurer(std::optional<Certainty> &Into,
              std::optional<Certainty> Certainty) {
  if (Certainty)
    Into = Into ? std::min(*Into, *Certainty) : *Certainty;
}

/// Each type once, as sure as it gets.
void tidyTypes(std::vector<ThrownType> &Types) {
  llvm::sort(Types);
  Types.erase(llvm::unique(Types,
                           [](const ThrownType &A, const ThrownType &B) {
                             return A.Names == B.Names;
                           }),
              Types.end());
}

/// Whichever of the definitions is linked: what one of them may do may happen,
/// what holds for all of them holds.
FunctionFacts mergeDefinitions(llvm::ArrayRef<const FunctionFacts *> All) {
  FunctionFacts Merged = *All.front();
  for (const FunctionFacts *F : All.drop_front()) {
    addAll(Merged.Throws, F->Throws);
    addSurer(Merged.ThrowsAnything, F->ThrowsAnything);
    addAll(Merged.ThrowsAsDoes, F->ThrowsAsDoes);
    addAll(Merged.Keeps, F->Keeps);
    addAll(Merged.KeepsIf, F->KeepsIf);
    Merged.NeverReturns &= F->NeverReturns;
    if (Merged.NeverReturnsIf != F->NeverReturnsIf)
      Merged.NeverReturnsIf = 0;
    if (!Merged.Waits)
      Merged.Waits = F->Waits;
    addAll(Merged.WaitsIf, F->WaitsIf);
    Merged.Touches |= F->Touches;
    Merged.Analyzed &= F->Analyzed;
    if (Merged.Effects != F->Effects) {
      // The same at another place: only the trails differ.
      std::string Placeless = withoutPlaces(Merged.Effects);
      Merged.Ambiguous |= Placeless != withoutPlaces(F->Effects);
      Merged.Effects = Placeless;
    }
    if (Merged.Role != F->Role)
      Merged.Role.clear();
    Merged.Ambiguous |= Merged.Parameters != F->Parameters;
  }
  tidyTypes(Merged.Throws);
  return Merged;
}

/// Follows what hangs on other functions, until nothing changes any more.
class Follower {
public:
  explicit Follower(std::map<FunctionKey, FunctionFacts> &All) : All(All) {
    for (auto &[Key, F] : All) {
      for (const ThrownBy &T : F.ThrowsAsDoes)
        Users[T.Function].push_back(Key);
      for (const KeptBy &K : F.KeepsIf)
        Users[K.Function].push_back(Key);
      if (F.NeverReturnsIf)
        Users[F.NeverReturnsIf].push_back(Key);
      for (FunctionKey Callee : F.WaitsIf)
        Users[Callee].push_back(Key);
    }
  }

  void run() {
    std::set<FunctionKey> Todo;
    for (auto &[Key, F] : All)
      Todo.insert(Key);
    while (!Todo.empty()) {
      FunctionKey Key = *Todo.begin();
      Todo.erase(Todo.begin());
      if (!update(All.find(Key)->second))
        continue;
      if (auto It = Users.find(Key); It != Users.end())
        Todo.insert(It->second.begin(), It->second.end());
    }
    for (auto &[Key, F] : All) {
      F.ThrowsAsDoes.clear();
      F.KeepsIf.clear();
      F.NeverReturnsIf = 0;
      F.WaitsIf.clear();
    }
  }

private:
  const FunctionFacts *find(FunctionKey Key) const {
    auto It = All.find(Key);
    return It == All.end() ? nullptr : &It->second;
  }

  bool update(FunctionFacts &F) {
    FunctionFacts Before = F;
    for (const ThrownBy &T : F.ThrowsAsDoes)
      addThrown(F, T);
    for (const KeptBy &K : F.KeepsIf) {
      const FunctionFacts *Callee = find(K.Function);
      if (!Callee || llvm::is_contained(Callee->Keeps, K.Argument))
        F.Keeps.push_back(K.Parameter);
    }
    if (const FunctionFacts *Last = find(F.NeverReturnsIf))
      F.NeverReturns |= Last->NeverReturns;
    for (FunctionKey Key : F.WaitsIf)
      if (const FunctionFacts *Callee = find(Key);
          !F.Waits && Callee && Callee != &F && Callee->Waits &&
          !Callee->Waits->OnDescriptors) // see WaitInference
        F.Waits = Callee->Waits;
    tidyTypes(F.Throws);
    sortUnique(F.Keeps);
    return !(F == Before);
  }

  void addThrown(FunctionFacts &F, const ThrownBy &By) {
    const FunctionFacts *Callee = find(By.Function);
    if (Callee == &F)
      return;
    if (Callee)
      for (const ThrownType &T : Callee->Throws)
        if (llvm::none_of(By.Caught, [&](const std::string &Name) {
              return llvm::is_contained(T.Names, Name);
            }))
          F.Throws.push_back(
              {T.Names, std::max(T.Sureness, Certainty::Likely)});
    auto Anything = Callee ? Callee->ThrowsAnything : By.Otherwise;
    if (!Anything)
      return;
    // What is thrown unseen nearly always derives from std::exception.
    bool Caught = llvm::is_contained(By.Caught, "std::exception");
    addSurer(F.ThrowsAnything, Caught ? Certainty::Possible
                                      : std::max(*Anything, Certainty::Likely));
  }

  std::map<FunctionKey, FunctionFacts> &All;
  std::map<FunctionKey, std::vector<FunctionKey>> Users;
};

} // namespace

static uint64_t digestOf(const FunctionFacts &F) {
  std::string Text;
  llvm::raw_string_ostream(Text) << toJson(F);
  uint64_t Digest = llvm::xxh3_64bits(Text);
  return Digest ? Digest : 1; // 0 is for the unknown
}

ProjectIndex
ProjectIndex::merge(llvm::ArrayRef<const std::vector<FunctionFacts> *> Units) {
  std::map<FunctionKey, std::vector<const FunctionFacts *>> Defined;
  for (const std::vector<FunctionFacts> *Unit : Units)
    for (const FunctionFacts &F : *Unit) {
      auto &Same = Defined[F.Key];
      if (llvm::none_of(Same, [&](auto *Known) { return *Known == F; }))
        Same.push_back(&F);
    }
  std::map<FunctionKey, FunctionFacts> Merged;
  for (auto &[Key, Definitions] : Defined) {
    FunctionFacts F;
    if (Definitions.size() == 1) {
      F = *Definitions.front();
    } else {
      // The order of the units says nothing.
      llvm::sort(Definitions, [](auto *A, auto *B) {
        return std::tie(A->Effects, A->Parameters) <
               std::tie(B->Effects, B->Parameters);
      });
      F = mergeDefinitions(Definitions);
    }
    if (F.Ambiguous)
      F.Effects.clear();
    Merged.emplace(Key, std::move(F));
  }
  Follower(Merged).run();
  ProjectIndex Index;
  for (auto &[Key, F] : Merged) {
    uint64_t Digest = digestOf(F);
    Index.Entries.emplace(Key, Entry{std::move(F), Digest});
  }
  return Index;
}

const FunctionFacts *ProjectIndex::find(FunctionKey Function) const {
  auto It = Entries.find(Function);
  return It == Entries.end() ? nullptr : &It->second.Facts;
}

uint64_t ProjectIndex::answer(FunctionKey Function,
                              IndexQuestion::Kind What) const {
  auto It = Entries.find(Function);
  if (It == Entries.end())
    return 0;
  return What == IndexQuestion::Kind::Facts ? It->second.Digest
                                            : It->second.Facts.Touches;
}

std::vector<const FunctionFacts *> ProjectIndex::all() const {
  std::vector<const FunctionFacts *> All;
  for (auto &[Key, E] : Entries)
    All.push_back(&E.Facts);
  llvm::sort(All, [](auto *A, auto *B) { return A->Key < B->Key; });
  return All;
}

bool ProjectIndex::stillTrue(llvm::ArrayRef<IndexQuestion> Questions) const {
  return llvm::all_of(Questions, [&](const IndexQuestion &Q) {
    return answer(Q.Function, Q.What) == Q.Answer;
  });
}

std::vector<std::string> ProjectIndex::ambiguous() const {
  std::vector<std::string> Names;
  for (auto &[Key, E] : Entries)
    if (E.Facts.Ambiguous)
      Names.push_back(E.Facts.Name);
  sortUnique(Names);
  return Names;
}

} // namespace conntidy
