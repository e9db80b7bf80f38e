//===- Annotations.h - findings where code is reviewed ----------*- C++ -*-===//
//
// Defines the outputs for platforms that show findings beside the changed
// lines: GitHub's workflow commands and GitLab's code quality report. Both show
// what is new and not suppressed.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_OUTPUT_ANNOTATIONS_H
#define CONNTIDY_OUTPUT_ANNOTATIONS_H

#include "gate/Report.h"
#include "llvm/Support/raw_ostream.h"

namespace conntidy {

/// Beside unchanged lines GitHub shows nothing: of a finding whose own line is
/// none of those that changed, the first changed line of its trail is taken.
void writeGitHubAnnotations(llvm::raw_ostream &Out, const Report &Report);

void writeGitLabReport(llvm::raw_ostream &Out, const Report &Report);

} // namespace conntidy

#endif // CONNTIDY_OUTPUT_ANNOTATIONS_H
