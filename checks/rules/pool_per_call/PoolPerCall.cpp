//===- PoolPerCall.cpp - a pool that is made for each call ----------------===//

#include "rules/pool_per_call/PoolPerCall.h"
#include "model/ModelSet.h"
#include "rules/Wording.h"

namespace conntidy::rules {

void PoolPerCall::check(const flow::LeaseFlow &Flow,
                        std::vector<Finding> &Sink) const {
  for (const flow::LocalPool &P : Flow.Pools) {
    Finding F;
    F.Check = id().str();
    F.Where = P.Where;
    F.Function = model::qualifiedName(Flow.Function);
    F.Severity = Level::Warning;
    F.Message = "pool" + (P.Name.empty() ? "" : " '" + P.Name + "'") + " made" +
                by(P.Api) + " lives no longer than the call: each call of '" +
                F.Function + "' makes one of its own";
    FindingStep Made;
    Made.Where = P.Where;
    Made.Text = "made here";
    F.Trail.push_back(std::move(Made));
    Sink.push_back(std::move(F));
  }
}

} // namespace conntidy::rules
