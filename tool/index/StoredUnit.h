//===- StoredUnit.h - what came of a unit, as text --------------*- C++ -*-===//
//
// Defines the form in which the outcome of a unit is kept from one run to the
// next.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_INDEX_STOREDUNIT_H
#define CONNTIDY_INDEX_STOREDUNIT_H

#include "driver/UnitRunner.h"

namespace conntidy {

/// All that a later run wants to know, and nothing that differs from run to
/// run. Not for failures.
std::string toStoredForm(const UnitOutcome &Outcome);
/// Nothing if the text does not have the form.
std::optional<UnitOutcome> fromStoredForm(llvm::StringRef Text);

} // namespace conntidy

#endif // CONNTIDY_INDEX_STOREDUNIT_H
