//===- Finding.h - a defect, while the compiler still lives -----*- C++ -*-===//
//
// Defines Finding: what a rule reports, with source locations, and toRecord(),
// which turns it into plain data.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_FINDING_FINDING_H
#define CONNTIDY_FINDING_FINDING_H

#include "finding/Record.h"
#include "clang/Basic/SourceLocation.h"
#include <optional>
#include <string>
#include <vector>

namespace clang {
class ASTContext;
class Stmt;
} // namespace clang

namespace conntidy {

struct FindingStep {
  Step::Kind What = Step::Kind::Call;
  clang::SourceRange Where;
  std::string Text;
  unsigned Depth = 0;
  /// In place of Where: a place that this unit does not see.
  std::optional<FileRange> Elsewhere;
};

/// What would put an end to a finding, in the words of its rule.
struct FixIntent {
  enum class Kind : uint8_t {
    None,
    CallInstead, ///< the call Where is to be one of the function Name
  };
  Kind What = Kind::None;
  const clang::Stmt *Where = nullptr;
  std::string Name;
};

/// Tokens that are to be replaced.
struct Edit {
  clang::SourceRange Where;
  std::string Text;
};

struct Finding {
  std::string Check;
  Level Severity = Level::Warning;
  Certainty Sureness = Certainty::Definite;
  clang::SourceRange Where;
  std::string Message;
  std::string Function;
  std::string Resource; ///< what kind of thing it is about: "connection"
  std::vector<FindingStep> Trail;
  std::vector<FindingStep> Exits;
  FixIntent Intent;
  std::vector<Edit> Fix; ///< all of them together; safe to apply unseen
};

FileRange placeOf(const FindingStep &Step, const clang::ASTContext &Context);
/// Locations in macros are given where the macro is expanded.
Record toRecord(const Finding &F, const clang::ASTContext &Context);

} // namespace conntidy

#endif // CONNTIDY_FINDING_FINDING_H
