//===- ReportData.cpp - what the report page shows ------------------------===//
//
// Defines ReportData. Of a log everything is optional but its runs: what other
// tools leave out is left out of the page.
//
//===----------------------------------------------------------------------===//

#include "report/ReportData.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"

namespace conntidy {
namespace {

using llvm::StringRef;
using llvm::json::Array;
using llvm::json::Object;
using llvm::json::Value;

constexpr unsigned LinesAround = 6;   ///< a place that is spoken of
constexpr unsigned LinesBetween = 80; ///< two steps, shown if they are no more
constexpr unsigned WidestIndent = 500;
constexpr unsigned DeepestNesting = 500;

const Object &noObject() {
  static const Object None;
  return None;
}
const Array &noArray() {
  static const Array None;
  return None;
}
const Object &object(const Object &In, StringRef Key) {
  const Object *Found = In.getObject(Key);
  return Found ? *Found : noObject();
}
const Array &array(const Object &In, StringRef Key) {
  const Array *Found = In.getArray(Key);
  return Found ? *Found : noArray();
}
/// A copy: a JSON value would keep no more than a reference.
std::string string(const Object &In, StringRef Key) {
  return In.getString(Key).value_or("").str();
}
unsigned number(const Object &In, StringRef Key) {
  int64_t Found = In.getInteger(Key).value_or(0);
  return std::clamp<int64_t>(Found, 0, std::numeric_limits<int>::max());
}
const Object &element(const Array &In, size_t Index) {
  const Object *Found = Index < In.size() ? In[Index].getAsObject() : nullptr;
  return Found ? *Found : noObject();
}
const Object &first(const Object &In, StringRef Key) {
  return element(array(In, Key), 0);
}
/// The elements that are objects.
std::vector<const Object *> objects(const Object &In, StringRef Key) {
  std::vector<const Object *> Result;
  for (const Value &V : array(In, Key))
    if (const Object *O = V.getAsObject())
      Result.push_back(O);
  return Result;
}

/// A parser that calls itself must not be led too deep.
bool isTooDeep(StringRef Text) {
  unsigned Depth = 0;
  bool InString = false;
  for (size_t Place = 0; Place < Text.size(); ++Place) {
    char C = Text[Place];
    if (InString && C == '\\')
      ++Place;
    else if (C == '"')
      InString = !InString;
    else if (!InString && (C == '[' || C == '{') && ++Depth > DeepestNesting)
      return true;
    else if (!InString && (C == ']' || C == '}') && Depth > 0)
      --Depth;
  }
  return false;
}

/// LLVM puts "[line:column, byte=n]: " before what is wrong.
llvm::Error noJson(StringRef Name, llvm::Error Error) {
  std::string Said = llvm::toString(std::move(Error));
  auto [Where, What] = StringRef(Said).split("]: ");
  return llvm::createStringError(
      Name + ":" + Where.ltrim('[').split(',').first + ": is no JSON: " +
      What.rtrim(".") + "; a run that was broken off leaves such a file");
}

/// Some tools also list what is as it should be.
bool isFinding(const Object &Result) {
  std::string Kind = string(Result, "kind");
  return Kind != "pass" && Kind != "notApplicable";
}

/// Reads one run of a log.
class RunReader {
public:
  RunReader(const Object &Run, StringRef LogDirectory, ReportFiles &Files)
      : Run(Run), LogDirectory(LogDirectory), Files(Files),
        CountsCodePoints(string(Run, "columnKind") == "unicodeCodePoints") {}

  Value tool() const {
    const Object &Driver = object(object(Run, "tool"), "driver");
    return Object{{"name", string(Driver, "name")},
                  {"version", string(Driver, "version")}};
  }

  void addSupplied() {
    for (const Object *Artifact : objects(Run, "artifacts")) {
      std::string Text = string(object(*Artifact, "contents"), "text");
      if (!Text.empty())
        if (auto File = fileOf(object(*Artifact, "location")))
          Files.supply(*File, Text);
    }
  }

