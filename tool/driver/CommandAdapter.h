//===- CommandAdapter.h - any compiler's command, for Clang -----*- C++ -*-===//
//
// Defines adaptCommand(): a compile command as it stands in the wild (wrappers,
// GCC-only flags, cross compilers, precompiled headers, response files) becomes
// one that Clang's parser understands, with a notice for all that was ignored
// and may matter.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_DRIVER_COMMANDADAPTER_H
#define CONNTIDY_DRIVER_COMMANDADAPTER_H

#include "driver/CompileDatabase.h"
#include <string>
#include <vector>

namespace conntidy {

class CompilerQuery;

/// What a file is to us, by its name and its compiler.
enum class UnitKind {
  Source,
  Assembler,
  Cuda,
  Foreign, ///< neither C nor C++: Fortran, a linker's input, ...
};

struct AdaptedCommand {
  UnitKind Kind = UnitKind::Source;
  std::string Directory;
  std::string File;
  /// For Clang's driver: the program's name first, the file last.
  std::vector<std::string> Arguments;
  /// What was ignored, in words: `GCC-only flag '-fconserve-stack'`.
  std::vector<std::string> Ignored;
};

AdaptedCommand adaptCommand(const CompileCommand &Command,
                            CompilerQuery &Compilers);

/// Drops the arguments that an error of Clang's driver quotes, e.g.
/// `unsupported option '-mfoo' for target`. False when it quotes none of them.
bool dropQuotedArguments(AdaptedCommand &Command, llvm::StringRef Message);

} // namespace conntidy

#endif // CONNTIDY_DRIVER_COMMANDADAPTER_H
