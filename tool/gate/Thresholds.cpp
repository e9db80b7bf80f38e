//===- Thresholds.cpp - when findings are too many ------------------------===//
//
// Defines Thresholds.
//
//===----------------------------------------------------------------------===//

#include "gate/Thresholds.h"
#include "rules/Registry.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

namespace path = llvm::sys::path;

namespace conntidy {

llvm::Expected<const Thresholds::Section *>
Thresholds::load(const std::string &File) {
  if (auto Known = ByFile.find(File); Known != ByFile.end())
    return &Known->second;
  auto Buffer = Files->getBufferForFile(File);
  if (!Buffer)
    return llvm::createStringError(
        File + ": cannot be read: " + Buffer.getError().message());
  auto Project = model::readProjectFile((*Buffer)->getBuffer(), File);
  if (!Project)
    return Project.takeError();
  for (const auto &[Check, Own] : Project->Gate.Checks)
    if (!findCheck(Check)) {
      auto Known = enabledChecks(Check);
      return llvm::createStringError(File + ":" + std::to_string(Own.Line) +
                                     ": " + llvm::toString(Known.takeError()));
    }
  Section &Own = ByFile[File];
  Own = {File, std::move(Project->Gate), nullptr};
  if (ConfigFile.empty()) {
    llvm::StringRef Above = path::parent_path(path::parent_path(File));
    auto Next = sectionFor(Above);
    if (!Next)
      return Next.takeError();
    Own.Above = *Next;
  }
  return &Own;
}

llvm::Expected<const Thresholds::Section *>
Thresholds::sectionFor(llvm::StringRef Directory) {
  auto [Place, IsNew] = ByDirectory.try_emplace(Directory.str());
  if (!IsNew)
    return Place->second;
  std::string File = ConfigFile.empty() && !Directory.empty()
                         ? findProjectFile(Directory, Files)
                         : ConfigFile;
  if (File.empty())
    return nullptr;
  auto Found = load(File);
  if (Found)
    ByDirectory[Directory.str()] = *Found;
  return Found;
}

llvm::Error Thresholds::read(llvm::StringRef File) {
  return sectionFor(path::parent_path(File)).takeError();
}

model::FailOn Thresholds::levelFor(const Section *Nearest,
                                   llvm::StringRef Check) const {
  if (GivenFailOn)
    return *GivenFailOn;
  for (const Section *S = Nearest; S; S = S->Above) {
    auto Own = S->Rules.Checks.find(Check.str());
    if (Own != S->Rules.Checks.end() && Own->second.FailOn)
      return *Own->second.FailOn;
    if (S->Rules.All.FailOn)
      return *S->Rules.All.FailOn;
  }
  return model::FailOn::Warning;
}

llvm::Expected<Verdict> Thresholds::judge(const Report &Report) {
  /// Findings that one number speaks of.
  struct Group {
    unsigned Found = 0, Allowed = 0;
  };
  std::map<std::pair<std::string, std::string>, Group> Groups;
  Verdict Result;
  for (const ReportedFinding &Found : Report.Findings) {
    if (!Found.isShown())
      continue;
    const std::string &Check = Found.What.Check;
    auto Nearest = sectionFor(path::parent_path(Found.What.Where.File));
    if (!Nearest)
      return Nearest.takeError();
    if (static_cast<int>(Found.What.Severity) <
        static_cast<int>(levelFor(*Nearest, Check)))
      continue;
    ++Result.Counted;
    std::pair<std::string, std::string> Name; // without a file: all others
    unsigned Allowed = GivenMaxFindings.value_or(0);
    for (const Section *S = *Nearest; S && !GivenMaxFindings; S = S->Above) {
      auto Own = S->Rules.Checks.find(Check);
      bool IsOwn = Own != S->Rules.Checks.end() && Own->second.MaxFindings;
      auto Max = IsOwn ? Own->second.MaxFindings : S->Rules.All.MaxFindings;
      if (!Max)
        continue;
      Name = {S->File, IsOwn ? Check : ""};
      Allowed = *Max;
      break;
    }
    Group &G = Groups[Name];
    ++G.Found;
    G.Allowed = Allowed;
  }
  for (const auto &[Name, G] : Groups) {
    Result.Allowed += std::min(G.Found, G.Allowed);
    Result.Passes &= G.Found <= G.Allowed;
  }
  return Result;
}

} // namespace conntidy
