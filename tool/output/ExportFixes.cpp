//===- ExportFixes.cpp - findings for clang-apply-replacements ------------===//
//
// Defines writeExportedFixes().
//
//===----------------------------------------------------------------------===//

#include "output/ExportFixes.h"
#include "clang/Tooling/DiagnosticsYaml.h"
#include "llvm/ADT/STLExtras.h"

namespace conntidy {
namespace {

using clang::tooling::Diagnostic;
using clang::tooling::DiagnosticMessage;

DiagnosticMessage messageAt(const FileRange &Where, llvm::StringRef Words,
                            SourceText &Text) {
  DiagnosticMessage Message(Words);
  Message.FilePath = Where.File;
  Message.FileOffset =
      Text.offset(Where.File, Where.Line, Where.Column).value_or(0);
  return Message;
}

void addFix(DiagnosticMessage &Message, const Replacement &One,
            SourceText &Text) {
  const FileRange &Where = One.Where;
  auto Begin = Text.offset(Where.File, Where.Line, Where.Column);
  auto End = Text.offset(Where.File, Where.EndLine, Where.EndColumn);
  if (!Begin || !End || *End < *Begin)
    return;
  // Replacements of one file are disjoint, so none is refused.
  llvm::cantFail(Message.Fix[Where.File].add(
      {Where.File, *Begin, *End - *Begin, One.Text}));
}

Diagnostic::Level levelOf(Level L) {
  switch (L) {
  case Level::Note:
    return Diagnostic::Remark;
  case Level::Warning:
    return Diagnostic::Warning;
  case Level::Error:
    return Diagnostic::Error;
  }
  llvm_unreachable("unknown level");
}

} // namespace

void writeExportedFixes(llvm::raw_ostream &Out, const Report &Report,
                        SourceText &Text, llvm::StringRef Directory) {
  clang::tooling::TranslationUnitDiagnostics All;
  for (const ReportedFinding &Found : Report.Findings) {
    if (!Found.isShown())
      continue;
    const Record &R = Found.What;
    llvm::SmallVector<DiagnosticMessage, 1> Notes;
    for (const Step &S : R.Trail)
      Notes.push_back(messageAt(S.Where, S.Text, Text));
    DiagnosticMessage Main = messageAt(R.Where, R.Message, Text);
    // Of what lies outside the project nothing is changed.
    if (llvm::all_of(R.Fix, [&](const Replacement &One) {
          return isBelow(One.Where.File, Report.Root);
        }))
      for (const Replacement &One : R.Fix)
        addFix(Main, One, Text);
    All.Diagnostics.emplace_back(R.Check, Main, Notes, levelOf(R.Severity),
                                 Directory);
  }
  llvm::yaml::Output Yaml(Out);
  Yaml << All;
}

} // namespace conntidy
