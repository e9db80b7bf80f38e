//===- WrongRelease.cpp - a release of the wrong kind ---------------------===//

#include "rules/wrong_release/WrongRelease.h"
#include "rules/Wording.h"

namespace conntidy::rules {

using flow::Misuse;

void WrongRelease::check(const flow::LeaseFlow &Flow,
                         std::vector<Finding> &Sink) const {
  for (const Misuse &M : Flow.Misuses) {
    Finding F = startFinding(id(), Flow, M);
    if (M.What == Misuse::Kind::WrongRelease)
      F.Message = subject(M) + " acquired by '" + M.AcquireApi +
                  "' is released" + by(M.By) +
                  (M.ReleaseApi.empty() ? ", which releases something else"
                                        : " instead of '" + M.ReleaseApi + "'");
    else if (M.What == Misuse::Kind::OtherPool)
      F.Message = subject(M) + " acquired by '" + M.AcquireApi +
                  "' is returned" + by(M.By) +
                  " to another pool than it comes from";
    else
      continue;
    // What is right for one instantiation may be wrong for another.
    if (M.What == Misuse::Kind::WrongRelease && !M.ByGuardLater &&
        M.Sureness == Certainty::Definite && !M.ReleaseApi.empty() &&
        !Flow.Function->isTemplateInstantiation())
      F.Intent = {FixIntent::Kind::CallInstead, M.At, M.ReleaseApi};
    F.Trail.push_back(
        misuseStep(M, Step::Kind::Release, "released the wrong way"));
    Sink.push_back(std::move(F));
  }
}

} // namespace conntidy::rules
