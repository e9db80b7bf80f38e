//===- Unlikely.cpp - branches that nobody expects to be taken ------------===//

#include "cfg/Unlikely.h"
#include "model/ModelSet.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/Expr.h"
#include "clang/AST/ExprCXX.h"
#include "clang/AST/Stmt.h"
#include "llvm/Support/MathExtras.h"

using namespace clang;

namespace conntidy {

namespace {

/// Closed; empty if Low > High.
struct Interval {
  int64_t Low = std::numeric_limits<int64_t>::min();
  int64_t High = std::numeric_limits<int64_t>::max();
};

/// A call, or a variable that has its result, and a constant.
struct Sum {
  const CallExpr *Call = nullptr;
  int64_t Added = 0;
};

class ConditionReader {
public:
  ConditionReader(const model::ModelIndex &Models, ASTContext &Context)
      : Models(Models), Context(Context) {}

  bool unlikely(const Expr *E, bool Holds) {
    E = bare(E);
    if (auto *U = dyn_cast<UnaryOperator>(E); U && U->getOpcode() == UO_LNot)
      return unlikely(U->getSubExpr(), !Holds);
    auto *B = dyn_cast<BinaryOperator>(E);
    if (B && B->isLogicalOp()) {
      bool Left = unlikely(B->getLHS(), Holds);
      bool Right = unlikely(B->getRHS(), Holds);
      // Both parts hold, or at least one of them.
      return (B->getOpcode() == BO_LAnd) == Holds ? Left || Right
                                                  : Left && Right;
    }
    if (B && B->isComparisonOp())
      return comparison(*B, Holds);
    return !Holds && isUnlikely(sumOf(E), {0, 0});
  }

private:
  static const Expr *bare(const Expr *E) {
    E = E->IgnoreParenCasts();
    while (auto *C = dyn_cast<ExprWithCleanups>(E))
      E = C->getSubExpr()->IgnoreParenCasts();
    return E;
  }

  std::optional<int64_t> constant(const Expr *E) {
    if (E->isNullPointerConstant(Context, Expr::NPC_ValueDependentIsNotNull))
      return 0;
    if (E->isValueDependent() || !E->getType()->isIntegralOrEnumerationType())
      return std::nullopt;
    auto Number = E->getIntegerConstantExpr(Context);
    return Number ? Number->tryExtValue() : std::nullopt;
  }

  bool comparison(const BinaryOperator &B, bool Holds) {
    const Expr *Other = B.getRHS();
    BinaryOperatorKind Op = B.getOpcode();
    Sum S = sumOf(B.getLHS());
    if (!S.Call) {
      S = sumOf(std::exchange(Other, B.getLHS()));
      Op = BinaryOperator::reverseComparisonOp(Op);
    }
    std::optional<int64_t> C = S.Call ? constant(Other) : std::nullopt;
    if (!C || *C == std::numeric_limits<int64_t>::min() ||
        *C == std::numeric_limits<int64_t>::max())
      return false;
    if (!Holds)
      Op = BinaryOperator::negateComparisonOp(Op);
    Interval I;
    switch (Op) {
    case BO_LT:
      I.High = *C - 1;
      break;
    case BO_LE:
      I.High = *C;
      break;
    case BO_GT:
      I.Low = *C + 1;
      break;
    case BO_GE:
      I.Low = *C;
      break;
    case BO_EQ:
      I = {*C, *C};
      break;
    default:
      return false;
    }
    return isUnlikely(S, I);
  }

  /// True if the result of the call lies within what is unlikely where the sum
  /// lies in \p I.
  bool isUnlikely(const Sum &S, Interval I) {
    if (!S.Call)
      return false;
    auto Shifted = [&](int64_t Bound, int64_t Open) {
      int64_t Result;
      return Bound == Open || llvm::SubOverflow(Bound, S.Added, Result)
                 ? Open
                 : Result;
    };
    I = {Shifted(I.Low, Interval().Low), Shifted(I.High, Interval().High)};
    return llvm::any_of(Models.entriesFor(S.Call->getDirectCallee()),
                        [&](const model::FunctionEntry &M) {
                          const std::optional<model::Condition> &C =
                              M.Entry->Unlikely;
                          return C && I.Low >= C->Low && I.High <= C->High;
                        });
  }

  bool mayFail(const FunctionDecl *F) {
    return F && llvm::any_of(Models.entriesFor(F),
                             [](const model::FunctionEntry &M) {
                               return M.Entry->Unlikely.has_value();
                             });
  }

  /// Without a call if that has no unlikely result. \p Variables: how many of
  /// them in a row are looked through.
  Sum sumOf(const Expr *E, unsigned Variables = 2) {
    E = bare(E);
    if (auto *C = dyn_cast<CallExpr>(E))
      return {mayFail(C->getDirectCallee()) ? C : nullptr, 0};
    if (auto *B = dyn_cast<BinaryOperator>(E)) {
      if (B->getOpcode() == BO_Assign)
        return sumOf(B->getRHS(), Variables);
      bool Minus = B->getOpcode() == BO_Sub;
      if (!Minus && B->getOpcode() != BO_Add)
        return {};
      Sum S = sumOf(B->getLHS(), Variables);
      std::optional<int64_t> C = S.Call ? constant(B->getRHS()) : std::nullopt;
      int64_t Added;
      if (!C || *C == std::numeric_limits<int64_t>::min() ||
          llvm::AddOverflow(S.Added, Minus ? -*C : *C, Added))
        return {};
      return {S.Call, Added};
    }
    auto *R = dyn_cast<DeclRefExpr>(E);
    auto *V = R ? dyn_cast<VarDecl>(R->getDecl()) : nullptr;
    if (!V || !V->hasLocalStorage() || !V->getInit() || Variables == 0)
      return {};
    Sum S = sumOf(V->getInit(), Variables - 1);
    auto *F = dyn_cast<FunctionDecl>(V->getDeclContext());
    return S.Call && F && F->getBody() && !changes(F->getBody(), V) ? S : Sum();
  }

  /// Something else may be stored in the variable.
  static bool changes(const Stmt *S, const VarDecl *V) {
    if (!S)
      return false;
    auto Is = [&](const Expr *E) {
      auto *R = dyn_cast<DeclRefExpr>(E->IgnoreParens());
      return R && R->getDecl() == V;
    };
    if (auto *B = dyn_cast<BinaryOperator>(S);
        B && B->isAssignmentOp() && Is(B->getLHS()))
      return true;
    if (auto *U = dyn_cast<UnaryOperator>(S);
        U && (U->isIncrementDecrementOp() || U->getOpcode() == UO_AddrOf) &&
        Is(U->getSubExpr()))
      return true;
    return llvm::any_of(S->children(),
                        [&](const Stmt *C) { return changes(C, V); });
  }

  const model::ModelIndex &Models;
  ASTContext &Context;
};

} // namespace

bool isUnlikely(const IfStmt &If, const Stmt *Branch,
                const model::ModelIndex &Models, ASTContext &Context) {
  if (!Branch || (Branch != If.getThen() && Branch != If.getElse()) ||
      !If.getCond() || If.getCond()->isTypeDependent())
    return false;
  return ConditionReader(Models, Context)
      .unlikely(If.getCond(), Branch == If.getThen());
}

} // namespace conntidy
