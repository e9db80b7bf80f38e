//===- SummaryFile.h - the file form of summaries ---------------*- C++ -*-===//
//
// Defines how a Summary crosses translation units: as JSON in which all goes by
// name. Reading it needs the declarations of the unit that wants to know.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_SUMMARY_SUMMARYFILE_H
#define CONNTIDY_SUMMARY_SUMMARYFILE_H

#include "summary/Summary.h"

namespace conntidy {

class Declarations;

std::string toFileForm(const Summary &S, const clang::ASTContext &Context);
/// Nothing if the text does not have the form.
std::optional<Summary> fromFileForm(llvm::StringRef Text, Declarations &Known);

/// The file form without the places in its trails.
std::string withoutPlaces(llvm::StringRef FileForm);

} // namespace conntidy

#endif // CONNTIDY_SUMMARY_SUMMARYFILE_H
