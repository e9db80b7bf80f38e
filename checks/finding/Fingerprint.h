//===- Fingerprint.h - what a finding is known by later ---------*- C++ -*-===//
//
// Defines Fingerprint: the same for a finding before and after edits elsewhere
// in the file, another indentation, or a move of its function. It is made from
// the check, the function's name, the tokens that are reported and the
// resource; where all these are equal, the place in their order tells them
// apart.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_FINDING_FINGERPRINT_H
#define CONNTIDY_FINDING_FINGERPRINT_H

#include "finding/Record.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <string>
#include <vector>

namespace clang {
class ASTContext;
class SourceRange;
} // namespace clang

namespace conntidy {

/// Both parts are empty if there is no telling what the finding is: such a one
/// must not be taken for another.
struct Fingerprint {
  std::string Exact;   ///< no two findings of a run share it
  std::string Movable; ///< without the file: also if the function changes it

  bool isKnown() const { return !Exact.empty(); }
  friend bool operator==(const Fingerprint &, const Fingerprint &) = default;
  friend auto operator<=>(const Fingerprint &, const Fingerprint &) = default;
};

/// Names of the two in SARIF. Another way to make them gets another version.
inline constexpr llvm::StringLiteral ExactFingerprintName =
    "conntidyFingerprint/v1";
inline constexpr llvm::StringLiteral MovableFingerprintName =
    "conntidyMovableFingerprint/v1";

/// Of all \p Records of a run, sorted by place. Files count by their path below
/// \p Root, so that it does not matter where a project lies.
std::vector<Fingerprint> fingerprintsOf(llvm::ArrayRef<const Record *> Records,
                                        llvm::StringRef Root);

/// The tokens of \p Where with a blank between them and without comments; what
/// a macro wrote is given as it is used. Empty if there are none in a file.
std::string tokensOf(clang::SourceRange Where,
                     const clang::ASTContext &Context);

} // namespace conntidy

#endif // CONNTIDY_FINDING_FINGERPRINT_H
