//===- Sarif.h - findings for other programs --------------------*- C++ -*-===//
//
// Defines the SARIF 2.1.0 output. It holds no times and, below the project's
// root, no absolute paths: two runs over the same sources write the same bytes.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_OUTPUT_SARIF_H
#define CONNTIDY_OUTPUT_SARIF_H

#include "gate/Report.h"
#include "output/SourceText.h"
#include "llvm/Support/raw_ostream.h"

namespace conntidy {

void writeSarif(llvm::raw_ostream &Out, const Report &Report, SourceText &Text);

} // namespace conntidy

#endif // CONNTIDY_OUTPUT_SARIF_H
