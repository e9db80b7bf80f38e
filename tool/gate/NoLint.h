//===- NoLint.h - findings that the source takes back -----------*- C++ -*-===//
//
// Defines NoLint: which findings a comment suppresses. NOLINT, NOLINTNEXTLINE
// and NOLINTBEGIN/END mean what they mean to clang-tidy, whose own handler
// needs its diagnostics and keeps no justification: `// NOLINT(conn-leak):
// reason`.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_GATE_NOLINT_H
#define CONNTIDY_GATE_NOLINT_H

#include "finding/Record.h"
#include "gate/Globs.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include <optional>
#include <string>
#include <vector>

namespace conntidy {

struct Suppression {
  unsigned Line = 0;         ///< of the comment
  std::string Justification; ///< may be empty
};

/// The comments of one file.
class NoLintComments {
public:
  explicit NoLintComments(llvm::ArrayRef<llvm::StringRef> Lines);

  std::optional<Suppression> on(unsigned Line, llvm::StringRef Check) const;

  /// Comments that name a check of ours and have suppressed nothing so far.
  /// What others mean by `NOLINT` alone is not for us to say.
  std::vector<Suppression> unused(llvm::ArrayRef<std::string> Checks) const;

  /// `NOLINTBEGIN` without its end, or the other way round: it does nothing.
  struct Stray {
    unsigned Line = 0;
    std::string Keyword;
  };
  llvm::ArrayRef<Stray> strays() const { return Strays; }

private:
  struct Directive {
    std::string Keyword; ///< what follows `NOLINT`
    std::string Checks;
    Suppression Origin;
    unsigned FirstLine = 0; ///< that it speaks of
    unsigned LastLine = 0;
    mutable bool IsUsed = false;
  };
  void read(llvm::StringRef Line, unsigned Number);
  void close(const Directive &End);

  std::vector<Directive> Directives;
  std::vector<Directive> Open;
  std::vector<Stray> Strays;
};

} // namespace conntidy

#endif // CONNTIDY_GATE_NOLINT_H
