//===- Annotations.cpp - findings where code is reviewed ------------------===//
//
// Defines writeGitHubAnnotations() and writeGitLabReport().
//
//===----------------------------------------------------------------------===//

#include "output/Annotations.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/xxhash.h"
#include <nlohmann/json.hpp>

namespace conntidy {
namespace {

const char *gitHubCommand(Level L) {
  switch (L) {
  case Level::Note:
    return "notice";
  case Level::Warning:
    return "warning";
  case Level::Error:
    return "error";
  }
  llvm_unreachable("unknown level");
}

const char *gitLabSeverity(Level L) {
  switch (L) {
  case Level::Note:
    return "info";
  case Level::Warning:
    return "minor";
  case Level::Error:
    return "major";
  }
  llvm_unreachable("unknown level");
}

/// A command ends with its line; its parts are separated by `,` and `:`.
std::string escaped(llvm::StringRef Text, llvm::StringRef Special) {
  std::string Result;
  for (char C : Text) {
    if (C == '%' || C == '\n' || C == '\r' || Special.contains(C))
      Result += "%" + llvm::toHex(llvm::StringRef(&C, 1));
    else
      Result += C;
  }
  return Result;
}

void writeGitHub(llvm::raw_ostream &Out, const char *Command,
                 const FileRange &Where, llvm::StringRef Title,
                 llvm::StringRef Message, llvm::StringRef Root) {
  auto Property = [](llvm::StringRef Text) { return escaped(Text, ":,"); };
  Out << "::" << Command << " file=" << Property(shortPath(Where.File, Root));
  if (Where.Line) {
    Out << ",line=" << Where.Line;
    if (Where.EndLine > Where.Line)
      Out << ",endLine=" << Where.EndLine; // without columns, says GitHub
    else
      Out << ",endLine=" << Where.Line << ",col=" << Where.Column
          << ",endColumn=" << std::max(Where.EndColumn, Where.Column + 1);
  }
  Out << ",title=" << Property(Title) << "::" << escaped(Message, "") << '\n';
}

bool isChanged(const FileRange &Where, const ChangedLines &Lines) {
  auto Own = Lines.find(Where.File);
  return Own != Lines.end() && Own->second.count(Where.Line);
}

/// Null if the finding is to be shown where it is.
const Step *changedStep(const Record &R, const ChangedLines &Lines) {
  if (Lines.empty() || isChanged(R.Where, Lines))
    return nullptr;
  for (const auto *Steps : {&R.Trail, &R.Exits})
    for (const Step &S : *Steps)
      if (isChanged(S.Where, Lines))
        return &S;
  return nullptr;
}

} // namespace

void writeGitHubAnnotations(llvm::raw_ostream &Out, const Report &Report) {
  for (const UnitFailure &Failure : Report.Failures)
    writeGitHub(Out, "error", Failure.Where, "not analysed", Failure.Reason,
                Report.Root);
  for (const ReportedFinding &Found : Report.Findings) {
    if (!Found.isShown())
      continue;
    const Record &R = Found.What;
    const Step *Changed = changedStep(R, Report.Lines);
    std::string Message = R.Message;
    if (Changed)
      Message += "; it begins at " + shortPath(R.Where.File, Report.Root) +
                 ":" + std::to_string(R.Where.Line);
    writeGitHub(Out, gitHubCommand(R.Severity),
                Changed ? Changed->Where : R.Where, R.Check, Message,
                Report.Root);
  }
}

void writeGitLabReport(llvm::raw_ostream &Out, const Report &Report) {
  using Json = nlohmann::ordered_json;
  Json All = Json::array();
  for (const ReportedFinding &Found : Report.Findings) {
    if (!Found.isShown())
      continue;
    const Record &R = Found.What;
    std::string File = shortPath(R.Where.File, Report.Root);
    Json One;
    One["description"] = R.Message;
    One["check_name"] = R.Check;
    // GitLab wants one; without an identity it is that of the line.
    One["fingerprint"] =
        Found.Identity.isKnown()
            ? Found.Identity.Exact
            : llvm::utohexstr(llvm::xxh3_64bits(
                  File + ":" + std::to_string(R.Where.Line) + R.Check));
    One["severity"] = gitLabSeverity(R.Severity);
    One["location"]["path"] = File;
    One["location"]["lines"]["begin"] = R.Where.Line;
    One["location"]["lines"]["end"] = std::max(R.Where.Line, R.Where.EndLine);
    All.push_back(std::move(One));
  }
  Out << All.dump(2, ' ', /*ensure_ascii=*/false,
                  Json::error_handler_t::replace)
      << '\n';
}

} // namespace conntidy
