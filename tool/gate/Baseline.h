//===- Baseline.h - findings that are known already -------------*- C++ -*-===//
//
// Defines compareWithKnown(), which tells the new findings of a
// report from those that an earlier one had, and the file that keeps them.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_GATE_BASELINE_H
#define CONNTIDY_GATE_BASELINE_H

#include "gate/Report.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"
#include <string>
#include <vector>

namespace conntidy {

/// What of \p Report counts: neither suppressed nor without an identity.
/// Sorted.
std::vector<KnownFinding> knownFrom(const Report &Report);

struct Comparison {
  std::vector<KnownFinding> Gone;   ///< would be found if they were there
  std::vector<KnownFinding> Unseen; ///< nobody looked
};

/// Marks the findings of \p Report as known, or as new if nothing is said of
/// them yet; of suppressed ones nothing is said. \p IsComplete says whether the
/// report would have a finding of that check in that file: what is not there is
/// gone, or was moved.
Comparison
compareWithKnown(Report &Report, const std::vector<KnownFinding> &Known,
                 llvm::function_ref<bool(const KnownFinding &)> IsComplete);

/// One line a finding, sorted, so that branches merge: check, file, function
/// and both fingerprints.
std::string writeBaseline(const std::vector<KnownFinding> &Known);
/// The order of lines does not matter. An error names file and line.
llvm::Expected<std::vector<KnownFinding>> readBaseline(llvm::StringRef Text,
                                                       llvm::StringRef Name);

/// In the root of the project.
inline constexpr llvm::StringLiteral BaselineName = ".conntidy-baseline";

} // namespace conntidy

#endif // CONNTIDY_GATE_BASELINE_H
