//===- ResourceDirectory.cpp - Clang's own headers ------------------------===//
//
// Defines resourceDirectory().
//
//===----------------------------------------------------------------------===//

#include "project/ResourceDirectory.h"
#include "clang/Basic/Version.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

namespace path = llvm::sys::path;

namespace conntidy {

static std::string find() {
  static int Here;
  llvm::SmallString<256> Beside(
      llvm::sys::fs::getMainExecutable(nullptr, &Here));
  path::remove_filename(Beside);
  path::append(Beside, "..", "lib", "clang", CLANG_VERSION_MAJOR_STRING);
  path::remove_dots(Beside, /*remove_dot_dot=*/true);
  return llvm::sys::fs::is_directory(Beside + "/include")
             ? Beside.str().str()
             : CONNTIDY_RESOURCE_DIR;
}

const std::string &resourceDirectory() {
  static const std::string Found = find();
  return Found;
}

} // namespace conntidy
