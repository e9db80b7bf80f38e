//===- Hold.h - who holds what, as plain data -------------------*- C++ -*-===//
//
// Defines Hold: one place that acquires a connection or a transaction, what is
// done while it is held, and how it is given back. `conntidy holds` lists them.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_FINDING_HOLD_H
#define CONNTIDY_FINDING_HOLD_H

#include "finding/Record.h"

namespace conntidy {

struct Hold {
  std::string Function; ///< qualified name
  FileRange Where;      ///< the acquire
  std::string Handle;   ///< the variable or field; may be empty
  std::string Noun;     ///< "pooled connection"
  std::string By;       ///< the function that acquires
  bool Pooled = false;
  unsigned Statements = 0;             ///< that are run while it is held
  unsigned Calls = 0;                  ///< in them
  std::vector<std::string> Waits;      ///< "a sleep", sorted
  bool Idle = false;                   ///< much is done after its last use
  bool Guarded = false;                ///< a guard, or another owner, has it
  bool Released = false;               ///< some path releases it by hand
  bool Leaks = false;                  ///< some path does neither
  std::vector<std::string> ReleasedBy; ///< functions, sorted

  friend bool operator==(const Hold &, const Hold &) = default;
};

} // namespace conntidy

#endif // CONNTIDY_FINDING_HOLD_H
