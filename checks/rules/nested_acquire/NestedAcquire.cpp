//===- NestedAcquire.cpp - a second connection of one pool ----------------===//

#include "rules/nested_acquire/NestedAcquire.h"
#include "model/ModelSet.h"
#include "rules/Wording.h"

namespace conntidy::rules {

void NestedAcquire::check(const flow::LeaseFlow &Flow,
                          std::vector<Finding> &Sink) const {
  for (const flow::NestedAcquire &N : Flow.Nested) {
    Finding F;
    F.Check = id().str();
    F.Where = N.Where;
    F.Function = model::qualifiedName(Flow.Function);
    F.Severity = Level::Warning;
    F.Sureness = N.Sureness;
    std::string Held =
        N.HandleName.empty() ? N.Noun : N.Noun + " '" + N.HandleName + "'";
    F.Message = "'" + N.By + "' acquires a second connection" +
                (N.By == N.Api ? "" : " (by '" + N.Api + "')") + " while " +
                Held + " of the same pool is held since line " +
                std::to_string(N.HeldLine);
    F.Trail = N.Trail;
    Sink.push_back(std::move(F));
  }
}

} // namespace conntidy::rules
