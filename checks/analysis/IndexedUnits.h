//===- IndexedUnits.h - the project index, for one unit ---------*- C++ -*-===//
//
// Defines IndexedUnits: what the index says of functions that a unit calls and
// other units define, in terms of this unit's declarations. It keeps a list of
// what it was asked.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_ANALYSIS_INDEXEDUNITS_H
#define CONNTIDY_ANALYSIS_INDEXEDUNITS_H

#include "cfg/OtherUnits.h"
#include "summary/Declarations.h"
#include "summary/ProjectIndex.h"
#include "summary/Summary.h"
#include <set>

namespace conntidy {

class IndexedUnits final : public OtherUnits {
public:
  /// Without an index nothing is known of other units.
  IndexedUnits(clang::ASTContext &Context, const model::ModelIndex &Models,
               const FunctionIndex *Index)
      : Names(Context, Models), Index(Index) {}

  bool defines(const clang::FunctionDecl *F) override;
  std::optional<ThrownSet> thrownBy(const clang::FunctionDecl *F) override;
  bool analyzed(const clang::FunctionDecl *F) override;
  std::optional<bool> keeps(const clang::FunctionDecl *F,
                            unsigned Index) override;
  std::optional<Wait> waitOf(const clang::FunctionDecl *F) override;
  bool neverReturns(const clang::FunctionDecl *F) override;

  /// Null if it is not known, or has no effects worth a summary.
  const Summary *summaryOf(const clang::FunctionDecl *F);
  /// The model that was inferred of it, as in a file; empty if there is none.
  llvm::StringRef roleOf(const clang::FunctionDecl *F);
  /// True if its summary speaks of leases.
  bool touches(const clang::FunctionDecl *F);

  /// Sorted.
  std::vector<IndexQuestion> questions() const;
  FunctionKey keyOf(const clang::FunctionDecl *F);

private:
  struct Known {
    const FunctionFacts *Facts = nullptr;
    bool Read = false;
    std::optional<Summary> Effects;
  };
  Known &look(const clang::FunctionDecl *F);

  Declarations Names;
  const FunctionIndex *Index;
  llvm::DenseMap<const clang::FunctionDecl *, FunctionKey> Keys;
  llvm::DenseMap<const clang::FunctionDecl *, std::unique_ptr<Known>> Looked;
  std::set<IndexQuestion> Asked;
};

} // namespace conntidy

#endif // CONNTIDY_ANALYSIS_INDEXEDUNITS_H
