//===- Sarif.cpp - findings for other programs ----------------------------===//
//
// Defines the SARIF output.
//
//===----------------------------------------------------------------------===//

#include "output/Sarif.h"
#include "output/SarifTool.h"
#include "output/TextReport.h"
#include "clang/Driver/Types.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Compression.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/Path.h"
#include <map>
#include <nlohmann/json.hpp>

namespace path = llvm::sys::path;

namespace conntidy {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char *RootId = "%SRCROOT%";

// What GitHub takes.
constexpr size_t MaxResults = 25000;
constexpr size_t MaxBytes = 10 << 20; ///< compressed
constexpr size_t MaxSteps = 10000;
constexpr size_t MaxRelatedLocations = 1000;

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

/// In a message brackets are links (SARIF 3.11.6).
std::string escaped(llvm::StringRef Text) {
  std::string Result;
  for (char C : Text) {
    if (C == '[' || C == ']' || C == '\\')
      Result += '\\';
    Result += C;
  }
  return Result;
}

/// Where \p Words stand in \p Text and are no part of a link or of a longer
/// number.
size_t findWord(llvm::StringRef Text, llvm::StringRef Words) {
  for (size_t Place = Text.find(Words); Place != llvm::StringRef::npos;
       Place = Text.find(Words, Place + 1)) {
    llvm::StringRef After = Text.drop_front(Place + Words.size());
    if ((Place == 0 || Text[Place - 1] != '[') &&
        (After.empty() || !llvm::isDigit(After.front())))
      return Place;
  }
  return llvm::StringRef::npos;
}

/// The message, in which each line that the finding speaks of leads there:
/// a platform shows no related location without a link to it.
std::string linkedMessage(const Record &R, llvm::ArrayRef<Step> Exits) {
  std::string Message = escaped(R.Message);
  std::vector<std::string> Others;
  for (const auto &[Index, Exit] : llvm::enumerate(Exits)) {
    std::string Words = "line " + std::to_string(Exit.Where.Line);
    std::string Link = "[" + Words + "](" + std::to_string(Index + 1) + ")";
    size_t Place = Exit.Where.File == R.Where.File ? findWord(Message, Words)
                                                   : std::string::npos;
    if (Place != std::string::npos)
      Message.replace(Place, Words.size(), Link);
    else
      Others.push_back(std::move(Link));
  }
  Message = sentence(Message);
  if (!Others.empty())
    Message += " See " + llvm::join(Others, ", ") + ".";
  return Message;
}

class SarifWriter {
public:
  /// Of the findings only \p Shown.
  SarifWriter(const Report &Report, SourceText &Text,
              llvm::ArrayRef<const ReportedFinding *> Shown)
      : Source(Report), Text(Text), Root(Report.Root), Shown(Shown) {}

