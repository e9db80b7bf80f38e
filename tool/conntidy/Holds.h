//===- Holds.h - `conntidy holds` -------------------------------*- C++ -*-===//
//
// Defines the table of who holds what, as text and as JSON, and its totals,
// which a gate may bound.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_CONNTIDY_HOLDS_H
#define CONNTIDY_CONNTIDY_HOLDS_H

#include "finding/Hold.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

namespace conntidy {

struct HoldTotals {
  unsigned Holds = 0;   ///< places that acquire
  unsigned Raw = 0;     ///< released by hand alone
  unsigned Leaks = 0;   ///< some path gives it to nobody
  unsigned Waiting = 0; ///< something else is waited for meanwhile
  unsigned Idle = 0;    ///< much is done after the last use
};
HoldTotals totalsOf(llvm::ArrayRef<Hold> Holds);

/// Each once, sorted by place: a header is part of many units.
std::vector<Hold> sorted(std::vector<Hold> Holds);

void writeHolds(llvm::raw_ostream &Out, llvm::ArrayRef<Hold> Holds,
                llvm::StringRef Directory);
void writeHoldsAsJson(llvm::raw_ostream &Out, llvm::ArrayRef<Hold> Holds);

/// `leaks=0,waiting=3`: true if no total is above its bound.
llvm::Expected<bool> withinBounds(llvm::ArrayRef<Hold> Holds,
                                  llvm::StringRef Bounds);

} // namespace conntidy

#endif // CONNTIDY_CONNTIDY_HOLDS_H
