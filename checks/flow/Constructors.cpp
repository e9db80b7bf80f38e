//===- Constructors.cpp - default constructors that nobody wrote ----------===//

#include "flow/Solver.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/ExprCXX.h"

using namespace clang;

namespace conntidy::flow {

/// The number, or null, that a member initialised in the class begins with.
static std::optional<int64_t> constantOf(const Expr *Init,
                                         ASTContext &Context) {
  if (!Init || Init->isValueDependent())
    return std::nullopt;
  if (auto *List = dyn_cast<InitListExpr>(Init); List && !List->getNumInits())
    return 0;
  if (Init->isNullPointerConstant(Context, Expr::NPC_ValueDependentIsNotNull))
    return 0;
  if (!Init->getType()->isIntegralOrEnumerationType())
    return std::nullopt;
  auto Number = Init->getIntegerConstantExpr(Context);
  return Number ? Number->tryExtValue() : std::nullopt;
}

States Solver::constructMembers(State S, PlaceId Object, const CXXRecordDecl *R,
                                const Invocation &I) {
  States Current;
  Current.push_back(std::move(S));
  auto Construct = [&](const CXXRecordDecl *Class, PlaceId Part) {
    Class = Class->getDefinition();
    if (!Class)
      return;
    if (model::ClassEntry C = Env.Models.entryFor(Class);
        C && C.Entry->GuardOf) {
      for (State &Each : Current)
        Each.Places.set(Table.field(Part, PseudoField::Owned),
                        Value::integer(0));
      return;
    }
    if (isInStandardLibrary(Class))
      return;
    States Next;
    auto Written =
        llvm::find_if(Class->ctors(), [](const CXXConstructorDecl *C) {
          return C->isDefaultConstructor() && C->isUserProvided();
        });
    for (State &Each : Current) {
      if (Written == Class->ctor_end()) {
        Next.append(constructMembers(std::move(Each), Part, Class, I));
        continue;
      }
      Invocation Member = I;
      Member.Callee = *Written;
      Member.Site = nullptr;
      Member.Object = Value::address(Part);
      Member.HasObject = true;
      Member.Args.clear();
      for (Outcome &O : call(Member, std::move(Each)))
        Next.push_back(std::move(O.After));
    }
    Current = std::move(Next);
  };
  for (const CXXBaseSpecifier &B : R->bases())
    if (const CXXRecordDecl *Class = B.getType()->getAsCXXRecordDecl())
      Construct(Class, Object);
  for (const FieldDecl *F : R->fields()) {
    PlaceId Field = Table.field(Object, F);
    if (!F->hasInClassInitializer()) {
      if (const CXXRecordDecl *Class = F->getType()->getAsCXXRecordDecl())
        Construct(Class, Field);
    } else if (auto Number =
                   constantOf(F->getInClassInitializer(), Env.Context)) {
      for (State &Each : Current)
        Each.Places.set(Field, Value::integer(*Number));
    }
  }
  return Current;
}

} // namespace conntidy::flow
