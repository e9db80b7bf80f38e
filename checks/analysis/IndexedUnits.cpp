//===- IndexedUnits.cpp - the project index, for one unit -----------------===//

#include "analysis/IndexedUnits.h"
#include "cfg/Waits.h"
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

std::optional<Wait> IndexedUnits::waitOf(const FunctionDecl *F) {
  const FunctionFacts *Facts = look(F).Facts;
  if (!Facts || !Facts->Waits)
    return std::nullopt;
  Wait W;
  W.For = Facts->Waits->For;
  W.OnDescriptors = Facts->Waits->OnDescriptors;
  for (const Step &Known : Facts->Waits->Chain) {
    FindingStep Step;
    Step.Text = Known.Text;
    Step.Depth = Known.Depth;
    Step.Elsewhere = Known.Where;
    W.Chain.push_back(std::move(Step));
  }
  return W;
}

bool IndexedUnits::neverReturns(const FunctionDecl *F) {
  const FunctionFacts *Facts = look(F).Facts;
  return Facts && Facts->NeverReturns;
}

llvm::StringRef IndexedUnits::roleOf(const FunctionDecl *F) {
  return defines(F) ? look(F).Facts->Role : llvm::StringRef();
}

/// True if the case says what becomes of the value of this parameter.
static bool speaksOf(const SummaryCase &C, unsigned Parameter) {
  Path P;
  P.Index = Parameter;
  auto Holds = [&](const SummaryValue &V) {
    return V.What == SummaryValue::Kind::Entry && V.At == P;
  };
  return Holds(C.Returned) ||
         llvm::any_of(C.Effects, [&](const SummaryEffect &E) {
           return E.At == P || Holds(E.Stored);
         });
}

/// A descriptor goes into an object that the summary lost track of: its owner
/// is somebody whom the caller does not see. Where a case may be a failure
/// nothing is known of it, and the caller keeps it.
static void takeKeptDescriptors(Summary &S, const FunctionDecl *F,
                                llvm::ArrayRef<unsigned> Keeps) {
  for (SummaryCase &C : S.Cases) {
    const flow::Fact &Result = C.ReturnFact;
    if (C.Thrown || Result.High <= 0)
      continue;
    for (unsigned N : Keeps) {
      if (!F->getParamDecl(N)->getType()->isIntegerType() || speaksOf(C, N))
        continue;
      SummaryEffect Take;
      Take.What = SummaryEffect::Kind::Take;
      Take.At.Index = N;
      C.Effects.push_back(std::move(Take));
    }
  }
}

const Summary *IndexedUnits::summaryOf(const FunctionDecl *F) {
  Known &K = look(F);
  if (!K.Read) {
    K.Read = true;
    if (K.Facts && !K.Facts->Effects.empty())
      K.Effects = fromFileForm(K.Facts->Effects, Names);
    if (K.Effects)
      takeKeptDescriptors(*K.Effects, F, K.Facts->Keeps);
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
