//===- MemberFacts.cpp - what a class does with a member ------------------===//

#include "analysis/MemberFacts.h"
#include "cfg/Escapes.h"
#include "flow/Names.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/DeclFriend.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/AST/ExprCXX.h"
#include "clang/AST/StmtCXX.h"

using namespace clang;

namespace conntidy {

namespace {

/// Looks at every use of one member in the bodies it is given.
class UseFinder {
public:
  UseFinder(const FieldDecl *Field, flow::FlowEnvironment &Environment)
      : Field(Field), Environment(Environment) {}

  void visitBody(const FunctionDecl *F) {
    Disposes = isa<CXXDestructorDecl>(F) ||
               (F->getDeclName().isIdentifier() &&
                flow::hintOf(F->getName()) != flow::NameHint::None);
    visit(F->getBody());
    if (auto *C = dyn_cast<CXXConstructorDecl>(F))
      for (const CXXCtorInitializer *I : C->inits())
        visit(I->getInit());
  }

  bool Escapes = false;  ///< some use may lead anywhere
  bool Released = false; ///< some use is a release

private:
  void visit(const Stmt *S) {
    if (!S)
      return;
    if (isUse(S) && !isHarmless(cast<Expr>(S)))
      Escapes = true;
    Parents.push_back(S);
    for (const Stmt *Child : S->children())
      visit(Child);
    Parents.pop_back();
  }

  bool isUse(const Stmt *S) const {
    if (auto *M = dyn_cast<MemberExpr>(S))
      return M->getMemberDecl() == Field;
    // A pointer to the member.
    auto *R = dyn_cast<DeclRefExpr>(S);
    return R && R->getDecl() == Field;
  }

  /// True if nobody can release the handle by means of this expression.
  bool isHarmless(const Expr *Use) {
    if (isa<DeclRefExpr>(Use))
      return false;
    const Stmt *Child = Use;
    bool Address = false;
    for (const Stmt *Parent : llvm::reverse(Parents)) {
      if (isa<ParenExpr, ImplicitCastExpr, ExplicitCastExpr, ExprWithCleanups>(
              Parent)) {
        if (auto *C = dyn_cast<CastExpr>(Parent);
            C && (C->getCastKind() == CK_PointerToBoolean ||
                  C->getCastKind() == CK_IntegralToBoolean ||
                  C->getCastKind() == CK_ToVoid))
          return true;
        Child = Parent;
        continue;
      }
      if (auto *U = dyn_cast<UnaryOperator>(Parent)) {
        if (U->getOpcode() == UO_LNot)
          return true;
        if (U->getOpcode() != UO_AddrOf || Address)
          return false;
        Address = true;
        Child = Parent;
        continue;
      }
      if (auto *B = dyn_cast<BinaryOperator>(Parent)) {
        if (B->getOpcode() == BO_Assign)
          return !Address && B->getLHS() == Child;
        return B->isComparisonOp() || B->isLogicalOp();
      }
      // A look into what the handle points to.
      if (auto *M = dyn_cast<MemberExpr>(Parent))
        return isa<FieldDecl>(M->getMemberDecl());
      if (auto *C = dyn_cast<CallExpr>(Parent)) {
        bool GivesBack = false;
        if (isa<CXXOperatorCallExpr>(C) ||
            !isHarmlessCall(*C, Child, GivesBack))
          return false;
        if (!GivesBack)
          return true;
        Address = false;
        Child = Parent;
        continue;
      }
      // A condition, or a value that nobody asks for.
      if (isa<IfStmt, WhileStmt, DoStmt, ForStmt, CompoundStmt>(Parent))
        return true;
      return false;
    }
    return true;
  }

  /// \p GivesBack is set if the call returns the handle it is given.
  bool isHarmlessCall(const CallExpr &C, const Stmt *Argument,
                      bool &GivesBack) {
    unsigned N = 0;
    while (N < C.getNumArgs() && C.getArg(N) != Argument)
      ++N;
    const FunctionDecl *Callee = C.getDirectCallee();
    if (N == C.getNumArgs() || !Callee)
      return false;
    if (N < Callee->getNumParams() &&
        Callee->getParamDecl(N)->getType()->isReferenceType())
      return false;
    llvm::ArrayRef<model::FunctionEntry> Entries =
        Environment.Models.entriesFor(Callee);
    if (!Entries.empty()) {
      auto IsArgument = [&](const model::Slot &At) {
        return (At.Where == model::Slot::Kind::Arg ||
                At.Where == model::Slot::Kind::Pointee) &&
               At.Index == N;
      };
      bool Takes = false;
      for (const model::FunctionEntry &E : Entries) {
        for (const model::Release &R : E.Entry->Releases)
          Released |= IsArgument(R.Handle);
        for (const model::Take &T : E.Entry->Takes)
          Takes |= IsArgument(T.Handle);
        GivesBack |= E.Entry->Returns && IsArgument(*E.Entry->Returns);
      }
      return !Takes;
    }
    if (Callee->getBuiltinID())
      return true;
    if (Callee->getDeclName().isIdentifier() &&
        flow::hintOf(Callee->getName()) != flow::NameHint::None)
      return false;
    if (visibleBody(Callee)) {
      const Summary *Sum = Environment.summaryOf(Callee);
      return !escapes(Callee, N, Environment.Models) &&
             (!Sum || leavesAlone(*Sum, N));
    }
    // A function that is not seen borrows, unless this is where a release
    // would be.
    return !Disposes && !Callee->getReturnType()->isRecordType();
  }

