//===- Globs.cpp - which checks, which paths ------------------------------===//
//
// Defines CheckGlobs and PathGlobs.
//
//===----------------------------------------------------------------------===//

#include "gate/Globs.h"
#include "rules/Registry.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Regex.h"

namespace conntidy {

CheckGlobs::CheckGlobs(llvm::StringRef List) {
  llvm::SmallVector<llvm::StringRef, 8> Parts;
  List.split(Parts, ',');
  for (llvm::StringRef Part : Parts) {
    Part = Part.trim();
    bool Adds = !Part.consume_front("-");
    Part = Part.trim();
    if (!Part.empty())
      Items.push_back({Part.str(), Adds});
  }
}

bool CheckGlobs::Item::matches(llvm::StringRef Name) const {
  std::string Expression = "^";
  for (char C : Pattern)
    Expression += C == '*' ? ".*" : llvm::Regex::escape(llvm::StringRef(&C, 1));
  return llvm::Regex(Expression + "$").match(Name);
}

std::optional<bool> CheckGlobs::verdictOn(llvm::StringRef Name) const {
  for (const Item &I : llvm::reverse(Items))
    if (I.matches(Name))
      return I.Adds;
  return std::nullopt;
}

/// The check whose name is closest to \p Wrong; empty if none is close.
static llvm::StringRef nearestCheck(llvm::StringRef Wrong) {
  llvm::StringRef Best;
  unsigned BestDistance = 5; // further away it is no slip of the pen
  for (const CheckInfo &Check : allChecks()) {
    unsigned Distance = Check.Id.edit_distance(Wrong);
    if (Distance < BestDistance) {
      BestDistance = Distance;
      Best = Check.Id;
    }
  }
  return Best;
}

llvm::Expected<std::vector<std::string>> enabledChecks(llvm::StringRef List) {
  CheckGlobs Globs(List);
  for (const CheckGlobs::Item &Item : Globs.items()) {
    if (llvm::any_of(allChecks(), [&](const CheckInfo &Check) {
          return Item.matches(Check.Id);
        }))
      continue;
    std::string Message = "unknown check '" + Item.Pattern + "'; ";
    llvm::StringRef Nearest = nearestCheck(Item.Pattern);
    Message += Nearest.empty()
                   ? "'conntidy --list-checks' names those there are"
                   : "did you mean '" + Nearest.str() + "'?";
    return llvm::createStringError(Message);
  }

  bool FromDefault = Globs.items().empty() || !Globs.items().front().Adds;
  std::vector<std::string> Enabled;
  for (const CheckInfo &Check : allChecks())
    if (Globs.verdictOn(Check.Id).value_or(FromDefault && Check.OnByDefault))
      Enabled.push_back(Check.Id.str());
  if (Enabled.empty())
    return llvm::createStringError("--checks='" + List +
                                   "' leaves no check enabled; 'conntidy "
                                   "--list-checks' names those there are");
  return Enabled;
}

llvm::Expected<PathGlobs>
PathGlobs::create(llvm::ArrayRef<std::string> Patterns) {
  PathGlobs Globs;
  for (llvm::StringRef Pattern : Patterns) {
    Pattern = Pattern.rtrim('/');
    for (std::string Form :
         {Pattern.str(), ("*/" + Pattern).str(), (Pattern + "/*").str(),
          ("*/" + Pattern + "/*").str()}) {
      Globs.Texts.push_back(std::move(Form));
      llvm::Expected<llvm::GlobPattern> Parsed =
          llvm::GlobPattern::create(Globs.Texts.back());
      if (!Parsed)
        return llvm::createStringError(
            "--exclude: '" + Pattern +
            "' is no glob: " + llvm::toString(Parsed.takeError()));
      Globs.Patterns.push_back(std::move(*Parsed));
    }
  }
  return Globs;
}

bool PathGlobs::matches(llvm::StringRef Path) const {
  return llvm::any_of(Patterns, [&](const llvm::GlobPattern &Pattern) {
    return Pattern.match(Path);
  });
}

} // namespace conntidy
