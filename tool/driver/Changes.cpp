//===- Changes.cpp - what a change touches --------------------------------===//
//
// Defines changesSince() and stagedChanges().
//
//===----------------------------------------------------------------------===//

#include "driver/Changes.h"
#include "driver/CompileDatabase.h"
#include "clang/Driver/Types.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Path.h"

namespace conntidy {
namespace {

/// Takes what differs between a side and the disk, file by file.
class Reader {
public:
  explicit Reader(Changes &Result) : Result(Result) {}

  /// The files of \p Side are those on the older side of \p FromSide.
  llvm::Error read(Snapshot &Side, const GitRepository &Repository,
                   llvm::ArrayRef<GitDifference> FromSide) {
    std::vector<std::string> Objects;
    std::vector<std::string> Paths;
    for (const GitDifference &One : FromSide) {
      std::string Path = absolutePath(Repository.root(), One.Path);
      if (One.Status == 'U')
        return llvm::createStringError(Path +
                                       ": has conflicts; resolve them first");
      if (One.Old == GitDifference::Kind::Submodule) {
        if (llvm::Error Error = readSubmodule(Side, Path, One.OldObject))
          return Error;
      } else if (One.OldObject.empty()) {
        if (One.New == GitDifference::Kind::File)
          Side.put(Path, std::nullopt);
      } else if (One.Old == GitDifference::Kind::File) {
        Objects.push_back(One.OldObject);
        Paths.push_back(std::move(Path));
        if (!One.NewPath.empty()) {
          // What is known of the file goes with it to its new name.
          Objects.push_back(One.OldObject);
          Paths.push_back(absolutePath(Repository.root(), One.NewPath));
        }
      }
    }
    auto Contents = Repository.contents(Objects);
    if (!Contents)
      return Contents.takeError();
    for (auto [Path, Text] : llvm::zip_equal(Paths, *Contents))
      Side.put(Path, std::move(Text));
    return llvm::Error::success();
  }

  /// Which files a change is about.
  void touch(const GitRepository &Repository,
             llvm::ArrayRef<GitDifference> Differences) {
    for (const GitDifference &One : Differences) {
      Result.Paths.insert(absolutePath(Repository.root(), One.Path));
      if (!One.NewPath.empty())
        Result.Paths.insert(absolutePath(Repository.root(), One.NewPath));
      if (One.Old == GitDifference::Kind::Submodule && !One.OldObject.empty())
        touchSubmodule(absolutePath(Repository.root(), One.Path),
                       One.OldObject);
    }
  }

  void touchLines(const GitRepository &Repository, ChangedLines Lines) {
    for (auto &[Path, Numbers] : Lines)
      Result.Lines[absolutePath(Repository.root(), Path)] = std::move(Numbers);
  }

private:
  /// Unset if it is not checked out, or does not have the commit.
  std::optional<GitRepository> submodule(llvm::StringRef Path,
                                         llvm::StringRef Commit) {
    auto Found = GitRepository::submoduleAt(Path);
    if (!Found)
      llvm::consumeError(Found.takeError());
    else if (Found->root() == Path && Found->commit(Commit))
      return std::move(*Found);
    Result.Notices.push_back(
        (Path + ": the submodule does not have its earlier commit " +
         Commit.take_front(12) + "; its files count as unchanged")
            .str());
    return std::nullopt;
  }

  llvm::Error readSubmodule(Snapshot &Side, llvm::StringRef Path,
                            llvm::StringRef Commit) {
    auto Inner = submodule(Path, Commit);
    if (!Inner)
      return llvm::Error::success();
    auto FromSide = Inner->toDisk(Commit);
    return FromSide ? read(Side, *Inner, *FromSide) : FromSide.takeError();
  }

  void touchSubmodule(llvm::StringRef Path, llvm::StringRef Commit) {
    auto Inner = submodule(Path, Commit);
    if (!Inner)
      return;
    if (auto Differences = Inner->toDisk(Commit))
      touch(*Inner, *Differences);
    else
      llvm::consumeError(Differences.takeError());
    if (auto Lines = Inner->linesToDisk(Commit))
      touchLines(*Inner, std::move(*Lines));
    else
      llvm::consumeError(Lines.takeError());
  }