  Json log() {
    for (size_t Index = 0; Index < Source.Checks.size(); ++Index)
      RuleIndex[Source.Checks[Index]] = Index;
    // Units come first among the files, then what else is spoken of.
    for (const std::string &File : Source.Files)
      artifactIndex(File);
    Json Run;
    Run["tool"]["driver"] = sarifDriver(Source.Checks);
    if (Json Taxonomies = sarifTaxonomies(Source.Checks); !Taxonomies.empty())
      Run["taxonomies"] = std::move(Taxonomies);
    Run["invocations"] = Json::array({invocation()});
    if (Source.Provenance)
      Run["versionControlProvenance"] = Json::array({provenance()});
    if (!Root.empty())
      Run["originalUriBaseIds"][RootId]["uri"] =
          "file://" + encodePath(Root) + (Root == "/" ? "" : "/");
    Json Results = Json::array();
    for (const ReportedFinding *Found : Shown)
      Results.push_back(result(*Found));
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
  static Json notification(llvm::StringRef Id, const char *Severity,
                           std::string Words) {
    Json Notification;
    Notification["level"] = Severity;
    Notification["message"]["text"] = std::move(Words);
    Notification["descriptor"]["id"] = Id.str();
    return Notification;
  }

  Json about(const NamedFunction &Function, llvm::StringRef Id,
             const char *Severity, llvm::StringRef Words) {
    Json Notification = notification(
        Id, Severity, ("'" + Function.Function + "' " + Words).str());
    Json Place = location({Function.File, 0, 0, 0, 0});
    Place["logicalLocations"] = Json::array({logical(Function.Function)});
    Notification["locations"] = Json::array({std::move(Place)});
    return Notification;
  }

  /// What is not among the results, and why.
  Json notifications() {
    Json All = Json::array();
    for (const UnitFailure &Failure : Source.Failures) {
      std::string Words = "Not analysed: " + sentence(Failure.Reason);
      if (!Failure.Remedy.empty())
        Words += " Remedy: " + sentence(Failure.Remedy);
      Json One = notification(UnitNotAnalysedId, "error", std::move(Words));
      One["locations"] = Json::array({location(Failure.Where)});
      All.push_back(std::move(One));
    }
    for (const NamedFunction &Function : Source.Statistics.NotBuilt)
      All.push_back(about(Function, FunctionNotAnalysedId, "warning",
                          "is not analysed: it has no control flow graph."));
    for (const NamedFunction &Function : Source.Statistics.OverBudget)
      All.push_back(about(Function, FunctionCutShortId, "note",
                          "has more paths than are told apart."));
    if (Shown.size() < Source.Findings.size())
      All.push_back(notification(
          ResultsLeftOutId, "warning",
          std::to_string(Source.Findings.size() - Shown.size()) + " of " +
              std::to_string(Source.Findings.size()) +
              " results are left out: platforms take 25,000 of at most 10 MB; "
              "the most severe are kept."));
    size_t Cut = llvm::count_if(Shown, [](const ReportedFinding *Found) {
      return Found->What.Trail.size() > MaxSteps ||
             Found->What.Exits.size() > MaxRelatedLocations;
    });
    if (Cut)
      All.push_back(notification(ResultsLeftOutId, "warning",
                                 std::to_string(Cut) +
                                     " results are shown with the last 10,000 "
                                     "steps and the first 1,000 exits."));
    return All;
  }

  Json invocation() {
    Json Invocation;
    Invocation["executionSuccessful"] = Source.Failures.empty();
    if (Json All = notifications(); !All.empty())
      Invocation["toolExecutionNotifications"] = std::move(All);
    return Invocation;
  }

  Json provenance() const {
    Json Details;
    Details["repositoryUri"] = Source.Provenance->Repository;
    Details["revisionId"] = Source.Provenance->Commit;
    if (!Source.Provenance->Branch.empty())
      Details["branch"] = Source.Provenance->Branch;
    Details["mappedTo"]["uriBaseId"] = RootId;
    return Details;
  }

  static Json logical(llvm::StringRef Function) {
    Json Logical;
    Logical["fullyQualifiedName"] = Function.str();
    Logical["kind"] = "function";
    return Logical;
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

  /// What a fix changes, file by file. Of what lies outside the project nothing
  /// is changed.
  Json changes(const Record &R) {
    Json Changes = Json::array();
    std::map<std::string, Json> ByFile;
    for (const Replacement &One : R.Fix) {
      if (!isBelow(One.Where.File, Root))
        return Json::array();
      Json Place = location(One.Where)["physicalLocation"];
      Json Change;
      Change["deletedRegion"] = Place["region"];
      Change["insertedContent"]["text"] = One.Text;
      auto [Own, IsNew] = ByFile.try_emplace(One.Where.File, Json::object());
      if (IsNew)
        Own->second["artifactLocation"] = Place["artifactLocation"];
      Own->second["replacements"].push_back(std::move(Change));
    }
    for (auto &[File, Own] : ByFile)
      Changes.push_back(std::move(Own));
    return Changes;
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
    llvm::ArrayRef<Step> Exits =
        llvm::ArrayRef(R.Exits).take_front(MaxRelatedLocations);
    Result["message"]["text"] = linkedMessage(R, Exits);
    Json Primary = location(R.Where);
    if (!R.Function.empty())
      Primary["logicalLocations"] = Json::array({logical(R.Function)});
    Result["locations"] = Json::array({std::move(Primary)});

    if (Found.Identity.isKnown()) {
      Json &Fingerprints = Result["partialFingerprints"];
      Fingerprints[ExactFingerprintName] = Found.Identity.Exact;
      Fingerprints[MovableFingerprintName] = Found.Identity.Movable;
    }

    Json Related = Json::array();
    for (const Step &Exit : Exits) {
      Json Location = location(Exit.Where);
      Location["id"] = Related.size() + 1;
      Location["message"]["text"] = sentence(Exit.Text);
      Related.push_back(std::move(Location));
    }
    if (!Related.empty())
      Result["relatedLocations"] = std::move(Related);

    if (!R.Trail.empty()) {
      Json Steps = Json::array();
      for (const Step &S : llvm::ArrayRef(R.Trail).take_back(MaxSteps))
        Steps.push_back(threadFlowLocation(S));
      Json Thread;
      Thread["locations"] = std::move(Steps);
      Json Flow;
      Flow["threadFlows"] = Json::array({std::move(Thread)});
      Result["codeFlows"] = Json::array({std::move(Flow)});
    }

    Result["rank"] = rankOf(R.Sureness);
    if (Json Changes = changes(R); !Changes.empty()) {
      Json Fix;
      Fix["description"]["text"] = "Corrects it.";
      Fix["artifactChanges"] = std::move(Changes);
      Result["fixes"] = Json::array({std::move(Fix)});
    }
    if (Found.State != Novelty::Unasked)
      Result["baselineState"] =
          Found.State == Novelty::New ? "new" : "unchanged";
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
  llvm::ArrayRef<const ReportedFinding *> Shown;
  std::map<std::string, size_t> RuleIndex;
  std::map<std::string, unsigned> ArtifactIndex;
  Json Artifacts = Json::array();
};

} // namespace

static std::string textOf(const Report &Report, SourceText &Text,
                          llvm::ArrayRef<const ReportedFinding *> Shown) {
  // A source file need not be UTF-8, JSON must be.
  return SarifWriter(Report, Text, Shown)
      .log()
      .dump(2, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace);
}

static size_t compressedSize(llvm::StringRef Text) {
  llvm::SmallVector<uint8_t, 0> Compressed;
  if (Text.size() <= MaxBytes || !llvm::compression::zlib::isAvailable())
    return Text.size();
  llvm::compression::zlib::compress(llvm::arrayRefFromStringRef(Text),
                                    Compressed);
  return Compressed.size();
}

/// So many, the most severe and surest, in the order they have.
static std::vector<const ReportedFinding *>
mostSevere(std::vector<const ReportedFinding *> All, size_t Count) {
  if (All.size() <= Count)
    return All;
  std::vector<const ReportedFinding *> Kept = All;
  llvm::stable_sort(
      Kept, [](const ReportedFinding *A, const ReportedFinding *B) {
        return std::make_tuple(A->Suppressed.has_value(),
                               -static_cast<int>(A->What.Severity),
                               A->What.Sureness) <
               std::make_tuple(B->Suppressed.has_value(),
                               -static_cast<int>(B->What.Severity),
                               B->What.Sureness);
      });
  Kept.resize(Count);
  llvm::sort(Kept); // they lie in one array, in their order
  return Kept;
}

void writeSarif(llvm::raw_ostream &Out, const Report &Report,
                SourceText &Text) {
  std::vector<const ReportedFinding *> Shown;
  for (const ReportedFinding &Found : Report.Findings)
    Shown.push_back(&Found);
  Shown = mostSevere(std::move(Shown), MaxResults);
  std::string Log = textOf(Report, Text, Shown);
  for (size_t Size = compressedSize(Log); Size > MaxBytes && !Shown.empty();
       Size = compressedSize(Log)) {
    size_t Fitting = Shown.size() * MaxBytes / Size * 9 / 10;
    Shown = mostSevere(std::move(Shown), Fitting);
    Log = textOf(Report, Text, Shown);
  }
  Out << Log << '\n';
}

} // namespace conntidy
