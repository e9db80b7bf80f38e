//===- Probes.h - functions that answer whether all is well -----*- C++ -*-===//
//
// Defines findProbes(): the functions of a unit that are probe handlers, by
// their names or by the route they are registered for.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_ANALYSIS_PROBES_H
#define CONNTIDY_ANALYSIS_PROBES_H

#include "analysis/CallGraph.h"
#include "analysis/Settings.h"
#include "llvm/ADT/MapVector.h"

namespace conntidy {

/// What each is a probe for: the name or the route that says so.
llvm::MapVector<const clang::FunctionDecl *, std::string>
findProbes(const CallGraph &Graph, const Settings &Set);

} // namespace conntidy

#endif // CONNTIDY_ANALYSIS_PROBES_H
