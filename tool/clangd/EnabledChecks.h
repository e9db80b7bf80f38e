//===- EnabledChecks.h - which checks conntidy-clangd runs ------*- C++ -*-===//
//
// Defines withOurChecks().
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_CLANGD_ENABLEDCHECKS_H
#define CONNTIDY_CLANGD_ENABLEDCHECKS_H

#include "llvm/ADT/StringRef.h"
#include <string>

namespace conntidy {

/// The user's list of checks and ours: what he says of ours goes; where he
/// says nothing, those are on that are on by default. A user who wants no check
/// at all ("-*") gets none.
std::string withOurChecks(llvm::StringRef Globs);

} // namespace conntidy

#endif // CONNTIDY_CLANGD_ENABLEDCHECKS_H
