//===- Probes.cpp - functions that answer whether all is well -------------===//

#include "analysis/Probes.h"
#include "flow/Names.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/ExprCXX.h"
#include "llvm/ADT/STLExtras.h"

using namespace clang;

namespace conntidy {

namespace {

class ProbeFinder {
public:
  explicit ProbeFinder(const Settings &Set) : Set(Set) {}

  /// A handler by its name: that of a probe alone, or with a word that says
  /// what it is there for.
  bool isProbeName(llvm::StringRef Name) const {
    static const llvm::StringRef Handles[] = {"handle",   "handler", "on",
                                              "get",      "serve",   "route",
                                              "endpoint", "probe"};
    auto Words = flow::wordsOf(Name);
    bool Probe = llvm::any_of(Words, [&](const std::string &Word) {
      return llvm::is_contained(Set.ProbeNames, Word);
    });
    return Probe && llvm::any_of(Words, [&](const std::string &Word) {
             return llvm::is_contained(Handles, Word);
           });
  }

  void visit(const Stmt *S) {
    if (!S)
      return;
    if (auto *C = dyn_cast<CallExpr>(S))
      visitCall(*C);
    for (const Stmt *Child : S->children())
      visit(Child);
  }

  llvm::MapVector<const FunctionDecl *, std::string> Found;

private:
  /// The literal that a call of a router is given, "" if there is none.
  static llvm::StringRef routeOf(llvm::ArrayRef<const Expr *> Args) {
    for (const Expr *A : Args) {
      const Expr *E = A->IgnoreImplicit()->IgnoreParenCasts();
      while (auto *Made = dyn_cast<CXXConstructExpr>(E)) {
        if (!Made->getNumArgs())
          break;
        E = Made->getArg(0)->IgnoreImplicit()->IgnoreParenCasts();
      }
      if (auto *L = dyn_cast<StringLiteral>(E);
          L && L->getCharByteWidth() == 1 && L->getString().starts_with("/"))
        return L->getString();
    }
    return {};
  }

  /// "/admin/healthz" ends in a probe's name.
  bool isProbeRoute(llvm::StringRef Route) const {
    llvm::StringRef Last = Route.rsplit('/').second.split('?').first;
    return llvm::is_contained(Set.ProbeNames, Last.split('.').first.lower());
  }

  void visitCall(const CallExpr &C) {
    llvm::ArrayRef<const Expr *> Args(C.getArgs(), C.getNumArgs());
    bool IsOperator = isa<CXXOperatorCallExpr>(C);
    llvm::StringRef Route = routeOf(Args.drop_front(IsOperator));
    // `router.at("/healthz").call(handler)`, `ROUTE(app, "/healthz")(handler)`
    if (Route.empty()) {
      const Expr *Before = nullptr;
      if (auto *M = dyn_cast<CXXMemberCallExpr>(&C))
        Before = M->getImplicitObjectArgument();
      else if (IsOperator && !Args.empty())
        Before = Args.front();
      if (auto *Inner = dyn_cast_or_null<CallExpr>(
              Before ? Before->IgnoreImplicit()->IgnoreParenCasts() : nullptr))
        Route = routeOf({Inner->getArgs(), Inner->getNumArgs()});
    }
    if (Route.empty() || !isProbeRoute(Route))
      return;
    for (const Expr *A : Args.drop_front(IsOperator))
      collectCallables(A, Route);
  }

  void collectCallables(const Stmt *S, llvm::StringRef Route) {
    if (!S)
      return;
    if (auto *L = dyn_cast<LambdaExpr>(S)) {
      if (L->getCallOperator())
        add(L->getCallOperator(), Route);
      return;
    }
    if (auto *R = dyn_cast<DeclRefExpr>(S))
      if (auto *F = dyn_cast<FunctionDecl>(R->getDecl()))
        add(F, Route);
    for (const Stmt *Child : S->children())
      collectCallables(Child, Route);
  }

  void add(const FunctionDecl *F, llvm::StringRef Route) {
    Found.insert({F->getCanonicalDecl(), Route.str()});
  }

  const Settings &Set;
};

} // namespace

llvm::MapVector<const FunctionDecl *, std::string>
findProbes(const CallGraph &Graph, const Settings &Set) {
  ProbeFinder Finder(Set);
  for (const FunctionNode &N : Graph.nodes()) {
    const FunctionDecl *F = N.Definition;
    if (F->getDeclName().isIdentifier() && Finder.isProbeName(F->getName()))
      Finder.Found.insert({F->getCanonicalDecl(), F->getNameAsString()});
    Finder.visit(F->getBody());
  }
  return std::move(Finder.Found);
}

} // namespace conntidy
