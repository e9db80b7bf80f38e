//===- CallGraph.cpp - the functions of a unit, callees first -------------===//

#include "analysis/CallGraph.h"
#include "cfg/OtherUnits.h"
#include "cfg/Throws.h"
#include "model/ModelSet.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/Attr.h"
#include "clang/AST/ExprCXX.h"
#include "clang/AST/RecursiveASTVisitor.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SetVector.h"

using namespace clang;

namespace conntidy {

namespace {

/// Collects definitions; does not look into bodies but for lambdas and local
/// classes.
class DefinitionCollector : public RecursiveASTVisitor<DefinitionCollector> {
public:
  bool shouldVisitTemplateInstantiations() const { return true; }
  bool shouldVisitImplicitCode() const { return true; }

  bool TraverseDecl(Decl *D) {
    if (!D)
      return true;
    // Nothing in a system header is analysed, instantiations included.
    if (D->getLocation().isValid() &&
        D->getASTContext().getSourceManager().isInSystemHeader(
            D->getASTContext().getSourceManager().getExpansionLoc(
                D->getLocation())))
      return true;
    return RecursiveASTVisitor::TraverseDecl(D);
  }
  bool VisitFunctionDecl(FunctionDecl *F) {
    if (F->isThisDeclarationADefinition() && visibleBody(F) == F)
      Found.insert(F);
    return true;
  }
  bool VisitVarDecl(VarDecl *V) {
    if (V->hasGlobalStorage())
      Static.push_back(V->getType());
    return true;
  }
  bool VisitLambdaExpr(LambdaExpr *L) {
    if (L->isGenericLambda()) {
      for (FunctionDecl *F : L->getCallOperator()
                                 ->getDescribedFunctionTemplate()
                                 ->specializations())
        if (visibleBody(F) == F)
          Found.insert(F);
    } else if (CXXMethodDecl *M = L->getCallOperator();
               M && visibleBody(M) == M) {
      Found.insert(M);
    }
    return true;
  }

  llvm::SetVector<const FunctionDecl *> Found;
  std::vector<QualType> Static;
};

/// What one body refers to. Lambdas are functions of their own, but making one
/// is as good as calling it.
class ReferenceCollector {
public:
  explicit ReferenceCollector(const model::ModelIndex &Models)
      : Models(Models) {}

  void visit(const Stmt *S) {
    if (!S)
      return;
    if (auto *L = dyn_cast<LambdaExpr>(S)) {
      if (L->getCallOperator())
        note(L->getCallOperator());
      for (const Expr *Init : L->capture_inits())
        visit(Init);
      return;
    }
    if (auto *R = dyn_cast<DeclRefExpr>(S)) {
      if (auto *F = dyn_cast<FunctionDecl>(R->getDecl()))
        note(F);
    } else if (auto *M = dyn_cast<MemberExpr>(S)) {
      if (auto *F = dyn_cast<FunctionDecl>(M->getMemberDecl()))
        note(F);
      else if (auto *F = dyn_cast<FieldDecl>(M->getMemberDecl()))
        Touches |= !Models.entriesFor(F).empty();
    } else if (auto *C = dyn_cast<CXXConstructExpr>(S)) {
      note(C->getConstructor());
      destructor(C->getType());
    } else if (auto *D = dyn_cast<CXXDeleteExpr>(S)) {
      if (!D->getDestroyedType().isNull()) {
        destructor(D->getDestroyedType());
        // The object may be of any derived class.
        const CXXRecordDecl *R = D->getDestroyedType()->getAsCXXRecordDecl();
        Touches |= R && R->hasDefinition() && R->getDestructor() &&
                   R->getDestructor()->isVirtual();
      }
    } else if (auto *D = dyn_cast<DeclStmt>(S)) {
      for (const Decl *X : D->decls())
        if (auto *V = dyn_cast<VarDecl>(X)) {
          if (auto *A = V->getAttr<CleanupAttr>())
            note(A->getFunctionDecl());
          destructor(V->getType());
          if (InMain)
            OfMain.push_back(V->getType());
        }
    } else if (auto *D = dyn_cast<CXXDefaultInitExpr>(S)) {
      visit(D->getExpr());
    }
    for (const Stmt *Child : S->children())
      visit(Child);
  }

  void destructor(QualType T) {
    if (const CXXRecordDecl *R = T.getNonReferenceType()
                                     ->getBaseElementTypeUnsafe()
                                     ->getAsCXXRecordDecl())
      destructor(R);
  }

