//===- GuardBypass.cpp - a guard that does not guard ----------------------===//

#include "rules/guard_bypass/GuardBypass.h"
#include "rules/Wording.h"

namespace conntidy::rules {

using flow::Misuse;

static std::string phraseFor(flow::GuardBypass::Kind How) {
  switch (How) {
  case flow::GuardBypass::Kind::GivenUp:
    return "its guard gives it up here and nothing releases it";
  case flow::GuardBypass::Kind::Dismissed:
    return "its guard is dismissed here and nothing else releases it";
  case flow::GuardBypass::Kind::OnHeap:
    return "its guard is made with 'new' and never deleted";
  case flow::GuardBypass::Kind::NoDeleter:
    return "what its guard runs releases nothing";
  }
  llvm_unreachable("unknown bypass");
}

void GuardBypass::check(const flow::LeaseFlow &Flow,
                        std::vector<Finding> &Sink) const {
  for (const flow::LeaseReport &L : Flow.Leases) {
    if (!L.Bypassed)
      continue;
    Finding F = startFinding(id(), Flow, L);
    F.Where = L.BypassedAt;
    F.Severity = Level::Error;
    F.Message = subject(L) + " leaks: " + phraseFor(*L.Bypassed) + remedy(L);
    F.Trail = L.Exits.front().Trail;
    for (const flow::LeaseExit &E : L.Exits)
      F.Exits.push_back(exitStep(L, E));
    F.Trail.push_back(F.Exits.front());
    Sink.push_back(std::move(F));
  }
  for (const Misuse &M : Flow.Misuses) {
    if (M.What != Misuse::Kind::DiscardedGuard)
      continue;
    Finding F = startFinding(id(), Flow, M);
    F.Message = subject(M) + " is released at once: the guard '" + M.By +
                "' has no name and dies at the end of this statement";
    F.Trail.push_back(misuseStep(M, Step::Kind::Release, "released again"));
    Sink.push_back(std::move(F));
  }
}

} // namespace conntidy::rules
