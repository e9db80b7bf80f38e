//===- UnitRunner.h - one unit: parsed and analysed -------------*- C++ -*-===//
//
// Defines runUnit(): Clang over one translation unit, the engine over what it
// parsed, and plain data out. Safe to call from several threads.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_DRIVER_UNITRUNNER_H
#define CONNTIDY_DRIVER_UNITRUNNER_H

#include "analysis/Analysis.h"
#include "analysis/Roles.h"
#include "driver/CommandAdapter.h"
#include "driver/Snapshot.h"
#include "finding/Record.h"
#include "project/ProjectFiles.h"
#include <optional>
#include <string>
#include <vector>

namespace conntidy {

struct Unit {
  AdaptedCommand Command;
  /// Not null; outlives the run.
  const Configuration *Rules = nullptr;
};

/// Why a unit was not analysed.
struct UnitFailure {
  std::string File;
  /// Where the reason stands; only File is set if it has no line.
  FileRange Where;
  std::string Reason;
  std::string Remedy; ///< may be empty
};

/// A file that the unit was made of, with a hash of what was in it.
struct InputFile {
  std::string File;
  uint64_t Digest = 0;
};

struct UnitOutcome {
  std::string File;
  std::vector<Record> Findings;
  std::optional<UnitFailure> Failure;
  std::vector<std::string> Ignored; ///< see AdaptedCommand::Ignored
  bool Empty = false;               ///< the file holds nothing at all
  /// For the index: what it tells other units, and what it asked about them.
  std::vector<FunctionFacts> Facts;
  std::vector<IndexQuestion> Asked;
  std::vector<InputFile> Inputs; ///< sorted
  UnitStatistics Statistics;
  double ParseSeconds = 0;
  std::string DumpText;
  UnitRoles Roles; ///< see UnitOptions::RolesOnly
  std::vector<Hold> Holds; ///< see UnitOptions::WithHolds
};

struct UnitOptions {
  std::vector<std::string> Checks;
  Dump What = Dump::None;
  const ProjectIndex *Index = nullptr; ///< see analyzeUnit()
  const Snapshot *Files = nullptr;     ///< in place of those on disk
  bool RolesOnly = false; ///< infer what functions are for, and stop there
  bool WithHolds = false; ///< who holds what, besides the findings
};

UnitOutcome runUnit(const Unit &Unit, const UnitOptions &Options);

} // namespace conntidy

#endif // CONNTIDY_DRIVER_UNITRUNNER_H