  /// What the tool says of itself, such as what it did not analyse.
  void addNotes(Array &Notes) {
    for (const Object *Invocation : objects(Run, "invocations"))
      for (StringRef Kind :
           {"toolExecutionNotifications", "toolConfigurationNotifications"})
        for (const Object *One : objects(*Invocation, Kind))
          Notes.push_back(
              Object{{"level", orElse(string(*One, "level"), "warning")},
                     {"text", message(object(*One, "message"), noObject())},
                     {"at", place(first(*One, "locations"))}});
  }

  Value finding(const Object &Result, Object &Rules) {
    const Object &Rule = ruleOf(Result);
    std::string Id =
        orElse(string(Result, "ruleId"), orElse(string(Rule, "id"), "no name"));
    if (!Rules.get(Id))
      Rules[Id] =
          Object{{"summary", string(object(Rule, "shortDescription"), "text")},
                 {"help", string(object(Rule, "help"), "text")}};
    std::string Default = string(object(Rule, "defaultConfiguration"), "level");
    const Object &Location = first(Result, "locations");
    Object Found{
        {"check", Id},
        {"level", orElse(string(Result, "level"), orElse(Default, "warning"))},
        {"text", message(object(Result, "message"), Rule)},
        {"at", place(Location)},
        {"function", functionAt(Location)},
        {"state", string(Result, "baselineState")},
        {"certainty", string(object(Result, "properties"), "certainty")},
        {"ways", ways(Result)},
        {"exits", exits(Result)},
        {"fixes", fixes(Result)}};
    if (const Object *Suppression = suppression(Result))
      Found["suppressed"] = string(*Suppression, "justification");
    return Found;
  }

private:
  static std::string orElse(StringRef Text, StringRef Other) {
    return (Text.empty() ? Other : Text).str();
  }

  static const Object *suppression(const Object &Result) {
    for (const Object *One : objects(Result, "suppressions"))
      if (orElse(string(*One, "status"), "accepted") == "accepted")
        return One;
    return nullptr;
  }

  static std::string functionAt(const Object &Location) {
    const Object &Logical = first(Location, "logicalLocations");
    std::string Full = string(Logical, "fullyQualifiedName");
    return Full.empty() ? string(Logical, "name") : Full;
  }

  const Object &ruleOf(const Object &Result) const {
    const Object &Tool = object(Run, "tool");
    const Object &Reference = object(Result, "rule");
    const Object *Component = &object(Tool, "driver");
    if (auto Index = object(Reference, "toolComponent").getInteger("index"))
      Component = &element(array(Tool, "extensions"), *Index);
    auto Index = Result.getInteger("ruleIndex");
    if (!Index)
      Index = Reference.getInteger("index");
    if (Index && *Index >= 0)
      return element(array(*Component, "rules"), *Index);
    for (const Object *Rule : objects(*Component, "rules"))
      if (string(*Rule, "id") == string(Result, "ruleId"))
        return *Rule;
    return noObject();
  }

  /// The text with its arguments; it may stand in the rule.
  static std::string message(const Object &Message, const Object &Rule) {
    std::string Text = string(Message, "text");
    if (Text.empty())
      Text =
          string(object(object(Rule, "messageStrings"), string(Message, "id")),
                 "text");
    const Array &Arguments = array(Message, "arguments");
    std::string Result;
    for (StringRef Rest = Text; !Rest.empty();) {
      size_t End = Rest.front() == '{' ? Rest.find('}') : StringRef::npos;
      size_t Index;
      if (End != StringRef::npos &&
          !Rest.slice(1, End).getAsInteger(10, Index) &&
          Index < Arguments.size()) {
        Result += Arguments[Index].getAsString().value_or("");
        Rest = Rest.drop_front(End + 1);
      } else {
        Result += Rest.front();
        Rest = Rest.drop_front();
      }
    }
    return Result;
  }

  /// What `uriBaseId` stands for; bases may rest on others.
  std::string baseOf(const Object &Location) const {
    std::string Result;
    const Object *Next = &Location;
    for (unsigned Hops = 0; Hops < 10; ++Hops) {
      std::string Id = string(*Next, "uriBaseId");
      if (Id.empty())
        break;
      Next = &object(object(Run, "originalUriBaseIds"), Id);
      Result = string(*Next, "uri") + Result;
    }
    return Result;
  }

