//===- Registry.h - the checks there are ------------------------*- C++ -*-===//
//
// Defines the list of checks: id, default level, whether it is on by default, and
// the manual page, which is the comment of the rule's own header.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_RULES_REGISTRY_H
#define CONNTIDY_RULES_REGISTRY_H

#include "finding/Record.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

namespace conntidy {

struct CheckInfo {
  llvm::StringRef Id;      ///< `conn-leak`
  llvm::StringRef Summary; ///< one sentence without full stop
  Level DefaultLevel;
  bool OnByDefault;
  llvm::StringRef Cwe;    ///< number, e.g. `772`
  llvm::StringRef Manual; ///< Markdown, taken from the rule's header at build time
};

/// Sorted by id.
llvm::ArrayRef<CheckInfo> allChecks();

/// Null if there is no such check.
const CheckInfo *findCheck(llvm::StringRef Id);

} // namespace conntidy

#endif // CONNTIDY_RULES_REGISTRY_H
