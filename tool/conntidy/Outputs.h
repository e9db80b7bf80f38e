//===- Outputs.h - files that a run writes ----------------------*- C++ -*-===//
//
// Defines openForWriting(). A run may be on a change that nobody has looked at:
// where a link in the project leads out of it, nothing is written.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_CONNTIDY_OUTPUTS_H
#define CONNTIDY_CONNTIDY_OUTPUTS_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"
#include <memory>
#include <string>

namespace conntidy {

/// The current directory, without links.
std::string realCurrentDirectory();

/// An error if \p Path lies in the project by its name, and elsewhere in fact.
llvm::Error refuseLinkOutOfProject(llvm::StringRef Path);

/// To be called before the analysis: to fail after an hour's work would lose
/// it.
llvm::Expected<std::unique_ptr<llvm::raw_fd_ostream>>
openForWriting(llvm::StringRef Path);

/// Whether all that was written is where it should be; a full disk is told.
bool arrived(llvm::raw_fd_ostream &Stream, llvm::StringRef Name);

} // namespace conntidy

#endif // CONNTIDY_CONNTIDY_OUTPUTS_H
