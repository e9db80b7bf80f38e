//===- Report.h - what a run found, ready to be shown -----------*- C++ -*-===//
//
// Defines Report: the outcomes of all units as one ordered whole, after filters
// and suppressions. Every output is written from it, and it decides the exit
// code.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_GATE_REPORT_H
#define CONNTIDY_GATE_REPORT_H

#include "driver/UnitRunner.h"
#include "finding/Record.h"
#include "gate/ExitCode.h"
#include "gate/Globs.h"
#include "gate/NoLint.h"
#include "index/IndexStatistics.h"
#include "output/SourceText.h"
#include "llvm/Support/Regex.h"
#include <map>
#include <string>
#include <vector>

namespace conntidy {

struct ReportedFinding {
  Record What;
  std::optional<Suppression> Suppressed;
};

/// Functions that the engine could not treat as the others, with their unit.
struct NamedFunction {
  std::string Function;
  std::string File;
  friend auto operator<=>(const NamedFunction &,
                          const NamedFunction &) = default;
};

struct RunStatistics {
  unsigned Units = 0; ///< analysed
  unsigned Functions = 0;
  unsigned Analyzed = 0;
  std::vector<NamedFunction> OverBudget;
  std::vector<NamedFunction> NotBuilt;
  double EngineSeconds = 0;
  double ParseSeconds = 0;
  IndexStatistics Index;
};

struct Report {
  std::vector<ReportedFinding> Findings; ///< by place, then check
  std::vector<UnitFailure> Failures;     ///< by file
  /// What was ignored, and in how many units.
  std::map<std::string, unsigned> Ignored;
  /// Things worth knowing, one sentence each, with their place if there is one.
  std::vector<std::string> Notices;
  std::vector<std::string> Files; ///< main files of all units, sorted
  RunStatistics Statistics;
  std::vector<std::string> Checks; ///< that were run

  unsigned shown() const; ///< findings that are not suppressed
};

struct ReportFilter {
  const llvm::Regex *Headers =
      nullptr; ///< findings in other headers are dropped
  const PathGlobs *Exclude = nullptr;
};

Report makeReport(std::vector<UnitOutcome> Outcomes,
                  std::vector<std::string> Checks, const ReportFilter &Filter,
                  SourceText &Text);

ExitCode exitCodeFor(const Report &Report, Level FailOn, bool AllowIncomplete);

} // namespace conntidy

#endif // CONNTIDY_GATE_REPORT_H
