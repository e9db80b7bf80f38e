//===- Annotations.h - models that stand in the source ----------*- C++ -*-===//
//
// Defines Annotations: function entries made from attributes, so that the
// engine need not know them: `[[clang::annotate("conntidy::acquire")]]` on a
// function, `conntidy::release`, `conntidy::takes`, `conntidy::borrows` on a
// parameter, Clang's ownership_returns, ownership_takes and ownership_holds,
// and GNU's malloc(deallocator).
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_MODEL_ANNOTATIONS_H
#define CONNTIDY_MODEL_ANNOTATIONS_H

#include "model/Model.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallVector.h"
#include <memory>
#include <utility>

namespace clang {
class FunctionDecl;
} // namespace clang

namespace conntidy::model {

class Annotations {
public:
  Annotations();
  /// Null if the declaration (any redeclaration of it) carries no attribute
  /// that speaks of leases.
  const Function *entryFor(const clang::FunctionDecl *F);
  const Library &library() const { return Home; }
  /// Functions that have an entry since the last call because another
  /// declaration names them (malloc(deallocator)).
  llvm::SmallVector<const clang::FunctionDecl *, 1> takeNamed() {
    return std::exchange(Named, {});
  }

private:
  Function &entryOf(const clang::FunctionDecl *F);

  Library Home;
  llvm::SmallVector<const clang::FunctionDecl *, 1> Named;
  llvm::DenseMap<const clang::FunctionDecl *, std::unique_ptr<Function>> Made;
};

} // namespace conntidy::model

#endif // CONNTIDY_MODEL_ANNOTATIONS_H
