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
#include <csignal>
#include <memory>
#include <mutex>

namespace conntidy {

namespace {

/// Deeply nested code recurses deeply. Only what is used costs memory.
constexpr unsigned StackBytes = 256u << 20;

/// The handler of a stack overflow needs a stack of its own.
class SignalStack {
public:
  SignalStack() : Memory(new char[Bytes]) {
    stack_t Stack = {};
    Stack.ss_sp = Memory.get();
    Stack.ss_size = Bytes;
    sigaltstack(&Stack, nullptr);
  }
  ~SignalStack() {
    stack_t Stack = {};
    Stack.ss_flags = SS_DISABLE;
    sigaltstack(&Stack, nullptr);
  }
  SignalStack(const SignalStack &) = delete;
  SignalStack &operator=(const SignalStack &) = delete;

private:
  static constexpr size_t Bytes = 64 << 10;
  std::unique_ptr<char[]> Memory;
};

/// LLVM's recovery runs its handlers on the stack that has overflowed.
void handleOverflowOnSignalStack() {
  for (int Signal : {SIGSEGV, SIGBUS}) {
    struct sigaction Action;
    sigaction(Signal, nullptr, &Action);
    Action.sa_flags |= SA_ONSTACK;
    sigaction(Signal, &Action, nullptr);
  }
}

} // namespace

std::vector<UnitOutcome>
runUnits(llvm::ArrayRef<const Unit *> Units, const UnitOptions &Options,
         unsigned Workers, llvm::function_ref<void(const UnitOutcome &)> Done) {
  llvm::CrashRecoveryContext::Enable();
  handleOverflowOnSignalStack();
  std::vector<UnitOutcome> Outcomes(Units.size());
  std::atomic<size_t> Next = 0;
  std::mutex DoneMutex;
  auto Work = [&] {
    SignalStack ForCrashes;
    clang::noteBottomOfStack();
    for (size_t Index = Next++; Index < Units.size(); Index = Next++) {
      Outcomes[Index] = runUnit(*Units[Index], Options);
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
