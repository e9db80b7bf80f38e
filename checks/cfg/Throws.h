//===- Throws.h - what a call may throw -------------------------*- C++ -*-===//
//
// Defines ThrownSet (which exceptions, how surely) and ThrowInference, which
// answers for a function declaration: by its exception specification, its
// model, its visible body, or the general rules for what cannot be seen.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_CFG_THROWS_H
#define CONNTIDY_CFG_THROWS_H

#include "finding/Record.h"
#include "clang/AST/Type.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallVector.h"
#include <optional>

namespace clang {
class ASTContext;
class CXXCatchStmt;
class CXXTryStmt;
class Decl;
class FunctionDecl;
class IfStmt;
class Stmt;
} // namespace clang

namespace conntidy {

class OtherUnits;
namespace model {
class ModelIndex;
struct FunctionEntry;
enum class Throws : uint8_t;
} // namespace model

/// A function whose body this unit does not show, and the handlers between it
/// and whoever asks.
struct UnseenThrower {
  const clang::FunctionDecl *Function = nullptr;
  llvm::SmallVector<clang::QualType, 1> Caught;
  friend bool operator==(const UnseenThrower &,
                         const UnseenThrower &) = default;
};

/// Exceptions that may be under way at a point.
struct ThrownSet {
  /// Types that are known, each with how surely it is thrown; canonical and
  /// unqualified.
  llvm::SmallVector<std::pair<clang::QualType, Certainty>, 2> Types;
  /// An exception of unknown type may be thrown, this surely.
  std::optional<Certainty> Anything;
  /// Whatever these throw. Only while a set is inferred: what `of()` gives has
  /// been told, or assumes the rules for what nobody has seen.
  llvm::SmallVector<UnseenThrower, 0> Unseen;

  bool empty() const { return Types.empty() && !Anything && Unseen.empty(); }
  void add(clang::QualType T, Certainty C);
  void addAnything(Certainty C);
  void add(const ThrownSet &Other);
  /// Nothing in the set is surer than \p C afterwards.
  void weaken(Certainty C);
  /// Forgets what is less sure than \p C.
  void dropBelow(Certainty C);
  /// The surest of all; must not be empty.
  Certainty surest() const;
  friend bool operator==(const ThrownSet &, const ThrownSet &) = default;
};

/// What one handler does to a set.
struct HandlerMatch {
  ThrownSet Caught;
  ThrownSet Passed;
};
/// Splits \p Set at a handler for \p Caught (null: `catch (...)`).
HandlerMatch matchHandler(const ThrownSet &Set, clang::QualType Caught,
                          const clang::ASTContext &Context);
HandlerMatch matchHandler(const ThrownSet &Set, const clang::CXXCatchStmt &H,
                          const clang::ASTContext &Context);

/// True for what the standard library declares, at any depth.
bool isInStandardLibrary(const clang::Decl *D);

/// Whether a function body is analysed at all: bodies in system headers count
/// as unseen in every face and language standard.
const clang::FunctionDecl *visibleBody(const clang::FunctionDecl *F);

class ThrowInference {
public:
  ThrowInference(clang::ASTContext &Context, const model::ModelIndex &Models,
                 OtherUnits *Others = nullptr)
      : Context(Context), Models(Models), Others(Others) {}

  /// What calling \p F may throw.
  const ThrownSet &of(const clang::FunctionDecl *F);
  /// The same as far as this unit alone tells.
  const ThrownSet &inferred(const clang::FunctionDecl *F);
  /// The rule for a function whose body nobody has seen.
  static ThrownSet ofUnseen(const clang::FunctionDecl *F);
  /// The same, given the model entries that apply to this very call.
  ThrownSet ofCall(const clang::FunctionDecl *F,
                   llvm::ArrayRef<model::FunctionEntry> Applying);
  /// Nothing if none of them says what is thrown.
  std::optional<ThrownSet>
  fromEntries(llvm::ArrayRef<model::FunctionEntry> Applying) const;
  /// What evaluating an expression may throw.
  ThrownSet ofExpression(const clang::Stmt *E);
  /// True for a branch that hardly anything leads to; see cfg/Unlikely.h.
  bool isUnlikely(const clang::IfStmt &If, const clang::Stmt *Branch) const;
  /// The rule for a call whose callee is not known.
  ThrownSet ofIndirectCall(clang::QualType Callee) const;
  /// True if no path through the body returns, here or in another unit.
  bool neverReturns(const clang::FunctionDecl *F);
  /// The function in another unit that a visible body never returns from if
  /// that one does not; null if there is none.
  const clang::FunctionDecl *
  returnsOnlyWith(const clang::FunctionDecl *F) const;
  /// Certainty of the callee's own throw, seen from its caller.
  static ThrownSet asCallee(ThrownSet S);

private:
  friend class ThrowCollector;
  ThrownSet compute(const clang::FunctionDecl *F);
  std::optional<ThrownSet>
  fromModel(const clang::FunctionDecl *F,
            llvm::ArrayRef<model::FunctionEntry> Applying) const;
  ThrownSet withoutModel(const clang::FunctionDecl *F);
  std::optional<ThrownSet> bySpecification(const clang::FunctionDecl *F) const;
  ThrownSet ofModel(model::Throws T, llvm::ArrayRef<std::string> Types) const;
  ThrownSet told(const ThrownSet &Inferred);

  clang::ASTContext &Context;
  const model::ModelIndex &Models;
  OtherUnits *Others;
  llvm::DenseMap<const clang::FunctionDecl *, ThrownSet> Inferred;
  llvm::DenseMap<const clang::FunctionDecl *, ThrownSet> Known;
  llvm::DenseMap<const clang::FunctionDecl *, bool> Returns;
  const ThrownSet Nothing;
};

} // namespace conntidy

#endif // CONNTIDY_CFG_THROWS_H
