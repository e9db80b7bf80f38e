//===- ReportPage.h - one HTML file that shows findings ---------*- C++ -*-===//
//
// Defines writeReportPage(). The page is put together from the files in page/,
// which are built in; it needs no network, and its content security policy lets
// nothing run but the script that it brings.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_REPORT_REPORTPAGE_H
#define CONNTIDY_REPORT_REPORTPAGE_H

#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

namespace conntidy {

/// \p Data is what ReportData::take() returns.
void writeReportPage(llvm::raw_ostream &Out, const llvm::json::Value &Data);

} // namespace conntidy

#endif // CONNTIDY_REPORT_REPORTPAGE_H
