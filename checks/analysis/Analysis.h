//===- Analysis.h - from a parsed unit to findings --------------*- C++ -*-===//
//
// Defines the one entrance to the engine. Every face (command line, clang-tidy,
// clangd) parses in its own way and calls analyzeUnit().
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_ANALYSIS_ANALYSIS_H
#define CONNTIDY_ANALYSIS_ANALYSIS_H

#include "analysis/Settings.h"
#include "finding/Finding.h"
#include "finding/Hold.h"
#include "summary/ProjectIndex.h"
#include <string>
#include <vector>

namespace clang {
class ASTContext;
}
namespace llvm {
class raw_ostream;
}

namespace conntidy {

namespace model {
class ModelSet;
}

struct UnitStatistics {
  unsigned Functions = 0; ///< bodies seen outside system headers
  unsigned Analyzed = 0;  ///< of these, the ones that touch a lease
  /// Qualified names of functions finished with merged states.
  std::vector<std::string> OverBudget;
  /// Qualified names of functions whose control flow could not be built.
  std::vector<std::string> NotBuilt;
  double EngineSeconds = 0; ///< wall time in analyzeUnit()
};

/// What `--dump` prints besides the findings.
enum class Dump : uint8_t { None, Events, Summaries };

struct UnitResult {
  std::vector<Finding> Findings; ///< sorted by location, then check
  /// For the index: what other units need to know, and what this one asked.
  std::vector<FunctionFacts> Facts;
  std::vector<IndexQuestion> Asked;
  UnitStatistics Statistics;
  std::vector<Hold> Holds; ///< if they are wanted
};

/// Analyses every function of the unit that touches a modelled or inferred API.
/// Only checks in \p EnabledChecks (ids) are judged. \p Index tells what other
/// units define; without one (null) the unit is all there is, and there is
/// nobody to want facts. Dumps go to \p DumpOut. \p WithHolds: who holds what is
/// wanted, too.
UnitResult analyzeUnit(clang::ASTContext &Context,
                       const model::ModelSet &Models, const Settings &Settings,
                       const std::vector<std::string> &EnabledChecks,
                       Dump What = Dump::None,
                       llvm::raw_ostream *DumpOut = nullptr,
                       const FunctionIndex *Index = nullptr,
                       bool WithFacts = true, bool WithHolds = false);

} // namespace conntidy

#endif // CONNTIDY_ANALYSIS_ANALYSIS_H
