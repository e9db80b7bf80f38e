//===- HeldWhileBlocking.cpp - waiting with a connection in hand ----------===//

#include "rules/held_while_blocking/HeldWhileBlocking.h"
#include "model/ModelSet.h"
#include "rules/Wording.h"

namespace conntidy::rules {

void HeldWhileBlocking::check(const flow::LeaseFlow &Flow,
                              std::vector<Finding> &Sink) const {
  for (const flow::HeldWait &W : Flow.Waits) {
    Finding F;
    F.Check = id().str();
    F.Severity = Level::Warning;
    F.Sureness = W.Sureness;
    F.Where = W.Where;
    F.Resource = W.Noun;
    F.Function = model::qualifiedName(Flow.Function);
    F.Message = W.Noun;
    if (!W.HandleName.empty())
      F.Message += " '" + W.HandleName + "'";
    if (!W.AcquireApi.empty())
      F.Message += " acquired by '" + W.AcquireApi + "'";
    F.Message += " is held while " +
                 (W.By.empty() ? "this" : "'" + W.By + "'") + " blocks on " +
                 W.For;
    F.Trail = W.Trail;
    Sink.push_back(std::move(F));
  }
}

} // namespace conntidy::rules