  void destructor(const CXXRecordDecl *R) {
    R = R->getDefinition();
    if (!R || !Classes.insert(R).second || R->hasTrivialDestructor())
      return;
    // A smart pointer destroys what it points to.
    if (auto *Spec = dyn_cast<ClassTemplateSpecializationDecl>(R))
      for (const TemplateArgument &A : Spec->getTemplateArgs().asArray())
        if (A.getKind() == TemplateArgument::Type)
          if (const CXXRecordDecl *Arg = A.getAsType()->getAsCXXRecordDecl()) {
            destructor(Arg);
            if (const CXXRecordDecl *Def = Arg->getDefinition();
                Def && !isInStandardLibrary(Def))
              for (const CXXMethodDecl *M : Def->methods())
                if (M->getOverloadedOperator() == OO_Call ||
                    isa<CXXConstructorDecl>(M))
                  note(M);
          }
    if (const CXXDestructorDecl *D = R->getDestructor();
        D && D->isUserProvided())
      note(D);
    // What it is made of is its own business; and to look at one member of a
    // class in a precompiled header, all have to be read.
    if (isInStandardLibrary(R))
      return;
    for (const FieldDecl *F : R->fields())
      destructor(F->getType());
    for (const CXXBaseSpecifier &B : R->bases())
      destructor(B.getType());
  }

  void note(const FunctionDecl *F) {
    if (!Functions.insert(F->getCanonicalDecl()))
      return;
    for (const model::FunctionEntry &E : Models.entriesFor(F))
      if (!E.Entry->Acquires.empty() || !E.Entry->Releases.empty() ||
          (!E.Entry->Views.empty() && !E.Owner->Resources.empty()) ||
          E.Entry->Begins || E.Entry->Executes || E.Entry->Commits ||
          E.Entry->RollsBack || E.Entry->Waits)
        Touches = true;
    if (auto *M = dyn_cast<CXXMethodDecl>(F))
      if (model::ClassEntry C = Models.entryFor(M->getParent()))
        Touches |= !C.Entry->Holds.empty();
    if (auto *C = dyn_cast<CXXConstructorDecl>(F))
      Touches |= Models.isPool(C->getParent());
  }

