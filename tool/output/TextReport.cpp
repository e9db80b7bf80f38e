//===- TextReport.cpp - findings for a person at a terminal ---------------===//
//
// Defines the text output.
//
//===----------------------------------------------------------------------===//

#include "output/TextReport.h"
#include "output/Snippet.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/Format.h"

namespace conntidy {

llvm::StringRef nameOf(Level L) {
  switch (L) {
  case Level::Note:
    return "note";
  case Level::Warning:
    return "warning";
  case Level::Error:
    return "error";
  }
  llvm_unreachable("unknown level");
}

namespace {

using Color = llvm::raw_ostream::Colors;

Color colorOf(Level L) {
  switch (L) {
  case Level::Note:
    return Color::CYAN;
  case Level::Warning:
    return Color::MAGENTA;
  case Level::Error:
    return Color::RED;
  }
  llvm_unreachable("unknown level");
}

std::string placeOf(const FileRange &Where, const TextStyle &Style) {
  std::string Place = shortPath(Where.File, Style.Directory);
  if (Where.Line)
    Place +=
        ":" + std::to_string(Where.Line) + ":" + std::to_string(Where.Column);
  return Place;
}

std::string counted(unsigned Count, llvm::StringRef Singular) {
  return (llvm::Twine(Count) + " " + Singular + (Count == 1 ? "" : "s")).str();
}

bool sameStart(const FileRange &A, const FileRange &B) {
  return A.File == B.File && A.Line == B.Line && A.Column == B.Column;
}

/// The numbered steps; the one at the place that the message speaks of carries
/// its marker. Without such a step that place comes first.
std::vector<Annotation> annotationsOf(const Record &R) {
  std::vector<Annotation> Result;
  bool HasPrimary = false;
  for (const auto &[Index, S] : llvm::enumerate(R.Trail)) {
    bool IsPrimary = !HasPrimary && sameStart(S.Where, R.Where);
    HasPrimary |= IsPrimary;
    std::string Label = std::string(2 * S.Depth, ' ') +
                        std::to_string(Index + 1) + ". " + S.Text;
    Result.push_back({S.Where, std::move(Label), IsPrimary});
  }
  if (!HasPrimary)
    Result.insert(Result.begin(), {R.Where, "", /*Primary=*/true});
  return Result;
}

void writeFinding(llvm::raw_ostream &Out, const Record &R, SourceText &Text,
                  const TextStyle &Style) {
  Paint P(Out, Style.Colors);
  P.bold(placeOf(R.Where, Style) + ": ");
  P.colored(colorOf(R.Severity), (nameOf(R.Severity) + ": ").str());
  P.bold(R.Message);
  Out << " [" << R.Check << "]\n";
  unsigned Gutter = writeSnippet(Out, annotationsOf(R), Text, Style);

  for (const Step &Exit : R.Exits) {
    bool Shown = llvm::any_of(
        R.Trail, [&](const Step &S) { return sameStart(S.Where, Exit.Where); });
    if (Shown)
      continue;
    Out.indent(Gutter) << " = also: " << placeOf(Exit.Where, Style) << ": "
                       << Exit.Text << '\n';
  }
}

} // namespace

void writeFindings(llvm::raw_ostream &Out, const Report &Report,
                   SourceText &Text, const TextStyle &Style) {
  for (const ReportedFinding &Found : Report.Findings) {
    if (!Found.isShown())
      continue;
    writeFinding(Out, Found.What, Text, Style);
    Out << '\n';
  }
}

void writeFailures(llvm::raw_ostream &Out, const Report &Report,
                   const TextStyle &Style) {
  for (const UnitFailure &Failure : Report.Failures) {
    Paint P(Out, Style.Colors);
    P.bold(placeOf(Failure.Where, Style) + ": ");
    P.colored(Color::RED, "error: ");
    Out << Failure.Reason << "; '" << shortPath(Failure.File, Style.Directory)
        << "' is not analysed\n";
    if (!Failure.Remedy.empty())
      Out << "  help: " << Failure.Remedy << '\n';
  }
}

void writeNotices(llvm::raw_ostream &Out, const Report &Report,
                  const TextStyle &Style) {
  for (llvm::StringRef Notice : Report.Notices)
    Out << "note: " << shortPath(Notice, Style.Directory) << '\n';
  for (const auto &[What, Units] : Report.Ignored)
    Out << "note: ignored in " << counted(Units, "unit") << ": " << What
        << '\n';
}

void writeSummary(llvm::raw_ostream &Out, const Report &Report,
                  const Verdict &Judged) {
  llvm::StringSet<> Files, WithFindings;
  for (const std::string &File : Report.Files)
    Files.insert(File);
  unsigned Suppressed = 0, Known = 0;
  for (const ReportedFinding &Found : Report.Findings) {
    Suppressed += Found.Suppressed.has_value();
    Known += Found.State == Novelty::Known;
    if (!Found.isShown())
      continue;
    Files.insert(Found.What.Where.File);
    WithFindings.insert(Found.What.Where.File);
  }

  unsigned Shown = Report.shown();
  bool Compared = Report.HasBaseline || Report.Mended;
  // That nothing was found would sound like good news.
  if (Report.Statistics.Units == 0 && !Report.Failures.empty()) {
    Out << "nothing analysed: " << counted(Report.Failures.size(), "unit")
        << " failed\n";
    return;
  }
  llvm::StringRef What = Compared ? "new finding" : "finding";
  if (Shown == 0)
    Out << "no " << What << "s in " << counted(Files.size(), "file");
  else
    Out << counted(Shown, What) << " in " << WithFindings.size() << " of "
        << counted(Files.size(), "file");
  if (Compared)
    Out << ", " << Known << " known";
  if (Report.Mended && *Report.Mended)
    Out << ", " << *Report.Mended << " mended";
  if (Suppressed)
    Out << ", " << Suppressed << " suppressed";
  Out << "; " << counted(Report.Statistics.Units, "unit") << " analysed";
  if (!Report.Failures.empty())
    Out << ", " << Report.Failures.size() << " not analysed";
  if (Judged.Allowed)
    Out << (Judged.Passes ? "; passes: " : "; fails: ") << Judged.Allowed
        << " of " << Judged.Counted << " that count are allowed";
  if (!Report.Gone.empty())
    Out << "; " << Report.Gone.size()
        << " of the baseline are gone: 'conntidy baseline update'";
  Out << '\n';
}

void writeStatistics(llvm::raw_ostream &Out, const Report &Report,
                     const TextStyle &Style) {
  const RunStatistics &S = Report.Statistics;
  auto Row = [&](llvm::StringRef Name, const llvm::Twine &Value) {
    Out << "  " << Name;
    Out.indent(26 - Name.size()) << Value << '\n';
  };
  auto Names = [&](llvm::ArrayRef<NamedFunction> Functions) {
    for (const NamedFunction &F : Functions)
      Out << "    " << F.Function << " (" << shortPath(F.File, Style.Directory)
          << ")\n";
  };
  auto Seconds = [](double Value) {
    std::string Text;
    llvm::raw_string_ostream(Text) << llvm::format("%.3f", Value);
    return Text;
  };

  Out << "statistics:\n";
  Row("units analysed", llvm::Twine(S.Units));
  Row("units not analysed", llvm::Twine(Report.Failures.size()));
  for (const UnitFailure &Failure : Report.Failures)
    Out << "    " << shortPath(Failure.File, Style.Directory) << '\n';
  Row("functions looked at", llvm::Twine(S.Functions));
  Row("functions analysed", llvm::Twine(S.Analyzed));
  Row("functions over budget", llvm::Twine(S.OverBudget.size()));
  Names(S.OverBudget);
  Row("functions unparsed", llvm::Twine(S.NotBuilt.size()));
  Names(S.NotBuilt);
  Row("rounds", llvm::Twine(S.Index.Rounds));
  Row("analyses of units", llvm::Twine(S.Index.Analyses));
  Row("known from earlier runs", llvm::Twine(S.Index.Kept));
  Row("functions in the index", llvm::Twine(S.Index.Functions));
  Row("of these ambiguous", llvm::Twine(S.Index.Ambiguous.size()));
  for (const std::string &Name : S.Index.Ambiguous)
    Out << "    " << Name << '\n';
  Row("of these unsettled", llvm::Twine(S.Index.Unsettled.size()));
  for (const std::string &Name : S.Index.Unsettled)
    Out << "    " << Name << '\n';
  Row("parse seconds", Seconds(S.ParseSeconds));
  Row("engine seconds", Seconds(S.EngineSeconds));
}

} // namespace conntidy
