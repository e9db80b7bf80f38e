//===- CompilerQuery.h - asks a compiler where its headers are --*- C++ -*-===//
//
// Defines CompilerQuery: runs a cross compiler, or one that is not the system's
// own, as `COMPILER -E -v` and reads its include directories from what it says.
// Clang cannot know them. Each compiler is asked once per run.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_DRIVER_COMPILERQUERY_H
#define CONNTIDY_DRIVER_COMPILERQUERY_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace conntidy {

struct CompilerAnswer {
  std::vector<std::string> IncludeDirectories; ///< without the compiler's own
  std::string Target;                          ///< e.g. `arm-linux-gnueabihf`
};

class CompilerQuery {
public:
  /// Whether Clang would look for this compiler's headers in the wrong place.
  static bool needed(llvm::StringRef Compiler, llvm::StringRef Directory);

  /// \p Flags are those that move the headers (`--sysroot`, `-m32`, `-std=`).
  /// Null if it could not be asked, with \p WhyNot set.
  const CompilerAnswer *ask(llvm::StringRef Compiler, llvm::StringRef Directory,
                            bool CPlusPlus, llvm::ArrayRef<std::string> Flags,
                            std::string &WhyNot);

private:
  struct Memory {
    std::optional<CompilerAnswer> Answer;
    std::string WhyNot;
  };
  std::map<std::vector<std::string>, Memory> Asked;
};

/// Reads the search list out of what `-E -v` prints.
CompilerAnswer parseVerboseOutput(llvm::StringRef Output);

} // namespace conntidy

#endif // CONNTIDY_DRIVER_COMPILERQUERY_H
