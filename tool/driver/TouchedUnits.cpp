//===- TouchedUnits.cpp - which units a change concerns -------------------===//
//
// Defines touchedUnits().
//
//===----------------------------------------------------------------------===//

#include "driver/TouchedUnits.h"
#include "clang/Basic/Diagnostic.h"
#include "clang/DependencyScanning/DependencyScanningService.h"
#include "clang/Tooling/DependencyScanningTool.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/ThreadPool.h"
#include <atomic>

namespace path = llvm::sys::path;
namespace scanning = clang::dependencies;

namespace conntidy {
namespace {

std::string withoutLinks(llvm::StringRef File) {
  llvm::SmallString<256> Real;
  if (llvm::sys::fs::real_path(path::parent_path(File), Real))
    return File.str();
  path::append(Real, path::filename(File));
  return Real.str().str();
}

/// No source includes one, or what is in it does not matter to us.
bool isNeverIncluded(llvm::StringRef File) {
  static constexpr llvm::StringLiteral Extensions[] = {
      ".md",   ".rst",  ".py",    ".sh",   ".yml", ".yaml",
      ".json", ".toml", ".cmake", ".html", ".css", ".js"};
  return llvm::is_contained(Extensions, path::extension(File)) ||
         llvm::is_contained(
             {"CMakeLists.txt", "Makefile", ".gitignore", ".conntidy-baseline"},
             path::filename(File));
}

/// The files of a rule in the language of make.
std::vector<std::string> filesOfRule(llvm::StringRef Rule) {
  std::vector<std::string> Files;
  std::string File;
  Rule = Rule.split(": ").second;
  for (size_t Index = 0; Index <= Rule.size(); ++Index) {
    char C = Index < Rule.size() ? Rule[Index] : '\n';
    char Next = Index + 1 < Rule.size() ? Rule[Index + 1] : '\n';
    if (C == '\\' && (Next == ' ' || Next == '#' || Next == '\\')) {
      File += Next;
      ++Index;
    } else if (C == '$' && Next == '$') {
      File += C;
      ++Index;
    } else if (C == '\\' && Next == '\n') {
      // the rule goes on
    } else if (llvm::isSpace(C)) {
      if (!File.empty())
        Files.push_back(std::exchange(File, {}));
    } else {
      File += C;
    }
  }
  return Files;
}

/// One side of a change.
class Scan {
public:
  Scan(const Snapshot &Files, const std::set<std::string> &Paths)
      : Files(Files), Paths(Paths),
        Service(scanning::ScanningMode::DependencyDirectivesScan,
                scanning::ScanningOutputFormat::Make) {}

  /// Unset if there is no telling.
  std::optional<bool> includesTouched(const Unit &U) {
    clang::IgnoringDiagConsumer Silent;
    clang::tooling::DependencyScanningTool Tool(Service, fileSystem(&Files));
    auto Rule = Tool.getDependencyFile(U.Command.Arguments, U.Command.Directory,
                                       Silent);
    if (!Rule)
      return std::nullopt;
    return llvm::any_of(filesOfRule(*Rule), [&](const std::string &File) {
      std::string Absolute = absolutePath(U.Command.Directory, File);
      return Paths.count(Absolute) || Paths.count(withoutLinks(Absolute));
    });
  }

private:
  const Snapshot &Files;
  const std::set<std::string> &Paths;
  scanning::DependencyScanningService Service;
};

} // namespace

TouchedUnits touchedUnits(llvm::ArrayRef<Unit> Units, const Changes &Change,
                          unsigned Workers) {
  TouchedUnits Result;
  std::set<std::string> Main;
  for (const Unit &U : Units) {
    std::string File = withoutLinks(U.Command.File);
    Result.Touched.push_back(Change.Paths.count(U.Command.File) ||
                             Change.Paths.count(File));
    Main.insert(std::move(File));
  }
  bool MayBeIncluded = llvm::any_of(Change.Paths, [&](const std::string &Path) {
    return !Main.count(Path) && !isNeverIncluded(Path);
  });
  if (!MayBeIncluded)
    return Result;

  // A header that comes or goes may hide or uncover another of its name.
  bool BothSides = llvm::any_of(Change.Paths, [&](const std::string &Path) {
    auto *Before = Change.Before.find(Path);
    return Before && !*Before;
  });
  Scan After(Change.After, Change.Paths), Before(Change.Before, Change.Paths);
  std::vector<char> Touched(Units.size()); // bits share bytes between threads
  std::atomic<unsigned> Unknown = 0;
  llvm::DefaultThreadPool Pool(llvm::hardware_concurrency(Workers));
  for (size_t N = 0; N < Units.size(); ++N) {
    if (Result.Touched[N])
      continue;
    Pool.async([&, N] {
      std::optional<bool> Known = After.includesTouched(Units[N]);
      if (BothSides && Known != true)
        if (auto Earlier = Before.includesTouched(Units[N]))
          Known = Earlier;
      Touched[N] = Known.value_or(false);
      Unknown += !Known;
    });
  }
  Pool.wait();
  for (size_t N = 0; N < Units.size(); ++N)
    Result.Touched[N] = Result.Touched[N] || Touched[N];
  Result.Unknown = Unknown;
  return Result;
}

} // namespace conntidy
