//===- Sarif.cpp - findings for other programs ----------------------------===//
//
// Defines the SARIF output.
//
//===----------------------------------------------------------------------===//

#include "output/Sarif.h"
#include "output/TextReport.h"
#include "output/Version.h"
#include "rules/Registry.h"
#include "clang/Driver/Types.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include <map>
#include <nlohmann/json.hpp>

namespace path = llvm::sys::path;

namespace conntidy {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char *RootId = "%SRCROOT%";

/// Percent-encodes what RFC 3986 does not allow in a path.
std::string encodePath(llvm::StringRef Path) {
  std::string Result;
  for (unsigned char C : Path) {
    if (llvm::isAlnum(C) || llvm::StringRef("/-._~!$&'()*+,;=@").contains(C))
      Result += C;
    else
      Result +=
          "%" +
          llvm::toHex(llvm::StringRef(reinterpret_cast<const char *>(&C), 1));
  }
  return Result;
}

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

/// SARIF's messages are sentences; ours are a compiler's.
std::string sentence(llvm::StringRef Message) {
  std::string Result = Message.str();
  if (!Message.ends_with("."))
    Result += '.';
  return Result;
}

const char *precisionOf(Certainty C) {
  switch (C) {
  case Certainty::Definite:
    return "very-high";
  case Certainty::Likely:
    return "high";
  case Certainty::Possible:
    return "medium";
  }
  llvm_unreachable("unknown certainty");
}

double rankOf(Certainty C) {
  switch (C) {
  case Certainty::Definite:
    return 90;
  case Certainty::Likely:
    return 60;
  case Certainty::Possible:
    return 30;
  }
  llvm_unreachable("unknown certainty");
}

const char *nameOfCertainty(Certainty C) {
  switch (C) {
  case Certainty::Definite:
    return "definite";
  case Certainty::Likely:
    return "likely";
  case Certainty::Possible:
    return "possible";
  }
  llvm_unreachable("unknown certainty");
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

/// SARIF's own words for kinds of steps (3.38.8).
Json kindsOf(Step::Kind Kind) {
  switch (Kind) {
  case Step::Kind::Acquire:
    return {"acquire", "resource"};
  case Step::Kind::Branch:
    return {"branch"};
  case Step::Kind::Call:
    return {"call", "function"};
  case Step::Kind::Throw:
    return {"danger", "implicit", "branch"};
  case Step::Kind::Catch:
    return {"enter", "handler"};
  case Step::Kind::Lost:
    return {"danger", "resource"};
  case Step::Kind::Exit:
    return {"exit", "function"};
  case Step::Kind::Release:
    return {"release", "resource"};
  }
  llvm_unreachable("unknown step");
}

const char *importanceOf(const Step &S) {
  switch (S.What) {
  case Step::Kind::Acquire:
  case Step::Kind::Throw:
  case Step::Kind::Lost:
  case Step::Kind::Exit:
    return "essential";
  case Step::Kind::Branch:
  case Step::Kind::Catch:
  case Step::Kind::Release:
    return "important";
  case Step::Kind::Call:
    return S.Depth == 0 ? "important" : "unimportant";
  }
  llvm_unreachable("unknown step");
}

class SarifWriter {
public:
  SarifWriter(const Report &Report, SourceText &Text, llvm::StringRef Root)
      : Source(Report), Text(Text), Root(Root) {}

  Json log() {
    for (size_t Index = 0; Index < Source.Checks.size(); ++Index)
      RuleIndex[Source.Checks[Index]] = Index;
    Json Run;
    Run["tool"]["driver"] = driver();
    Run["invocations"] = Json::array({invocation()});
    if (!Root.empty())
      Run["originalUriBaseIds"][RootId]["uri"] =
          "file://" + encodePath(Root) + (Root == "/" ? "" : "/");
    // Results and units name files: their numbers are known only afterwards.
    for (const std::string &File : Source.Files)
      artifactIndex(File);
    Json Results = Json::array();
    for (const ReportedFinding &Found : Source.Findings)
      Results.push_back(result(Found));
    Run["artifacts"] = std::move(Artifacts);
    Run["results"] = std::move(Results);
    Run["columnKind"] = "utf16CodeUnits";

    Json Log;
    Log["$schema"] =
        "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"
        "sarif-schema-2.1.0.json";
    Log["version"] = "2.1.0";
    Log["runs"] = Json::array({std::move(Run)});
    return Log;
  }

private:
  Json driver() const {
    Json Driver;
    Driver["name"] = "conntidy";
    Driver["fullName"] = "Conntidy, the connection leak finder";
    Driver["version"] = versionNumber();
    Driver["semanticVersion"] = versionNumber();
    Driver["informationUri"] = documentationUrl();
    Json Rules = Json::array();
    for (const std::string &Id : Source.Checks)
      if (const CheckInfo *Check = findCheck(Id))
        Rules.push_back(rule(*Check));
    Driver["rules"] = std::move(Rules);
    return Driver;
  }

  static Json rule(const CheckInfo &Check) {
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
    if (!Check.Cwe.empty())
      Tags.push_back("external/cwe/cwe-" + Check.Cwe.str());
    Rule["properties"]["tags"] = std::move(Tags);
    Rule["properties"]["precision"] = "high";
    Rule["properties"]["problem.severity"] =
        problemSeverity(Check.DefaultLevel);
    return Rule;
  }

  Json invocation() {
    Json Notifications = Json::array();
    for (const UnitFailure &Failure : Source.Failures) {
      Json Notification;
      Notification["level"] = "error";
      std::string Words = "Not analysed: " + sentence(Failure.Reason);
      if (!Failure.Remedy.empty())
        Words += " Remedy: " + sentence(Failure.Remedy);
      Notification["message"]["text"] = Words;
      Notification["locations"] = Json::array();
      Notification["locations"].push_back(location(Failure.Where));
      Notification["descriptor"]["id"] = "unit-not-analysed";
      Notifications.push_back(std::move(Notification));
    }
    Json Invocation;
    Invocation["executionSuccessful"] = Source.Failures.empty();
    if (!Notifications.empty())
      Invocation["toolExecutionNotifications"] = std::move(Notifications);
    return Invocation;
  }

  Json artifactLocation(llvm::StringRef File) const {
    Json Location;
    std::string Short = shortPath(File, Root);
    if (Short != File || Root == "/") {
      Location["uri"] = encodePath(llvm::StringRef(Short).ltrim('/'));
      Location["uriBaseId"] = RootId;
    } else {
      Location["uri"] = "file://" + encodePath(File);
    }
    return Location;
  }

  unsigned artifactIndex(llvm::StringRef File) {
    auto [Place, IsNew] =
        ArtifactIndex.try_emplace(File.str(), ArtifactIndex.size());
    if (IsNew) {
      Json Artifact;
      Artifact["location"] = artifactLocation(File);
      if (llvm::is_contained(Source.Files, File))
        Artifact["roles"] = {"analysisTarget"};
      llvm::StringRef Extension = path::extension(File);
      Extension.consume_front(".");
      namespace types = clang::driver::types;
      types::ID Type = types::lookupTypeForExtension(Extension);
      if (types::isCXX(Type))
        Artifact["sourceLanguage"] = "cplusplus";
      else if (Type == types::TY_C)
        Artifact["sourceLanguage"] = "c";
      Artifacts.push_back(std::move(Artifact));
    }
    return Place->second;
  }

  /// A column in UTF-16 code units: ours count bytes.
  unsigned column(llvm::StringRef File, unsigned Line, unsigned Column) {
    llvm::StringRef Before =
        Text.line(File, Line).take_front(std::max(Column, 1u) - 1);
    return utf16Length(Before) + 1;
  }

  Json location(const FileRange &Where) {
    Json Location;
    Json &Physical = Location["physicalLocation"];
    Physical["artifactLocation"] = artifactLocation(Where.File);
    Physical["artifactLocation"]["index"] = artifactIndex(Where.File);
    if (Where.Line == 0)
      return Location;
    Json &Region = Physical["region"];
    Region["startLine"] = Where.Line;
    Region["startColumn"] = column(Where.File, Where.Line, Where.Column);
    if (std::tie(Where.EndLine, Where.EndColumn) >
        std::tie(Where.Line, Where.Column)) {
      Region["endLine"] = Where.EndLine;
      Region["endColumn"] = column(Where.File, Where.EndLine, Where.EndColumn);
    }
    return Location;
  }

  Json threadFlowLocation(const Step &S) {
    Json Flow;
    Flow["location"] = location(S.Where);
    Flow["location"]["message"]["text"] = sentence(S.Text);
    Flow["kinds"] = kindsOf(S.What);
    Flow["nestingLevel"] = S.Depth;
    Flow["importance"] = importanceOf(S);
    return Flow;
  }

  Json result(const ReportedFinding &Found) {
    const Record &R = Found.What;
    Json Result;
    Result["ruleId"] = R.Check;
    if (auto Index = RuleIndex.find(R.Check); Index != RuleIndex.end())
      Result["ruleIndex"] = Index->second;
    Result["level"] = nameOf(R.Severity).str();
    Result["message"]["text"] = sentence(R.Message);
    Json Primary = location(R.Where);
    if (!R.Function.empty()) {
      Json Logical;
      Logical["fullyQualifiedName"] = R.Function;
      Logical["kind"] = "function";
      Primary["logicalLocations"] = Json::array({std::move(Logical)});
    }
    Result["locations"] = Json::array({std::move(Primary)});

    Json Related = Json::array();
    for (const Step &Exit : R.Exits) {
      Json Location = location(Exit.Where);
      Location["id"] = Related.size() + 1;
      Location["message"]["text"] = sentence(Exit.Text);
      Related.push_back(std::move(Location));
    }
    if (!Related.empty())
      Result["relatedLocations"] = std::move(Related);

    if (!R.Trail.empty()) {
      Json Steps = Json::array();
      for (const Step &S : R.Trail)
        Steps.push_back(threadFlowLocation(S));
      Json Thread;
      Thread["locations"] = std::move(Steps);
      Json Flow;
      Flow["threadFlows"] = Json::array({std::move(Thread)});
      Result["codeFlows"] = Json::array({std::move(Flow)});
    }

    Result["rank"] = rankOf(R.Sureness);
    if (Found.Suppressed) {
      Json Suppression;
      Suppression["kind"] = "inSource";
      Suppression["status"] = "accepted";
      if (!Found.Suppressed->Justification.empty())
        Suppression["justification"] = Found.Suppressed->Justification;
      Result["suppressions"] = Json::array({std::move(Suppression)});
    }
    Result["properties"]["certainty"] = nameOfCertainty(R.Sureness);
    Result["properties"]["precision"] = precisionOf(R.Sureness);
    return Result;
  }

  const Report &Source;
  SourceText &Text;
  llvm::StringRef Root;
  std::map<std::string, size_t> RuleIndex;
  std::map<std::string, unsigned> ArtifactIndex;
  Json Artifacts = Json::array();
};

} // namespace

void writeSarif(llvm::raw_ostream &Out, const Report &Report, SourceText &Text,
                llvm::StringRef SourceRoot) {
  // A source file need not be UTF-8, JSON must be.
  Out << SarifWriter(Report, Text, SourceRoot)
             .log()
             .dump(2, ' ', /*ensure_ascii=*/false,
                   Json::error_handler_t::replace)
      << '\n';
}

std::string findSourceRoot(llvm::ArrayRef<std::string> Files) {
  if (Files.empty())
    return {};
  llvm::StringRef Common = path::parent_path(Files.front());
  for (llvm::StringRef File : Files)
    while (Common != "/" && shortPath(File, Common) == File)
      Common = path::parent_path(Common);
  for (llvm::StringRef Directory = Common; !Directory.empty();
       Directory = path::parent_path(Directory)) {
    llvm::SmallString<256> Repository(Directory);
    path::append(Repository, ".git");
    if (llvm::sys::fs::exists(Repository))
      return Directory.str();
  }
  return Common.str();
}

} // namespace conntidy
