//===- Report.h - what a run found, ready to be shown -----------*- C++ -*-===//
//
// Defines Report: the outcomes of all units as one ordered whole, after filters
// and suppressions. Every output is written from it, and it decides the exit
// code.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_GATE_REPORT_H
#define CONNTIDY_GATE_REPORT_H

#include "driver/Git.h"
#include "driver/UnitRunner.h"
#include "finding/Fingerprint.h"
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

/// A finding as another run had it.
struct KnownFinding {
  std::string Check;
  std::string File; ///< below the project's root
  std::string Function;
  Fingerprint Identity;

  friend bool operator==(const KnownFinding &, const KnownFinding &) = default;
  friend auto operator<=>(const KnownFinding &, const KnownFinding &) = default;
};

/// Whether an earlier state of the code had it.
enum class Novelty : uint8_t { Unasked, New, Known };

struct ReportedFinding {
  Record What;
  Fingerprint Identity;
  std::optional<Suppression> Suppressed;
  Novelty State = Novelty::Unasked;

  /// What a person is shown and a gate counts.
  bool isShown() const { return !Suppressed && State != Novelty::Known; }
};

/// The revision that was analysed.
struct Provenance {
  std::string Repository; ///< its address
  std::string Commit;
  std::string Branch; ///< may be empty
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
  std::string Root;               ///< see findProjectRoot()
  std::optional<conntidy::Provenance> Provenance;
  RunStatistics Statistics;
  std::vector<std::string> Checks; ///< that were run
  bool HasBaseline = false;
  std::vector<KnownFinding> Gone; ///< that the baseline has
  /// Findings that were there before the change; unset if there is none.
  std::optional<unsigned> Mended;
  ChangedLines Lines; ///< of the change

  unsigned shown() const; ///< findings that are shown
};

struct ReportFilter {
  const llvm::Regex *Headers =
      nullptr; ///< findings in other headers are dropped
  const PathGlobs *Exclude = nullptr;
  std::string Directory;           ///< where the user is; for findProjectRoot()
  bool UnusedSuppressions = false; ///< are worth a notice
};

Report makeReport(std::vector<UnitOutcome> Outcomes,
                  std::vector<std::string> Checks, const ReportFilter &Filter,
                  SourceText &Text);

/// \p Passes is what the thresholds say.
ExitCode exitCodeFor(const Report &Report, bool Passes, bool AllowIncomplete);

} // namespace conntidy

#endif // CONNTIDY_GATE_REPORT_H
