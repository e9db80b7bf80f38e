//===- UncheckedAcquire.cpp - used before it was looked at ----------------===//

#include "rules/unchecked_acquire/UncheckedAcquire.h"
#include "model/ModelSet.h"

namespace conntidy::rules {

void UncheckedAcquire::check(const flow::LeaseFlow &Flow,
                             std::vector<Finding> &Sink) const {
  for (const flow::UncheckedAcquire &U : Flow.Unchecked) {
    std::string Name =
        U.HandleName.empty() ? U.Noun : U.Noun + " '" + U.HandleName + "'";
    Finding F;
    F.Check = id().str();
    F.Where = U.Acquired;
    F.Function = model::qualifiedName(Flow.Function);
    F.Severity = Level::Warning;
    F.Message = Name + " acquired by '" + U.Api + "' is used by '" + U.UsedBy +
                "' in line " + std::to_string(U.UsedLine) +
                " before anybody has looked whether that succeeded";
    F.Trail = U.Trail;
    FindingStep Use;
    Use.Where = U.Used;
    Use.Text = "used here by '" + U.UsedBy + "'";
    F.Trail.push_back(std::move(Use));
    Sink.push_back(std::move(F));
  }
}

} // namespace conntidy::rules
