//===- Edits.h - from what a rule wants to edits ----------------*- C++ -*-===//
//
// Defines editsFor(): how the source has to change for what a rule has in mind.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_FIX_EDITS_H
#define CONNTIDY_FIX_EDITS_H

#include "finding/Finding.h"

namespace conntidy {

/// Empty unless the outcome is sure to compile and to mean what the intent
/// says: whoever gets the edits applies them unseen.
std::vector<Edit> editsFor(const FixIntent &Intent, clang::ASTContext &Context);

} // namespace conntidy

#endif // CONNTIDY_FIX_EDITS_H
