//===- Destructors.cpp - deleters and destructors -------------------------===//

#include "flow/Names.h"
#include "flow/Solver.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/Attr.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/AST/ExprCXX.h"
#include "clang/AST/StmtCXX.h"
#include "clang/Basic/Builtins.h"
#include "llvm/Support/SaveAndRestore.h"

using namespace clang;

namespace conntidy::flow {

static constexpr unsigned MaxDestroyDepth = 6;

const CXXMethodDecl *Solver::callOperator(const CXXRecordDecl *R) const {
  if (!R || !R->hasDefinition())
    return nullptr;
  for (const CXXMethodDecl *M : R->getDefinition()->methods())
    if (M->getOverloadedOperator() == OO_Call && !M->isDependentContext())
      return M;
  return nullptr;
}

States Solver::runCallable(State S, const Value &Callable,
                           llvm::ArrayRef<Value> Args, const Stmt *Where,
                           const CXXTryStmt *Try, bool &Known) {
  Invocation I;
  I.Where = Where;
  I.Try = Try;
  I.Args.append(Args.begin(), Args.end());
  I.ByDestructor = true;
  Known = false;
  if (Callable.What == Value::Kind::Function) {
    I.Callee = Callable.Function;
  } else if (Callable.isAddress()) {
    const CXXRecordDecl *R = classOf(Callable.Place);
    I.Callee = callOperator(R);
    I.Object = Callable;
    I.HasObject = true;
  }
  States Out;
  // A callee that is not seen will do what it is there for.
  bool Modelled =
      I.Callee &&
      llvm::any_of(matchingEntries(I, S), [](const model::FunctionEntry &E) {
        return !E.Entry->Releases.empty() || !E.Entry->Takes.empty();
      });
  if (!I.Callee || (!Env.bodyKnown(I.Callee) && !Modelled)) {
    Out.push_back(std::move(S));
    return Out;
  }
  Known = true;
  for (Outcome &O : call(I, std::move(S)))
    Out.push_back(std::move(O.After));
  return Out;
}

/// A guard that runs `delete` and nothing else: what a shared owner runs is not
/// in its type.
bool Solver::deletes(const CXXRecordDecl *Guard) const {
  model::ClassEntry C = Env.Models.entryFor(Guard);
  return isInStandardLibrary(Guard) &&
         !(C && C.Entry->GuardOf && C.Entry->GuardOf->Shared);
}

States Solver::deletePointee(State S, const Value &Pointer,
                             const CXXRecordDecl *R, const Stmt *Where,
                             const CXXTryStmt *Try,
                             const CXXRecordDecl *Guard) {
  PlaceId Object = placeOf(Pointer);
  States Out;
  Invocation By;
  By.Where = Where;
  By.ByDestructor = Guard;
  if (Pointer.isSymbol())
    notePoolObject(S, Pointer.Symbol, R);
  // A library's own guard knows how. delete suits what is an object of C++, and
  // what no pool waits for.
  if (HeldLease *L = Pointer.isSymbol() ? S.leaseOf(Pointer.Symbol) : nullptr;
      L && Where && (!Guard || deletes(Guard))) {
    const CXXRecordDecl *Def = R ? R->getDefinition() : nullptr;
    const model::ResourceEntry &Kind = site(L->Lease).Resource;
    bool OfC = !Def || (Def->hasTrivialDestructor() &&
                        Table[Pointer.Symbol].What != SymbolData::Kind::New);
    if (Kind && (Kind.Entry->Pooled || OfC) && !releaseApiOf(Kind).empty())
      wronglyReleased(S, *L, By);
  }
  if (Pointer.isSymbol() || Guard)
    release(S, Pointer, {}, By);
  // The object may be of a class derived from the one that is named.
  if (const CXXRecordDecl *Made = classOf(Object)) {
    R = Made;
  } else if (Object.valid() && R && R->hasDefinition() && R->getDestructor() &&
             R->getDestructor()->isVirtual()) {
    takeOver(S, Pointer);
    Out.push_back(std::move(S));
    return Out;
  }
  if (Object.valid() && R && Env.destructorMatters(R))
    return destroy(std::move(S), Object, R, Where, Try);
  Out.push_back(std::move(S));
  return Out;
}

static const TemplateArgument *templateArgument(const CXXRecordDecl *R,
                                                unsigned Index) {
  auto *Spec = dyn_cast<ClassTemplateSpecializationDecl>(R);
  if (!Spec || Index >= Spec->getTemplateArgs().size())
    return nullptr;
  const TemplateArgument &A = Spec->getTemplateArgs()[Index];
  return A.getKind() == TemplateArgument::Type ? &A : nullptr;
}

/// A deleter that hands the handle to a function nobody has seen.
static bool passesOn(const Stmt *S, const model::ModelIndex &Models,
                     llvm::function_ref<bool(const FunctionDecl *)> IsKnown) {
  if (!S)
    return false;
  if (auto *C = dyn_cast<CallExpr>(S))
    if (const FunctionDecl *F = C->getDirectCallee();
        !F || (!IsKnown(F) && Models.entriesFor(F).empty() &&
               soundsLikeRelease(F->getNameAsString())))
      return true;
  return llvm::any_of(S->children(), [&](const Stmt *Child) {
    return passesOn(Child, Models, IsKnown);
  });
}

bool Solver::passesOn(const FunctionDecl *F) const {
  const FunctionDecl *Body = F ? visibleBody(F) : nullptr;
  return Body && flow::passesOn(Body->getBody(), Env.Models,
                                [&](const FunctionDecl *F) {
                                  return Env.bodyKnown(F) || isOfALibrary(F);
                                });
}

States Solver::destroyGuard(State S, PlaceId Place, const CXXRecordDecl *R,
                            const model::Guard &G, const Stmt *Where,
                            const CXXTryStmt *Try) {
  States Out;
  auto Unchanged = [&] {
    Out.push_back(std::move(S));
    return Out;
  };
  PlaceId OwnedPlace = Table.field(Place, PseudoField::Owned);
  Value Owned = ownedBy(S, Place);
  Value Deleter =
      load(S, Value::address(Table.field(Place, PseudoField::Deleter)));
  S.Places.set(OwnedPlace, Value::integer(0));
  // A shared owner with a deleter runs it even on null.
  if (Owned.isInt() && Owned.Low == 0 &&
      !(G.Shared && classOf(placeOf(Deleter))))
    return Unchanged();
  Invocation By;
  By.Where = Where;
  By.ByDestructor = true;
  if (G.Runs) {
    bool Known = false;
    States After = runCallable(S, Deleter, {}, Where, Try, Known);
    if (Known)
      return After;
    if (PlaceId C = placeOf(Deleter); C.valid())
      takeContents(S, Deleter);
    return Unchanged();
  }
  // The last of the sharers releases.
  if (G.Shared && Owned.isSymbol())
    for (auto &[Other, V] : S.Places)
      if (Table[Other].Pseudo == PseudoField::Owned && V == Owned)
        return Unchanged();
  auto Deleted = [&](State &Each, const FunctionDecl *Callee) {
    if (passesOn(Callee))
      release(Each, Owned, {}, By, Sure::Guessed);
    else if (HeldLease *L =
                 Owned.isSymbol() ? Each.leaseOf(Owned.Symbol) : nullptr)
      bypass(Each, Owned, GuardBypass::Kind::NoDeleter, site(L->Lease).OwnedAt);
  };
  bool Known = false;
  if (Deleter.What == Value::Kind::Function || Deleter.isAddress()) {
    States After = runCallable(S, Deleter, Owned, Where, Try, Known);
    const FunctionDecl *Callee = Deleter.What == Value::Kind::Function
                                     ? Deleter.Function
                                     : callOperator(classOf(placeOf(Deleter)));
    if (Known) {
      for (State &Each : After)
        Deleted(Each, Callee);
      return After;
    }
    // Not known here what it runs: it disposes of the object and all in it.
    release(S, Owned, {}, By, Sure::Guessed);
    takeContents(S, Owned);
    return Unchanged();
  }
  if (G.DeleterTemplateArgument)
    if (const TemplateArgument *A =
            templateArgument(R, G.DeleterTemplateArgument - 1))
      if (const CXXRecordDecl *D = A->getAsType()->getAsCXXRecordDecl();
          D && !isInStandardLibrary(D))
        if (const CXXMethodDecl *M = callOperator(D); M && visibleBody(M)) {
          Invocation I;
          I.Callee = M;
          I.Where = Where;
          I.Try = Try;
          I.Args.push_back(Owned);
          I.Object = Value::address(Table.field(Place, PseudoField::Deleter));
          I.HasObject = true;
          I.ByDestructor = true;
          for (Outcome &O : call(I, std::move(S))) {
            Deleted(O.After, M);
            Out.push_back(std::move(O.After));
          }
          return Out;
        }
  const TemplateArgument *Element = templateArgument(R, 0);
  const CXXRecordDecl *Class =
      Element ? Element->getAsType()->getAsCXXRecordDecl() : nullptr;
  return deletePointee(std::move(S), Owned, Class, Where, Try, R);
}

States
Solver::destroyMembers(State S, PlaceId Place, const CXXRecordDecl *R,
                       const Stmt *Where, const CXXTryStmt *Try,
                       llvm::function_ref<bool(const FieldDecl *)> Except) {
  States Current;
  Current.push_back(std::move(S));
  auto Each = [&](PlaceId At, const CXXRecordDecl *Class) {
    States Next;
    for (State &C : Current)
      for (State &After : destroy(std::move(C), At, Class, Where, Try))
        Next.push_back(std::move(After));
    Current = std::move(Next);
  };
  llvm::SmallVector<const FieldDecl *, 8> Fields(R->fields());
  for (const FieldDecl *F : llvm::reverse(Fields))
    if (const CXXRecordDecl *Class = F->getType()->getAsCXXRecordDecl())
      if (Env.destructorMatters(Class) && !Except(F))
        Each(Table.field(Place, F), Class);
  for (const CXXBaseSpecifier &B : R->bases())
    if (const CXXRecordDecl *Class = B.getType()->getAsCXXRecordDecl())
      if (Env.destructorMatters(Class))
        Each(Place, Class);
  return Current;
}

States Solver::destroy(State S, PlaceId Place, const CXXRecordDecl *R,
                       const Stmt *Where, const CXXTryStmt *Try) {
  R = R->getDefinition() ? R->getDefinition() : R;
  States Out;
  // A list node that owns the next one: what is known of never lies deep.
  if (DestroyDepth >= MaxDestroyDepth) {
    Out.push_back(std::move(S));
    return Out;
  }
  llvm::SaveAndRestore<unsigned> Deeper(DestroyDepth, DestroyDepth + 1);
  llvm::SmallVector<PlaceId, 4> Elements;
  for (auto &[Within, V] : S.Places)
    for (PlaceId At = Within; Table[At].What == PlaceData::Kind::Field;
         At = Table[At].Parent)
      if (Table[At].Parent == Place &&
          Table[At].Pseudo == PseudoField::Element &&
          !llvm::is_contained(Elements, At))
        Elements.push_back(At);
  if (!Elements.empty()) {
    Out.push_back(std::move(S));
    for (PlaceId Element : llvm::reverse(Elements)) {
      States Next;
      for (State &C : Out)
        for (State &After : destroy(std::move(C), Element, R, Where, Try))
          Next.push_back(std::move(After));
      Out = std::move(Next);
    }
    return Out;
  }
  if (model::ClassEntry C = Env.Models.entryFor(R)) {
    if (C.Entry->GuardOf) {
      Value Owned = ownedBy(S, Place);
      bool Counted = C.Entry->GuardOf->Shared && Owned.isSymbol();
      // Sharers that are not seen may hold it still.
      if (Counted)
        S.forgetEnded(Owned.Symbol);
      Out = destroyGuard(std::move(S), Place, R, *C.Entry->GuardOf, Where, Try);
      if (Counted)
        for (State &After : Out)
          After.forgetEnded(Owned.Symbol);
      return Out;
    }
    if (!C.Entry->Holds.empty()) {
      Invocation By;
      By.Where = Where;
      By.ByDestructor = true;
      // To close twice is harmless for an object that knows its own state.
      release(S, load(S, Value::address(Table.field(Place, PseudoField::Self))),
              {}, By, Sure::Guessed);
      Out.push_back(std::move(S));
      return Out;
    }
  }
  const CXXDestructorDecl *D =
      R->hasDefinition() ? R->getDestructor() : nullptr;
  if (D && D->isUserProvided()) {
    giveContainedAway(S, Value::address(Place));
    if (Env.bodyKnown(D)) {
      if (Env.summaryOf(D)) {
        Invocation I;
        I.Callee = D;
        I.Where = Where;
        I.Try = Try;
        I.Object = Value::address(Place);
        if (Table[Place].What == PlaceData::Kind::Pointee)
          I.Object = Value::symbol(Table[Place].Symbol);
        I.HasObject = true;
        I.ByDestructor = true;
        for (Outcome &O : call(I, std::move(S)))
          Out.push_back(std::move(O.After));
        return Out;
      }
      return destroyMembers(std::move(S), Place, R, Where, Try);
    }
    // Not seen: it disposes of what the object holds.
    if (mayEndTransaction(R->getName(), /*GivenConnection=*/true) ||
        R->getName().contains_insensitive("guard") ||
        R->getName().contains_insensitive("scope"))
      forgetTransactions(S);
    takeContents(S, Value::address(Place));
    if (Env.bodyHidden(D))
      giveUp(S, Invocation());
    Out.push_back(std::move(S));
    return Out;
  }
  if (!R->hasDefinition()) {
    Out.push_back(std::move(S));
    return Out;
  }
  return destroyMembers(std::move(S), Place, R, Where, Try);
}

} // namespace conntidy::flow
