//===- Waits.cpp - what a call waits for ----------------------------------===//

#include "cfg/Waits.h"
#include "cfg/OtherUnits.h"
#include "cfg/Throws.h"
#include "model/ModelSet.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/ExprCXX.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallPtrSet.h"

using namespace clang;

namespace conntidy {

/// Steps of a chain that are worth telling.
static constexpr size_t MaxChain = 6;

namespace {

/// A call with its operands where models count them.
struct Operands {
  const Expr *Object = nullptr;
  llvm::ArrayRef<const Expr *> Args;

  explicit Operands(const Expr *Call) {
    if (auto *C = dyn_cast<CXXConstructExpr>(Call)) {
      Args = {C->getArgs(), C->getNumArgs()};
    } else if (auto *C = dyn_cast<CallExpr>(Call)) {
      Args = {C->getArgs(), C->getNumArgs()};
      if (auto *M = dyn_cast<CXXMemberCallExpr>(C)) {
        Object = M->getImplicitObjectArgument();
      } else if (isa<CXXOperatorCallExpr>(C) &&
                 isa_and_nonnull<CXXMethodDecl>(C->getCalleeDecl()) &&
                 !Args.empty()) {
        Object = Args.front();
        Args = Args.drop_front();
      }
    }
  }
  const Expr *at(const model::Slot &Slot) const {
    if (Slot.Where == model::Slot::Kind::This)
      return Object;
    return Slot.Index < Args.size() ? Args[Slot.Index] : nullptr;
  }
};

} // namespace

/// The variable that an operand names.
static const VarDecl *variableOf(const Expr *E) {
  while (true) {
    E = E->IgnoreParenCasts();
    if (auto *U = dyn_cast<UnaryOperator>(E))
      E = U->getSubExpr();
    else
      break;
  }
  auto *R = dyn_cast<DeclRefExpr>(E);
  return R ? dyn_cast<VarDecl>(R->getDecl()) : nullptr;
}

static bool holds(const model::ArgumentIs &Condition, const Operands &Given,
                  const ASTContext &Context) {
  const Expr *E = Given.at(Condition.Arg);
  if (!E)
    return false;
  if (!Condition.Named.empty()) {
    const VarDecl *V = variableOf(E);
    return (V && model::qualifiedName(V) == Condition.Named) !=
           Condition.Negated;
  }
  Expr::EvalResult R;
  if (E->isValueDependent() || !E->EvaluateAsInt(R, Context))
    return Condition.Negated;
  return (R.Val.getInt().getExtValue() == Condition.Value) != Condition.Negated;
}

/// `std::chrono::seconds(0)`, `0s`: one who does not wait at all only looks.
static bool isZeroDuration(const Expr *E, const ASTContext &Context) {
  while (true) {
    E = E->IgnoreImplicit()->IgnoreParens();
    if (auto *C = dyn_cast<CXXFunctionalCastExpr>(E))
      E = C->getSubExpr();
    else if (auto *C = dyn_cast<CXXConstructExpr>(E);
             C && C->getNumArgs() >= 1 &&
             (C->getNumArgs() == 1 || isa<CXXDefaultArgExpr>(C->getArg(1))))
      E = C->getArg(0);
    else
      break;
  }
  if (auto *C = dyn_cast<CallExpr>(E)) {
    const FunctionDecl *F = C->getDirectCallee();
    if (F && F->getIdentifier() && F->getName() == "zero")
      return true;
    // A literal whose digits are template arguments.
    if (isa<UserDefinedLiteral>(C) && F && F->getTemplateSpecializationArgs()) {
      auto &Digits = *F->getTemplateSpecializationArgs();
      if (Digits.size() == 1 && Digits[0].getKind() == TemplateArgument::Pack)
        return llvm::all_of(Digits[0].pack_elements(), [](auto &Digit) {
          return Digit.getKind() == TemplateArgument::Integral &&
                 Digit.getAsIntegral() == '0';
        });
    }
    return false;
  }
  Expr::EvalResult R;
  return !E->isValueDependent() && E->getType()->isIntegerType() &&
         E->EvaluateAsInt(R, Context) && R.Val.getInt() == 0;
}

/// Whoever waits for an answer on a connection, or for a connection, holds it
/// for just that.
static bool isOwnBusiness(const model::FunctionEntry &E, const Expr *Call,
                          const Operands &Given,
                          const model::ModelIndex &Models) {
  bool Serves = llvm::any_of(E.Owner->Resources, [](const model::Resource &R) {
    return R.Kind == model::ResourceKind::Connection && !R.LongLived;
  });
  if (!Serves)
    return false;
  auto IsHandle = [&](const Expr *Operand) {
    return Operand &&
           Models.isHandleType(Operand->IgnoreParenImpCasts()->getType());
  };
  // Methods are those of a connection, or of what works on one.
  return !E.Entry->Acquires.empty() || Given.Object ||
         isa<CXXConstructExpr>(Call) || llvm::any_of(Given.Args, IsHandle);
}

std::optional<Wait>
WaitInference::ofCall(const Expr *Call, const FunctionDecl *Callee,
                      llvm::ArrayRef<model::FunctionEntry> Through) {
  llvm::ArrayRef<model::FunctionEntry> Entries =
      Callee ? Models.entriesFor(Callee) : Through;
  if (auto *C = dyn_cast<CXXConstructExpr>(Call);
      C && C->getConstructor()->isCopyOrMoveConstructor())
    return std::nullopt;
  Operands Given(Call);
  for (const model::FunctionEntry &E : Entries) {
    if (E.Entry->Blocks.empty() ||
        (E.Entry->Arity && *E.Entry->Arity != Given.Args.size()) ||
        !llvm::all_of(E.Entry->When,
                      [&](const model::ArgumentIs &Condition) {
                        return holds(Condition, Given, Context);
                      }) ||
        isOwnBusiness(E, Call, Given, Models))
      continue;
    if (Given.Object && Given.Args.size() == 1 &&
        isZeroDuration(Given.Args.front(), Context))
      continue;
    Wait W;
    W.For = E.Entry->Blocks;
    W.Briefly = E.Entry->Briefly;
    W.OnDescriptors = E.Entry->AwaitsDescriptors;
    return W;
  }
  // A model says all there is to say; what an inferred one speaks of is looked
  // through by its own caller.
  if (!Entries.empty() || !Callee)
    return std::nullopt;
  const Wait *Inner = of(Callee);
  return Inner ? std::optional(*Inner) : std::nullopt;
}

std::optional<Wait>
WaitInference::firstIn(const Stmt *S, bool OwnDescriptors,
                       llvm::SmallVectorImpl<const FunctionDecl *> &Callees) {
  // Not run here, or never.
  if (!S ||
      isa<LambdaExpr, UnaryExprOrTypeTraitExpr, CXXNoexceptExpr, CXXTypeidExpr>(
          S))
    return std::nullopt;
  for (const Stmt *Child : S->children())
    if (auto W = firstIn(Child, OwnDescriptors, Callees))
      return W;
  const FunctionDecl *Callee = nullptr;
  if (auto *C = dyn_cast<CallExpr>(S))
    Callee = C->getDirectCallee();
  else if (auto *C = dyn_cast<CXXConstructExpr>(S))
    Callee = C->getConstructor();
  if (!Callee)
    return std::nullopt;
  auto *Call = cast<Expr>(S);
  auto W = ofCall(Call, Callee);
  if (!W)
    Callees.push_back(Callee->getCanonicalDecl());
  if (!W || W->Briefly)
    return std::nullopt;
  // Further down it says little: what is logged may go over a socket, too.
  if (W->OnDescriptors && (OwnDescriptors || !W->Chain.empty()))
    return std::nullopt;
  std::string Name = "'" + model::qualifiedName(Callee) + "'";
  FindingStep Step;
  Step.Where = Call->getSourceRange();
  Step.Text = W->Chain.empty() ? Name + " blocks on " + W->For + " here"
                               : Name + " is called here";
  W->Chain.insert(W->Chain.begin(), std::move(Step));
  if (W->Chain.size() > MaxChain)
    W->Chain.erase(W->Chain.begin() + MaxChain / 2);
  return W;
}

const Wait *WaitInference::of(const FunctionDecl *F) {
  F = F->getCanonicalDecl();
  auto [It, New] = Known.try_emplace(F);
  if (!New)
    return It->second.Found.get();
  std::optional<Wait> W;
  llvm::SmallVector<const FunctionDecl *, 0> Callees;
  if (const FunctionDecl *Body = visibleBody(F))
    W = firstIn(Body->getBody(), lendsDescriptor(Body->getBody()), Callees);
  else if (Others)
    W = Others->waitOf(F);
  Answer &Answer = Known[F];
  Answer.Callees = std::move(Callees);
  if (W) {
    for (FindingStep &Step : W->Chain)
      ++Step.Depth;
    Answer.Found = std::make_unique<Wait>(std::move(*W));
  }
  return Answer.Found.get();
}

llvm::SmallVector<const FunctionDecl *, 4>
WaitInference::unseenCallees(const FunctionDecl *F) {
  llvm::SmallVector<const FunctionDecl *, 4> Unseen;
  llvm::SmallPtrSet<const FunctionDecl *, 8> Met;
  llvm::SmallVector<const FunctionDecl *, 8> Todo = {F->getCanonicalDecl()};
  while (!Todo.empty()) {
    const FunctionDecl *Next = Todo.pop_back_val();
    if (!Met.insert(Next).second)
      continue;
    if (!visibleBody(Next)) {
      if (mayBeElsewhere(Next) && Models.entriesFor(Next).empty())
        Unseen.push_back(Next);
    } else if (auto It = Known.find(Next); It != Known.end()) {
      llvm::append_range(Todo, It->second.Callees);
    }
  }
  return Unseen;
}

bool WaitInference::lendsDescriptor(const FunctionDecl *F) {
  llvm::ArrayRef<model::FunctionEntry> Entries = Models.entriesFor(F);
  if (!Entries.empty())
    return llvm::any_of(Entries, [](const model::FunctionEntry &E) {
      return E.Entry->LendsDescriptor;
    });
  const FunctionDecl *Body =
      F->getReturnType()->isIntegerType() ? visibleBody(F) : nullptr;
  if (!Body)
    return false;
  auto [It, New] = Lenders.try_emplace(Body, false);
  if (!New)
    return It->second;
  bool Lends = lendsDescriptor(Body->getBody());
  return Lenders[Body] = Lends;
}

bool WaitInference::lendsDescriptor(const Stmt *S) {
  if (!S)
    return false;
  if (auto *C = dyn_cast<CallExpr>(S))
    if (const FunctionDecl *F = C->getDirectCallee(); F && lendsDescriptor(F))
      return true;
  return llvm::any_of(
      S->children(), [&](const Stmt *Child) { return lendsDescriptor(Child); });
}

} // namespace conntidy
