//===- Leak.cpp - a lease that some exit leaves unreleased ----------------===//
//
// Enforcement only: the flow has decided on which exits a lease is still held.
//
//===----------------------------------------------------------------------===//

#include "rules/leak/Leak.h"
#include "model/ModelSet.h"
#include "rules/Wording.h"

namespace conntidy::rules {

using flow::LeaseExit;

static std::string phraseFor(const LeaseExit &E) {
  std::string Line = std::to_string(E.Line);
  switch (E.How) {
  case LeaseExit::Kind::Return:
    return "not released when line " + Line + " returns";
  case LeaseExit::Kind::End:
    return "not released when the function ends at line " + Line;
  case LeaseExit::Kind::Turn:
    return "lost when the loop comes round to line " + Line + " again";
  case LeaseExit::Kind::Lost:
    return "lost when its only handle is overwritten at line " + Line;
  case LeaseExit::Kind::Throw:
  case LeaseExit::Kind::Kept:
    break; // these are not spoken of here
  }
  llvm_unreachable("unknown exit");
}

void Leak::check(const flow::LeaseFlow &Flow,
                 std::vector<Finding> &Sink) const {
  for (const flow::LeaseReport &L : Flow.Leases) {
    if (L.Exits.empty() || L.Bypassed || L.Exits.front().AfterException)
      continue;
    Finding F = startFinding(id(), Flow, L);
    F.Severity =
        F.Sureness == Certainty::Definite ? Level::Error : Level::Warning;
    if (L.Keeper.empty())
      F.Message = subject(L) + " leaks: it is " + phraseFor(L.Exits.front()) +
                  remedy(L);
    else
      F.Message = subject(L) + " leaks: no destructor or method of '" +
                  L.Keeper + "', which keeps it, releases it" + remedy(L);
    F.Trail = L.Exits.front().Trail;
    for (const LeaseExit &E : L.Exits) {
      if (E.AfterException)
        break;
      F.Exits.push_back(exitStep(L, E));
    }
    F.Trail.push_back(F.Exits.front());
    Sink.push_back(std::move(F));
  }
  for (const flow::OverwrittenHandle &H : Flow.Overwritten) {
    Finding F;
    F.Check = id().str();
    F.Severity = Level::Error;
    F.Where = H.Where;
    F.Resource = H.Noun;
    F.Function = model::qualifiedName(Flow.Function);
    F.Message = H.Noun + " '" + H.Name +
                "' leaks: it is still open when line " +
                std::to_string(H.Line) + " replaces it by a new one of '" +
                H.Api + "'" + remedy(H.ReleaseApi);
    F.Trail = H.Trail;
    FindingStep Lost;
    Lost.What = Step::Kind::Lost;
    Lost.Where = H.Where;
    Lost.Text = "the open " + H.Noun + " '" + H.Name + "' is overwritten here";
    F.Exits.push_back(Lost);
    F.Trail.push_back(std::move(Lost));
    Sink.push_back(std::move(F));
  }
}

} // namespace conntidy::rules
