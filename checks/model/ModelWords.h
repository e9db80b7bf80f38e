//===- ModelWords.h - places and conditions as models spell them *- C++ -*-===//
//
// Defines parseSlot() (`return`, `this`, `arg:N`, `*arg:N`) and
// parseCondition()
// (`returns == 0`, `nonnull`, `*arg:3 != 0`).
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_MODEL_MODELWORDS_H
#define CONNTIDY_MODEL_MODELWORDS_H

#include "model/Model.h"
#include "llvm/ADT/StringRef.h"

namespace conntidy::model {

/// False if \p Text is not of the form; \p Out is then of no use.
bool parseSlot(llvm::StringRef Text, Slot &Out);
bool parseCondition(llvm::StringRef Text, Condition &Out);

} // namespace conntidy::model

#endif // CONNTIDY_MODEL_MODELWORDS_H
