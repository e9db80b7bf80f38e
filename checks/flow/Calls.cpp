//===- Calls.cpp - calls, and what unknown callees may do -----------------===//

#include "cfg/Escapes.h"
#include "flow/Names.h"
#include "flow/Solver.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/Attr.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/AST/ExprCXX.h"
#include "clang/AST/StmtCXX.h"
#include "clang/Basic/Builtins.h"
#include "clang/Basic/SourceManager.h"

using namespace clang;

namespace conntidy::flow {

/// Declared by the system, or by a header that a model names.
bool Solver::isOfALibrary(const Decl *D) const {
  const SourceManager &SM = Env.Context.getSourceManager();
  SourceLocation Where = SM.getExpansionLoc(D->getLocation());
  auto *F = dyn_cast<FunctionDecl>(D);
  if ((F && F->getBuiltinID()) || SM.isInSystemHeader(Where))
    return true;
  OptionalFileEntryRef File = SM.getFileEntryRefForID(SM.getFileID(Where));
  return File && Env.Models.set().namesHeader(File->getName());
}

/// True for an argument that is the only name of what it acquires.
static bool isFreshArgument(const Expr *E) {
  if (!E)
    return false;
  E = E->IgnoreParenCasts();
  if (auto *C = dyn_cast<ExprWithCleanups>(E))
    E = C->getSubExpr()->IgnoreParenCasts();
  return isa<CallExpr, CXXNewExpr>(E) && !isa<CXXMemberCallExpr>(E) &&
         !isa<CXXOperatorCallExpr>(E);
}

/// A class that takes charge of what its constructor is given.
static bool ownsWhatItIsGiven(const CXXRecordDecl *R) {
  const CXXRecordDecl *Def = R->getDefinition();
  if (!Def)
    return true;
  if (isInStandardLibrary(Def))
    return false;
  const CXXDestructorDecl *D = Def->getDestructor();
  return D && D->isUserProvided() && !visibleBody(D);
}

Outcomes Solver::callUnknown(Invocation I, State S, Seen How) {
  bool BodySeen = How != Seen::Nothing;
  // It may well open again what was closed.
  if (!BodySeen && !(I.Callee && isOfALibrary(I.Callee))) {
    useUnseen(S, I);
    llvm::erase_if(S.Ended, [&](const EndedLease &E) {
      return Table[E.Handle].What == SymbolData::Kind::Entry ||
             llvm::any_of(I.Args, [&](const Value &V) {
               return handleOf(S, V) == E.Handle;
             });
    });
  }
  std::string Name;
  if (I.Callee && I.Callee->getDeclName().isIdentifier())
    Name = I.Callee->getName().str();
  else if (I.Site && I.Site->Through)
    if (auto *N = dyn_cast<NamedDecl>(I.Site->Through))
      Name = N->getNameAsString();
  // What a library's own header declares and no model mentions only looks at
  // the handle, whatever it is called.
  bool FromSystem =
      I.Callee ? isOfALibrary(I.Callee)
               : I.Site && isa_and_nonnull<FieldDecl>(I.Site->Through) &&
                     isOfALibrary(I.Site->Through);
  if (How != Seen::Model && !FromSystem)
    lend(I, S, BodySeen);
  if (How == Seen::Nothing && !FromSystem && !S.Transactions.empty())
    trustWithTransactions(S, I, Name);
  NameHint Hint = FromSystem ? NameHint::None : hintOf(Name);
  const auto *Ctor = dyn_cast_or_null<CXXConstructorDecl>(I.Callee);
  bool Owns = Ctor && !BodySeen &&
              (ownsWhatItIsGiven(Ctor->getParent()) ||
               (!Ctor->isCopyOrMoveConstructor() && !visibleBody(Ctor) &&
                Env.destructorMatters(Ctor->getParent())));
  const CXXRecordDecl *Result =
      I.Site && I.Site->Where && I.Site->Where->isPRValue()
          ? I.Site->Where->getType()->getAsCXXRecordDecl()
          : nullptr;
  bool Wraps = !Ctor && !BodySeen && Result && Result->hasDefinition() &&
               !isInStandardLibrary(Result) && Result->getDestructor() &&
               Result->getDestructor()->isUserProvided();

  // A descriptor or stream that goes into a function of the project and an
  // object that comes out: the object is the new owner (`stream_open(fd)`).
  auto IsDescriptor = [&](SymbolId Handle) {
    HeldLease *L = S.leaseOf(Handle);
    const model::ResourceEntry &R = site(L->Lease).Resource;
    return R && (R.Entry->Kind == model::ResourceKind::Socket ||
                 R.Entry->Kind == model::ResourceKind::Stream ||
                 R.Entry->Kind == model::ResourceKind::Other);
  };
  bool MakesObject =
      I.Callee && !FromSystem && !Ctor &&
      (Result || (I.Callee->getReturnType()->isPointerType() &&
                  !I.Callee->getReturnType()->getPointeeType()->isCharType()));
  for (size_t N = 0; N < I.Args.size(); ++N) {
    const Value &V = I.Args[N];
    QualType T = parameterType(I, N);
    const Expr *Spelled =
        I.Site && N < I.Site->ArgExprs.size() ? I.Site->ArgExprs[N] : nullptr;
    bool Moved = !T.isNull() && T->isRValueReferenceType();
    bool Scalar = !T.isNull() && (T->isPointerType() || T->isIntegerType());
    // By reference to the handle itself.
    if (!T.isNull() && T->isReferenceType() &&
        T->getPointeeType()->isPointerType()) {
      Value Inner = load(S, V);
      if (Inner.isSymbol() && S.leaseOf(Inner.Symbol) &&
          (Moved || !T->getPointeeType().isConstQualified()) && !BodySeen)
        takeOver(S, Inner);
      else if (Inner.isSymbol() && (Owns || Hint == NameHint::Take))
        takeOver(S, Inner);
      continue;
    }
    if (V.isSymbol() && S.leaseOf(V.Symbol)) {
      // Buffers come from malloc(), whatever their library would rather see.
      if (I.Callee && (I.Callee->getBuiltinID() == Builtin::BIfree ||
                       I.Callee->getBuiltinID() == Builtin::BIrealloc)) {
        const model::ResourceEntry &R =
            site(S.leaseOf(V.Symbol)->Lease).Resource;
        if (!R || R.Entry->Kind == model::ResourceKind::Buffer) {
          release(S, V, {}, I);
        } else if (I.Callee->getBuiltinID() == Builtin::BIfree &&
                   Table[V.Symbol].What != SymbolData::Kind::New) {
          wronglyReleased(S, *S.leaseOf(V.Symbol), I);
          release(S, V, {}, I);
        }
        continue;
      }
      if (Hint == NameHint::Release && !BodySeen)
        release(S, V, {}, I, Sure::Guessed);
      else if (!BodySeen && (Owns || Wraps || Hint == NameHint::Take ||
                             (!FromSystem && isFreshArgument(Spelled)) ||
                             (MakesObject && (IsDescriptor(V.Symbol) ||
                                              soundsLikeConstructor(Name)))))
        takeOver(S, V);
      // In another unit, where nobody looked what becomes of handles.
      else if (How == Seen::Body && I.Callee && !visibleBody(I.Callee) &&
               !Env.Others.analyzed(I.Callee) &&
               Env.Others.keeps(I.Callee, N).value_or(true))
        takeOver(S, V);
      continue;
    }
    // A struct of the caller's that goes to be freed takes with it what it
    // holds.
    if (V.isSymbol() && !BodySeen && Hint == NameHint::Release && !T.isNull() &&
        T->isPointerType() && T->getPointeeType()->isRecordType() &&
        Table[V.Symbol].What == SymbolData::Kind::Parameter)
      recordEntryEffect(S, V.Symbol, false, false, {});
    if (V.isSymbol() && !BodySeen && Scalar && Env.Models.isHandleType(T)) {
      // The caller of this function needs to know.
      if (Hint == NameHint::Release)
        release(S, V, {}, I, Sure::Guessed);
      else if (Owns || Hint == NameHint::Take)
        takeOver(S, V);
    }
    PlaceId Object = placeOf(V);
    if (!Object.valid())
      continue;
    bool ByValue = !T.isNull() && T->isRecordType();
    bool ReadOnly = !T.isNull() &&
                    (T->isPointerType() || T->isReferenceType()) &&
                    T->getPointeeType().isConstQualified();
    // A modelled object goes by reference as a raw handle goes by value.
    bool LentObject = !T.isNull() && !ByValue && !Moved &&
                      (T->isPointerType() || T->isReferenceType()) &&
                      T->getPointeeType()->isRecordType() &&
                      Env.Models.isHandleType(T->getPointeeType());
    PlaceId Whole = Table.root(Object);
    bool PartOfNew = Table[Whole].What == PlaceData::Kind::Pointee &&
                     Table[Table[Whole].Symbol].What == SymbolData::Kind::New;
    if (LentObject) {
      continue;
    } else if (holdsLease(S, PartOfNew ? Whole : Object)) {
      // A closure that runs later may release what it captured; so may anyone
      // who can write to the object.
      bool Closure = isClosure(Object);
      if (Closure && How != Seen::Body)
        takeClosure(S, V);
      else if (How != Seen::Body &&
               (Moved || (!BodySeen &&
                          (ByValue || !ReadOnly || Hint == NameHint::Take))))
        takeContents(S, V);
      else if (How == Seen::Body && I.Callee &&
               escapes(I.Callee, N, Env.Models, &Env.Others))
        takeContents(S, V);
    } else if (isClosure(Object) && How != Seen::Body) {
      takeClosure(S, V);
    }
    // What can be written to is not known any more, unless a lease hangs on it
    // or is what it leads to, or what may be one of the caller's.
    auto MayBeHeld = [&](const Value &Held) {
      return (Held.isSymbol() &&
              (S.leaseOf(Held.Symbol) ||
               Table[Held.Symbol].What == SymbolData::Kind::Parameter)) ||
             (BodySeen && placeOf(Held).valid() &&
              holdsLease(S, placeOf(Held)));
    };
    if (!ReadOnly && !ByValue &&
        Table[Object].What != PlaceData::Kind::Pointee) {
      llvm::SmallVector<PlaceId, 4> Written;
      for (auto &[Place, Held] : S.Places)
        if (Table.within(Place, Object) && !MayBeHeld(Held))
          Written.push_back(Place);
      if (!llvm::is_contained(Written, Object) && !S.Places.find(Object))
        Written.push_back(Object);
      unsigned Index = 100 + 16 * N;
      for (PlaceId Place : Written)
        S.Places.set(Place, fresh(S, I.Where, Index++));
    }
  }
  if (I.HasObject && !Ctor && !BodySeen)
    if (PlaceId Object = placeOf(I.Object); Object.valid()) {
      auto *M = dyn_cast_or_null<CXXMethodDecl>(I.Callee);
      // Methods of a modelled class that no model mentions only use it.
      bool Known = M && (isOfALibrary(M) ||
                         Env.Models.isHandleType(
                             Env.Context.getCanonicalTagType(M->getParent())));
      if (!(M && M->isConst()) && !Known && holdsLease(S, Object))
        takeContents(S, I.Object);
    }
  // A callable from outside: the caller may know what it does with its
  // argument.
  if (!I.Callee && I.Site && !I.Args.empty())
    if (Value F = get(S, I.Site->CalleeValue); F.isSymbol())
      recordInvocation(S, F.Symbol, I.Args.front(), I.ByDestructor);
  if (!BodySeen && !FromSystem)
    forgetGlobals(S, I.Where);
  else if (How == Seen::Body)
    shareGlobals(S, nullptr);
  Value Returned = resultOf(I, S);
  // Memory of our own: handles stored in it are ours until it is given away.
  if (I.Callee && Returned.isSymbol() && I.Callee->hasAttr<RestrictAttr>()) {
    SymbolData D;
    D.What = SymbolData::Kind::New;
    D.Site = I.Where;
    age(S, D, &I);
    Returned = Value::symbol(Table.symbol(D));
  }
  Outcomes Out;
  Out.push_back({std::move(S), Returned});
  return Out;
}

Outcomes Solver::callbacks(const Invocation &Given, State S,
                           llvm::ArrayRef<model::FunctionEntry> Matching) {
  Invocation I = Given;
  States Current;
  Current.push_back(S);
  for (const model::FunctionEntry &E : Matching)
    for (const model::Slot &Slot : E.Entry->Callbacks) {
      if (Slot.Index >= I.Args.size())
        continue;
      Value Callable = I.Args[Slot.Index];
      bool Known = false;
      States Next;
      for (State &C : Current)
        for (State &After : runCallable(C, Callable, {}, I.Where, I.Try, Known))
          Next.push_back(std::move(After));
      if (Known)
        Current.append(Next.begin(), Next.end());
    }
  Outcomes Out;
  for (State &C : Current) {
    Value Result = resultOf(I, C);
    Out.push_back({std::move(C), Result});
  }
  return Out;
}

Outcomes Solver::call(const Invocation &Given, State S) {
  Invocation I = Given;
  if (auto *C = dyn_cast_or_null<CXXConstructorDecl>(I.Callee);
      C && C->isInheritingConstructor())
    I.Callee = C->getInheritedConstructor().getConstructor();
  // What a captureless lambda converts to only forwards.
  if (auto *M = dyn_cast_or_null<CXXMethodDecl>(I.Callee);
      M && M->isLambdaStaticInvoker())
    I.Callee = M->getParent()->getLambdaCallOperator();
  auto Entries = matchingEntries(I, S);
  bool Matters = llvm::any_of(Entries, [](const model::FunctionEntry &E) {
    const model::Function &F = *E.Entry;
    return F.Begins || F.Commits || F.RollsBack || F.Executes || F.StatusOf ||
           F.InTransaction;
  });
  if (Entries.empty()) {
    trustCallee(S, I);
  } else {
    noteUnbounded(S, I, Entries);
    noteUnchecked(S, I, Entries);
  }
  if (!Matters)
    return callWith(std::move(I), std::move(S), Entries);
  endTransactions(S, I, Entries);
  Outcomes Out = callWith(I, std::move(S), Entries);
  for (Outcome &O : Out)
    beginTransactions(O.After, I, Entries, O.Result);
  return Out;
}

Outcomes Solver::callWith(Invocation I, State S,
                          llvm::ArrayRef<model::FunctionEntry> Entries) {
  const Summary *Known =
      I.Callee && Entries.empty() ? Env.summaryOf(I.Callee) : nullptr;
  noteUses(S, I, Entries, Known);
  auto Raise = [&](const State &Before) {
    ThrownSet T;
    if (I.Callee)
      T = ThrowInference::asCallee(Env.Throws.ofCall(I.Callee, Entries));
    else if (!Entries.empty())
      T = Env.Throws.fromEntries(Entries).value_or(ThrownSet());
    else if (I.Site && I.Site->Where)
      if (auto *C = dyn_cast<CallExpr>(I.Site->Where))
        T = Env.Throws.ofIndirectCall(C->getCallee()->getType());
    if (!T.empty())
      raise(Before, T, I.Try, I.Where, I.Callee);
  };
  bool HasEffect = llvm::any_of(Entries, [](const model::FunctionEntry &E) {
    return !E.Entry->Acquires.empty() || !E.Entry->Releases.empty() ||
           !E.Entry->Takes.empty() || E.Entry->Returns ||
           !E.Entry->ReleasesDerived.empty();
  });
  bool Modelled = !Entries.empty();
  if (HasContained) {
    // A container's own methods are looked at one by one.
    auto *M = dyn_cast_or_null<CXXMethodDecl>(I.Callee);
    model::ClassEntry Of =
        M ? Env.Models.entryFor(M->getParent()) : model::ClassEntry();
    if (!Of || !Of.Entry->Container) {
      giveContainedAway(S, I.Object);
      for (const Value &V : I.Args)
        giveContainedAway(S, V);
    }
  }
  noteWorking(I, S, Entries);
  if (llvm::any_of(Entries, [](const model::FunctionEntry &E) {
        return E.Entry->NoReturn;
      })) {
    Raise(S);
    return {};
  }
  if (HasEffect) {
    // Whatever is released or taken counts even if the call throws.
    State Thrown = S;
    llvm::SmallVector<model::Slot, 2> Released;
    for (const model::FunctionEntry &E : Entries) {
      for (const model::Release &R : E.Entry->Releases) {
        if (llvm::is_contained(Released, R.Handle))
          continue; // one that releases several kinds releases the one there is
        Released.push_back(R.Handle);
        releaseModelled(Thrown, I, Entries, R.Handle, Sure::Guessed);
      }
      for (const model::Take &T : E.Entry->Takes)
        take(Thrown, I, T);
    }
    Raise(Thrown);
    return callModel(I, std::move(S), Entries);
  }
  if (llvm::any_of(Entries, [](const model::FunctionEntry &E) {
        return !E.Entry->Callbacks.empty();
      })) {
    Raise(S);
    return callbacks(I, std::move(S), Entries);
  }
  for (const model::FunctionEntry &E : Entries)
    if (auto Out = swapOrExchange(I, S, *E.Entry))
      return *Out;
  if (auto Out = makeGuard(I, S))
    return *Out;
  if (auto Out = compareGuards(I, S))
    return *Out;
  if (auto Out = callText(I, S)) {
    Raise(Out->front().After);
    return *Out;
  }
  if (auto *M = dyn_cast_or_null<CXXMethodDecl>(I.Callee))
    if (model::ClassEntry C = Env.Models.entryFor(M->getParent())) {
      State Before = S;
      if (auto Out = callClass(I, S, C)) {
        // A guard that fails to be made still disposes of what it was given.
        if (isa<CXXConstructorDecl>(M))
          for (const Value &V : I.Args)
            takeOver(Before, V);
        else if (M->getOverloadedOperator() == OO_Call)
          giveToCallable(Before, I);
        Raise(Before);
        return *Out;
      }
    }
  if (auto *M = dyn_cast_or_null<CXXMethodDecl>(I.Callee);
      M && I.HasObject && I.Args.size() == 1 && !M->isUserProvided()) {
    auto *C = dyn_cast<CXXConstructorDecl>(M);
    bool Moved = C ? C->isMoveConstructor() : M->isMoveAssignmentOperator();
    if (Moved || (C ? C->isCopyConstructor() : M->isCopyAssignmentOperator())) {
      Raise(S);
      return copyMembers(I, std::move(S), Moved);
    }
  }
  // Whether Clang has made the body of the compiler's own depends on who asks.
  if (auto *C = dyn_cast_or_null<CXXConstructorDecl>(I.Callee);
      C && C->isDefaultConstructor() && !C->isUserProvided() &&
      !visibleBody(C) && placeOf(I.Object).valid()) {
    Raise(S);
    Outcomes Out;
    for (State &After : constructMembers(std::move(S), placeOf(I.Object),
                                         C->getParent()->getDefinition(), I))
      Out.push_back({std::move(After), I.Object});
    return Out;
  }
  if (Known && Known->tellsCallers()) {
    shareGlobals(S, Known);
    return applyMethod(I, std::move(S), *Known);
  }
  // A model that speaks of other arguments only knows the function all the
  // same.
  bool Library =
      Modelled || (I.Callee && (I.Callee->getBuiltinID() ||
                                !Env.Models.entriesFor(I.Callee).empty()));
  Seen How = Library                               ? Seen::Model
             : I.Callee && Env.bodyKnown(I.Callee) ? Seen::Body
                                                   : Seen::Nothing;
  bool Hidden = How == Seen::Nothing && I.Callee && Env.bodyHidden(I.Callee);
  if (Hidden)
    giveUp(S, I);
  Outcomes Out = callUnknown(I, S, How);
  if (Hidden)
    for (Outcome &O : Out)
      O.After.Ended.clear();
  if (llvm::any_of(Entries, [](const model::FunctionEntry &E) {
        return E.Entry->Forks;
      }))
    for (const Outcome &O : Out)
      if (O.Result.isSymbol())
        ForkResults.insert(O.Result.Symbol);
  // Arguments that go over to the callee go over even if it throws.
  State Thrown = Out.front().After;
  Raise(Thrown);
  return Out;
}

} // namespace conntidy::flow
