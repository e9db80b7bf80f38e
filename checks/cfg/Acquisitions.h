//===- Acquisitions.h - the connections that a call acquires ----*- C++ -*-===//
//
// Defines Acquisition and AcquisitionInference, which tells for calls which
// connections they acquire while they run, be they released again or not, and
// which pool these come from: by the models, and by looking through the bodies
// of what is called.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_CFG_ACQUISITIONS_H
#define CONNTIDY_CFG_ACQUISITIONS_H

#include "finding/Finding.h"
#include "model/ModelSet.h"
#include "llvm/ADT/DenseMap.h"
#include <memory>
#include <vector>

namespace clang {
class Decl;
class Expr;
class FunctionDecl;
class Stmt;
} // namespace clang

namespace conntidy {

/// A pool, as the code of one function names it.
struct PoolName {
  enum class Kind : uint8_t {
    Unknown,
    Variable, ///< a variable or parameter
    This,     ///< the object itself
    Field,    ///< a member of the object
    Function, ///< what this function returns, or takes it from
  };
  Kind What = Kind::Unknown;
  const clang::Decl *Named = nullptr;
  bool known() const { return What != Kind::Unknown; }
  friend bool operator==(const PoolName &, const PoolName &) = default;
};

struct Acquisition {
  std::string Api;
  model::ResourceEntry Resource;
  PoolName Pool;
  /// The calls that lead to it, outermost first; empty if it is the call that
  /// was asked about.
  std::vector<FindingStep> Chain;
};

class AcquisitionInference {
public:
  explicit AcquisitionInference(const model::ModelIndex &Models)
      : Models(Models) {}

  /// In the words of the function that the call stands in.
  std::vector<Acquisition> ofCall(const clang::Expr *Call,
                                  const clang::FunctionDecl *Callee);
  /// In the words of the function itself.
  const std::vector<Acquisition> &of(const clang::FunctionDecl *F);

private:
  void collect(const clang::Stmt *S, std::vector<Acquisition> &Into);

  const model::ModelIndex &Models;
  llvm::DenseMap<const clang::FunctionDecl *,
                 std::unique_ptr<std::vector<Acquisition>>>
      Known;
};

} // namespace conntidy

#endif // CONNTIDY_CFG_ACQUISITIONS_H
