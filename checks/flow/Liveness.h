//===- Liveness.h - which local variables are read again --------*- C++ -*-===//
//
// Defines Liveness: backward liveness of scalar locals and parameters whose
// address goes nowhere. What a dead variable holds tells states apart for
// nothing, so the solver forgets it.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_FLOW_LIVENESS_H
#define CONNTIDY_FLOW_LIVENESS_H

#include "flow/Event.h"
#include "llvm/ADT/BitVector.h"

namespace clang {
class VarDecl;
}

namespace conntidy::flow {

class Liveness {
public:
  explicit Liveness(const Program &P);

  /// True if \p V is surely not read any more from the start of \p Block on.
  bool isDead(const clang::VarDecl *V, unsigned Block) const;

private:
  llvm::DenseMap<const clang::VarDecl *, unsigned> NumberOf; ///< scalars only
  std::vector<llvm::BitVector> LiveIn;                       ///< by block
};

} // namespace conntidy::flow

#endif // CONNTIDY_FLOW_LIVENESS_H
