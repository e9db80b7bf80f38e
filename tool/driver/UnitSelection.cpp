//===- UnitSelection.cpp - which units a run is about ---------------------===//
//
// Defines selectUnits().
//
//===----------------------------------------------------------------------===//

#include "driver/UnitSelection.h"
#include "driver/CompilerQuery.h"
#include "clang/Driver/Types.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include <set>

namespace fs = llvm::sys::fs;
namespace path = llvm::sys::path;

namespace conntidy {
namespace {

/// A path of the command line, with links resolved so that it can be compared.
struct NamedPath {
  std::string AsGiven;
  std::string Absolute;
  std::string Real;
  bool IsDirectory = false;
  bool Matched = false;
};

std::string realPath(llvm::StringRef Path) {
  llvm::SmallString<256> Real;
  if (fs::real_path(Path, Real))
    return Path.str(); // it does not exist (yet)
  return Real.str().str();
}

llvm::Expected<std::vector<NamedPath>>
namePaths(const std::vector<std::string> &Paths) {
  std::vector<NamedPath> Result;
  for (const std::string &Given : Paths) {
    if (!fs::exists(Given))
      return llvm::createStringError(
          Given + ": no such file or directory; check the spelling, or where "
                  "you are");
    std::string Absolute = absolutePath(currentDirectory(), Given);
    Result.push_back(
        {Given, Absolute, realPath(Absolute), fs::is_directory(Given)});
  }
  return Result;
}

bool covers(const NamedPath &Named, llvm::StringRef File,
            llvm::StringRef RealFile) {
  if (!Named.IsDirectory)
    return File == Named.Absolute || RealFile == Named.Real;
  auto IsBelow = [](llvm::StringRef Path, llvm::StringRef Directory) {
    return Directory == "/" ||
           (Path.consume_front(Directory) && Path.starts_with("/"));
  };
  return IsBelow(File, Named.Absolute) || IsBelow(RealFile, Named.Real);
}

bool isHeader(llvm::StringRef File) {
  llvm::StringRef Extension = path::extension(File);
  Extension.consume_front(".");
  namespace types = clang::driver::types;
  switch (types::lookupTypeForExtension(Extension)) {
  case types::TY_CHeader:
  case types::TY_CXXHeader:
    return true;
  default:
    return llvm::is_contained({"hpp", "hh", "hxx", "ipp", "tcc", "inc"},
                              Extension);
  }
}

llvm::Error refuseUnmatched(const NamedPath &Named, llvm::StringRef Database) {
  if (Named.IsDirectory)
    return llvm::createStringError(
        Named.AsGiven + ": '" + Database +
        "' has no file below this directory; check the path, or generate the "
        "database anew");
  if (isHeader(Named.AsGiven))
    return llvm::createStringError(
        Named.AsGiven +
        ": a header is analysed with the sources that include it; name one of "
        "those, or give the flags after '--'");
  return llvm::createStringError(
      Named.AsGiven + ": '" + Database +
      "' has no command for this file; generate the database anew, or give the "
      "flags after '--'");
}

std::vector<CompileCommand>
commandsFromFlags(const std::vector<NamedPath> &Paths,
                  const std::vector<std::string> &Flags) {
  std::vector<CompileCommand> Commands;
  for (const NamedPath &Named : Paths) {
    CompileCommand Command{currentDirectory(), Named.Absolute, {}};
    if (Flags.empty() || llvm::StringRef(Flags.front()).starts_with("-"))
      Command.Arguments.push_back("clang");
    llvm::append_range(Command.Arguments, Flags);
    Command.Arguments.push_back(Named.Absolute);
    Commands.push_back(std::move(Command));
  }
  return Commands;
}

llvm::Expected<std::string> locateDatabase(const SelectionRequest &Request) {
  if (!Request.BuildPath.empty()) {
    llvm::SmallString<256> File(Request.BuildPath);
    if (fs::is_directory(File))
      path::append(File, "compile_commands.json");
    return File.str().str();
  }
  std::string Start = currentDirectory();
  if (!Request.Paths.empty()) {
    Start = absolutePath(Start, Request.Paths.front());
    if (!fs::is_directory(Start))
      Start = path::parent_path(Start).str();
  }
  if (auto Found = findCompileDatabase(Start))
    return *Found;
  return llvm::createStringError(
      "no compile_commands.json in '" + Start +
      "' or above it; make one with 'cmake -DCMAKE_EXPORT_COMPILE_COMMANDS=ON' "
      "or 'bear -- make', name its directory with -p, or give the flags after "
      "'--'");
}

/// Takes each distinct command that is wanted; counts what is of no use.
class Selector {
public:
  Selector(std::vector<NamedPath> Named, const PathGlobs *Exclude)
      : Named(std::move(Named)), Exclude(Exclude) {}

