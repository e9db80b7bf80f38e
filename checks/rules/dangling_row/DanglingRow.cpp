//===- DanglingRow.cpp - a row that outlives its result -------------------===//

#include "rules/dangling_row/DanglingRow.h"
#include "model/ModelSet.h"
#include "rules/Wording.h"

namespace conntidy::rules {

using flow::DanglingView;

static std::string phraseFor(const DanglingView &V) {
  std::string End = "line " + std::to_string(V.EndedLine);
  switch (V.How) {
  case DanglingView::Kind::Used:
    return " is used after " + End + " ended it" + by(V.EndedBy);
  case DanglingView::Kind::Returned:
    return " is returned though " + End + " ends it" + by(V.EndedBy);
  case DanglingView::Kind::Stored:
    return " is kept here though " + End + " ends it" + by(V.EndedBy);
  }
  llvm_unreachable("unknown kind");
}

void DanglingRow::check(const flow::LeaseFlow &Flow,
                        std::vector<Finding> &Sink) const {
  for (const DanglingView &V : Flow.Dangling) {
    Finding F;
    F.Check = id().str();
    F.Severity = Level::Error;
    F.Where = V.Where;
    F.Function = model::qualifiedName(Flow.Function);
    std::string Lender = V.LentBy.empty() ? "" : " of '" + V.LentBy + "'";
    F.Message =
        (V.Name.empty() ? "the value" + Lender : "'" + V.Name + "'" + Lender) +
        phraseFor(V);
    F.Trail = V.Trail;
    FindingStep Last;
    Last.Where = V.Where;
    Last.Text = V.How == DanglingView::Kind::Used       ? "used here"
                : V.How == DanglingView::Kind::Returned ? "returned here"
                                                        : "kept here";
    F.Trail.push_back(std::move(Last));
    Sink.push_back(std::move(F));
  }
}

} // namespace conntidy::rules