  Changes &Result;
};

/// Headers that nobody tracks come from the build and are there on both sides.
bool isSource(llvm::StringRef File) {
  llvm::StringRef Extension = llvm::sys::path::extension(File);
  Extension.consume_front(".");
  namespace types = clang::driver::types;
  types::ID Type = types::lookupTypeForExtension(Extension);
  return Type == types::TY_C || Type == types::TY_CXX;
}

/// The commit that a change starts from.
llvm::Expected<std::string> startOf(const GitRepository &Repository,
                                    llvm::StringRef Revision,
                                    std::vector<std::string> &Notices) {
  std::optional<std::string> Named = Repository.commit(Revision);
  if (!Named)
    return llvm::createStringError(
        "'" + Revision + "' is no commit that this clone has; " +
        (Repository.isShallow()
             ? "it is shallow: 'git fetch --unshallow', or fetch that commit"
             : "'git fetch' it, or check its name"));
  std::optional<std::string> Base = Repository.mergeBase(*Named, "HEAD");
  if (Base)
    return *Base;
  Notices.push_back(
      ("this clone does not know where its branch and '" + Revision +
       "' part; they are compared as they are" +
       (Repository.isShallow() ? " ('git fetch --unshallow' mends it)" : ""))
          .str());
  return *Named;
}

} // namespace

llvm::Expected<Changes> changesSince(llvm::StringRef Directory,
                                     llvm::StringRef Revision) {
  auto Repository = GitRepository::at(Directory);
  if (!Repository)
    return Repository.takeError();
  Changes Result;
  auto Start = startOf(*Repository, Revision, Result.Notices);
  if (!Start)
    return Start.takeError();
  auto Differences = Repository->toDisk(*Start);
  if (!Differences)
    return Differences.takeError();
  auto Lines = Repository->linesToDisk(*Start);
  if (!Lines)
    return Lines.takeError();
  auto Untracked = Repository->untracked();
  if (!Untracked)
    return Untracked.takeError();
  Reader Side(Result);
  if (llvm::Error Error = Side.read(Result.Before, *Repository, *Differences))
    return Error;
  Side.touch(*Repository, *Differences);
  Side.touchLines(*Repository, std::move(*Lines));
  for (const std::string &Path : *Untracked) {
    if (!isSource(Path))
      continue;
    std::string File = absolutePath(Repository->root(), Path);
    Result.Before.put(File, std::nullopt);
    Result.Paths.insert(std::move(File));
  }
  llvm::sort(Result.Notices);
  Result.Notices.erase(llvm::unique(Result.Notices), Result.Notices.end());
  return Result;
}

llvm::Expected<Changes> stagedChanges(llvm::StringRef Directory) {
  auto Repository = GitRepository::at(Directory);
  if (!Repository)
    return Repository.takeError();
  std::string Start;
  if (std::optional<std::string> Head = Repository->commit("HEAD")) {
    Start = *Head;
  } else {
    auto Nothing = Repository->emptyTree();
    if (!Nothing)
      return Nothing.takeError();
    Start = *Nothing;
  }
  auto Staged = Repository->toIndex(Start);
  if (!Staged)
    return Staged.takeError();
  auto FromStart = Repository->toDisk(Start);
  if (!FromStart)
    return FromStart.takeError();
  auto FromIndex = Repository->fromIndex();
  if (!FromIndex)
    return FromIndex.takeError();
  auto Lines = Repository->linesToIndex(Start);
  if (!Lines)
    return Lines.takeError();

  Changes Result;
  Reader Side(Result);
  if (llvm::Error Error = Side.read(Result.Before, *Repository, *FromStart))
    return Error;
  // What has a new name has it only in the index, perhaps.
  if (llvm::Error Error = Side.read(Result.Before, *Repository, *Staged))
    return Error;
  if (llvm::Error Error = Side.read(Result.After, *Repository, *FromIndex))
    return Error;
  for (const GitDifference &One : *Staged)
    if (One.Status == 'D')
      Result.After.put(absolutePath(Repository->root(), One.Path),
                       std::nullopt);
  Side.touch(*Repository, *Staged);
  Side.touchLines(*Repository, std::move(*Lines));
  llvm::sort(Result.Notices);
  Result.Notices.erase(llvm::unique(Result.Notices), Result.Notices.end());
  return Result;
}

} // namespace conntidy
