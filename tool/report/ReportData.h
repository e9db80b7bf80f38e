//===- ReportData.h - what the report page shows ----------------*- C++ -*-===//
//
// Defines ReportData: the findings of SARIF logs, of this program and of
// others, with the lines of source that they speak of, and the connections that
// `conntidy holds` lists.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_REPORT_REPORTDATA_H
#define CONNTIDY_REPORT_REPORTDATA_H

#include "report/ReportFiles.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/JSON.h"

namespace conntidy {

class ReportData {
public:
  /// Relative paths that say no more than that are looked for below
  /// \p Directory.
  ReportData(llvm::StringRef Directory, SourceText &Text)
      : Files(Directory, Text) {}

  /// Adds the log, or the JSON of `conntidy holds`, \p Text that was read from
  /// \p Name.
  llvm::Error add(llvm::StringRef Name, llvm::StringRef Text);

  /// The whole, as page/data.js describes it. Can be asked for once.
  llvm::json::Value take();

private:
  void addHolds(const llvm::json::Array &Held, llvm::StringRef LogDirectory);

  ReportFiles Files;
  llvm::json::Array Logs, Tools, Findings, Notes, Holds;
  llvm::json::Object Rules;
};

} // namespace conntidy

#endif // CONNTIDY_REPORT_REPORTDATA_H
