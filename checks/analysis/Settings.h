//===- Settings.h - what a user can set about the analysis ------*- C++ -*-===//
//
// Defines Settings and how they are read from KEY=VALUE pairs, the same for
// `conntidy.yaml`, `--set` and clang-tidy's CheckOptions.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_ANALYSIS_SETTINGS_H
#define CONNTIDY_ANALYSIS_SETTINGS_H

#include "finding/Record.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace conntidy {

struct Settings {
  /// `ProbeNames`: names, separated by commas, of functions that answer whether
  /// the program is well, and the last parts of their routes.
  std::vector<std::string> ProbeNames = {
      "health", "healthz", "healthcheck", "livez",   "liveness", "live",
      "readyz", "readiness", "ready",     "ping", "heartbeat", "favicon"};
  /// `ThrowCertainty`: `definite`, `likely` or `possible`: the least sure
  /// exception that is still reported.
  Certainty ThrowCertainty = Certainty::Likely;
  /// `MaxPathStates`: path states kept apart in one block before the most alike
  /// are merged.
  unsigned MaxPathStates = 32;
  /// `MaxSteps`: block visits per function after which it is finished with
  /// merged states; a visit with a state that knows much counts more than once.
  unsigned MaxSteps = 20000;
  /// `IncludeBorrowed`: `true` or `false`: also speak of connections that a
  /// function is given, or finds in a member or a global.
  bool IncludeBorrowed = false;
  /// `OptionalModels`: names, separated by commas, of the models that are off
  /// unless asked for.
  std::vector<std::string> OptionalModels;

  /// All keys there are, sorted.
  static llvm::ArrayRef<llvm::StringLiteral> keys();
  /// Sets one key; the error names the key and what it takes.
  llvm::Error set(llvm::StringRef Key, llvm::StringRef Value);
};

} // namespace conntidy

#endif // CONNTIDY_ANALYSIS_SETTINGS_H
