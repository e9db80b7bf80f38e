//===- Workers.h - all units, on all cores ----------------------*- C++ -*-===//
//
// Defines runUnits(): a queue of units over worker threads.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_DRIVER_WORKERS_H
#define CONNTIDY_DRIVER_WORKERS_H

#include "driver/UnitRunner.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include <vector>

namespace conntidy {

/// Outcomes in the order of \p Units, whatever the number of \p Workers. \p
/// Done is called after each unit, from one thread at a time.
std::vector<UnitOutcome>
runUnits(llvm::ArrayRef<const Unit *> Units, const UnitOptions &Options,
         unsigned Workers, llvm::function_ref<void(const UnitOutcome &)> Done);

} // namespace conntidy

#endif // CONNTIDY_DRIVER_WORKERS_H
