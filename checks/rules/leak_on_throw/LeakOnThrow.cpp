//===- LeakOnThrow.cpp - a lease that an exception loses ------------------===//

#include "rules/leak_on_throw/LeakOnThrow.h"
#include "rules/Wording.h"

namespace conntidy::rules {

using flow::LeaseExit;

static std::string phraseFor(const LeaseExit &E) {
  std::string Line = std::to_string(E.Line);
  switch (E.How) {
  case LeaseExit::Kind::Throw:
    return "when line " + Line + " throws";
  case LeaseExit::Kind::Return:
    return "when an exception is caught and line " + Line + " returns";
  case LeaseExit::Kind::End:
    return "when an exception is caught and the function ends at line " + Line;
  case LeaseExit::Kind::Turn:
    return "when an exception is caught and the loop comes round to line " +
           Line + " again";
  case LeaseExit::Kind::Lost:
    return "when an exception is caught and line " + Line +
           " overwrites its only handle";
  case LeaseExit::Kind::Kept:
    break; // conn-leak speaks of these
  }
  llvm_unreachable("unknown exit");
}

void LeakOnThrow::check(const flow::LeaseFlow &Flow,
                        std::vector<Finding> &Sink) const {
  for (const flow::LeaseReport &L : Flow.Leases) {
    if (L.Exits.empty() || L.Bypassed || !L.Exits.front().AfterException)
      continue; // conn-leak speaks of the others
    const LeaseExit &First = L.Exits.front();
    Finding F = startFinding(id(), Flow, L);
    F.Sureness = std::max(F.Sureness, First.Sureness);
    F.Severity =
        F.Sureness == Certainty::Definite ? Level::Error : Level::Warning;
    F.Message = subject(L) + " leaks " + phraseFor(First) + remedy(L);
    F.Trail = First.Trail;
    for (const LeaseExit &E : L.Exits)
      F.Exits.push_back(exitStep(L, E));
    F.Trail.push_back(F.Exits.front());
    Sink.push_back(std::move(F));
  }
}

} // namespace conntidy::rules