  std::optional<unsigned> fileOf(const Object &Location) {
    const Object *Said = &Location;
    if (!Said->get("uri"))
      if (auto Index = Said->getInteger("index"); Index && *Index >= 0)
        Said = &object(element(array(Run, "artifacts"), *Index), "location");
    std::string Uri = string(*Said, "uri");
    if (Uri.empty())
      return std::nullopt;
    return Files.add(Uri, baseOf(*Said), LogDirectory);
  }

  unsigned column(unsigned File, unsigned Line, unsigned Column) {
    return CountsCodePoints && Column ? Files.utf16Column(File, Line, Column)
                                      : Column;
  }

  /// [file, line, column, end line, end column], 0 for what is not said; null
  /// if there is no file.
  Value region(unsigned File, const Object &Region) {
    unsigned Line = number(Region, "startLine");
    unsigned EndLine = std::max(number(Region, "endLine"), Line);
    std::string Snippet = string(object(Region, "snippet"), "text");
    // A region need not begin with its line.
    unsigned Column =
        std::clamp(number(Region, "startColumn"), 1u, WidestIndent);
    if (!Snippet.empty() && Line)
      Files.supply(File, Line, std::string(Column - 1, ' ') + Snippet);
    if (Line)
      Files.want(File, Line - std::min(Line, LinesAround),
                 std::min(EndLine, Line + LinesBetween) + LinesAround);
    return Array{File, Line, column(File, Line, number(Region, "startColumn")),
                 EndLine, column(File, EndLine, number(Region, "endColumn"))};
  }

  Value place(const Object &Location) {
    const Object &Physical = object(Location, "physicalLocation");
    auto File = fileOf(object(Physical, "artifactLocation"));
    if (!File)
      return nullptr;
    const Object &Context = object(Physical, "contextRegion");
    if (unsigned Line = number(Context, "startLine"))
      Files.supply(*File, Line, string(object(Context, "snippet"), "text"));
    return region(*File, object(Physical, "region"));
  }

  Array exits(const Object &Result) {
    Object Begin{{"at", place(first(Result, "locations"))}};
    Array Exits;
    for (const Object *Location : objects(Result, "relatedLocations")) {
      Object Exit{{"at", place(*Location)},
                  {"text", message(object(*Location, "message"), noObject())}};
      wantBetween(Begin, Exit);
      Exits.push_back(std::move(Exit));
    }
    return Exits;
  }

  Object step(const Object &Said) {
    const Object *Step = &Said;
    // It may stand in a table of the run.
    if (!Step->get("location"))
      if (auto Index = Step->getInteger("index"); Index && *Index >= 0)
        Step = &element(array(Run, "threadFlowLocations"), *Index);
    const Object &Location = object(*Step, "location");
    Array Kinds;
    for (const Value &Kind : array(*Step, "kinds"))
      if (auto Name = Kind.getAsString())
        Kinds.push_back(Name->str());
    return Object{{"at", place(Location)},
                  {"text", message(object(Location, "message"), noObject())},
                  {"kinds", std::move(Kinds)},
                  {"depth", number(Said, "nestingLevel")}};
  }

  /// Each code flow is a way that leads to the finding; of one with several
  /// threads the first is shown.
  Array ways(const Object &Result) {
    Array Ways;
    for (const Object *Flow : objects(Result, "codeFlows")) {
      Array Steps;
      for (const Object *Said :
           objects(first(*Flow, "threadFlows"), "locations"))
        Steps.push_back(step(*Said));
      for (size_t Index = 1; Index < Steps.size(); ++Index)
        wantBetween(*Steps[Index - 1].getAsObject(),
                    *Steps[Index].getAsObject());
      if (!Steps.empty())
        Ways.push_back(std::move(Steps));
    }
    return Ways;
  }

