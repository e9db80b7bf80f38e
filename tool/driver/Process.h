//===- Process.h - runs another program -------------------------*- C++ -*-===//
//
// Defines runProgram(): another program, run to its end without a shell, and
// what it said.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_DRIVER_PROCESS_H
#define CONNTIDY_DRIVER_PROCESS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <optional>
#include <string>

namespace conntidy {

struct ProgramResult {
  int Code = 0;
  std::string Out, Err;
};

struct ProgramRequest {
  std::string Program; ///< its file
  llvm::ArrayRef<std::string> Arguments;
  /// `NAME=VALUE` each; unset: as ours.
  std::optional<llvm::ArrayRef<llvm::StringRef>> Environment;
  llvm::StringRef Input; ///< on its standard input
  unsigned Seconds = 0;  ///< after which it is ended; 0: as long as it takes
};

/// An error says why there is no result.
llvm::Expected<ProgramResult> runProgram(const ProgramRequest &Request);

} // namespace conntidy

#endif // CONNTIDY_DRIVER_PROCESS_H
