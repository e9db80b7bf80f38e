//===- Wording.h - sentences the rules share --------------------*- C++ -*-===//
//
// Defines how findings about leases begin and how their parts are worded, so that
// all checks speak alike: lower case, no full stop, names in single quotes.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_RULES_WORDING_H
#define CONNTIDY_RULES_WORDING_H

#include "finding/Finding.h"
#include "flow/LeaseFlow.h"

namespace conntidy::rules {

/// A finding of \p Check at the acquire of \p L.
Finding startFinding(llvm::StringRef Check, const flow::LeaseFlow &Flow,
                     const flow::LeaseReport &L);
/// "connection 'conn' acquired by 'PQconnectdb'"
std::string subject(const flow::LeaseReport &L);
/// ", without 'PQfinish'"; empty where the release is not known by name.
std::string remedy(const flow::LeaseReport &L);
std::string remedy(llvm::StringRef ReleaseApi);
FindingStep exitStep(const flow::LeaseReport &L, const flow::LeaseExit &E);

/// A finding of \p Check at the misuse \p M, with the trail up to it.
Finding startFinding(llvm::StringRef Check, const flow::LeaseFlow &Flow,
                     const flow::Misuse &M);
/// "connection 'conn'"
std::string subject(const flow::Misuse &M);
/// " by 'PQfinish'"; empty if there is no name.
std::string by(const std::string &Function);
/// The step that is wrong, e.g. "'conn' is released a second time here".
FindingStep misuseStep(const flow::Misuse &M, Step::Kind What,
                       llvm::StringRef Participle);

} // namespace conntidy::rules

#endif // CONNTIDY_RULES_WORDING_H
