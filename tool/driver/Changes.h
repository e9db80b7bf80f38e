//===- Changes.h - what a change touches ------------------------*- C++ -*-===//
//
// Defines Changes: the files of a repository before and after a change, and
// which of them and which of their lines it touches.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_DRIVER_CHANGES_H
#define CONNTIDY_DRIVER_CHANGES_H

#include "driver/Git.h"
#include "driver/Snapshot.h"
#include "llvm/Support/Error.h"
#include <set>
#include <string>
#include <vector>

namespace conntidy {

struct Changes {
  Snapshot Before, After;
  /// Absolute; also those that are gone. A file with a new name counts in
  /// Before under both names.
  std::set<std::string> Paths;
  ChangedLines Lines; ///< by absolute path, of After
  std::vector<std::string> Notices;
};

/// From where the present branch and \p Revision part to what is on disk. An
/// error says what cannot be compared.
llvm::Expected<Changes> changesSince(llvm::StringRef Directory,
                                     llvm::StringRef Revision);

/// From the last commit, if there is one, to what is staged.
llvm::Expected<Changes> stagedChanges(llvm::StringRef Directory);

} // namespace conntidy

#endif // CONNTIDY_DRIVER_CHANGES_H
