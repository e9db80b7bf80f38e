//===- Models.cpp - `conntidy models` -------------------------------------===//

#include "conntidy/Models.h"
#include "model/ModelReader.h"
#include "model/ModelWriter.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using llvm::StringRef;

namespace conntidy {

namespace {

std::string originOf(const model::Library &L) {
  return L.From == model::Origin::BuiltIn ? "built in" : L.File;
}

std::string counted(size_t N, StringRef What, StringRef Plural) {
  return (llvm::Twine(N) + " " + (N == 1 ? What : Plural)).str();
}

StringRef lastPart(StringRef Name) {
  size_t Colon = Name.rfind("::");
  return Colon == StringRef::npos ? Name : Name.drop_front(Colon + 2);
}

bool isNamed(llvm::ArrayRef<std::string> Names, StringRef Wanted) {
  return llvm::any_of(
      Names, [&](StringRef N) { return N == Wanted || lastPart(N) == Wanted; });
}

bool isOfType(const model::Resource &R, StringRef Wanted) {
  return StringRef(R.Type).rtrim(" *&") == Wanted;
}

size_t functionNames(const model::Library &L) {
  size_t Count = 0;
  for (const model::Function &F : L.Functions)
    Count += F.Names.size();
  return Count;
}

/// All there is in one file; `conntidy.yaml` may have several models.
llvm::Expected<std::vector<model::Library>> readFile(StringRef Path) {
  auto Buffer = llvm::MemoryBuffer::getFile(Path, /*IsText=*/true);
  if (!Buffer)
    return llvm::createStringError(
        Path + ": cannot be read: " + Buffer.getError().message());
  StringRef Text = (*Buffer)->getBuffer();
  if (llvm::sys::path::filename(Path) == "conntidy.yaml") {
    auto Project = model::readProjectFile(Text, Path);
    if (!Project)
      return Project.takeError();
    return std::move(Project->Models);
  }
  auto Library = model::readLibrary(Text, Path);
  if (!Library)
    return Library.takeError();
  return std::vector<model::Library>{std::move(*Library)};
}

/// Looks for what a model can hardly mean.
class Reviewer {
public:
  Reviewer(llvm::raw_ostream &Out, const model::Library &L) : Out(Out), L(L) {}

  void review() {
    for (const model::Resource &R : L.Resources)
      resource(R);
    for (const model::Function &F : L.Functions)
      for (const model::Acquire &A : F.Acquires)
        if (!A.GuessedBecause.empty())
          warn(A.Line, "'" + F.Names.front() +
                           "' is a guess; take out 'guessed-because' once it "
                           "is known to be right");
  }

private:
  void warn(unsigned Line, const llvm::Twine &What) {
    Out << L.File << ':' << Line << ": warning: " << What << '\n';
  }

  void resource(const model::Resource &R) {
    auto Is = [&](const auto &Entry) { return Entry.Resource == R.Name; };
    bool Acquired = false, Released = false, Held = false;
    for (const model::Function &F : L.Functions) {
      Acquired |= llvm::any_of(F.Acquires, Is);
      Released |=
          llvm::any_of(F.Releases, Is) || llvm::any_of(F.ReleasesDerived, Is);
    }
    for (const model::Class &C : L.Classes)
      Held |= C.Holds == R.Name;
    if (!Acquired && !Released && !Held)
      warn(R.Line, "nothing is said of resource '" + R.Name + "'");
    else if (Acquired && !Released)
      warn(R.Line, "resource '" + R.Name +
                       "' is acquired and never released: every acquire "
                       "would be a leak");
    else if (Released && !Acquired && !Held)
      warn(R.Line, "resource '" + R.Name + "' is released and never acquired");
  }

