//===- Run.h - one analysis, from its options to its exit code --*- C++ -*-===//
//
// Defines Run: `conntidy` on code, with or without a baseline, of all that
// there is or of what a change adds.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_CONNTIDY_RUN_H
#define CONNTIDY_CONNTIDY_RUN_H

#include "conntidy/CommandLine.h"
#include "driver/Changes.h"
#include "driver/UnitSelection.h"
#include "gate/Baseline.h"
#include "gate/Globs.h"
#include "gate/Report.h"
#include "gate/Thresholds.h"
#include "index/ProjectRun.h"
#include "output/TextReport.h"
#include "project/ProjectFiles.h"
#include "llvm/Support/Regex.h"
#include "llvm/Support/raw_ostream.h"
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace conntidy {

class Run {
public:
  explicit Run(Options Given)
      : Given(std::move(Given)),
        Gate(this->Given.FailOn, this->Given.MaxFindings,
             this->Given.ConfigFile) {}

  /// All that can be wrong about the command line, the configuration and the
  /// models is found here, before anything is analysed.
  llvm::Error prepare();
  /// An error is a mistake in a file that was met only under way.
  llvm::Expected<int> execute();

private:
  llvm::Error prepareJudgement();
  llvm::Error prepareChange();
  llvm::Error addUnits(std::vector<AdaptedCommand> &Commands);
  void openIndex(llvm::StringRef CompileDatabase);
  void keepTouchedUnits();
  llvm::Error openOutputs();

  bool isDump() const {
    return Given.What != Dump::None || How.RolesOnly || How.WithHolds;
  }
  unsigned workers() const;
  ProjectOutcome analyze(llvm::ArrayRef<Unit> Units, size_t Reported,
                         const Snapshot *Files, bool KeepsNews);
  /// Who holds what, if that was asked for.
  std::vector<Hold> holdsIn(std::vector<UnitOutcome> &Outcomes) const;
  Report reportOn(std::vector<UnitOutcome> Outcomes, SourceText &Text) const;
  std::vector<KnownFinding> findingsBefore();
  void dropOldFailures(Report &Result) const;
  Comparison compare(Report &Result, const std::vector<KnownFinding> &Known,
                     bool AllOfIt) const;
  llvm::Error writeBaselineFile(const Report &Result,
                                const std::vector<KnownFinding> &Unseen);
  void write(const Report &Result, const Verdict &Judged, SourceText &Text);

  Options Given;
  Thresholds Gate;
  UnitOptions How;
  std::vector<std::string> Checked; ///< what is reported
  PathGlobs Exclude;
  mutable llvm::Regex Headers;
  std::string Here;                  ///< the current directory, without links
  std::optional<ProjectFiles> Files; ///< owns what Units point to
  std::optional<Changes> Change;
  std::optional<std::vector<KnownFinding>> Baseline;
  std::string BaselinePath; ///< absolute
  std::vector<Unit> Units;
  size_t Reported = 0;                ///< so many of these, at the front
  std::set<std::string> FailedBefore; ///< main files, before the change
  std::optional<Database> Index;
  std::vector<std::string> Notices;
  llvm::raw_ostream *Out = nullptr;
  std::unique_ptr<llvm::raw_fd_ostream> OutputFile, FixesFile, SarifFile,
      PageFile;
};

/// Shows the entries of a baseline.
llvm::Error showBaseline(llvm::raw_ostream &Out, const Options &Given);

} // namespace conntidy

#endif // CONNTIDY_CONNTIDY_RUN_H
