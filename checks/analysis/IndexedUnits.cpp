//===- IndexedUnits.cpp - the project index, for one unit -----------------===//

#include "analysis/IndexedUnits.h"
#include "summary/SummaryFile.h"
#include "clang/AST/Decl.h"

using namespace clang;

namespace conntidy {

FunctionKey IndexedUnits::keyOf(const FunctionDecl *F) {
  FunctionKey &Key = Keys[F->getCanonicalDecl()];
  if (!Key)
    Key = conntidy::keyOf(usrOf(F));
  return Key;
}

IndexedUnits::Known &IndexedUnits::look(const FunctionDecl *F) {
  std::unique_ptr<Known> &Place = Looked[F->getCanonicalDecl()];
  if (Place)
    return *Place;
  Place = std::make_unique<Known>();
  if (!Index || !mayBeElsewhere(F))
    return *Place;
  FunctionKey Key = keyOf(F);
  Asked.insert({Key, IndexQuestion::Kind::Facts,
                Index->answer(Key, IndexQuestion::Kind::Facts)});
  Place->Facts = Index->find(Key);
  // Declared without a prototype, or as something else: not the one we mean.
  if (Place->Facts && Place->Facts->Parameters != F->getNumParams())
    Place->Facts = nullptr;
  return *Place;
}

bool IndexedUnits::defines(const FunctionDecl *F) {
  const FunctionFacts *Facts = look(F).Facts;
  return Facts && !Facts->Ambiguous;
}

std::optional<ThrownSet> IndexedUnits::thrownBy(const FunctionDecl *F) {
  const FunctionFacts *Facts = look(F).Facts;
  if (!Facts)
    return std::nullopt;
  return Names.thrown(Facts->Throws, Facts->ThrowsAnything);
}

bool IndexedUnits::analyzed(const FunctionDecl *F) {
  const FunctionFacts *Facts = look(F).Facts;
  return Facts && Facts->Analyzed;
}

std::optional<bool> IndexedUnits::keeps(const FunctionDecl *F, unsigned Index) {
  const FunctionFacts *Facts = look(F).Facts;
  if (!Facts)
    return std::nullopt;
  // Where dots take them, arguments are printed.
  return llvm::is_contained(Facts->Keeps, Index);
}

bool IndexedUnits::neverReturns(const FunctionDecl *F) {
  const FunctionFacts *Facts = look(F).Facts;
  return Facts && Facts->NeverReturns;
}

llvm::StringRef IndexedUnits::roleOf(const FunctionDecl *F) {
  return defines(F) ? look(F).Facts->Role : llvm::StringRef();
}

const Summary *IndexedUnits::summaryOf(const FunctionDecl *F) {
  Known &K = look(F);
  if (!K.Read) {
    K.Read = true;
    if (K.Facts && !K.Facts->Effects.empty())
      K.Effects = fromFileForm(K.Facts->Effects, Names);
  }
  return K.Effects ? &*K.Effects : nullptr;
}

bool IndexedUnits::touches(const FunctionDecl *F) {
  if (!Index || !mayBeElsewhere(F))
    return false;
  FunctionKey Key = keyOf(F);
  uint64_t Answer = Index->answer(Key, IndexQuestion::Kind::Touches);
  Asked.insert({Key, IndexQuestion::Kind::Touches, Answer});
  return Answer;
}

std::vector<IndexQuestion> IndexedUnits::questions() const {
  return {Asked.begin(), Asked.end()};
}

} // namespace conntidy
