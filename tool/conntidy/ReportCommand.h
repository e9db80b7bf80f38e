//===- ReportCommand.h - `conntidy report` ----------------------*- C++ -*-===//
//
// Defines writeReport(), which shows findings on a page: those of logs that are
// there already, or those of a run.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_CONNTIDY_REPORTCOMMAND_H
#define CONNTIDY_CONNTIDY_REPORTCOMMAND_H

#include "gate/Report.h"
#include "output/SourceText.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"
#include <string>

namespace conntidy {

/// Shows the findings of the SARIF logs \p Logs on one page, the file \p Page.
llvm::Error writeReport(llvm::ArrayRef<std::string> Logs, llvm::StringRef Page);

/// The same for what \p Result would say as SARIF.
void writeReport(llvm::raw_ostream &Page, const Report &Result,
                 SourceText &Text);

} // namespace conntidy

#endif // CONNTIDY_CONNTIDY_REPORTCOMMAND_H
