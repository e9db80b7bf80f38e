//===- RawAcquire.cpp - a lease no guard ever owns ------------------------===//

#include "rules/raw_acquire/RawAcquire.h"
#include "rules/Wording.h"

namespace conntidy::rules {

void RawAcquire::check(const flow::LeaseFlow &Flow,
                       std::vector<Finding> &Sink) const {
  if (!Flow.CPlusPlus)
    return;
  for (const flow::LeaseReport &L : Flow.Leases) {
    if (L.Guarded || (!L.Released && L.Exits.empty()))
      continue;
    Finding F = startFinding(id(), Flow, L);
    F.Severity = Level::Note;
    F.Message = subject(L) + " is owned by no guard; every exit has to release "
                             "it by hand";
    FindingStep Acquire;
    Acquire.What = Step::Kind::Acquire;
    Acquire.Where = L.Acquired;
    Acquire.Text = "acquired here by '" + L.Api + "'";
    F.Trail.push_back(std::move(Acquire));
    Sink.push_back(std::move(F));
  }
}

} // namespace conntidy::rules
