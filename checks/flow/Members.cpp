//===- Members.cpp - handles kept in objects that live on -----------------===//
//
// Notes what a function does to the handles in members of objects from outside:
// which fresh ones it leaves there, and which it stores over others. Whether
// that is a leak, the class as a whole has to say.
//
//===----------------------------------------------------------------------===//

#include "flow/Names.h"
#include "flow/Solver.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclCXX.h"

using namespace clang;

namespace conntidy::flow {

void Solver::lend(const Invocation &I, State &S, bool BodySeen) {
  auto Lend = [&](SymbolId Given) {
    SymbolData::Kind K = Table[Given].What;
    if ((K == SymbolData::Kind::Parameter || K == SymbolData::Kind::Entry ||
         K == SymbolData::Kind::This) &&
        !llvm::is_contained(S.Lent, Given))
      S.Lent.push_back(Given);
  };
  auto LendAll = [&](const Value &V) {
    if (V.isSymbol())
      Lend(V.Symbol);
    if (!V.isAddress() || BodySeen)
      return;
    Shown.insert(Table.root(V.Place));
    const PlaceData &Root = Table[Table.root(V.Place)];
    if (Root.What == PlaceData::Kind::Pointee)
      Lend(Root.Symbol);
    else if (Root.What == PlaceData::Kind::Global)
      llvm::erase_if(S.Working,
                     [&](PlaceId P) { return Table.within(P, V.Place); });
    // The object may hold pointers of its own, as a closure does to `this`.
    for (auto &[Place, Held] : S.Places)
      if (Held.isSymbol() && Table.within(Place, V.Place))
        Lend(Held.Symbol);
  };
  for (const Value &V : I.Args)
    LendAll(V);
  if (I.HasObject && !BodySeen)
    LendAll(I.Object);
  // What is told nothing, or is called a release, may be there to close a
  // global.
  if (!BodySeen && !S.Working.empty() &&
      (I.Args.empty() || (I.Callee && I.Callee->getDeclName().isIdentifier() &&
                          hintOf(I.Callee->getName()) == NameHint::Release)))
    S.Working.clear();
}

void Solver::noteWorking(const Invocation &I, State &S,
                         llvm::ArrayRef<model::FunctionEntry> Matching) {
  if (!I.Callee)
    return;
  for (unsigned N = 0; N < I.Args.size(); ++N) {
    QualType T = parameterType(I, N);
    if (T.isNull() || !T->isPointerType() ||
        !T->getPointeeType()->isRecordType() ||
        !Env.Models.isHandleType(T->getPointeeType()))
      continue;
    PlaceId Object = placeOf(I.Args[N]);
    if (!Object.valid() || (Matching.empty() && !isOfALibrary(I.Callee)))
      continue;
    auto IsHandle = [&](const model::Slot &At) {
      return At.Where == model::Slot::Kind::Arg && At.Index == N;
    };
    bool Begins = llvm::any_of(Matching, [&](const model::FunctionEntry &E) {
      return llvm::any_of(E.Entry->Acquires, [&](const model::Acquire &A) {
        return IsHandle(A.Handle);
      });
    });
    bool Ends = llvm::any_of(Matching, [&](const model::FunctionEntry &E) {
      return llvm::any_of(E.Entry->Releases, [&](const model::Release &R) {
        return IsHandle(R.Handle);
      });
    });
    if (Ends)
      llvm::erase(S.Working, Object);
    else if (!Begins && !llvm::is_contained(S.Working, Object))
      S.Working.push_back(Object);
  }
}

/// True if a place outside may still hold, all by itself, what it did when the
/// function was entered.
bool Solver::stillHolds(const State &S, PlaceId Place, SymbolId Entry) const {
  const SymbolData &D = Table[Entry];
  if (D.What != SymbolData::Kind::Entry || D.Place != Place)
    return false;
  Fact F = S.fact(Entry);
  if ((F.Low == 0 && F.High == 0) ||
      S.holders(Entry) > (S.Places.find(Place) ? 1u : 0u) ||
      llvm::is_contained(S.Lent, Entry) ||
      llvm::any_of(S.Effects,
                   [&](const EntryEffect &E) { return E.Entry == Entry; }))
    return false;
  // Whoever was given the object may have released what it holds.
  PlaceId Around = Table.root(Place);
  while (Table[Around].What == PlaceData::Kind::Pointee) {
    SymbolId Through = Table[Around].Symbol;
    if (llvm::is_contained(S.Lent, Through))
      return false;
    switch (Table[Through].What) {
    case SymbolData::Kind::This:
      // Nobody knows what was there before the constructor.
      return !isa<CXXConstructorDecl>(P.Function);
    case SymbolData::Kind::Parameter:
      return true;
    case SymbolData::Kind::Entry:
      Around = Table.root(Table[Through].Place);
      break;
    default:
      return false;
    }
  }
  return Table[Around].What == PlaceData::Kind::Global;
}

void Solver::noteOverwritten(const State &S, PlaceId Place, SymbolId Old,
                             SymbolId New, const Stmt *Where) {
  const PlaceData At = Table[Place];
  bool Self = At.Pseudo == PseudoField::Self;
  bool Member = At.What == PlaceData::Kind::Field &&
                (Self || At.Pseudo == PseudoField::None);
  if ((!Member && At.What != PlaceData::Kind::Global) || !Where ||
      !stillHolds(S, Place, Old) || (Self && releasesItself(At.Parent)))
    return;
  const PlaceData Named = Self ? Table[At.Parent] : At;
  const PlaceData Root = Table[Table.root(Place)];
  if (!Named.Origin || (Self && Named.Pseudo != PseudoField::None))
    return;
  auto *Declared = static_cast<const ValueDecl *>(Named.Origin);
  Overwriting Found;
  Found.Old = Old;
  OverwrittenHandle &W = Found.What;
  // A descriptor that is not open is -1.
  Fact F = S.fact(Old);
  if (Self)
    W.Open = llvm::is_contained(S.Working, At.Parent);
  else
    W.Open = Declared->getType()->isPointerType() ? !F.contains(0) : F.Low >= 0;
  if (Root.What == PlaceData::Kind::Pointee &&
      Table[Root.Symbol].What == SymbolData::Kind::This &&
      Named.What == PlaceData::Kind::Field && Named.Parent == Table.root(Place))
    W.Field = cast<FieldDecl>(Declared);
  else if (!W.Open)
    return; // nothing more will be known of it
  const HeldLease *L = nullptr;
  for (const HeldLease &Held : S.Leases)
    if (Held.Handle == New)
      L = &Held;
  if (!L || !site(L->Lease).GuessedBecause.empty())
    return;
  LeaseExit Exit = exitOf(S, *L, LeaseExit::Kind::Lost, Where, std::nullopt);
  W.Where = Exit.Where;
  W.Line = Exit.Line;
  W.Name = Declared->getNameAsString();
  describeLease(site(L->Lease), W.Api, W.Noun, W.ReleaseApi);
  for (const TrailNode *N = S.Trail; N; N = N->Before)
    if (N->What != Step::Kind::Acquire)
      W.Trail.push_back(describe(*N));
  std::reverse(W.Trail.begin(), W.Trail.end());
  auto [It, Fresh] = Overwritten.try_emplace({Where, Place}, Found);
  if (!Fresh && W.Open && !It->second.What.Open)
    It->second = std::move(Found);
}

/// Closing a connection may free its statements.
static bool endsWithParent(const model::ResourceEntry &R) {
  return R && llvm::any_of(R.Owner->Functions, [&](const model::Function &F) {
           return llvm::any_of(F.ReleasesDerived,
                               [&](const model::DerivedRelease &D) {
                                 return D.Resource == R.Entry->Name;
                               });
         });
}

/// A member whose destructor sees to it.
bool Solver::releasesItself(PlaceId Object) {
  const PlaceData &D = Table[Object];
  if (D.What != PlaceData::Kind::Field || !D.Origin)
    return false;
  const CXXRecordDecl *R = static_cast<const FieldDecl *>(D.Origin)
                               ->getType()
                               ->getBaseElementTypeUnsafe()
                               ->getAsCXXRecordDecl();
  return R && Env.destructorMatters(R);
}

void Solver::storeByCallee(State &S, const Value &Address, const Value &V,
                           const Stmt *Where,
                           llvm::ArrayRef<SymbolId> Handles) {
  if (V.isSymbol() && llvm::is_contained(Handles, V.Symbol))
    if (HeldLease *L = S.leaseOf(V.Symbol))
      site(L->Lease).StoredByCallee = true;
  store(S, Address, V, Where);
  // The flags that go with a global are the callee's own.
  if (PlaceId At = placeOf(Address);
      V.isSymbol() && At.valid() &&
      Table[Table.root(At)].What == PlaceData::Kind::Global)
    takeOverSymbol(S, V.Symbol);
}

void Solver::noteKept(const State &S, const HeldLease &L, const Stmt *Where) {
  auto *M = dyn_cast<CXXMethodDecl>(P.Function);
  if (!M || M->isStatic() || M->getParent()->isLambda() || L.ExceptionPassed ||
      Kept.count(L.Lease))
    return;
  PlaceId Only;
  for (auto &[Place, V] : S.Places)
    if (V.isSymbol() && V.Symbol == L.Handle) {
      if (Only.valid())
        return;
      Only = Place;
    }
  if (!Only.valid() || endsWithParent(site(L.Lease).Resource))
    return;
  if (Table[Only].Pseudo == PseudoField::Self) {
    Only = Table[Only].Parent;
    if (releasesItself(Only))
      return;
  }
  SymbolData This;
  This.What = SymbolData::Kind::This;
  PlaceId Object = Table.pointee(Table.symbol(This));
  const PlaceData &D = Table[Only];
  if (D.What != PlaceData::Kind::Field || D.Pseudo != PseudoField::None ||
      D.Parent != Object)
    return;
  Kept[L.Lease] = {static_cast<const FieldDecl *>(D.Origin),
                   exitOf(S, L, LeaseExit::Kind::Kept, Where, std::nullopt)};
}

void Solver::finishMembers(LeaseFlow &Flow) {
  for (auto &[Key, Found] : Overwritten)
    // A function that releases it on another path knows what it does.
    if (!Disposed.contains(Found.Old))
      Flow.Overwritten.push_back(Found.What);
  const SourceManager &SM = Env.Context.getSourceManager();
  llvm::sort(Flow.Overwritten,
             [&](const OverwrittenHandle &A, const OverwrittenHandle &B) {
               if (A.Where.getBegin() != B.Where.getBegin())
                 return SM.isBeforeInTranslationUnit(A.Where.getBegin(),
                                                     B.Where.getBegin());
               return A.Name < B.Name;
             });
}

} // namespace conntidy::flow
