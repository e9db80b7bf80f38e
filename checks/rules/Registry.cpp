//===- Registry.cpp - the checks there are --------------------------------===//

#include "rules/Registry.h"
#include "rules/dangling_row/DanglingRow.h"
#include "rules/double_release/DoubleRelease.h"
#include "rules/guard_bypass/GuardBypass.h"
#include "rules/held_too_long/HeldTooLong.h"
#include "rules/held_while_blocking/HeldWhileBlocking.h"
#include "rules/in_probe/InProbe.h"
#include "rules/leak/Leak.h"
#include "rules/leak_on_throw/LeakOnThrow.h"
#include "rules/nested_acquire/NestedAcquire.h"
#include "rules/no_timeout/NoTimeout.h"
#include "rules/open_transaction/OpenTransaction.h"
#include "rules/pool_per_call/PoolPerCall.h"
#include "rules/raw_acquire/RawAcquire.h"
#include "rules/unchecked_acquire/UncheckedAcquire.h"
#include "rules/unpooled_connect/UnpooledConnect.h"
#include "rules/use_after_release/UseAfterRelease.h"
#include "rules/wrong_release/WrongRelease.h"
#include <utility>

namespace conntidy {

llvm::ArrayRef<std::pair<llvm::StringRef, llvm::StringRef>> embeddedManuals();

static llvm::StringRef manualOf(llvm::StringRef Id) {
  for (auto [Name, Text] : embeddedManuals())
    if (Name == Id)
      return Text;
  return {};
}

llvm::ArrayRef<CheckInfo> allChecks() {
  static const CheckInfo Checks[] = {
      {rules::DanglingRow::id(), "a row outlives its result", Level::Error,
       true, "825", manualOf(rules::DanglingRow::id())},
      {rules::DoubleRelease::id(), "a lease is released twice", Level::Error,
       true, "1341", manualOf(rules::DoubleRelease::id())},
      {rules::GuardBypass::id(), "a guard is got round", Level::Error, true,
       "772", manualOf(rules::GuardBypass::id())},
      {rules::HeldTooLong::id(),
       "a connection is held longer than it is used", Level::Warning, true,
       "410", manualOf(rules::HeldTooLong::id())},
      {rules::HeldWhileBlocking::id(),
       "a connection is held while something else is waited for",
       Level::Warning, true, "410", manualOf(rules::HeldWhileBlocking::id())},
      {rules::InProbe::id(), "a probe takes a connection", Level::Warning, true,
       "1088", manualOf(rules::InProbe::id())},
      {rules::Leak::id(), "a lease is not released on some path", Level::Error,
       true, "772", manualOf(rules::Leak::id())},
      {rules::LeakOnThrow::id(),
       "a lease is not released when something throws", Level::Warning, true,
       "772", manualOf(rules::LeakOnThrow::id())},
      {rules::NestedAcquire::id(),
       "a second connection is taken from a pool of which one is held",
       Level::Warning, true, "833", manualOf(rules::NestedAcquire::id())},
      {rules::NoTimeout::id(), "a call may wait without end", Level::Warning,
       true, "1088", manualOf(rules::NoTimeout::id())},
      {rules::OpenTransaction::id(),
       "a transaction is left open on some path", Level::Warning, true, "404",
       manualOf(rules::OpenTransaction::id())},
      {rules::PoolPerCall::id(), "a pool is made for each call",
       Level::Warning, true, "1072", manualOf(rules::PoolPerCall::id())},
      {rules::RawAcquire::id(), "a lease is owned by no guard", Level::Note,
       false, "772", manualOf(rules::RawAcquire::id())},
      {rules::UncheckedAcquire::id(),
       "a handle is used before anybody has looked whether there is one",
       Level::Warning, true, "252", manualOf(rules::UncheckedAcquire::id())},
      {rules::UnpooledConnect::id(),
       "a connection is opened beside a pool of its kind", Level::Warning, true,
       "1072", manualOf(rules::UnpooledConnect::id())},
      {rules::UseAfterRelease::id(), "a handle is used after its release",
       Level::Error, true, "672", manualOf(rules::UseAfterRelease::id())},
      {rules::WrongRelease::id(), "a lease is released the wrong way",
       Level::Error, true, "763", manualOf(rules::WrongRelease::id())},
  };
  return Checks;
}

const CheckInfo *findCheck(llvm::StringRef Id) {
  for (const CheckInfo &C : allChecks())
    if (C.Id == Id)
      return &C;
  return nullptr;
}

} // namespace conntidy
