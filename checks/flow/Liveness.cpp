//===- Liveness.cpp - backward liveness of scalar locals ------------------===//

#include "flow/Liveness.h"
#include "clang/AST/Attr.h"
#include "clang/AST/Decl.h"

using namespace clang;

namespace conntidy::flow {

namespace {

bool isTracked(const VarDecl *V) {
  QualType T = V->getType();
  return V->hasLocalStorage() && !V->hasAttr<CleanupAttr>() &&
         (T->isPointerType() || T->isIntegralOrEnumerationType());
}

} // namespace

Liveness::Liveness(const Program &P) : LiveIn(P.Blocks.size()) {
  // Variables by the temporary that is their address.
  std::vector<const VarDecl *> Addressed(P.Temps);
  for (const Block &B : P.Blocks)
    for (const Event &E : B.Events)
      if (E.What == Op::Variable && E.Result.valid())
        if (auto *V = cast<VarDecl>(E.Declared); isTracked(V)) {
          auto *Key = isa<ParmVarDecl>(V) ? V : V->getCanonicalDecl();
          Addressed[E.Result.Number] = Key;
          NumberOf.try_emplace(Key, NumberOf.size());
        }
  llvm::BitVector Escapes(NumberOf.size());
  auto Variable = [&](TempId T) -> const VarDecl * {
    return T.valid() ? Addressed[T.Number] : nullptr;
  };
  for (const Block &B : P.Blocks) {
    for (const Event &E : B.Events) {
      // Anything but to be read and written makes it somebody else's, too.
      if (E.What == Op::Load)
        continue;
      forEachOperand(E, [&](TempId T) {
        const VarDecl *V = Variable(T);
        if (V && !(E.What == Op::Store && T == E.A && T != E.B))
          Escapes.set(NumberOf.lookup(V));
      });
    }
    for (const Edge &E : B.Edges)
      if (E.Assumed)
        if (const VarDecl *V = Variable(E.Assumed->Subject))
          Escapes.set(NumberOf.lookup(V));
  }

  // Per block: read before written, and written.
  unsigned Count = NumberOf.size();
  std::vector<llvm::BitVector> Reads(P.Blocks.size(), llvm::BitVector(Count));
  std::vector<llvm::BitVector> Writes(P.Blocks.size(), llvm::BitVector(Count));
  for (unsigned N = 0; N < P.Blocks.size(); ++N)
    for (const Event &E : P.Blocks[N].Events) {
      if (E.What == Op::Load) {
        if (const VarDecl *V = Variable(E.A))
          if (unsigned Number = NumberOf.lookup(V); !Writes[N].test(Number))
            Reads[N].set(Number);
      } else if (E.What == Op::Store) {
        if (const VarDecl *V = Variable(E.A))
          Writes[N].set(NumberOf.lookup(V));
      } else if (E.What == Op::Declare) {
        auto It = NumberOf.find(cast<VarDecl>(E.Declared)->getCanonicalDecl());
        if (It != NumberOf.end())
          Writes[N].set(It->second);
      }
    }
  for (llvm::BitVector &L : LiveIn)
    L = Escapes;
  auto Solve = [&] {
    for (bool Changed = true; Changed;) {
      Changed = false;
      for (unsigned N = P.Blocks.size(); N-- > 0;) {
        llvm::BitVector Live = LiveIn[N];
        for (const Edge &E : P.Blocks[N].Edges) {
          llvm::BitVector Out = LiveIn[E.Target];
          Out.reset(Writes[N]);
          Live |= Out;
        }
        Live |= Reads[N];
        if (Live != LiveIn[N]) {
          LiveIn[N] = std::move(Live);
          Changed = true;
        }
      }
    }
  };
  Solve();
  // An exception may lead from any call to a handler: what one reads stays.
  llvm::BitVector Handled(Count);
  for (auto [H, Block] : P.Handlers)
    Handled |= LiveIn[Block];
  for (llvm::BitVector &L : LiveIn)
    L |= Handled;
  Solve();
}

bool Liveness::isDead(const VarDecl *V, unsigned Block) const {
  auto It = NumberOf.find(V);
  // Never named at all: nobody reads it.
  return It != NumberOf.end() && !LiveIn[Block].test(It->second);
}

} // namespace conntidy::flow
