//===- Git.h - asks a repository --------------------------------*- C++ -*-===//
//
// Defines GitRepository: what we ask of the `git` program. Nothing in a
// repository is changed, and no program that its attributes name is run.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_DRIVER_GIT_H
#define CONNTIDY_DRIVER_GIT_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace conntidy {

/// A path whose contents differ between two sides. An empty object: it is not
/// there on this side, or only on disk.
struct GitDifference {
  std::string Path;    ///< below the root of the work tree
  std::string NewPath; ///< if it has another name on the newer side
  std::string OldObject, NewObject;
  enum class Kind { File, Link, Submodule };
  Kind Old = Kind::File, New = Kind::File;
  char Status = 'M'; ///< as git says: A, D, M, R, T, U
};

/// Lines that are new on the newer side, by path below the root.
using ChangedLines = std::map<std::string, std::set<unsigned>>;

class GitRepository {
public:
  /// The one that \p Directory lies in. While git runs a hook, its environment
  /// names a repository and an index, which are those of the user.
  static llvm::Expected<GitRepository> at(llvm::StringRef Directory);
  /// One within another, of which that environment says nothing.
  static llvm::Expected<GitRepository> submoduleAt(llvm::StringRef Directory);

  const std::string &root() const { return Root; }

  /// The full name of a commit; unset if there is none of that name.
  std::optional<std::string> commit(llvm::StringRef Name) const;
  /// Where two lines of history part; unset if that is not known here.
  std::optional<std::string> mergeBase(llvm::StringRef A,
                                       llvm::StringRef B) const;
  bool isShallow() const;
  /// Whether this file is part of it, or is about to be.
  bool tracks(llvm::StringRef File) const;
  /// Of a tree without files: what comes before the first commit.
  llvm::Expected<std::string> emptyTree() const;

  /// From \p Tree to what is on disk; to what is staged.
  llvm::Expected<std::vector<GitDifference>> toDisk(llvm::StringRef Tree) const;
  llvm::Expected<std::vector<GitDifference>>
  toIndex(llvm::StringRef Tree) const;
  /// From what is staged to what is on disk.
  llvm::Expected<std::vector<GitDifference>> fromIndex() const;

  /// Files that are neither tracked nor ignored.
  llvm::Expected<std::vector<std::string>> untracked() const;

  llvm::Expected<ChangedLines> linesToDisk(llvm::StringRef Tree) const;
  llvm::Expected<ChangedLines> linesToIndex(llvm::StringRef Tree) const;

  /// The contents of these objects, in their order.
  llvm::Expected<std::vector<std::string>>
  contents(const std::vector<std::string> &Objects) const;

  /// Where it is published, without names and passwords of people; empty if it
  /// is not.
  std::string publishedAt() const;
  /// The branch that is checked out; empty if it is none.
  std::string branch() const;

private:
  GitRepository(std::string Program, std::string Root)
      : Program(std::move(Program)), Root(std::move(Root)) {}

  llvm::Expected<std::string> run(std::vector<std::string> Arguments,
                                  llvm::StringRef Input = {}) const;
  std::optional<std::string> ask(std::vector<std::string> Arguments) const;
  llvm::Expected<std::vector<GitDifference>>
  differences(std::vector<std::string> Arguments) const;
  llvm::Expected<ChangedLines> lines(std::vector<std::string> Arguments) const;

  static llvm::Expected<GitRepository> open(llvm::StringRef Directory,
                                            bool IsSubmodule);

  std::string Program, Root;
  bool IsSubmodule = false;
};

/// The output of `git diff --raw -z --no-abbrev -M`.
llvm::Expected<std::vector<GitDifference>> parseRawDiff(llvm::StringRef Text);
/// The output of `git diff -U0 --no-prefix`; a deletion counts for the lines on
/// both sides of it.
ChangedLines parseLineDiff(llvm::StringRef Text);
/// `git@host:path` and addresses with passwords as a plain address.
std::string publicAddress(llvm::StringRef Remote);

} // namespace conntidy

#endif // CONNTIDY_DRIVER_GIT_H
