//===- TextReport.h - findings for a person at a terminal -------*- C++ -*-===//
//
// Defines the text output: each finding in the form of a compiler's diagnostic,
// with the lines of its trail below; what was not analysed; the closing
// summary; and the figures of `--stats`.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_OUTPUT_TEXTREPORT_H
#define CONNTIDY_OUTPUT_TEXTREPORT_H

#include "gate/Report.h"
#include "gate/Thresholds.h"
#include "output/SourceText.h"
#include "llvm/Support/raw_ostream.h"

namespace conntidy {

struct TextStyle {
  bool Colors = false;
  std::string Directory; ///< paths below it are shown relative to it
};

void writeFindings(llvm::raw_ostream &Out, const Report &Report,
                   SourceText &Text, const TextStyle &Style);

/// Units that were not analysed, each with its reason and remedy.
void writeFailures(llvm::raw_ostream &Out, const Report &Report,
                   const TextStyle &Style);

/// What was ignored in compile commands, and other things worth knowing.
void writeNotices(llvm::raw_ostream &Out, const Report &Report,
                  const TextStyle &Style);

/// `3 new findings in 2 of 40 files, 12 known; 39 units analysed, 1 not
/// analysed`.
void writeSummary(llvm::raw_ostream &Out, const Report &Report,
                  const Verdict &Judged);

void writeStatistics(llvm::raw_ostream &Out, const Report &Report,
                     const TextStyle &Style);

llvm::StringRef nameOf(Level L);

} // namespace conntidy

#endif // CONNTIDY_OUTPUT_TEXTREPORT_H
