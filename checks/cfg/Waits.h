//===- Waits.h - what a call waits for --------------------------*- C++ -*-===//
//
// Defines Wait (what for, and through which calls) and WaitInference, which
// answers for calls: by the models, or by looking through the bodies of what is
// called. What a client library does on a connection of its own is no wait in
// this sense: the connection is held to do it.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_CFG_WAITS_H
#define CONNTIDY_CFG_WAITS_H

#include "finding/Finding.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallVector.h"
#include <memory>
#include <optional>

namespace clang {
class ASTContext;
class Expr;
class FunctionDecl;
class Stmt;
} // namespace clang

namespace conntidy {

class OtherUnits;
namespace model {
class ModelIndex;
struct FunctionEntry;
} // namespace model

struct Wait {
  std::string For; ///< completes "blocks on ..."
  /// As a rule not for long (a lock): it counts only where the holder itself
  /// waits.
  bool Briefly = false;
  /// For descriptors to be ready.
  bool OnDescriptors = false;
  /// The calls that lead to it, outermost first; empty if it is the call that
  /// was asked about.
  std::vector<FindingStep> Chain;
};

class WaitInference {
public:
  WaitInference(const clang::ASTContext &Context,
                const model::ModelIndex &Models, OtherUnits *Others = nullptr)
      : Context(Context), Models(Models), Others(Others) {}

  /// What a call, or the making of an object, waits for. \p Callee: what is
  /// called, if it is known; \p Through: the entries of a field it is called
  /// through.
  std::optional<Wait> ofCall(const clang::Expr *Call,
                             const clang::FunctionDecl *Callee,
                             llvm::ArrayRef<model::FunctionEntry> Through = {});
  /// What the body of a function waits for; null: nothing, or nobody knows.
  const Wait *of(const clang::FunctionDecl *F);
  /// Functions of other units that \p F, which does not wait as far as this
  /// unit tells, has called, directly or by what it calls here.
  llvm::SmallVector<const clang::FunctionDecl *, 4>
  unseenCallees(const clang::FunctionDecl *F);
  /// True if the code asks a connection for its descriptor: what then waits for
  /// descriptors most likely waits for this one.
  bool lendsDescriptor(const clang::Stmt *Body);

private:
  /// It returns the descriptor behind a connection.
  bool lendsDescriptor(const clang::FunctionDecl *F);
  struct Answer {
    std::unique_ptr<Wait> Found; ///< null while it is being looked for
    llvm::SmallVector<const clang::FunctionDecl *, 0> Callees;
  };
  std::optional<Wait>
  firstIn(const clang::Stmt *S, bool OwnDescriptors,
          llvm::SmallVectorImpl<const clang::FunctionDecl *> &Callees);

  const clang::ASTContext &Context;
  const model::ModelIndex &Models;
  OtherUnits *Others;
  llvm::DenseMap<const clang::FunctionDecl *, Answer> Known;
  llvm::DenseMap<const clang::FunctionDecl *, bool> Lenders;
};

} // namespace conntidy

#endif // CONNTIDY_CFG_WAITS_H