  static bool leavesAlone(const Summary &Sum, unsigned Parameter) {
    return !Sum.TooComplex &&
           llvm::none_of(Sum.Cases, [&](const SummaryCase &C) {
             return llvm::any_of(C.Effects, [&](const SummaryEffect &E) {
               return E.At.From == Path::Root::Parameter &&
                      E.At.Index == Parameter;
             });
           });
  }

  const FieldDecl *Field;
  flow::FlowEnvironment &Environment;
  bool Disposes = false;
  std::vector<const Stmt *> Parents;
};

/// The functions that can name the private members of \p R. False if nothing is
/// known of one of them.
bool collectCode(const CXXRecordDecl *R, flow::FlowEnvironment &Environment,
                 llvm::SmallVectorImpl<const FunctionDecl *> &Code) {
  auto Add = [&](const FunctionDecl *F) {
    if (F->isDeleted() || F->isPureVirtual() || F->isDefaulted() ||
        F->isImplicit())
      return true;
    const FunctionDecl *Body = visibleBody(F);
    Code.push_back(Body ? Body : F);
    return Body || Environment.bodyKnown(F);
  };
  for (const Decl *D : R->decls()) {
    if (isa<FunctionTemplateDecl, ClassTemplateDecl>(D))
      return false;
    if (auto *F = dyn_cast<FriendDecl>(D)) {
      auto *Function = dyn_cast_or_null<FunctionDecl>(F->getFriendDecl());
      if (!Function || !Add(Function))
        return false;
    } else if (auto *Inner = dyn_cast<CXXRecordDecl>(D)) {
      if (!Inner->isInjectedClassName() && Inner->hasDefinition() &&
          Inner->isThisDeclarationADefinition() &&
          !collectCode(Inner, Environment, Code))
        return false;
    } else if (auto *M = dyn_cast<CXXMethodDecl>(D)) {
      if (!Add(M))
        return false;
    }
  }
  return true;
}

/// True if \p P is `this->F`, or the lease that is the object there.
bool leadsTo(const Path &P, const FieldDecl *F) {
  return P.From == Path::Root::This && P.Steps.size() >= 2 &&
         P.Steps[0].Dereference && P.Steps[1].Field == F;
}

/// True if the caller gets what the member holds, or another place does.
bool handsOut(const Summary &Sum, const FieldDecl *F) {
  auto Is = [&](const SummaryValue &V) {
    return (V.What == SummaryValue::Kind::Entry ||
            V.What == SummaryValue::Kind::Address) &&
           leadsTo(V.At, F);
  };
  return llvm::any_of(Sum.Cases, [&](const SummaryCase &C) {
    return Is(C.Returned) ||
           llvm::any_of(C.Effects,
                        [&](const SummaryEffect &E) { return Is(E.Stored); });
  });
}

} // namespace

void MemberFacts::addSummary(const CXXMethodDecl *M, const FieldDecl *F,
                             Facts &Result) {
  const Summary *Sum = Environment.summaryOf(M);
  if (!Sum) {
    Result.OpenAtFirst &= !isa<CXXConstructorDecl>(M);
    return;
  }
  if (Sum->TooComplex) {
    Result.Released = Result.Emptied = true;
    return;
  }
  bool Constructor = isa<CXXConstructorDecl>(M);
  bool Destructor = isa<CXXDestructorDecl>(M);
  bool EverOpens = false, SetOtherwise = false, Borrows = false;
  for (const SummaryCase &C : Sum->Cases) {
    bool Opens = false, Releases = false;
    for (const SummaryEffect &E : C.Effects) {
      if (!leadsTo(E.At, F))
        continue;
      if (E.What == SummaryEffect::Kind::Store) {
        bool Fresh = E.Stored.What == SummaryValue::Kind::Lease;
        Opens |= Fresh;
        SetOtherwise |= !Fresh;
        Borrows |= E.Stored.What == SummaryValue::Kind::Entry ||
                   E.Stored.What == SummaryValue::Kind::Unknown;
      } else {
        (Destructor ? Result.Destroyed : Result.Released) = true;
        Releases = true;
      }
    }
    EverOpens |= Opens;
    if (Releases && !Opens && !Destructor && !Constructor)
      Result.Emptied = true;
  }
  // What a failed attempt to open leaves behind is nobody's.
  if (!EverOpens && !Destructor) {
    Result.Borrows |= Borrows;
    Result.Emptied |= SetOtherwise && !Constructor;
  }
  if (Constructor)
    Result.OpenAtFirst &= EverOpens;
}

MemberFacts::Facts MemberFacts::compute(const FieldDecl *F) {
  Facts Result;
  auto *R = dyn_cast<CXXRecordDecl>(F->getParent());
  bool Own = F->getAccess() == AS_private ||
             (F->getAccess() == AS_protected && R && R->isEffectivelyFinal());
  llvm::SmallVector<const FunctionDecl *, 16> Code;
  if (!R || !Own || R->isDependentContext() ||
      !collectCode(R, Environment, Code))
    return Result;
  Result.Closed = true;
  for (const FunctionDecl *Body : Code) {
    if (!visibleBody(Body)) {
      const Summary *Sum = Environment.summaryOf(Body);
      Result.Escapes |= Sum && handsOut(*Sum, F);
      continue;
    }
    UseFinder Finder(F, Environment);
    Finder.visitBody(Body);
    bool AtEnd = isa<CXXDestructorDecl>(Body);
    (AtEnd ? Result.Destroyed : Result.Released) |= Finder.Released;
    (AtEnd ? Result.EscapesAtEnd : Result.Escapes) |= Finder.Escapes;
  }
  // A constructor of the compiler's opens nothing.
  Result.OpenAtFirst =
      R->hasUserDeclaredConstructor() &&
      llvm::none_of(R->ctors(), [](const CXXConstructorDecl *C) {
        return C->isDefaultConstructor() && C->isDefaulted() && !C->isDeleted();
      });
  for (const FunctionDecl *Body : Code)
    if (auto *M = dyn_cast<CXXMethodDecl>(Body)) {
      if (M->getParent()->getCanonicalDecl() == R->getCanonicalDecl())
        addSummary(M, F, Result);
    }
  return Result;
}

const MemberFacts::Facts &MemberFacts::of(const FieldDecl *F) {
  auto It = Known.find(F);
  if (It == Known.end())
    It = Known.insert({F, compute(F)}).first;
  return It->second;
}

bool MemberFacts::neverReleased(const FieldDecl *F) {
  // A singleton keeps its handle as long as the process runs.
  if (auto *R = dyn_cast<CXXRecordDecl>(F->getParent());
      R && R->hasUserDeclaredConstructor() &&
      llvm::all_of(R->ctors(), [](const CXXConstructorDecl *C) {
        return C->isCopyOrMoveConstructor() || C->getAccess() == AS_private;
      }))
    return false;
  const Facts &Of = of(F);
  // Set to null, or to what others gave: somebody knows more than is seen here.
  return Of.Closed && !Of.Escapes && !Of.EscapesAtEnd && !Of.Released &&
         !Of.Destroyed && !Of.Emptied && !Of.Borrows;
}

bool MemberFacts::openFromTheStart(const FieldDecl *F) {
  const Facts &Of = of(F);
  return Of.Closed && Of.OpenAtFirst && !Of.Emptied && !Of.Borrows &&
         !Of.Escapes;
}

const CXXMethodDecl *MemberFacts::closerOf(const FieldDecl *F) {
  auto *R = dyn_cast<CXXRecordDecl>(F->getParent());
  if (!R)
    return nullptr;
  for (const CXXMethodDecl *M : R->methods()) {
    if (isa<CXXConstructorDecl, CXXDestructorDecl>(M) ||
        M->getAccess() != AS_public || M->isOverloadedOperator() ||
        M->getMinRequiredArguments() != 0)
      continue;
    const Summary *Sum = Environment.summaryOf(M);
    // What opens anew is no way to close.
    if (Sum &&
        llvm::any_of(Sum->Cases,
                     [&](const SummaryCase &C) {
                       return llvm::any_of(
                           C.Effects, [&](const SummaryEffect &E) {
                             return E.What == SummaryEffect::Kind::Release &&
                                    leadsTo(E.At, F);
                           });
                     }) &&
        llvm::all_of(Sum->Cases,
                     [](const SummaryCase &C) { return C.Leases.empty(); }))
      return M;
  }
  return nullptr;
}

bool MemberFacts::isOwned(const FieldDecl *F) {
  const Facts &Of = of(F);
  return Of.Closed && Of.Destroyed && !Of.Borrows;
}

} // namespace conntidy