  void consider(const CompileCommand &Command) {
    bool Wanted = isWanted(Command.File);
    if (Exclude && Exclude->matches(Command.File)) {
      Excluded += Wanted;
      return;
    }
    AdaptedCommand Adapted = adaptCommand(Command, Compilers);
    if (!Wanted) {
      if (Adapted.Kind == UnitKind::Source)
        take(Adapted, Result.Others);
      return;
    }
    switch (Adapted.Kind) {
    case UnitKind::Source:
      take(Adapted, Result.Commands);
      return;
    case UnitKind::Assembler:
      ++Assembler;
      return;
    case UnitKind::Cuda:
      ++Cuda;
      return;
    case UnitKind::Foreign:
      ++Foreign;
      return;
    }
  }

  llvm::Expected<Selection> finish(llvm::StringRef Database) {
    for (const NamedPath &N : Named)
      if (!N.Matched)
        return refuseUnmatched(N, Database);
    note(Excluded, "left out by --exclude");
    note(Assembler, "skipped: assembler");
    note(Cuda, "skipped: CUDA or HIP, which conntidy does not read");
    note(Foreign, "skipped: neither C nor C++");
    return std::move(Result);
  }

private:
  bool isWanted(llvm::StringRef File) {
    if (Named.empty())
      return true;
    std::string Real = realPath(File);
    bool Wanted = false;
    for (NamedPath &N : Named)
      if (covers(N, File, Real))
        Wanted = N.Matched = true;
    return Wanted;
  }

  void take(AdaptedCommand &Command, std::vector<AdaptedCommand> &Into) {
    if (Seen.emplace(Command.Directory, Command.File, Command.Arguments).second)
      Into.push_back(std::move(Command));
  }

  void note(unsigned Count, llvm::StringRef What) {
    if (Count)
      Result.Notices.push_back(
          (llvm::Twine(Count) + (Count == 1 ? " file " : " files ") + What)
              .str());
  }

  std::vector<NamedPath> Named;
  const PathGlobs *Exclude;
  CompilerQuery Compilers;
  Selection Result;
  std::set<std::tuple<std::string, std::string, std::vector<std::string>>> Seen;
  unsigned Excluded = 0, Assembler = 0, Cuda = 0, Foreign = 0;
};

} // namespace

llvm::Expected<Selection> selectUnits(const SelectionRequest &Request) {
  auto Named = namePaths(Request.Paths);
  if (!Named)
    return Named.takeError();

  if (Request.Flags) {
    for (const NamedPath &N : *Named)
      if (N.IsDirectory)
        return llvm::createStringError(
            N.AsGiven +
            ": flags after '--' are for files, and this is a directory");
    std::vector<CompileCommand> Commands =
        commandsFromFlags(*Named, *Request.Flags);
    Selector Chosen(std::move(*Named), Request.Exclude);
    for (const CompileCommand &Command : Commands)
      Chosen.consider(Command);
    return Chosen.finish("the command line");
  }

  auto Database = locateDatabase(Request);
  if (!Database)
    return Database.takeError();
  auto Commands = readCompileDatabase(*Database);
  if (!Commands)
    return Commands.takeError();
  Selector Chosen(std::move(*Named), Request.Exclude);
  for (const CompileCommand &Command : *Commands)
    Chosen.consider(Command);
  auto Result = Chosen.finish(*Database);
  if (Result)
    Result->Database = *Database;
  if (Result && Commands->empty())
    Result->Notices.push_back(*Database + ": the database is empty");
  return Result;
}

} // namespace conntidy
