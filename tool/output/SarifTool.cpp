//===- SarifTool.cpp - what SARIF says of the tool itself -----------------===//
//
// Defines sarifDriver() and sarifTaxonomies().
//
//===----------------------------------------------------------------------===//

#include "output/SarifTool.h"
#include "output/TextReport.h"
#include "output/Version.h"
#include "rules/Registry.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/ErrorHandling.h"
#include <set>

namespace conntidy {

using Json = nlohmann::ordered_json;

namespace {

constexpr const char *TaxonomyName = "CWE";
constexpr const char *TaxonomyVersion = "4.17";

/// What an entry is called by those who number them: the ones about resources,
/// their pools and what is done with them.
struct Weakness {
  llvm::StringLiteral Id, Name;
};
constexpr Weakness Weaknesses[] = {
    {"252", "Unchecked Return Value"},
    {"400", "Uncontrolled Resource Consumption"},
    {"404", "Improper Resource Shutdown or Release"},
    {"410", "Insufficient Resource Pool"},
    {"416", "Use After Free"},
    {"459", "Incomplete Cleanup"},
    {"662", "Improper Synchronization"},
    {"665", "Improper Initialization"},
    {"667", "Improper Locking"},
    {"672", "Operation on a Resource after Expiration or Release"},
    {"754", "Improper Check for Unusual or Exceptional Conditions"},
    {"755", "Improper Handling of Exceptional Conditions"},
    {"763", "Release of Invalid Pointer or Reference"},
    {"770", "Allocation of Resources Without Limits or Throttling"},
    {"772", "Missing Release of Resource after Effective Lifetime"},
    {"825", "Expired Pointer Dereference"},
    {"833", "Deadlock"},
    {"837", "Improper Enforcement of a Single, Unique Action"},
    {"1072", "Data Resource Access without Use of Connection Pooling"},
    {"1088", "Synchronous Access of Remote Resource without Timeout"},
    {"1188", "Initialization of a Resource with an Insecure Default"},
    {"1341", "Multiple Releases of Same Resource or Handle"},
};

/// `conn-leak-on-throw` -> `ConnLeakOnThrow`, the form of a rule's name.
std::string pascalCase(llvm::StringRef Id) {
  std::string Result;
  bool Up = true;
  for (char C : Id) {
    if (C == '-')
      Up = true;
    else
      Result += std::exchange(Up, false) ? llvm::toUpper(C) : C;
  }
  return Result;
}

/// The first paragraph of a manual page, without its heading.
std::string firstParagraph(llvm::StringRef Manual) {
  std::string Result;
  while (!Manual.empty()) {
    auto [Line, Rest] = Manual.split('\n');
    Manual = Rest;
    if (Line.starts_with("#"))
      continue;
    if (Line.trim().empty() && !Result.empty())
      break;
    if (!Line.trim().empty())
      Result += (Result.empty() ? "" : " ") + Line.trim().str();
  }
  return Result;
}

const char *problemSeverity(Level L) {
  switch (L) {
  case Level::Note:
    return "recommendation";
  case Level::Warning:
    return "warning";
  case Level::Error:
    return "error";
  }
  llvm_unreachable("unknown level");
}

/// Numbers of the weaknesses that the checks are about, in their order.
std::vector<llvm::StringRef> weaknessesOf(llvm::ArrayRef<std::string> Checks) {
  auto Number = [](llvm::StringRef Id) {
    unsigned Result = 0;
    Id.getAsInteger(10, Result);
    return Result;
  };
  std::vector<llvm::StringRef> Result;
  for (const std::string &Id : Checks)
    if (const CheckInfo *Check = findCheck(Id); Check && !Check->Cwe.empty())
      Result.push_back(Check->Cwe);
  llvm::sort(Result, [&](llvm::StringRef A, llvm::StringRef B) {
    return Number(A) < Number(B);
  });
  Result.erase(llvm::unique(Result), Result.end());
  return Result;
}

Json rule(const CheckInfo &Check, llvm::ArrayRef<llvm::StringRef> Taxa) {
  Json Rule;
  Rule["id"] = Check.Id.str();
  Rule["name"] = pascalCase(Check.Id);
  Rule["shortDescription"]["text"] = sentence(Check.Summary);
  std::string Full = firstParagraph(Check.Manual);
  Rule["fullDescription"]["text"] =
      sentence(Full.empty() ? Check.Summary : llvm::StringRef(Full));
  std::string Manual =
      Check.Manual.empty() ? sentence(Check.Summary) : Check.Manual.str();
  Rule["help"]["text"] = Manual;
  Rule["help"]["markdown"] = Manual;
  Rule["helpUri"] = documentationUrl().str() + "/" + Check.Id.str();
  Rule["defaultConfiguration"]["level"] = nameOf(Check.DefaultLevel).str();
  Json Tags = {"reliability"};
  if (auto Taxon = llvm::find(Taxa, Check.Cwe); Taxon != Taxa.end()) {
    Tags.push_back("external/cwe/cwe-" + Check.Cwe.str());
    Json Relationship;
    Relationship["target"]["id"] = Check.Cwe.str();
    Relationship["target"]["index"] = Taxon - Taxa.begin();
    Relationship["target"]["toolComponent"]["name"] = TaxonomyName;
    Relationship["target"]["toolComponent"]["index"] = 0;
    Relationship["kinds"] = {"superset"};
    Rule["relationships"] = Json::array({std::move(Relationship)});
  }
  Rule["properties"]["tags"] = std::move(Tags);
  Rule["properties"]["precision"] = "high";
  Rule["properties"]["problem.severity"] = problemSeverity(Check.DefaultLevel);
  return Rule;
}

Json notification(llvm::StringRef Id, const char *Short, const char *Full) {
  Json Descriptor;
  Descriptor["id"] = Id.str();
  Descriptor["name"] = pascalCase(Id);
  Descriptor["shortDescription"]["text"] = Short;
  Descriptor["fullDescription"]["text"] = Full;
  Descriptor["help"]["text"] = Full;
  return Descriptor;
}

} // namespace

std::string sentence(llvm::StringRef Message) {
  std::string Result = Message.str();
  if (!Message.ends_with("."))
    Result += '.';
  return Result;
}

Json sarifDriver(llvm::ArrayRef<std::string> Checks) {
  Json Driver;
  Driver["name"] = "conntidy";
  Driver["fullName"] = "Conntidy, the connection leak finder";
  Driver["version"] = versionNumber();
  Driver["semanticVersion"] = versionNumber();
  Driver["informationUri"] = documentationUrl();
  std::vector<llvm::StringRef> Taxa = weaknessesOf(Checks);
  Json Rules = Json::array();
  for (const std::string &Id : Checks)
    if (const CheckInfo *Check = findCheck(Id))
      Rules.push_back(rule(*Check, Taxa));
  Driver["rules"] = std::move(Rules);
  Driver["notifications"] = {
      notification(UnitNotAnalysedId, "A file was not analysed.",
                   "What is wrong in this file is not among the results."),
      notification(FunctionNotAnalysedId, "A function was not analysed.",
                   "What is wrong in this function is not among the results."),
      notification(FunctionCutShortId,
                   "A function was analysed with merged path states.",
                   "The function has more paths than are told apart; what is "
                   "wrong on some of them may not be among the results."),
      notification(ResultsLeftOutId, "Results were left out.",
                   "There are more results than platforms take; the most "
                   "severe are here."),
  };
  if (!Taxa.empty()) {
    Json Supported;
    Supported["name"] = TaxonomyName;
    Supported["index"] = 0;
    Driver["supportedTaxonomies"] = Json::array({std::move(Supported)});
  }
  return Driver;
}

Json sarifTaxonomies(llvm::ArrayRef<std::string> Checks) {
  Json Taxa = Json::array();
  for (llvm::StringRef Id : weaknessesOf(Checks)) {
    Json Taxon;
    Taxon["id"] = Id.str();
    for (const Weakness &Known : Weaknesses)
      if (Known.Id == Id)
        Taxon["shortDescription"]["text"] = sentence(Known.Name);
    Taxon["helpUri"] =
        ("https://cwe.mitre.org/data/definitions/" + Id + ".html").str();
    Taxa.push_back(std::move(Taxon));
  }
  if (Taxa.empty())
    return Taxa;
  Json Taxonomy;
  Taxonomy["name"] = TaxonomyName;
  Taxonomy["fullName"] = "Common Weakness Enumeration";
  Taxonomy["organization"] = "MITRE";
  Taxonomy["version"] = TaxonomyVersion;
  Taxonomy["informationUri"] = "https://cwe.mitre.org/data/index.html";
  Taxonomy["shortDescription"]["text"] =
      "A list of kinds of weaknesses of software.";
  Taxonomy["isComprehensive"] = false;
  Taxonomy["taxa"] = std::move(Taxa);
  return Json::array({std::move(Taxonomy)});
}

} // namespace conntidy
