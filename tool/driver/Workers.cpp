//===- Workers.cpp - all units, on all cores ------------------------------===//
//
// Defines runUnits().
//
//===----------------------------------------------------------------------===//

#include "driver/Workers.h"
#include "clang/Basic/Stack.h"
#include "llvm/Support/CrashRecoveryContext.h"
#include "llvm/Support/thread.h"
#include <algorithm>
#include <atomic>
#include <mutex>

namespace conntidy {

/// Deeply nested code recurses deeply. Only what is used costs memory.
static constexpr unsigned StackBytes = 256u << 20;

std::vector<UnitOutcome>
runUnits(llvm::ArrayRef<Unit> Units, const UnitOptions &Options,
         unsigned Workers, llvm::function_ref<void(const UnitOutcome &)> Done) {
  llvm::CrashRecoveryContext::Enable();
  std::vector<UnitOutcome> Outcomes(Units.size());
  std::atomic<size_t> Next = 0;
  std::mutex DoneMutex;
  auto Work = [&] {
    clang::noteBottomOfStack();
    for (size_t Index = Next++; Index < Units.size(); Index = Next++) {
      Outcomes[Index] = runUnit(Units[Index], Options);
      std::lock_guard Lock(DoneMutex);
      Done(Outcomes[Index]);
    }
  };

  std::vector<llvm::thread> Threads;
  size_t Count = std::min<size_t>(std::max(Workers, 1u), Units.size());
  for (size_t Index = 0; Index < Count; ++Index)
    Threads.emplace_back(std::optional<unsigned>(StackBytes), Work);
  for (llvm::thread &Thread : Threads)
    Thread.join();
  llvm::CrashRecoveryContext::Disable();
  return Outcomes;
}

} // namespace conntidy
