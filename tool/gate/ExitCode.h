//===- ExitCode.h - what the programs tell their caller ---------*- C++ -*-===//
//
// Defines the exit codes, in one place for every program.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_GATE_EXITCODE_H
#define CONNTIDY_GATE_EXITCODE_H

namespace conntidy {

enum ExitCode : int {
  Clean = 0,
  FindingsReported = 1, ///< at or above `--fail-on`
  WrongUse = 2,   ///< command line, configuration or model; nothing analysed
  Incomplete = 3, ///< some unit was not analysed; wins over FindingsReported
};

} // namespace conntidy

#endif // CONNTIDY_GATE_EXITCODE_H
