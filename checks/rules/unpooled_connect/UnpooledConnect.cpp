//===- UnpooledConnect.cpp - a connection beside the pool -----------------===//

#include "rules/unpooled_connect/UnpooledConnect.h"
#include "model/ModelSet.h"
#include "rules/Wording.h"

namespace conntidy::rules {

void UnpooledConnect::check(const flow::LeaseFlow &Flow,
                            std::vector<Finding> &Sink) const {
  for (const flow::LeaseReport &L : Flow.Leases) {
    if (L.PoolBeside.empty())
      continue;
    Finding F = startFinding(id(), Flow, L);
    F.Severity = Level::Warning;
    F.Message = subject(L) +
                (L.AfterRefusal ? " is opened because the pool had none: '"
                                : " comes from no pool, though '") +
                L.PoolBeside +
                (L.AfterRefusal ? "' is there to bound their number"
                                : "' has connections of this kind");
    FindingStep Acquire;
    Acquire.What = Step::Kind::Acquire;
    Acquire.Where = L.Acquired;
    Acquire.Text = "opened here by '" + L.Api + "'";
    F.Trail.push_back(std::move(Acquire));
    Sink.push_back(std::move(F));
  }
}

} // namespace conntidy::rules