  void wantBetween(const Object &From, const Object &To) {
    const Array &A = array(From, "at"), &B = array(To, "at");
    if (A.empty() || B.empty() || A[0] != B[0])
      return;
    auto [First, Last] = std::minmax(*A[1].getAsUINT64(), *B[1].getAsUINT64());
    if (First && Last - First <= LinesBetween)
      Files.want(*A[0].getAsUINT64(), First, Last);
  }

  Array fixes(const Object &Result) {
    Array Fixes;
    for (const Object *Fix : objects(Result, "fixes")) {
      Array Edits;
      for (const Object *Change : objects(*Fix, "artifactChanges")) {
        auto File = fileOf(object(*Change, "artifactLocation"));
        if (!File)
          continue;
        for (const Object *Edit : objects(*Change, "replacements"))
          Edits.push_back(Object{
              {"at", region(*File, object(*Edit, "deletedRegion"))},
              {"text", string(object(*Edit, "insertedContent"), "text")}});
      }
      Fixes.push_back(
          Object{{"text", message(object(*Fix, "description"), noObject())},
                 {"edits", std::move(Edits)}});
    }
    return Fixes;
  }

  const Object &Run;
  StringRef LogDirectory;
  ReportFiles &Files;
  bool CountsCodePoints;
};

} // namespace

llvm::Error ReportData::add(StringRef Name, StringRef Text) {
  if (isTooDeep(Text))
    return llvm::createStringError(
        Name + ": is nested too deep for a SARIF log; give a file that "
               "'--format=sarif' wrote");
  auto Log = llvm::json::parse(llvm::json::fixUTF8(Text));
  if (!Log)
    return noJson(Name, Log.takeError());
  const Object *Top = Log->getAsObject();
  llvm::SmallString<256> Directory(llvm::sys::path::parent_path(Name));
  const Array *Runs = Top ? Top->getArray("runs") : nullptr;
  const Array *Held = Top ? Top->getArray("holds") : nullptr;
  if (Held && !Runs) {
    Logs.push_back(llvm::json::fixUTF8(Name));
    addHolds(*Held, Directory);
    return llvm::Error::success();
  }
  if (!Runs)
    return llvm::createStringError(
        Name + ": is no SARIF log: it has no 'runs'; give a file that "
               "'--format=sarif' or another tool's SARIF output wrote");
  if (std::string Version = string(*Top, "version");
      !StringRef(Version).starts_with("2."))
    return llvm::createStringError(Name + ": is SARIF of version '" + Version +
                                   "'; let the tool write version 2.1.0");

  Logs.push_back(llvm::json::fixUTF8(Name));
  for (const Object *Run : objects(*Top, "runs")) {
    RunReader Reader(*Run, Directory, Files);
    Reader.addSupplied();
    Value Tool = Reader.tool();
    if (!llvm::is_contained(Tools, Tool))
      Tools.push_back(std::move(Tool));
    Reader.addNotes(Notes);
    addHolds(array(object(*Run, "properties"), "holds"), Directory);
    for (const Object *Result : objects(*Run, "results"))
      if (isFinding(*Result))
        Findings.push_back(Reader.finding(*Result, Rules));
  }
  return llvm::Error::success();
}

void ReportData::addHolds(const Array &Held, StringRef LogDirectory) {
  for (const Value &V : Held) {
    const Object *Hold = V.getAsObject();
    if (!Hold)
      continue;
    Value At = nullptr;
    if (std::string File = string(*Hold, "file"); !File.empty()) {
      unsigned Line = number(*Hold, "line");
      At = Array{Files.addPath(File, LogDirectory), Line, 0, Line, 0};
    }
    Object Copy = *Hold;
    Copy["at"] = std::move(At);
    Holds.push_back(std::move(Copy));
  }
}

Value ReportData::take() {
  return Object{{"logs", std::move(Logs)},         {"tools", std::move(Tools)},
                {"rules", std::move(Rules)},       {"files", Files.take()},
                {"findings", std::move(Findings)}, {"notes", std::move(Notes)},
                {"holds", std::move(Holds)}};
}

} // namespace conntidy
