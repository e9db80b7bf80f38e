//===- Report.cpp - what a run found, ready to be shown -------------------===//
//
// Defines makeReport() and exitCodeFor().
//
//===----------------------------------------------------------------------===//

#include "gate/Report.h"
#include "gate/ProjectRoot.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"
#include <set>
#include <tuple>

namespace conntidy {
namespace {

/// Several units may report the same header; which worker was faster says
/// nothing.
auto orderOf(const Record &R) {
  return std::tuple_cat(
      std::make_tuple(R.Where.File, R.Where.Line, R.Where.Column, R.Check),
      rankOf(R));
}

bool samePlace(const Record &A, const Record &B) {
  return A.Check == B.Check && A.Where.File == B.Where.File &&
         A.Where.Line == B.Where.Line && A.Where.Column == B.Where.Column;
}

bool isWanted(const std::string &File, const std::set<std::string> &MainFiles,
              const ReportFilter &Filter) {
  if (Filter.Exclude && Filter.Exclude->matches(File))
    return false;
  return !Filter.Headers || MainFiles.count(File) ||
         Filter.Headers->match(File);
}

void addStatistics(RunStatistics &Total, const UnitOutcome &Outcome) {
  const UnitStatistics &One = Outcome.Statistics;
  ++Total.Units;
  Total.Functions += One.Functions;
  Total.Analyzed += One.Analyzed;
  Total.EngineSeconds += One.EngineSeconds;
  for (const std::string &Name : One.OverBudget)
    Total.OverBudget.push_back({Name, Outcome.File});
  for (const std::string &Name : One.NotBuilt)
    Total.NotBuilt.push_back({Name, Outcome.File});
}

template <typename Sequence> void sortUnique(Sequence &Values) {
  llvm::sort(Values);
  Values.erase(llvm::unique(Values), Values.end());
}

/// Besides the files of findings looks at \p Others for comments of no use.
void suppress(Report &Result, const std::set<std::string> &Others,
              SourceText &Text) {
  llvm::StringMap<NoLintComments> ByFile;
  auto CommentsOf = [&](const std::string &File) -> NoLintComments & {
    auto [Place, IsNew] = ByFile.try_emplace(File, Text.lines(File));
    if (IsNew)
      for (const NoLintComments::Stray &Stray : Place->second.strays())
        Result.Notices.push_back(File + ":" + std::to_string(Stray.Line) +
                                 ": " + Stray.Keyword +
                                 " without its counterpart suppresses nothing");
    return Place->second;
  };
  for (ReportedFinding &Found : Result.Findings)
    Found.Suppressed = CommentsOf(Found.What.Where.File)
                           .on(Found.What.Where.Line, Found.What.Check);
  for (const std::string &File : Others)
    for (const Suppression &Unused : CommentsOf(File).unused(Result.Checks))
      Result.Notices.push_back(File + ":" + std::to_string(Unused.Line) +
                               ": the NOLINT comment suppresses nothing; "
                               "remove it");
}

} // namespace

unsigned Report::shown() const {
  return llvm::count_if(
      Findings, [](const ReportedFinding &Found) { return Found.isShown(); });
}

Report makeReport(std::vector<UnitOutcome> Outcomes,
                  std::vector<std::string> Checks, const ReportFilter &Filter,
                  SourceText &Text) {
  Report Result;
  Result.Checks = std::move(Checks);
  std::set<std::string> MainFiles;
  for (const UnitOutcome &Outcome : Outcomes)
    MainFiles.insert(Outcome.File);
  Result.Files.assign(MainFiles.begin(), MainFiles.end());
  Result.Root = findProjectRoot(Result.Files, Filter.Directory);

  std::vector<Record> Records;
  std::set<std::string> Inputs; // that are searched for comments of no use
  for (UnitOutcome &Outcome : Outcomes) {
    for (const std::string &What : Outcome.Ignored)
      ++Result.Ignored[What];
    Result.Statistics.ParseSeconds += Outcome.ParseSeconds;
    if (Outcome.Failure) {
      Result.Failures.push_back(std::move(*Outcome.Failure));
      continue;
    }
    addStatistics(Result.Statistics, Outcome);
    if (Filter.UnusedSuppressions)
      for (const InputFile &Input : Outcome.Inputs)
        if (isBelow(Input.File, Result.Root) &&
            isWanted(Input.File, MainFiles, Filter))
          Inputs.insert(Input.File);
    if (Outcome.Empty)
      Result.Notices.push_back(Outcome.File +
                               ": the file is empty; there is nothing to find");
    for (Record &R : Outcome.Findings)
      if (isWanted(R.Where.File, MainFiles, Filter))
        Records.push_back(std::move(R));
  }

  llvm::sort(Records, [](const Record &A, const Record &B) {
    return orderOf(A) < orderOf(B);
  });
  Records.erase(llvm::unique(Records, samePlace), Records.end());
  std::vector<const Record *> InOrder;
  for (const Record &R : Records)
    InOrder.push_back(&R);
  std::vector<Fingerprint> Identities = fingerprintsOf(InOrder, Result.Root);
  for (auto [R, Identity] : llvm::zip_equal(Records, Identities))
    Result.Findings.push_back(
        {std::move(R), std::move(Identity), std::nullopt});
  llvm::sort(Result.Failures, [](const UnitFailure &A, const UnitFailure &B) {
    return A.File < B.File;
  });
  suppress(Result, Inputs, Text);
  sortUnique(Result.Notices);
  sortUnique(Result.Statistics.OverBudget);
  sortUnique(Result.Statistics.NotBuilt);
  return Result;
}

ExitCode exitCodeFor(const Report &Report, bool Passes, bool AllowIncomplete) {
  if (!Report.Failures.empty() && !AllowIncomplete)
    return Incomplete;
  return Passes ? Clean : FindingsReported;
}

} // namespace conntidy
