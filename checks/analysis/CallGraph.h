//===- CallGraph.h - the functions of a unit, callees first -----*- C++ -*-===//
//
// Defines CallGraph: every function body outside system headers, what each
// calls, and the strongly connected components in bottom-up order.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_ANALYSIS_CALLGRAPH_H
#define CONNTIDY_ANALYSIS_CALLGRAPH_H

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/SmallVector.h"
#include <vector>

namespace clang {
class ASTContext;
class CXXRecordDecl;
class FunctionDecl;
class QualType;
} // namespace clang

namespace conntidy {

namespace model {
class ModelIndex;
}

struct FunctionNode {
  const clang::FunctionDecl *Definition = nullptr;
  llvm::SmallVector<unsigned, 8> Callees; ///< indices of nodes
  /// Called, too, but not defined here.
  llvm::SmallVector<const clang::FunctionDecl *, 4> Elsewhere;
  /// It calls something a model speaks of, or handles a modelled type.
  bool TouchesModel = false;
  /// It calls something that is declared never to return.
  bool CallsNoReturn = false;
};

class CallGraph {
public:
  CallGraph(clang::ASTContext &Context, const model::ModelIndex &Models);

  const std::vector<FunctionNode> &nodes() const { return Nodes; }
  /// True for classes of which the unit keeps an object as long as the process
  /// runs: a static, a local of main, a part of one of these.
  bool livesOn(const clang::CXXRecordDecl *R) const;
  /// Components, callees before callers; members in source order.
  std::vector<std::vector<unsigned>> bottomUp() const;

private:
  void noteLivingOn(clang::QualType T);

  std::vector<FunctionNode> Nodes;
  llvm::DenseSet<const clang::CXXRecordDecl *> LivingOn;
};

} // namespace conntidy

#endif // CONNTIDY_ANALYSIS_CALLGRAPH_H
