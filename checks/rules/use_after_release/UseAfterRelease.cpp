//===- UseAfterRelease.cpp - a handle used after its release --------------===//

#include "rules/use_after_release/UseAfterRelease.h"
#include "rules/Wording.h"

namespace conntidy::rules {

using flow::Misuse;

void UseAfterRelease::check(const flow::LeaseFlow &Flow,
                            std::vector<Finding> &Sink) const {
  for (const Misuse &M : Flow.Misuses) {
    if (M.What != Misuse::Kind::UseAfter)
      continue;
    Finding F = startFinding(id(), Flow, M);
    F.Message = subject(M) + " is used" + by(M.By) + " after line " +
                std::to_string(M.ReleasedLine) + " released it" +
                by(M.ReleasedBy);
    F.Trail.push_back(misuseStep(M, Step::Kind::Call, "used"));
    Sink.push_back(std::move(F));
  }
}

} // namespace conntidy::rules
