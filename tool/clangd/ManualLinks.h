//===- ManualLinks.h - links to the manual pages of checks ------*- C++ -*-===//
//
// Defines mendLinks().
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_CLANGD_MANUALLINKS_H
#define CONNTIDY_CLANGD_MANUALLINKS_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/JSON.h"

namespace conntidy {

/// In diagnostics of our checks, anywhere in \p Message: the link goes to the
/// manual page below \p Manual, or, where that is empty, is taken out.
void mendLinks(llvm::json::Value &Message, llvm::StringRef Manual);

} // namespace conntidy

#endif // CONNTIDY_CLANGD_MANUALLINKS_H
