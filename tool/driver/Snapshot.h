//===- Snapshot.h - files as they are at another revision -------*- C++ -*-===//
//
// Defines Snapshot: the contents of some files in place of those on disk, so
// that an earlier or a staged state is analysed without touching the work tree.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_DRIVER_SNAPSHOT_H
#define CONNTIDY_DRIVER_SNAPSHOT_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/VirtualFileSystem.h"
#include <map>
#include <optional>
#include <string>

namespace conntidy {

class Snapshot {
public:
  /// \p Path is absolute and without links. Without \p Text there is no such
  /// file.
  void put(llvm::StringRef Path, std::optional<std::string> Text) {
    Files[Path.str()] = std::move(Text);
  }
  /// Unset: as on disk.
  const std::optional<std::string> *find(llvm::StringRef Path) const {
    auto Found = Files.find(Path.str());
    return Found == Files.end() ? nullptr : &Found->second;
  }
  bool empty() const { return Files.empty(); }

  /// \p Base with these files in it, by whatever name they are called. Each
  /// thread needs one of its own, with a base of its own; this outlives it.
  llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem>
  over(llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> Base) const;

private:
  std::map<std::string, std::optional<std::string>> Files;
};

/// What is on disk, or \p Files over it if there are any.
llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem>
fileSystem(const Snapshot *Files);

} // namespace conntidy

#endif // CONNTIDY_DRIVER_SNAPSHOT_H
