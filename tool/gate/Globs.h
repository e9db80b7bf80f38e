//===- Globs.h - which checks, which paths ----------------------*- C++ -*-===//
//
// Defines CheckGlobs, the `--checks` list with clang-tidy's meaning, and
// PathGlobs, the `--exclude` patterns.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_GATE_GLOBS_H
#define CONNTIDY_GATE_GLOBS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/GlobPattern.h"
#include <list>
#include <optional>
#include <string>
#include <vector>

namespace conntidy {

/// A comma-separated list: each item adds the names it matches, or removes them
/// if it starts with `-`; `*` stands for anything. The last match decides.
class CheckGlobs {
public:
  explicit CheckGlobs(llvm::StringRef List);

  /// Unset when no item speaks of \p Name.
  std::optional<bool> verdictOn(llvm::StringRef Name) const;
  bool contains(llvm::StringRef Name) const {
    return verdictOn(Name).value_or(false);
  }

  struct Item {
    std::string Pattern;
    bool Adds = true;
    bool matches(llvm::StringRef Name) const;
  };
  llvm::ArrayRef<Item> items() const { return Items; }

private:
  std::vector<Item> Items;
};

/// The ids of the checks that \p List enables. A list that starts by removing
/// starts from the checks that are on by default, any other from none; an empty
/// list means the default. An item that names no check there is, is an error.
llvm::Expected<std::vector<std::string>> enabledChecks(llvm::StringRef List);

/// Patterns for paths. One matches a path if it matches the whole of it, an
/// ending of it that starts at a directory, or a directory above it.
class PathGlobs {
public:
  static llvm::Expected<PathGlobs> create(llvm::ArrayRef<std::string> Patterns);
  bool matches(llvm::StringRef Path) const;

private:
  std::list<std::string> Texts; ///< patterns point into them; must not move
  std::vector<llvm::GlobPattern> Patterns;
};

} // namespace conntidy

#endif // CONNTIDY_GATE_GLOBS_H
