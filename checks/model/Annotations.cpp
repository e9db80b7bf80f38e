//===- Annotations.cpp - models that stand in the source ------------------===//

#include "model/Annotations.h"
#include "clang/AST/Attr.h"
#include "clang/AST/Decl.h"
#include "clang/AST/Expr.h"

using namespace clang;

namespace conntidy::model {

Annotations::Annotations() {
  Home.Name = "annotations";
  Resource Handle;
  Handle.Name = "handle";
  Handle.Kind = ResourceKind::Connection;
  Home.Resources.push_back(std::move(Handle));
}

Function &Annotations::entryOf(const FunctionDecl *F) {
  auto &Slot = Made[F->getCanonicalDecl()];
  if (!Slot) {
    Slot = std::make_unique<Function>();
    Slot->Names.push_back(F->getNameAsString());
  }
  return *Slot;
}

static Slot argument(unsigned Index) { return {Slot::Kind::Arg, Index}; }

static Acquire returnedHandle() {
  Acquire A;
  A.Resource = "handle";
  Condition NotNull;
  NotNull.About = Condition::Subject::Handle;
  A.Held.push_back(NotNull);
  return A;
}

static bool hasAcquire(const Function &F) { return !F.Acquires.empty(); }

const Function *Annotations::entryFor(const FunctionDecl *F) {
  for (const FunctionDecl *D : F->redecls()) {
    for (const Attr *A : D->attrs()) {
      if (auto *Text = dyn_cast<AnnotateAttr>(A)) {
        if (Text->getAnnotation() == "conntidy::acquire" &&
            !hasAcquire(entryOf(F)))
          entryOf(F).Acquires.push_back(returnedHandle());
      } else if (auto *Own = dyn_cast<OwnershipAttr>(A)) {
        // The class `malloc` speaks of memory, which is not our concern.
        if (Own->getModule() && Own->getModule()->getName() == "malloc")
          continue;
        if (Own->isReturns()) {
          if (!hasAcquire(entryOf(F)))
            entryOf(F).Acquires.push_back(returnedHandle());
          continue;
        }
        for (ParamIdx P : Own->args()) {
          if (Own->isTakes())
            entryOf(F).Releases.push_back({"handle", argument(P.getASTIndex()),
                                           std::nullopt, std::nullopt});
          else
            entryOf(F).Takes.push_back(
                {argument(P.getASTIndex()), std::nullopt, ""});
        }
      } else if (auto *Malloc = dyn_cast<RestrictAttr>(A)) {
        const Expr *Named = Malloc->getDeallocator();
        auto *Ref = Named ? dyn_cast<DeclRefExpr>(Named->IgnoreParenImpCasts())
                          : nullptr;
        auto *Free = Ref ? dyn_cast<FunctionDecl>(Ref->getDecl()) : nullptr;
        if (!Free || Free->getBuiltinID())
          continue;
        if (!hasAcquire(entryOf(F)))
          entryOf(F).Acquires.push_back(returnedHandle());
        unsigned Index = Malloc->getDeallocatorPtrArgIndex().isValid()
                             ? Malloc->getDeallocatorPtrArgIndex().getASTIndex()
                             : 0;
        Function &Release = entryOf(Free);
        if (Release.Releases.empty()) {
          Release.Releases.push_back(
              {"handle", argument(Index), std::nullopt, std::nullopt});
          this->Named.push_back(Free->getCanonicalDecl());
        }
      }
    }
    for (const ParmVarDecl *P : D->parameters())
      for (const AnnotateAttr *A : P->specific_attrs<AnnotateAttr>()) {
        Slot Here = argument(P->getFunctionScopeIndex());
        Function &Entry = entryOf(F);
        auto Same = [&](const auto &Known) { return Known.Handle == Here; };
        if (A->getAnnotation() == "conntidy::release" &&
            llvm::none_of(Entry.Releases, Same))
          Entry.Releases.push_back(
              {"handle", Here, std::nullopt, std::nullopt});
        else if (A->getAnnotation() == "conntidy::takes" &&
                 llvm::none_of(Entry.Takes, Same))
          Entry.Takes.push_back({Here, std::nullopt, ""});
        // `borrows` needs the entry only: what is modelled is not guessed at.
      }
  }
  auto It = Made.find(F->getCanonicalDecl());
  return It == Made.end() ? nullptr : It->second.get();
}

} // namespace conntidy::model
