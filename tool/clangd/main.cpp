//===- main.cpp - clangd with conntidy's checks ---------------------------===//
//
// The checks register themselves; what else differs from clangd is in the files
// beside this one.
//
//===----------------------------------------------------------------------===//

#include "clangd/Clangd.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include <vector>

namespace path = llvm::sys::path;

/// Clang's own headers (stddef.h). clangd looks for them beside its program,
/// where they are only if somebody installed them there.
static std::string resourceDirectory(const char *Program) {
  static int Here;
  llvm::SmallString<256> Beside(
      llvm::sys::fs::getMainExecutable(Program, &Here));
  path::remove_filename(Beside);
  path::append(Beside, "..", "lib", "clang", "22");
  return llvm::sys::fs::is_directory(Beside + "/include")
             ? Beside.str().str()
             : CONNTIDY_RESOURCE_DIR;
}

static bool namesResourceDirectory(llvm::StringRef Words) {
  return Words.contains("-resource-dir");
}

int main(int Argc, char *Argv[]) {
  std::vector<char *> Arguments(Argv, Argv + Argc);
  std::string ResourceDirectory =
      "--resource-dir=" + resourceDirectory(Argv[0]);
  if (llvm::none_of(Arguments, namesResourceDirectory) &&
      !namesResourceDirectory(
          llvm::sys::Process::GetEnv("CLANGD_FLAGS").value_or("")))
    Arguments.push_back(ResourceDirectory.data());
  Arguments.push_back(nullptr);
  return clang::clangd::clangdMain(Arguments.size() - 1, Arguments.data());
}
