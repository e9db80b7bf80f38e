//===- main.cpp - clangd with conntidy's checks ---------------------------===//
//
// The checks register themselves; what else differs from clangd is in the files
// beside this one.
//
//===----------------------------------------------------------------------===//

#include "clangd/Clangd.h"
#include "project/ResourceDirectory.h"
#include "tidy/UnitRun.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Process.h"
#include <mutex>
#include <vector>

static bool namesResourceDirectory(llvm::StringRef Words) {
  return Words.contains("-resource-dir");
}

/// A file is analysed again and again; once is enough.
static void logOnce(llvm::StringRef Notice) {
  static std::mutex Mutex;
  static llvm::StringSet<> Said;
  std::lock_guard<std::mutex> Lock(Mutex);
  if (Said.insert(Notice).second)
    clang::clangd::detail::logImpl(clang::clangd::Logger::Info, "{0}",
                                   llvm::formatv("conntidy: {0}", Notice));
}

int main(int Argc, char *Argv[]) {
  conntidy::tidy::setNoticeHandler(logOnce);
  std::vector<char *> Arguments(Argv, Argv + Argc);
  // clangd looks beside its program only.
  std::string ResourceDirectory =
      "--resource-dir=" + conntidy::resourceDirectory();
  if (llvm::none_of(Arguments, namesResourceDirectory) &&
      !namesResourceDirectory(
          llvm::sys::Process::GetEnv("CLANGD_FLAGS").value_or("")))
    Arguments.push_back(ResourceDirectory.data());
  Arguments.push_back(nullptr);
  return clang::clangd::clangdMain(Arguments.size() - 1, Arguments.data());
}
