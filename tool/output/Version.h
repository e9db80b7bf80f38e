//===- Version.h - what this program is -------------------------*- C++ -*-===//
//
// Defines the version and the addresses that are set when the program is built.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_OUTPUT_VERSION_H
#define CONNTIDY_OUTPUT_VERSION_H

#include "llvm/ADT/StringRef.h"

namespace conntidy {

inline llvm::StringRef versionNumber() { return CONNTIDY_VERSION; }
/// Of the manual pages; each check's is below it.
inline llvm::StringRef documentationUrl() { return CONNTIDY_DOCUMENTATION_URL; }

} // namespace conntidy

#endif // CONNTIDY_OUTPUT_VERSION_H
