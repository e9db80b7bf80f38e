//===- LoweringContext.h - state of one lowering ----------------*- C++ -*-===//
//
// Defines LoweringContext, shared by Lowering.cpp (blocks, edges, destructors)
// and LoweringExpr.cpp (expressions). Private to lowering.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_FLOW_LOWERINGCONTEXT_H
#define CONNTIDY_FLOW_LOWERINGCONTEXT_H

#include "flow/Lowering.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/ExprCXX.h"
#include "clang/AST/StmtCXX.h"
#include "llvm/ADT/SmallPtrSet.h"

namespace clang {
class CFGBlock;
class CFGElement;
} // namespace clang

namespace conntidy::flow {

/// A `bool` is unsigned and one bit wide: true is 1, not -1.
inline int64_t numberOf(const llvm::APSInt &V) {
  return V.isUnsigned() ? static_cast<int64_t>(V.getZExtValue())
                        : V.getSExtValue();
}

class LoweringContext {
public:
  LoweringContext(Program &P, clang::ASTContext &Context,
                  ThrowInference &Throws)
      : P(P), Context(Context), Throws(Throws) {
    if (auto *M = llvm::dyn_cast<clang::CXXMethodDecl>(P.Function);
        M && M->getParent()->isLambda())
      M->getParent()->getCaptureFields(Captures, ThisCapture);
  }
  bool run();

private:
  // Lowering.cpp
  /// The expression Clang's CFG makes an element of.
  static const clang::Expr *stripped(const clang::Expr *E);
  void mapTries(const clang::Stmt *S, const clang::CXXTryStmt *Inside,
                const clang::CXXCatchStmt *Handler = nullptr);
  TempId temp(const clang::Stmt *S);
  TempId fresh();
  void use(TempId T);
  Event &emit(Op What, const clang::Stmt *Origin);
  Event &emit(Op What, const clang::Stmt *Origin, TempId Result,
              TempId A = TempId(), TempId B = TempId());
  void lowerElement(const clang::CFGElement &Element);
  void lowerInitializer(const clang::CXXCtorInitializer *I);
  void lowerEdges(const clang::CFGBlock &B);
  void shortCircuit(Edge &E, const clang::BinaryOperator *Decided);
  void lowerSwitch(const clang::CFGBlock &B, const clang::SwitchStmt &S);

  // LoweringExpr.cpp
  void lowerStatement(const clang::Stmt *S);
  void lowerExpr(const clang::Expr *E);
  void lowerReference(const clang::Expr *E, const clang::ValueDecl *D);
  void lowerMember(const clang::MemberExpr *M);
  void lowerCast(const clang::CastExpr *C);
  void lowerUnary(const clang::UnaryOperator *U);
  void lowerBinary(const clang::BinaryOperator *B);
  void lowerCompare(const clang::BinaryOperator *B);
  void lowerCall(const clang::CallExpr *C);
  void lowerConstruct(const clang::CXXConstructExpr *C);
  void lowerLambda(const clang::LambdaExpr *L);
  void lowerInitList(const clang::InitListExpr *L);
  void lowerDeclaration(const clang::DeclStmt *D);
  void addArguments(CallSite &Call,
                    llvm::ArrayRef<const clang::Expr *> Arguments);
  bool constant(const clang::Expr *E);
  void copy(const clang::Expr *E, const clang::Stmt *From) {
    emit(Op::Copy, E, temp(E), temp(From));
  }

  Program &P;
  clang::ASTContext &Context;
  ThrowInference &Throws;
  unsigned Current = 0;
  llvm::DenseMap<const clang::Stmt *, TempId> Temps;
  std::vector<unsigned> MadeIn;
  llvm::DenseMap<const clang::Stmt *, const clang::CXXTryStmt *> EnclosingTry;
  llvm::DenseMap<const clang::Stmt *, const clang::CXXCatchStmt *> RethrowIn;
  /// Operands of `?:`, `&&`, `||` hand their value on where they are computed.
  llvm::DenseMap<const clang::Stmt *, llvm::SmallVector<const clang::Expr *, 1>>
      CopyTo;
  /// The `&&` or `||` that an expression is the left operand of.
  llvm::DenseMap<const clang::Stmt *, const clang::BinaryOperator *> LeftOf;
  llvm::SmallPtrSet<const clang::CXXConstructExpr *, 4> ElidedConstructs;
  /// Temporaries that are a member in the making.
  llvm::SmallPtrSet<const clang::Expr *, 4> ElidedTemporaries;
  /// Temporaries that are a statement of their own.
  llvm::SmallPtrSet<const clang::Expr *, 4> DiscardedTemporaries;
  /// Arrays that only decay to be subscripted by a constant.
  llvm::SmallPtrSet<const clang::Expr *, 8> ConstantlySubscripted;
  llvm::DenseMap<const clang::ValueDecl *, clang::FieldDecl *> Captures;
  clang::FieldDecl *ThisCapture = nullptr;
  bool InUnlikely = false; ///< in a branch that hardly anything leads to
};

} // namespace conntidy::flow

#endif // CONNTIDY_FLOW_LOWERINGCONTEXT_H
