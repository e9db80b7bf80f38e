//===- ManualLinks.cpp - links to the manual pages of checks --------------===//
//
// Defines mendLinks().
//
//===----------------------------------------------------------------------===//

#include "clangd/ManualLinks.h"
#include "rules/Registry.h"

namespace conntidy {

void mendLinks(llvm::json::Value &Message, llvm::StringRef Manual) {
  if (llvm::json::Array *Items = Message.getAsArray()) {
    for (llvm::json::Value &Item : *Items)
      mendLinks(Item, Manual);
    return;
  }
  llvm::json::Object *Fields = Message.getAsObject();
  if (!Fields)
    return;
  if (auto Code = Fields->getString("code"); Code && findCheck(*Code)) {
    if (Manual.empty())
      Fields->erase("codeDescription");
    else
      (*Fields)["codeDescription"] =
          llvm::json::Object{{"href", (Manual + "/" + *Code).str()}};
    return;
  }
  for (auto &Field : *Fields)
    mendLinks(Field.second, Manual);
}

} // namespace conntidy
