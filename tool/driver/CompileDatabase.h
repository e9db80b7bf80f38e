//===- CompileDatabase.h - compile_commands.json ----------------*- C++ -*-===//
//
// Defines how compile commands are found and read. What is read is what stands
// in the file; CommandAdapter.h makes it fit for Clang.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_DRIVER_COMPILEDATABASE_H
#define CONNTIDY_DRIVER_COMPILEDATABASE_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <optional>
#include <string>
#include <vector>

namespace conntidy {

struct CompileCommand {
  std::string Directory;              ///< absolute; where the compiler is run
  std::string File;                   ///< absolute, without `.` and `..`
  std::vector<std::string> Arguments; ///< the compiler first
};

/// The database of a build directory, of a file, or the nearest one upwards
/// from \p Start (in a directory or in `build/` below it).
std::optional<std::string> findCompileDatabase(llvm::StringRef Start);

/// Commands in the order of the file. Both forms, `command` and `arguments`.
llvm::Expected<std::vector<CompileCommand>>
readCompileDatabase(llvm::StringRef Path);
llvm::Expected<std::vector<CompileCommand>>
parseCompileDatabase(llvm::StringRef Text, llvm::StringRef Path);

/// \p Path, made absolute against \p Directory, without `.` and `..`.
std::string absolutePath(llvm::StringRef Directory, llvm::StringRef Path);
std::string currentDirectory();

} // namespace conntidy

#endif // CONNTIDY_DRIVER_COMPILEDATABASE_H
