//===- Program.h - conntidy, without its main() -----------------*- C++ -*-===//
//
// Defines runConntidy(), all of the program.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_CONNTIDY_PROGRAM_H
#define CONNTIDY_CONNTIDY_PROGRAM_H

namespace conntidy {

/// Returns the exit code (gate/ExitCode.h).
int runConntidy(int Argc, const char *const *Argv);

} // namespace conntidy

#endif // CONNTIDY_CONNTIDY_PROGRAM_H
