//===- Settings.cpp - what a user can set about the analysis --------------===//
//
// Defines Settings::set(): one KEY=VALUE pair, checked.
//
//===----------------------------------------------------------------------===//

#include "analysis/Settings.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"

namespace conntidy {
namespace {

llvm::Error refuse(llvm::StringRef Key, llvm::StringRef Value,
                   llvm::StringRef Takes) {
  return llvm::createStringError("setting '" + Key + "' cannot be '" + Value +
                                 "': it takes " + Takes);
}

llvm::Error setCount(unsigned &Target, llvm::StringRef Key,
                     llvm::StringRef Value) {
  unsigned Parsed = 0;
  if (Value.getAsInteger(10, Parsed) || Parsed == 0)
    return refuse(Key, Value, "a whole number from 1");
  Target = Parsed;
  return llvm::Error::success();
}

} // namespace

llvm::ArrayRef<llvm::StringLiteral> Settings::keys() {
  static constexpr llvm::StringLiteral Keys[] = {
      "IncludeBorrowed", "MaxPathStates", "MaxSteps",
      "OptionalModels",  "ProbeNames",    "ThrowCertainty"};
  return Keys;
}

llvm::Error Settings::set(llvm::StringRef Key, llvm::StringRef Value) {
  if (Key == "MaxPathStates")
    return setCount(MaxPathStates, Key, Value);
  if (Key == "MaxSteps")
    return setCount(MaxSteps, Key, Value);
  if (Key == "ThrowCertainty") {
    auto Parsed = llvm::StringSwitch<std::optional<Certainty>>(Value)
                      .Case("definite", Certainty::Definite)
                      .Case("likely", Certainty::Likely)
                      .Case("possible", Certainty::Possible)
                      .Default(std::nullopt);
    if (!Parsed)
      return refuse(Key, Value, "'definite', 'likely' or 'possible'");
    ThrowCertainty = *Parsed;
    return llvm::Error::success();
  }
  if (Key == "IncludeBorrowed") {
    if (Value != "true" && Value != "false")
      return refuse(Key, Value, "'true' or 'false'");
    IncludeBorrowed = Value == "true";
    return llvm::Error::success();
  }
  if (Key == "OptionalModels" || Key == "ProbeNames") {
    auto &Into = Key == "ProbeNames" ? ProbeNames : OptionalModels;
    Into.clear();
    llvm::SmallVector<llvm::StringRef, 2> Names;
    Value.split(Names, ',', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
    for (llvm::StringRef Name : Names)
      Into.push_back(Key == "ProbeNames" ? Name.trim().lower()
                                         : Name.trim().str());
    return llvm::Error::success();
  }

  const llvm::StringLiteral *Nearest =
      llvm::find_if(keys(), [&](llvm::StringRef Known) {
        return Known.edit_distance_insensitive(Key) <= 3;
      });
  if (Nearest != keys().end())
    return llvm::createStringError("unknown setting '" + Key +
                                   "'; did you mean '" + *Nearest + "'?");
  return llvm::createStringError(
      "unknown setting '" + Key + "'; the settings are " +
      llvm::join(keys(), ", "));
}

} // namespace conntidy
