//===- TouchedUnits.h - which units a change concerns -----------*- C++ -*-===//
//
// Defines touchedUnits(): the units whose file is touched by a change, or that
// include one which is.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_DRIVER_TOUCHEDUNITS_H
#define CONNTIDY_DRIVER_TOUCHEDUNITS_H

#include "driver/Changes.h"
#include "driver/UnitRunner.h"
#include "llvm/ADT/ArrayRef.h"
#include <string>
#include <vector>

namespace conntidy {

struct TouchedUnits {
  std::vector<bool> Touched; ///< by unit
  /// So many could not be looked through for what they include, and count as
  /// untouched.
  unsigned Unknown = 0;
};

/// Looks only at directives, with Clang's scanner for build systems, and not at
/// all if nothing is touched that could be included.
TouchedUnits touchedUnits(llvm::ArrayRef<Unit> Units, const Changes &Change,
                          unsigned Workers);

} // namespace conntidy

#endif // CONNTIDY_DRIVER_TOUCHEDUNITS_H
