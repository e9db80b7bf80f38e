//===- ReportCommand.cpp - `conntidy report` ------------------------------===//
//
// Defines writeReport().
//
//===----------------------------------------------------------------------===//

#include "conntidy/ReportCommand.h"
#include "conntidy/Outputs.h"
#include "driver/CompileDatabase.h"
#include "output/Sarif.h"
#include "report/ReportData.h"
#include "report/ReportPage.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

namespace conntidy {

llvm::Error writeReport(llvm::ArrayRef<std::string> Logs,
                        llvm::StringRef Page) {
  SourceText Text;
  ReportData Data(currentDirectory(), Text);
  for (const std::string &Log : Logs) {
    auto Buffer = llvm::MemoryBuffer::getFileOrSTDIN(Log, /*IsText=*/true);
    if (!Buffer)
      return llvm::createStringError(
          Log + ": cannot be read: " + Buffer.getError().message() +
          "; 'conntidy --format=sarif -o " + Log + "' writes such a file");
    if (llvm::Error Error = Data.add(Log, (*Buffer)->getBuffer()))
      return Error;
  }
  auto Stream = openForWriting(Page);
  if (!Stream)
    return Stream.takeError();
  writeReportPage(**Stream, Data.take());
  (*Stream)->flush();
  if (!(*Stream)->has_error())
    return llvm::Error::success();
  std::string Why = (*Stream)->error().message();
  (*Stream)->clear_error();
  return llvm::createStringError(Page + ": cannot be written: " + Why);
}

void writeReport(llvm::raw_ostream &Page, const Report &Result,
                 SourceText &Text) {
  std::string Log;
  llvm::raw_string_ostream Stream(Log);
  writeSarif(Stream, Result, Text);
  ReportData Data(currentDirectory(), Text);
  // What this program writes it can read.
  llvm::cantFail(Data.add("this run", Log));
  writeReportPage(Page, Data.take());
}

} // namespace conntidy