  llvm::SetVector<const FunctionDecl *> Functions;
  bool Touches = false;
  bool InMain = false;
  std::vector<QualType> OfMain; ///< types of its variables

private:
  const model::ModelIndex &Models;
  llvm::DenseSet<const CXXRecordDecl *> Classes;
};

} // namespace

/// A function that passes a modelled handle on is worth a summary even if it
/// calls nothing modelled: getters, setters, wrappers.
static bool handlesModelledType(const FunctionDecl *F,
                                const model::ModelIndex &Models) {
  if (Models.isHandleType(F->getReturnType()))
    return true;
  for (const ParmVarDecl *P : F->parameters())
    if (Models.isHandleType(P->getType()))
      return true;
  auto *M = dyn_cast<CXXMethodDecl>(F);
  if (!M || M->getParent()->isLambda())
    return false;
  for (const FieldDecl *Field : M->getParent()->fields()) {
    if (Models.isHandleType(Field->getType()))
      return true;
    if (auto *Spec = dyn_cast_or_null<ClassTemplateSpecializationDecl>(
            Field->getType()->getAsCXXRecordDecl()))
      for (const TemplateArgument &A : Spec->getTemplateArgs().asArray())
        if (A.getKind() == TemplateArgument::Type &&
            Models.isHandleType(A.getAsType()))
          return true;
  }
  return false;
}

void CallGraph::noteLivingOn(QualType T) {
  if (!T->getPointeeType().isNull())
    T = T->getPointeeType();
  const CXXRecordDecl *R = T->getBaseElementTypeUnsafe()->getAsCXXRecordDecl();
  R = R ? R->getDefinition() : nullptr;
  if (!R || !LivingOn.insert(R->getCanonicalDecl()).second)
    return;
  if (auto *Spec = dyn_cast<ClassTemplateSpecializationDecl>(R))
    for (const TemplateArgument &A : Spec->getTemplateArgs().asArray())
      if (A.getKind() == TemplateArgument::Type)
        noteLivingOn(A.getAsType());
  if (isInStandardLibrary(R))
    return;
  for (const FieldDecl *F : R->fields())
    noteLivingOn(F->getType());
  for (const CXXBaseSpecifier &B : R->bases())
    noteLivingOn(B.getType());
}

bool CallGraph::livesOn(const CXXRecordDecl *R) const {
  return LivingOn.contains(R->getCanonicalDecl());
}

CallGraph::CallGraph(ASTContext &Context, const model::ModelIndex &Models) {
  DefinitionCollector Definitions;
  for (Decl *D : Context.getTraversalScope())
    if (auto *TU = dyn_cast<TranslationUnitDecl>(D)) {
      for (Decl *Top : TU->decls())
        Definitions.TraverseDecl(Top);
    } else {
      Definitions.TraverseDecl(D);
    }
  llvm::DenseMap<const FunctionDecl *, unsigned> Index;
  for (const FunctionDecl *F : Definitions.Found) {
    Index[F->getCanonicalDecl()] = Nodes.size();
    Nodes.emplace_back();
    Nodes.back().Definition = F;
  }
  for (QualType T : Definitions.Static)
    noteLivingOn(T);
  for (FunctionNode &N : Nodes) {
    ReferenceCollector References(Models);
    References.InMain = N.Definition->isMain();
    References.visit(N.Definition->getBody());
    for (QualType T : References.OfMain)
      noteLivingOn(T);
    if (auto *C = dyn_cast<CXXConstructorDecl>(N.Definition))
      for (const CXXCtorInitializer *I : C->inits())
        References.visit(I->getInit());
    for (const ParmVarDecl *P : N.Definition->parameters())
      References.destructor(P->getType());
    References.destructor(N.Definition->getReturnType());
    // What a class does at the end of its objects' lives says what the rest of
    // it is for.
    if (auto *D = dyn_cast<CXXDestructorDecl>(N.Definition)) {
      for (const FieldDecl *F : D->getParent()->fields())
        References.destructor(F->getType());
    } else if (auto *M = dyn_cast<CXXMethodDecl>(N.Definition)) {
      References.destructor(M->getParent());
    }
    N.TouchesModel =
        References.Touches || handlesModelledType(N.Definition, Models);
    N.CallsNoReturn = llvm::any_of(
        References.Functions, [](auto *F) { return F->isNoReturn(); });
    for (const FunctionDecl *F : References.Functions) {
      auto It = Index.find(F);
      if (It != Index.end())
        N.Callees.push_back(It->second);
      else if (mayBeElsewhere(F))
        N.Elsewhere.push_back(F);
    }
  }
}

std::vector<std::vector<unsigned>> CallGraph::bottomUp() const {
  // Tarjan's algorithm with an explicit stack: generated code has deep chains.
  std::vector<std::vector<unsigned>> Components;
  const unsigned Unseen = ~0u;
  std::vector<unsigned> Number(Nodes.size(), Unseen), Low(Nodes.size());
  std::vector<bool> OnStack(Nodes.size());
  std::vector<unsigned> Stack;
  std::vector<std::pair<unsigned, unsigned>> Work; // node, next callee
  unsigned Next = 0;
  for (unsigned Root = 0; Root < Nodes.size(); ++Root) {
    if (Number[Root] != Unseen)
      continue;
    Work.push_back({Root, 0});
    while (!Work.empty()) {
      auto [N, Callee] = Work.back();
      if (Callee == 0) {
        Number[N] = Low[N] = Next++;
        Stack.push_back(N);
        OnStack[N] = true;
      }
      bool Descended = false;
      while (Callee < Nodes[N].Callees.size()) {
        unsigned C = Nodes[N].Callees[Callee++];
        if (Number[C] == Unseen) {
          Work.back().second = Callee;
          Work.push_back({C, 0});
          Descended = true;
          break;
        }
        if (OnStack[C])
          Low[N] = std::min(Low[N], Number[C]);
      }
      if (Descended)
        continue;
      Work.pop_back();
      if (!Work.empty())
        Low[Work.back().first] = std::min(Low[Work.back().first], Low[N]);
      if (Low[N] != Number[N])
        continue;
      std::vector<unsigned> Component;
      unsigned Member;
      do {
        Member = Stack.back();
        Stack.pop_back();
        OnStack[Member] = false;
        Component.push_back(Member);
      } while (Member != N);
      llvm::sort(Component);
      Components.push_back(std::move(Component));
    }
  }
  return Components;
}

} // namespace conntidy
