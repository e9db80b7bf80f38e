//===- IndexFile.cpp - the file that an index is kept in ------------------===//

#include "project/IndexFile.h"
#include "clang/Basic/Version.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

namespace path = llvm::sys::path;

namespace conntidy {

/// A hash of all sources, made when the program is built.
llvm::StringRef sourceIdentity();

std::string programIdentity() {
  return clang::getClangFullVersion() + " " + sourceIdentity().str();
}

std::string findIndex(llvm::StringRef Source,
                      llvm::StringRef WorkingDirectory) {
  // Where the compile database is looked for.
  for (llvm::StringRef Start : {WorkingDirectory, path::parent_path(Source)})
    for (llvm::StringRef Directory = Start; !Directory.empty();
         Directory = path::parent_path(Directory))
      for (llvm::StringRef Below : {"", "build"}) {
        llvm::SmallString<256> Candidate(Directory);
        path::append(Candidate, Below, IndexDirectory, IndexName);
        if (llvm::sys::fs::exists(Candidate))
          return Candidate.str().str();
      }
  return "";
}

} // namespace conntidy
