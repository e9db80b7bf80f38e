//===- InProbe.cpp - a probe that takes a connection ----------------------===//

#include "rules/in_probe/InProbe.h"
#include "model/ModelSet.h"

namespace conntidy::rules {

void InProbe::check(const flow::LeaseFlow &Flow,
                    std::vector<Finding> &Sink) const {
  for (const flow::ProbeAcquire &P : Flow.Probes) {
    Finding F;
    F.Check = id().str();
    F.Where = P.Where;
    F.Function = model::qualifiedName(Flow.Function);
    F.Severity = Level::Warning;
    F.Message = "the probe '" + P.Probe + "' takes a connection" +
                (P.Chain.size() > 1 ? ", through calls, by '" : " by '") +
                P.Api + "'";
    F.Trail = P.Chain;
    Sink.push_back(std::move(F));
  }
}

} // namespace conntidy::rules
