//===- Facts.cpp - what a unit tells the project index --------------------===//

#include "analysis/Facts.h"
#include "analysis/IndexedUnits.h"
#include "cfg/Escapes.h"
#include "cfg/Throws.h"
#include "cfg/Waits.h"
#include "model/ModelSet.h"
#include "model/ModelWriter.h"
#include "summary/SummaryFile.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/Decl.h"

using namespace clang;

namespace conntidy {

bool isForOthers(const FunctionDecl *Definition, ASTContext &Context) {
  if (Definition->isMain())
    return false;
  GVALinkage Linkage = Context.GetGVALinkageForFunction(Definition);
  return Linkage == GVA_StrongExternal || Linkage == GVA_StrongODR;
}

/// What was inferred of the function, if its body shows it.
static std::string roleOf(const FunctionDecl *F,
                          const model::ModelIndex &Models) {
  model::Library L;
  for (const model::FunctionEntry &E : Models.entriesFor(F)) {
    bool Guessed = llvm::any_of(E.Entry->Acquires, [](const model::Acquire &A) {
      return !A.GuessedBecause.empty();
    });
    if (E.Owner->From != model::Origin::Inferred || Guessed)
      continue;
    L.Name = E.Owner->Name;
    L.Functions.push_back(*E.Entry);
    auto Needs = [&](const auto &Effect) {
      if (model::ResourceEntry R = Models.resource(Effect.Resource, *E.Owner);
          R && R.Owner == E.Owner)
        L.Resources.push_back(*R.Entry);
    };
    llvm::for_each(E.Entry->Acquires, Needs);
    llvm::for_each(E.Entry->Releases, Needs);
  }
  return L.Functions.empty() ? std::string() : model::toYaml(L);
}

static void addThrown(FunctionFacts &Facts, const ThrownSet &Set,
                      IndexedUnits &Others) {
  Facts.Throws = toNames(Set);
  Facts.ThrowsAnything = Set.Anything;
  for (const UnseenThrower &U : Set.Unseen) {
    ThrownBy By;
    By.Function = Others.keyOf(U.Function);
    for (QualType Caught : U.Caught)
      By.Caught.push_back(
          namesOf(Caught.getNonReferenceType().getUnqualifiedType()).front());
    By.Otherwise = ThrowInference::ofUnseen(U.Function).Anything;
    Facts.ThrowsAsDoes.push_back(std::move(By));
  }
  llvm::sort(Facts.Throws);
  llvm::sort(Facts.ThrowsAsDoes);
}

static void addWaits(FunctionFacts &Facts, const FunctionDecl *F,
                     WaitInference &Waits, IndexedUnits &Others,
                     const ASTContext &Context) {
  if (const Wait *W = Waits.of(F)) {
    WaitFacts &Told = Facts.Waits.emplace();
    Told.For = W->For;
    Told.OnDescriptors = W->OnDescriptors;
    for (const FindingStep &Step : W->Chain)
      Told.Chain.push_back(
          {Step.What, placeOf(Step, Context), Step.Text, Step.Depth});
    return;
  }
  for (const FunctionDecl *Callee : Waits.unseenCallees(F))
    Facts.WaitsIf.push_back(Others.keyOf(Callee));
  llvm::sort(Facts.WaitsIf);
}

FunctionFacts factsAbout(const FunctionDecl *Definition, const Summary *Effects,
                         ThrowInference &Throws, WaitInference &Waits,
                         const model::ModelIndex &Models, IndexedUnits &Others,
                         const ASTContext &Context) {
  FunctionFacts Facts;
  Facts.Key = Others.keyOf(Definition);
  Facts.Name = model::qualifiedName(Definition);
  Facts.Parameters = Definition->getNumParams();
  addThrown(Facts, Throws.inferred(Definition), Others);
  for (unsigned N = 0; N < Facts.Parameters; ++N) {
    EscapeAnswer Answer = inferEscape(Definition, N, Models);
    if (Answer.Escapes)
      Facts.Keeps.push_back(N);
    for (auto [Callee, Argument] : Answer.Via)
      Facts.KeepsIf.push_back({N, Others.keyOf(Callee), Argument});
  }
  llvm::sort(Facts.KeepsIf);
  Facts.NeverReturns =
      Definition->isNoReturn() || Throws.neverReturns(Definition);
  if (const FunctionDecl *Last =
          Facts.NeverReturns ? nullptr : Throws.returnsOnlyWith(Definition))
    Facts.NeverReturnsIf = Others.keyOf(Last);
  addWaits(Facts, Definition, Waits, Others, Context);
  Facts.Role = roleOf(Definition, Models);
  if (Effects) {
    Facts.Effects = toFileForm(*Effects, Context);
    Facts.Touches = Effects->movesLeases();
  }
  return Facts;
}

} // namespace conntidy
