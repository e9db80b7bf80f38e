//===- CallGraph.h - the functions of a unit, callees first -----*- C++ -*-===//
//
// Defines CallGraph: every function body outside system headers, what each
// calls, and the strongly connected components in bottom-up order.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_ANALYSIS_CALLGRAPH_H
#define CONNTIDY_ANALYSIS_CALLGRAPH_H

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallVector.h"
#include <vector>

namespace clang {
class ASTContext;
class CXXRecordDecl;
class FunctionDecl;
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
  /// Components, callees before callers; members in source order.
  std::vector<std::vector<unsigned>> bottomUp() const;

private:
  std::vector<FunctionNode> Nodes;
};

} // namespace conntidy

#endif // CONNTIDY_ANALYSIS_CALLGRAPH_H
