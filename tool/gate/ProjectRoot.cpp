//===- ProjectRoot.cpp - what a project is --------------------------------===//
//
// Defines findProjectRoot().
//
//===----------------------------------------------------------------------===//

#include "gate/ProjectRoot.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

namespace path = llvm::sys::path;

namespace conntidy {

static bool contains(llvm::StringRef Directory, llvm::StringRef Path) {
  return Directory == "/" || Path == Directory ||
         (Path.consume_front(Directory) && Path.starts_with("/"));
}

/// The repository at or above \p Directory; empty if there is none.
static llvm::StringRef repositoryOf(llvm::StringRef Directory) {
  for (; !Directory.empty(); Directory = path::parent_path(Directory)) {
    llvm::SmallString<256> Repository(Directory);
    path::append(Repository, ".git");
    if (llvm::sys::fs::exists(Repository))
      return Directory;
  }
  return {};
}

std::string findProjectRoot(llvm::ArrayRef<std::string> Files,
                            llvm::StringRef Directory) {
  if (Files.empty())
    return {};
  llvm::StringRef Common = path::parent_path(Files.front());
  for (llvm::StringRef File : Files)
    while (!contains(Common, File))
      Common = path::parent_path(Common);
  llvm::StringRef Around = repositoryOf(Directory);
  if (!Around.empty() && contains(Around, Common))
    return Around.str();
  if (llvm::StringRef Own = repositoryOf(Common); !Own.empty())
    return Own.str();
  return (!Directory.empty() && contains(Directory, Common) ? Directory
                                                            : Common)
      .str();
}

} // namespace conntidy
