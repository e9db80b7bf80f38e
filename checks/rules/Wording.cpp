//===- Wording.cpp - sentences the rules share ----------------------------===//

#include "rules/Wording.h"
#include "model/ModelSet.h"
#include "clang/AST/Decl.h"

namespace conntidy::rules {

using flow::LeaseExit;

Finding startFinding(llvm::StringRef Check, const flow::LeaseFlow &Flow,
                     const flow::LeaseReport &L) {
  Finding F;
  F.Check = Check.str();
  F.Where = L.Acquired;
  F.Resource = L.Noun;
  F.Function = model::qualifiedName(Flow.Function);
  if (!L.GuessedBecause.empty())
    F.Sureness = Certainty::Likely;
  return F;
}

std::string subject(const flow::LeaseReport &L) {
  std::string S = L.Noun;
  if (!L.HandleName.empty())
    S += " '" + L.HandleName + "'";
  return S + " acquired by '" + L.Api + "'";
}

std::string remedy(const flow::LeaseReport &L) { return remedy(L.ReleaseApi); }

std::string remedy(llvm::StringRef ReleaseApi) {
  return ReleaseApi.empty() ? "" : ", without '" + ReleaseApi.str() + "'";
}

FindingStep exitStep(const flow::LeaseReport &L, const LeaseExit &E) {
  std::string Name = L.HandleName.empty() ? L.Noun : "'" + L.HandleName + "'";
  FindingStep Step;
  Step.What = Step::Kind::Exit;
  Step.Where = E.Where;
  switch (E.How) {
  case LeaseExit::Kind::Return:
    Step.Text = Name + " is still held when this returns";
    break;
  case LeaseExit::Kind::End:
    Step.Text = Name + " is still held when the function ends here";
    break;
  case LeaseExit::Kind::Throw:
    Step.Text = Name + " is still held when the exception leaves the function";
    break;
  case LeaseExit::Kind::Turn:
    Step.What = Step::Kind::Lost;
    Step.Text = Name + " is still held when the loop comes round to this again";
    break;
  case LeaseExit::Kind::Kept:
    Step.Text = Name + " stays in the object, which cannot release it";
    break;
  case LeaseExit::Kind::Lost:
    Step.What = Step::Kind::Lost;
    Step.Text =
        Name + " is still held when its only handle is overwritten here";
    break;
  }
  return Step;
}

Finding startFinding(llvm::StringRef Check, const flow::LeaseFlow &Flow,
                     const flow::Misuse &M) {
  Finding F;
  F.Check = Check.str();
  F.Severity = M.Sureness == Certainty::Definite ? Level::Error : Level::Warning;
  F.Sureness = M.Sureness;
  F.Where = M.Where;
  F.Resource = M.Noun;
  F.Function = model::qualifiedName(Flow.Function);
  F.Trail = M.Trail;
  return F;
}

std::string subject(const flow::Misuse &M) {
  return M.HandleName.empty() ? M.Noun : M.Noun + " '" + M.HandleName + "'";
}

std::string by(const std::string &Function) {
  return Function.empty() ? "" : " by '" + Function + "'";
}

FindingStep misuseStep(const flow::Misuse &M, Step::Kind What,
                       llvm::StringRef Participle) {
  FindingStep Step;
  Step.What = What;
  Step.Where = M.Where;
  Step.Text = (M.HandleName.empty() ? M.Noun : "'" + M.HandleName + "'") +
              " is " + Participle.str() + " here";
  return Step;
}

} // namespace conntidy::rules
