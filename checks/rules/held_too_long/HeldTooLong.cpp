//===- HeldTooLong.cpp - a connection held after its last use -------------===//

#include "rules/held_too_long/HeldTooLong.h"
#include "model/ModelSet.h"
#include "rules/Wording.h"

namespace conntidy::rules {

static FindingStep step(Step::Kind What, clang::SourceRange Where,
                        std::string Text) {
  FindingStep S;
  S.What = What;
  S.Where = Where;
  S.Text = std::move(Text);
  return S;
}

void HeldTooLong::check(const flow::LeaseFlow &Flow,
                        std::vector<Finding> &Sink) const {
  for (const flow::IdleHold &H : Flow.Idle) {
    Finding F;
    F.Check = id().str();
    F.Severity = Level::Warning;
    F.Sureness = Certainty::Likely;
    F.Where = H.Acquired;
    F.Resource = H.Noun;
    F.Function = model::qualifiedName(Flow.Function);
    std::string Last = std::to_string(H.LastUseLine);
    F.Message = H.Noun;
    if (!H.HandleName.empty())
      F.Message += " '" + H.HandleName + "'";
    std::string Work = H.WorkBy.empty() ? "a call" : "'" + H.WorkBy + "'";
    F.Message += " acquired by '" + H.AcquireApi +
                 "' is held too long: it is used last at line " + Last +
                 ", then " + Work + " runs" + (H.InLoop ? " in a loop" : "") +
                 " at line " + std::to_string(H.WorkLine) +
                 " before it is released";
    F.Trail.push_back(step(Step::Kind::Acquire, H.Acquired,
                           "acquired here by '" + H.AcquireApi + "'"));
    F.Trail.push_back(step(Step::Kind::Call, H.LastUse,
                           "used for the last time here; its scope could end "
                           "behind this"));
    F.Trail.push_back(
        step(Step::Kind::Call, H.Work, Work + " has no need of it"));
    F.Trail.push_back(step(Step::Kind::Release, H.Released, "released here"));
    Sink.push_back(std::move(F));
  }
}

} // namespace conntidy::rules
