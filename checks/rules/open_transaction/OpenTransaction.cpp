//===- OpenTransaction.cpp - a transaction left open ----------------------===//

#include "rules/open_transaction/OpenTransaction.h"
#include "model/ModelSet.h"
#include "rules/Wording.h"

namespace conntidy::rules {

using flow::TransactionExit;

static std::string phraseFor(const TransactionExit &E) {
  std::string Line = std::to_string(E.Line);
  std::string Caught = E.AfterException ? "an exception is caught and " : "";
  switch (E.How) {
  case TransactionExit::Kind::Return:
    return "is left open when " + Caught + "line " + Line + " returns";
  case TransactionExit::Kind::End:
    return "is left open when " + Caught + "the function ends at line " + Line;
  case TransactionExit::Kind::Throw:
    return "is left open when line " + Line + " throws";
  case TransactionExit::Kind::GivenBack:
    return "is still open when line " + Line +
           " gives the connection back to its pool";
  }
  llvm_unreachable("unknown exit");
}

static FindingStep stepFor(const TransactionExit &E) {
  FindingStep Step;
  Step.What = Step::Kind::Exit;
  Step.Where = E.Where;
  switch (E.How) {
  case TransactionExit::Kind::Return:
    Step.Text = "the transaction is still open when this returns";
    break;
  case TransactionExit::Kind::End:
    Step.Text = "the transaction is still open when the function ends here";
    break;
  case TransactionExit::Kind::Throw:
    Step.Text = "the transaction is still open when the exception leaves the "
                "function";
    break;
  case TransactionExit::Kind::GivenBack:
    Step.Text = "the connection goes back to its pool inside the transaction";
    break;
  }
  return Step;
}

void OpenTransaction::check(const flow::LeaseFlow &Flow,
                            std::vector<Finding> &Sink) const {
  for (const flow::TransactionReport &T : Flow.Transactions) {
    const TransactionExit &First = T.Exits.front();
    Finding F;
    F.Check = id().str();
    F.Where = T.Begun;
    F.Function = model::qualifiedName(Flow.Function);
    F.Sureness = First.Sureness;
    F.Severity =
        F.Sureness == Certainty::Definite ? Level::Error : Level::Warning;
    F.Message =
        "transaction" +
        (T.ConnectionName.empty() ? "" : " on '" + T.ConnectionName + "'") +
        " begun" + by(T.Api) + " " + phraseFor(First) +
        ", neither committed nor rolled back";
    F.Trail = First.Trail;
    for (const TransactionExit &E : T.Exits)
      F.Exits.push_back(stepFor(E));
    F.Trail.push_back(F.Exits.front());
    Sink.push_back(std::move(F));
  }
}

} // namespace conntidy::rules
