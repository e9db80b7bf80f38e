//===- Sarif.h - findings for other programs --------------------*- C++ -*-===//
//
// Defines the SARIF 2.1.0 output. It holds no times and, below the source root,
// no absolute paths: two runs over the same sources write the same bytes.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_OUTPUT_SARIF_H
#define CONNTIDY_OUTPUT_SARIF_H

#include "gate/Report.h"
#include "output/SourceText.h"
#include "llvm/Support/raw_ostream.h"

namespace conntidy {

/// \p SourceRoot is what `%SRCROOT%` stands for; see findSourceRoot().
void writeSarif(llvm::raw_ostream &Out, const Report &Report, SourceText &Text,
                llvm::StringRef SourceRoot);

/// The repository that \p Files lie in, else the directory they have in common.
std::string findSourceRoot(llvm::ArrayRef<std::string> Files);

} // namespace conntidy

#endif // CONNTIDY_OUTPUT_SARIF_H
