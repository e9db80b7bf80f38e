//===- NoTimeout.cpp - a call that may wait without end -------------------===//

#include "rules/no_timeout/NoTimeout.h"
#include "model/ModelSet.h"

namespace conntidy::rules {

using flow::UnboundedWait;

static std::string reasonFor(const UnboundedWait &W) {
  switch (W.Why) {
  case UnboundedWait::Kind::NoTimeout:
    return "it takes no timeout";
  case UnboundedWait::Kind::NoKey:
    return "its parameters name no '" + W.Key + "'";
  case UnboundedWait::Kind::Forever:
    return "the timeout it is given stands for none";
  case UnboundedWait::Kind::NeverSet:
    return "no timeout was set before";
  }
  llvm_unreachable("unknown reason");
}

void NoTimeout::check(const flow::LeaseFlow &Flow,
                      std::vector<Finding> &Sink) const {
  for (const UnboundedWait &W : Flow.Unbounded) {
    Finding F;
    F.Check = id().str();
    F.Where = W.Where;
    F.Function = model::qualifiedName(Flow.Function);
    F.Severity = Level::Warning;
    F.Message = "'" + W.Api + "' may wait without end: " + reasonFor(W);
    if (!W.Instead.empty())
      F.Message += "; use '" + W.Instead + "'";
    FindingStep Call;
    Call.Where = W.Where;
    Call.Text = "waits here";
    F.Trail.push_back(std::move(Call));
    Sink.push_back(std::move(F));
  }
}

} // namespace conntidy::rules