  llvm::raw_ostream &Out;
  const model::Library &L;
};

/// The nearest name of a function, class or library; empty if none is near.
std::string nearest(const model::ModelSet &Models, StringRef Wanted) {
  std::string Best;
  unsigned BestDistance = std::max<size_t>(2, Wanted.size() / 4) + 1;
  auto Consider = [&](StringRef Name) {
    unsigned Distance =
        lastPart(Name).edit_distance(Wanted, true, BestDistance);
    if (Distance < BestDistance) {
      BestDistance = Distance;
      Best = Name.str();
    }
  };
  for (const model::Library &L : Models.libraries()) {
    Consider(L.Name);
    for (const model::Function &F : L.Functions)
      llvm::for_each(F.Names, Consider);
    for (const model::Class &C : L.Classes)
      llvm::for_each(C.Names, Consider);
  }
  return Best;
}

StringRef howSure(InferredRole::Sureness How) {
  switch (How) {
  case InferredRole::Sureness::Seen:
    return "seen in the bodies";
  case InferredRole::Sureness::Guessed:
    return "guessed from declarations";
  case InferredRole::Sureness::Unsure:
    return "unsure, and not in force";
  }
  llvm_unreachable("unknown sureness");
}

} // namespace

void listModels(llvm::raw_ostream &Out, const model::ModelSet &Models) {
  auto One = [&](const model::Library &L, StringRef Remark) {
    std::vector<StringRef> Kinds;
    for (const model::Resource &R : L.Resources)
      if (StringRef Word = model::wordFor(R.Kind);
          !llvm::is_contained(Kinds, Word))
        Kinds.push_back(Word);
    Out << llvm::formatv("{0,-14} {1,-14} {2,-10}  {3}", L.Name,
                         counted(functionNames(L), "function", "functions"),
                         counted(L.Classes.size(), "class", "classes"),
                         originOf(L));
    if (!Kinds.empty())
      Out << "; leases: " << llvm::join(Kinds, ", ");
    Out << Remark << '\n';
  };
  for (const model::Library &L : Models.libraries())
    One(L, "");
  for (const model::Library &L : model::embeddedLibraries())
    if (L.Optional &&
        llvm::none_of(Models.libraries(), [&](const model::Library &K) {
          return K.Name == L.Name;
        }))
      One(L, "; off: the setting 'OptionalModels' turns it on");
}

llvm::Error showModels(llvm::raw_ostream &Out, const model::ModelSet &Models,
                       StringRef Name) {
  bool Found = false;
  auto Entry = [&](const model::Library &L, unsigned Line, const auto &E) {
    Out << (Found ? "\n" : "") << "# " << L.Name << ", " << originOf(L);
    if (Line && L.From != model::Origin::BuiltIn)
      Out << ':' << Line;
    Out << '\n' << model::toYaml(E);
    Found = true;
  };
  for (const model::Library &L : Models.libraries()) {
    if (L.Name == Name) {
      Entry(L, 0, L);
      continue;
    }
    for (const model::Resource &R : L.Resources)
      if (isOfType(R, Name))
        Entry(L, R.Line, R);
    for (const model::Function &F : L.Functions)
      if (isNamed(F.Names, Name))
        Entry(L, F.Line, F);
    for (const model::Class &C : L.Classes)
      if (isNamed(C.Names, Name))
        Entry(L, C.Line, C);
  }
  if (Found)
    return llvm::Error::success();
  std::string Near = nearest(Models, Name);
  return llvm::createStringError(
      "no model speaks of '" + Name + "'; " +
      (Near.empty() ? std::string("'conntidy models list' names the libraries")
                    : "did you mean '" + Near + "'?"));
}

llvm::Error checkModels(llvm::raw_ostream &Out,
                        const std::vector<std::string> &Files) {
  std::vector<model::Library> All = model::embeddedLibraries();
  size_t Own = All.size();
  for (const std::string &File : Files) {
    auto Read = readFile(File);
    if (!Read)
      return Read.takeError();
    llvm::move(*Read, std::back_inserter(All));
  }
  if (llvm::Error Error = model::validate(All))
    return Error;
  for (size_t N = Own; N < All.size(); ++N)
    Reviewer(Out, All[N]).review();
  for (size_t N = Own; N < All.size(); ++N)
    Out << All[N].File << ": '" << All[N].Name << "' is in order: "
        << counted(All[N].Resources.size(), "resource", "resources") << ", "
        << counted(functionNames(All[N]), "function", "functions") << ", "
        << counted(All[N].Classes.size(), "class", "classes") << '\n';
  return llvm::Error::success();
}

void writeInferred(llvm::raw_ostream &Out, llvm::ArrayRef<InferredRole> Roles) {
  Out << "# What conntidy took the functions of this project for. Put right "
         "what "
         "is wrong,\n# delete what has no business here, and pass the rest "
         "with "
         "--model or copy it\n# into conntidy.yaml.\nlibrary: inferred\n";
  auto Section = [&](StringRef Key, auto Lines) {
    std::string Text;
    bool Any = false;
    for (const InferredRole &R : Roles) {
      bool Unsure = R.How == InferredRole::Sureness::Unsure;
      std::string Own = Lines(R);
      if (Own.empty())
        continue;
      Any |= !Unsure;
      Text += "\n  # " + howSure(R.How).str() + ": " + R.Why + "\n" +
              model::indented(Own, Unsure ? "  # " : "  ");
    }
    // A list of comments only is none.
    if (Any)
      Out << '\n' << Key << ":" << Text;
    else if (!Text.empty())
      Out << "\n# " << Key << ":" << Text;
  };
  Section("resources", [](const InferredRole &R) {
    return R.Leased.Name.empty() ? std::string() : model::toYaml(R.Leased);
  });
  Section("classes", [](const InferredRole &R) {
    std::string Text;
    for (const model::Class &C : R.Classes)
      Text += model::toYaml(C);
    return Text;
  });
  Section("functions", [](const InferredRole &R) {
    std::string Text;
    for (const model::Function &F : R.Functions)
      Text += model::toYaml(F);
    return Text;
  });
}

} // namespace conntidy
