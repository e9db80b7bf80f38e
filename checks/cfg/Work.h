//===- Work.h - how much work a call is -------------------------*- C++ -*-===//
//
// Defines WorkInference, which tells calls that are over at once from those
// that take their time: by the models, or by looking through the bodies of what
// is called. What counts are loops and what is called in them, never lines.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_CFG_WORK_H
#define CONNTIDY_CFG_WORK_H

#include "llvm/ADT/DenseMap.h"
#include <cstdint>

namespace clang {
class FunctionDecl;
class Stmt;
} // namespace clang

namespace conntidy {

namespace model {
class ModelIndex;
}

enum class Work : uint8_t {
  Little,
  InLoops, ///< it adds up where it is done again and again
  Much,
};

class WorkInference {
public:
  explicit WorkInference(const model::ModelIndex &Models) : Models(Models) {}

  Work of(const clang::FunctionDecl *F);

private:
  Work within(const clang::Stmt *S, bool InLoop);

  const model::ModelIndex &Models;
  /// Little while it is being looked through.
  llvm::DenseMap<const clang::FunctionDecl *, Work> Known;
};

/// True for the statements that run their body again and again.
bool isLoop(const clang::Stmt *S);

} // namespace conntidy

#endif // CONNTIDY_CFG_WORK_H
