//===- DoubleRelease.cpp - a handle that is released twice ----------------===//

#include "rules/double_release/DoubleRelease.h"
#include "rules/Wording.h"

namespace conntidy::rules {

using flow::Misuse;

void DoubleRelease::check(const flow::LeaseFlow &Flow,
                          std::vector<Finding> &Sink) const {
  for (const Misuse &M : Flow.Misuses) {
    if (M.What != Misuse::Kind::DoubleRelease)
      continue;
    std::string Line = std::to_string(M.ReleasedLine);
    Finding F = startFinding(id(), Flow, M);
    if (M.ByGuardLater)
      F.Message = subject(M) + " is released twice: here" + by(M.By) +
                  ", and again at line " + Line + by(M.ReleasedBy);
    else
      F.Message = subject(M) + " is released again" + by(M.By) +
                  "; line " + Line + " released it already" +
                  by(M.ReleasedBy);
    F.Trail.push_back(
        misuseStep(M, Step::Kind::Release, "released a second time"));
    if (M.ByGuardLater)
      F.Trail.back().Where = M.GuardAt;
    Sink.push_back(std::move(F));
  }
}

} // namespace conntidy::rules
