//===- EnabledChecks.cpp - which checks conntidy-clangd runs --------------===//
//
// Our checks are on by default, whatever else the user has; but what he says of
// them himself goes.
//
//===----------------------------------------------------------------------===//

#include "clangd/EnabledChecks.h"
#include "rules/Registry.h"
#include "llvm/ADT/StringExtras.h"

namespace conntidy {

std::string withOurChecks(llvm::StringRef Globs) {
  llvm::SmallVector<llvm::StringRef> Items;
  llvm::SplitString(Globs, Items, ",\n");
  // Nothing is on after a last "-*".
  bool NoneAtAll = false;
  bool SpeaksOfOurs = false;
  for (llvm::StringRef Item : Items) {
    Item = Item.trim();
    bool IsNegative = Item.consume_front("-");
    NoneAtAll = IsNegative && (NoneAtAll || Item == "*");
    SpeaksOfOurs |= !IsNegative && Item.starts_with("conn");
  }
  if (NoneAtAll || SpeaksOfOurs)
    return Globs.str();

  // Right before what he takes out of them; "-*,bugprone-*" takes out what is
  // on by default, and knows nothing of us.
  std::string Ours, Theirs;
  for (const CheckInfo &Check : allChecks())
    if (Check.OnByDefault)
      Ours += (Ours.empty() ? "" : ",") + Check.Id.str();
  for (llvm::StringRef Item : Items) {
    Item = Item.trim();
    if (Item.starts_with("-conn"))
      Ours += "," + Item.str();
    else
      Theirs += Item.str() + ",";
  }
  return Theirs + Ours;
}

} // namespace conntidy
