//===- ExportFixes.h - findings for clang-apply-replacements ----*- C++ -*-===//
//
// Defines the file that `--export-fixes` writes, in the form of clang-tidy's,
// so that tools which read that one read this.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_OUTPUT_EXPORTFIXES_H
#define CONNTIDY_OUTPUT_EXPORTFIXES_H

#include "gate/Report.h"
#include "output/SourceText.h"
#include "llvm/Support/raw_ostream.h"

namespace conntidy {

void writeExportedFixes(llvm::raw_ostream &Out, const Report &Report,
                        SourceText &Text, llvm::StringRef Directory);

} // namespace conntidy

#endif // CONNTIDY_OUTPUT_EXPORTFIXES_H
