//===- Baseline.cpp - findings that are known already ---------------------===//
//
// Defines how findings are known again, and the file that keeps them.
//
//===----------------------------------------------------------------------===//

#include "gate/Baseline.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/LineIterator.h"
#include "llvm/Support/MemoryBuffer.h"
#include <map>
#include <set>

namespace conntidy {
namespace {

constexpr llvm::StringLiteral Heading =
    "# conntidy baseline, version 1; 'conntidy baseline update' brings it up "
    "to "
    "date\n";
constexpr llvm::StringLiteral Version = "# conntidy baseline, version 1;";
constexpr llvm::StringLiteral AnyVersion = "# conntidy baseline, version ";
constexpr unsigned Fields = 5;

/// Fields end with tabs and lines with line feeds, which a path may have.
std::string escaped(llvm::StringRef Text) {
  std::string Result;
  for (char C : Text) {
    if (C == '\t' || C == '\n' || C == '\r' || C == '%')
      Result += "%" + llvm::toHex(llvm::StringRef(&C, 1));
    else
      Result += C;
  }
  return Result;
}

std::string unescaped(llvm::StringRef Text) {
  std::string Result;
  while (!Text.empty()) {
    std::string Byte;
    if (Text.front() == '%' && Text.size() > 2 &&
        llvm::tryGetFromHex(Text.substr(1, 2), Byte)) {
      Result += Byte;
      Text = Text.drop_front(3);
    } else {
      Result += Text.front();
      Text = Text.drop_front();
    }
  }
  return Result;
}

bool isFingerprint(llvm::StringRef Text) {
  return Text.size() == 32 && llvm::all_of(Text, llvm::isHexDigit);
}

bool counts(const ReportedFinding &Found) {
  return !Found.Suppressed && Found.Identity.isKnown();
}

} // namespace

std::vector<KnownFinding> knownFrom(const Report &Report) {
  std::vector<KnownFinding> Result;
  for (const ReportedFinding &Found : Report.Findings)
    if (counts(Found))
      Result.push_back({Found.What.Check,
                        shortPath(Found.What.Where.File, Report.Root),
                        Found.What.Function, Found.Identity});
  llvm::sort(Result);
  return Result;
}

Comparison
compareWithKnown(Report &Report, const std::vector<KnownFinding> &Known,
                 llvm::function_ref<bool(const KnownFinding &)> IsComplete) {
  std::map<std::string, const KnownFinding *> ByIdentity;
  for (const KnownFinding &K : Known)
    ByIdentity.emplace(K.Identity.Exact, &K);
  for (ReportedFinding &Found : Report.Findings) {
    if (Found.Suppressed)
      continue;
    if (Found.Identity.isKnown() && ByIdentity.erase(Found.Identity.Exact))
      Found.State = Novelty::Known;
    else if (Found.State == Novelty::Unasked)
      Found.State = Novelty::New;
  }

  Comparison Result;
  std::multimap<std::string, const KnownFinding *> Gone;
  for (const auto &[Identity, K] : ByIdentity) {
    if (IsComplete(*K))
      Gone.emplace(K->Identity.Movable, K);
    else
      Result.Unseen.push_back(*K);
  }
  for (ReportedFinding &Found : Report.Findings) {
    if (Found.State != Novelty::New || !Found.Identity.isKnown())
      continue;
    if (auto Before = Gone.find(Found.Identity.Movable); Before != Gone.end()) {
      Gone.erase(Before);
      Found.State = Novelty::Known;
    }
  }
  for (const auto &[Identity, K] : Gone)
    Result.Gone.push_back(*K);
  llvm::sort(Result.Gone);
  return Result;
}

std::string writeBaseline(const std::vector<KnownFinding> &Known) {
  std::set<std::string> Lines;
  for (const KnownFinding &K : Known)
    Lines.insert(llvm::join(
        std::initializer_list<std::string>{
            K.Check, escaped(K.File), escaped(K.Function), K.Identity.Exact,
            K.Identity.Movable},
        "\t"));
  std::string Text = Heading.str();
  for (const std::string &Line : Lines)
    Text += Line + "\n";
  return Text;
}

llvm::Expected<std::vector<KnownFinding>> readBaseline(llvm::StringRef Text,
                                                       llvm::StringRef Name) {
  auto Refuse = [&](int64_t Line, const llvm::Twine &Why) {
    return llvm::createStringError(Name + ":" + llvm::Twine(Line) + ": " + Why);
  };
  if (!Text.starts_with(Version))
    return Refuse(1, Text.starts_with(AnyVersion)
                         ? "a baseline of another version; make it anew with "
                           "'conntidy baseline create'"
                         : "no baseline; 'conntidy baseline create' makes one");
  std::set<KnownFinding> Result; // after a merge a line may stand there twice
  auto Buffer = llvm::MemoryBuffer::getMemBuffer(
      Text, Name, /*RequiresNullTerminator=*/false);
  for (llvm::line_iterator Line(*Buffer); !Line.is_at_eof(); ++Line) {
    if (Line->starts_with("#"))
      continue;
    if (Line->starts_with("<<<<<<<") || Line->starts_with("=======") ||
        Line->starts_with(">>>>>>>"))
      return Refuse(Line.line_number(),
                    "a conflict of a merge; keep the lines of both sides");
    llvm::SmallVector<llvm::StringRef, Fields> Parts;
    Line->rtrim('\r').split(Parts, '\t');
    if (Parts.size() != Fields || !isFingerprint(Parts[3]) ||
        !isFingerprint(Parts[4]))
      return Refuse(Line.line_number(),
                    "no line of a baseline; make it anew with 'conntidy "
                    "baseline create'");
    Result.insert({Parts[0].str(),
                   unescaped(Parts[1]),
                   unescaped(Parts[2]),
                   {Parts[3].str(), Parts[4].str()}});
  }
  return std::vector<KnownFinding>(Result.begin(), Result.end());
}

} // namespace conntidy
