//===- ProjectRun.h - all units, until they know each other -----*- C++ -*-===//
//
// Defines runProject(): rounds over the units of a project. In each, units are
// analysed with what the round before found out about all of them, if that is
// not what they were told last; so the order of the units and the number of
// workers do not matter. What came of a unit is kept for the next run.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_INDEX_PROJECTRUN_H
#define CONNTIDY_INDEX_PROJECTRUN_H

#include "driver/UnitRunner.h"
#include "index/Database.h"
#include "index/IndexStatistics.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace conntidy {

struct ProjectRequest {
  llvm::ArrayRef<Unit> Units;
  /// So many at the front are reported on; of the others only what they define
  /// is of interest.
  size_t Reported = 0;
  UnitOptions Options;
  unsigned Workers = 1;
  Database *Kept = nullptr; ///< from earlier runs; may be null
  bool KeepsNews = true;    ///< for later runs
  /// Called from one thread at a time.
  llvm::function_ref<void(size_t Units)> RoundStarts;
  llvm::function_ref<void(const UnitOutcome &)> UnitDone;
};

struct ProjectOutcome {
  std::vector<UnitOutcome> Outcomes; ///< of the units that are reported on
  IndexStatistics Statistics;
  std::vector<std::string> Notices;
};

ProjectOutcome runProject(const ProjectRequest &Request);

} // namespace conntidy

#endif // CONNTIDY_INDEX_PROJECTRUN_H
