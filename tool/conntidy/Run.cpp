//===- Run.cpp - one analysis, from its options to its exit code ----------===//
//
// Defines Run.
//
//===----------------------------------------------------------------------===//

#include "conntidy/Run.h"
#include "conntidy/Holds.h"
#include "conntidy/Models.h"
#include "conntidy/Outputs.h"
#include "conntidy/ReportCommand.h"
#include "driver/TouchedUnits.h"
#include "gate/ProjectRoot.h"
#include "output/Annotations.h"
#include "output/ExportFixes.h"
#include "output/Progress.h"
#include "output/Sarif.h"
#include "project/IndexFile.h"
#include "project/ResourceDirectory.h"
#include "rules/Registry.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/Threading.h"

namespace fs = llvm::sys::fs;
namespace path = llvm::sys::path;

namespace conntidy {
namespace {

/// Files of a baseline that are not found any more and are named one by one.
constexpr size_t MaxGoneNamed = 10;

/// Unset outside of repositories, and in those that nobody else can name.
std::optional<Provenance> provenanceOf(llvm::StringRef Root) {
  auto Repository = GitRepository::at(Root);
  if (!Repository) {
    llvm::consumeError(Repository.takeError());
    return std::nullopt;
  }
  std::optional<std::string> Commit = Repository->commit("HEAD");
  std::string Address = Repository->publishedAt();
  if (!Commit || Address.empty() || Repository->root() != Root)
    return std::nullopt;
  return Provenance{Address, *Commit, Repository->branch()};
}

bool isColored(const llvm::raw_ostream &Stream) {
  return Stream.has_colors() && !llvm::sys::Process::GetEnv("NO_COLOR");
}

/// Advice is for code that is being written, not for all there is.
std::vector<std::string> withAdvice(std::vector<std::string> Checks) {
  for (const CheckInfo &Check : allChecks())
    if (Check.DefaultLevel == Level::Note &&
        !llvm::is_contained(Checks, Check.Id))
      Checks.push_back(Check.Id.str());
  llvm::sort(Checks);
  return Checks;
}

llvm::Expected<std::vector<KnownFinding>>
readBaselineFile(llvm::StringRef Path) {
  auto Buffer = llvm::MemoryBuffer::getFile(Path);
  if (!Buffer)
    return llvm::createStringError(
        Path + ": cannot be read: " + Buffer.getError().message() +
        "; 'conntidy baseline create' makes a baseline");
  return readBaseline((*Buffer)->getBuffer(), Path);
}

/// What came with the code may claim of it what it likes.
llvm::Error refuseIndex(llvm::StringRef File) {
  if (llvm::Error Error = refuseLinkOutOfProject(File))
    return Error;
  auto Repository =
      GitRepository::at(path::parent_path(path::parent_path(File)));
  if (!Repository) {
    llvm::consumeError(Repository.takeError());
    return llvm::Error::success();
  }
  if (!Repository->tracks(File))
    return llvm::Error::success();
  return llvm::createStringError(
      File + ": came with the repository; take it out ('git rm --cached')");
}

/// The one named, or the one in the root of the project.
std::string baselinePath(const Options &Given, llvm::StringRef Here) {
  if (!Given.BaselineFile.empty())
    return absolutePath(Here, Given.BaselineFile);
  return absolutePath(findProjectRoot({(Here + "/.").str()}, Here),
                      BaselineName);
}

} // namespace

llvm::Error showBaseline(llvm::raw_ostream &Out, const Options &Given) {
  auto Known = readBaselineFile(baselinePath(Given, realCurrentDirectory()));
  if (!Known)
    return Known.takeError();
  llvm::sort(*Known, [](const KnownFinding &A, const KnownFinding &B) {
    return std::tie(A.File, A.Function, A.Check) <
           std::tie(B.File, B.Function, B.Check);
  });
  for (const KnownFinding &K : *Known)
    Out << K.File << ": " << K.Check << " in '" << K.Function << "'\n";
  return llvm::Error::success();
}

llvm::Error Run::prepare() {
  if (!fs::is_directory(resourceDirectory() + "/include"))
    return llvm::createStringError(
        "Clang's own headers are not in " + resourceDirectory() +
        "; install the package that brings them (libclang-common-22-dev)");
  Here = realCurrentDirectory();
  if (llvm::Error Error = prepareJudgement())
    return Error;
  if (llvm::Error Error = prepareChange())
    return Error;
  FileSystemPtr Where = fileSystem(Change ? &Change->After : nullptr);
  Gate.readFrom(Where);
  auto Project = ProjectFiles::create(
      {Given.ConfigFile, Given.ModelFiles, Given.Settings, Where});
  if (!Project)
    return Project.takeError();
  Files.emplace(std::move(*Project));
  auto Chosen =
      selectUnits({Given.Paths, Given.BuildPath, Given.Flags, &Exclude});
  if (!Chosen)
    return Chosen.takeError();
  if (Given.What != Dump::None && Given.Paths.empty())
    return llvm::createStringError("--dump needs the file to look at");
  llvm::append_range(Notices, Chosen->Notices);
  if (llvm::Error Error = addUnits(Chosen->Commands))
    return Error;
  Reported = Units.size();
  openIndex(Chosen->Database);
  if (Index) {
    if (llvm::Error Error = addUnits(Chosen->Others))
      return Error;
  } else if (Change) {
    keepTouchedUnits();
  }
  return openOutputs();
}

llvm::Error Run::prepareJudgement() {
  auto Checks = enabledChecks(Given.Checks);
  if (!Checks)
    return Checks.takeError();
  Checked = std::move(*Checks);
  if (Given.Checks.empty() && (Given.Staged || !Given.Since.empty()))
    Checked = withAdvice(std::move(Checked));
  // What is kept from run to run is good for every choice of checks.
  for (const CheckInfo &Check : allChecks())
    How.Checks.push_back(Check.Id.str());
  How.What = Given.What;
  How.RolesOnly = Given.Task == ModelsTask::Infer;
  How.WithHolds = Given.Holds;
  if (auto Bounds = withinBounds({}, Given.HoldsMax); !Bounds)
    return Bounds.takeError();
  auto Globs = PathGlobs::create(Given.Exclude);
  if (!Globs)
    return Globs.takeError();
  Exclude = std::move(*Globs);
  Headers = llvm::Regex(Given.HeaderFilter);
  std::string Why;
  if (!Headers.isValid(Why))
    return llvm::createStringError("--header-filter: '" + Given.HeaderFilter +
                                   "' is no regular expression: " + Why);
  return llvm::Error::success();
}

llvm::Error Run::prepareChange() {
  BaselinePath = baselinePath(Given, Here);
  switch (Given.Baseline) {
  case BaselineTask::None:
    if (Given.BaselineFile.empty())
      break;
    [[fallthrough]];
  case BaselineTask::Update: {
    auto Known = readBaselineFile(BaselinePath);
    if (!Known)
      return Known.takeError();
    Baseline = std::move(*Known);
    break;
  }
  case BaselineTask::Create:
    if (fs::exists(BaselinePath))
      return llvm::createStringError(
          BaselinePath + ": is there already; 'conntidy baseline update' "
                         "brings it up to date");
    break;
  case BaselineTask::Show:
    break;
  }
  if (!Given.Staged && Given.Since.empty())
    return llvm::Error::success();
  if (isDump())
    return llvm::createStringError(
        "--diff and --staged compare findings, and there are none here");
  auto Read =
      Given.Staged ? stagedChanges(Here) : changesSince(Here, Given.Since);
  if (!Read)
    return Read.takeError();
  Change = std::move(*Read);
  llvm::append_range(Notices, Change->Notices);
  return llvm::Error::success();
}

llvm::Error Run::addUnits(std::vector<AdaptedCommand> &Commands) {
  for (AdaptedCommand &Command : Commands) {
    auto Rules = Files->configurationFor(Command.File);
    if (!Rules)
      return Rules.takeError();
    if (llvm::Error Error = Gate.read(Command.File))
      return Error;
    Units.push_back({std::move(Command), *Rules});
  }
  return llvm::Error::success();
}

/// A run over the whole project makes an index; one over a part of it uses
/// the one that is there, but does not read the rest of a large project to
/// make one unless it is asked to.
void Run::openIndex(llvm::StringRef CompileDatabase) {
  if (Given.IndexFile == "none" || isDump())
    return;
  bool OfAPart = !Given.Paths.empty() || Change;
  llvm::SmallString<256> File(Given.IndexFile);
  if (File.empty()) {
    if (CompileDatabase.empty())
      return;
    File = path::parent_path(CompileDatabase);
    path::append(File, IndexDirectory, IndexName);
    if (OfAPart && !fs::exists(File))
      return;
    if (llvm::Error Error = refuseIndex(File)) {
      Notices.push_back("the index is not used: " +
                        llvm::toString(std::move(Error)));
      return;
    }
  }
  auto Opened = Database::open(File, programIdentity(), Notices);
  if (Opened)
    Index.emplace(std::move(*Opened));
  else
    Notices.push_back("the index is not kept: " +
                      llvm::toString(Opened.takeError()));
}

/// Without an index nothing is known of the others, and to look at them all
/// would take too long.
void Run::keepTouchedUnits() {
  TouchedUnits Concerned = touchedUnits(Units, *Change, workers());
  std::vector<Unit> Kept;
  for (auto [U, IsTouched] : llvm::zip_equal(Units, Concerned.Touched))
    if (IsTouched)
      Kept.push_back(std::move(U));
  Units = std::move(Kept);
  Reported = Units.size();
  if (Concerned.Unknown)
    Notices.push_back(std::to_string(Concerned.Unknown) +
                      " units could not be searched for what they include; "
                      "they count as not changed");
}

llvm::Error Run::openOutputs() {
  Out = &llvm::outs();
  for (auto [Name, File] : {std::pair(&Given.OutputFile, &OutputFile),
                            std::pair(&Given.ExportFixes, &FixesFile),
                            std::pair(&Given.ExportSarif, &SarifFile),
                            std::pair(&Given.HtmlFile, &PageFile)}) {
    if (Name->empty())
      continue;
    auto Stream = openForWriting(*Name);
    if (!Stream)
      return Stream.takeError();
    *File = std::move(*Stream);
  }
  if (OutputFile)
    Out = OutputFile.get();
  return llvm::Error::success();
}

unsigned Run::workers() const {
  return Given.Jobs ? Given.Jobs
                    : llvm::hardware_concurrency().compute_thread_count();
}

ProjectOutcome Run::analyze(llvm::ArrayRef<Unit> Units, size_t Reported,
                            const Snapshot *Files, bool KeepsNews) {
  bool Wanted = !Given.Quiet && Units.size() > 1 && llvm::errs().is_displayed();
  std::optional<Progress> Shown;
  UnitOptions Options = How;
  Options.Files = Files;
  return runProject(
      {Units, Reported, Options, workers(), Index ? &*Index : nullptr,
       KeepsNews,
       [&](size_t Count) { Shown.emplace(llvm::errs(), Count, Wanted); },
       [&](const UnitOutcome &Outcome) {
         Shown->done(shortPath(Outcome.File, currentDirectory()));
       }});
}

Report Run::reportOn(std::vector<UnitOutcome> Outcomes,
                     SourceText &Text) const {
  for (UnitOutcome &Outcome : Outcomes)
    llvm::erase_if(Outcome.Findings, [&](const Record &Finding) {
      return !llvm::is_contained(Checked, Finding.Check);
    });
  return makeReport(std::move(Outcomes), Checked,
                    {&Headers, &Exclude, Here, Given.UnusedSuppressions}, Text);
}

/// What the units had before the change. Those that were not there had nothing.
std::vector<KnownFinding> Run::findingsBefore() {
  std::vector<Unit> Earlier;
  size_t EarlierReported = 0;
  for (size_t N = 0; N < Units.size(); ++N) {
    auto *File = Change->Before.find(Units[N].Command.File);
    if (File && !*File)
      continue;
    Earlier.push_back(Units[N]);
    EarlierReported += N < Reported;
  }
  ProjectOutcome Project =
      analyze(Earlier, EarlierReported, &Change->Before, /*KeepsNews=*/false);
  SourceText Text(fileSystem(&Change->Before));
  Report Before = reportOn(std::move(Project.Outcomes), Text);
  for (const UnitFailure &Failure : Before.Failures)
    FailedBefore.insert(Failure.File);
  return knownFrom(Before);
}

/// What could not be analysed before either, and is not touched, is nothing
/// that the change could mend.
void Run::dropOldFailures(Report &Result) const {
  unsigned Old = 0;
  llvm::erase_if(Result.Failures, [&](const UnitFailure &Failure) {
    bool IsOld =
        FailedBefore.count(Failure.File) && !Change->Paths.count(Failure.File);
    Old += IsOld;
    return IsOld;
  });
  if (Old)
    Result.Notices.push_back(
        std::to_string(Old) +
        " files that the change does not touch could not be analysed before it "
        "either");
  for (const std::string &File : FailedBefore)
    if (Change->Paths.count(File) &&
        llvm::none_of(Result.Failures, [&](const UnitFailure &Failure) {
          return Failure.File == File;
        }))
      Result.Notices.push_back(File +
                               ": could not be analysed as it was before "
                               "the change; all its findings are new");
}

/// \p AllOfIt: the report is on all that \p Known may speak of.
Comparison Run::compare(Report &Result, const std::vector<KnownFinding> &Known,
                        bool AllOfIt) const {
  std::set<std::string> Failed, Main(Result.Files.begin(), Result.Files.end());
  for (const UnitFailure &Failure : Result.Failures)
    Failed.insert(Failure.File);
  auto NowFiles = fileSystem(Change ? &Change->After : nullptr);
  return compareWithKnown(Result, Known, [&](const KnownFinding &K) {
    std::string File = absolutePath(Result.Root, K.File);
    if (!llvm::is_contained(Checked, K.Check) || Exclude.matches(File) ||
        !(Main.count(File) || Headers.match(File)) || Failed.count(File))
      return false;
    return Main.count(File) || !NowFiles->exists(File) ||
           (AllOfIt && Failed.empty());
  });
}

/// With \p Unseen, the entries of files that were not looked at.
llvm::Error Run::writeBaselineFile(const Report &Result,
                                   const std::vector<KnownFinding> &Unseen) {
  std::vector<KnownFinding> Now = knownFrom(Result);
  llvm::append_range(Now, Unseen);
  auto Stream = openForWriting(BaselinePath);
  if (!Stream)
    return Stream.takeError();
  **Stream << writeBaseline(Now);
  if (!arrived(**Stream, BaselinePath))
    return llvm::createStringError(BaselinePath + ": is not complete");
  size_t Unnamed = llvm::count_if(Result.Findings, [](const auto &Found) {
    return !Found.Suppressed && !Found.Identity.isKnown();
  });
  llvm::outs() << shortPath(BaselinePath, Here) << ": " << Now.size()
               << (Now.size() == 1 ? " finding" : " findings");
  size_t Added = llvm::count_if(Result.Findings, [](const auto &Found) {
    return Found.State == Novelty::New && Found.Identity.isKnown();
  });
  if (Baseline)
    llvm::outs() << ", " << Added << " of them new; " << Result.Gone.size()
                 << " gone";
  llvm::outs() << '\n';
  if (Unnamed)
    llvm::outs() << "note: " << Unnamed
                 << " findings cannot be known again, and stay new\n";
  return llvm::Error::success();
}

llvm::Expected<int> Run::execute() {
  std::vector<KnownFinding> Before;
  if (Change)
    Before = findingsBefore();
  ProjectOutcome Project =
      analyze(Units, Reported, Change ? &Change->After : nullptr,
              /*KeepsNews=*/!Change || Change->After.empty());
  if (Given.What != Dump::None)
    for (const UnitOutcome &Outcome : Project.Outcomes)
      *Out << Outcome.DumpText;
  if (How.RolesOnly) {
    std::vector<UnitRoles> Roles;
    for (UnitOutcome &Outcome : Project.Outcomes)
      Roles.push_back(std::move(Outcome.Roles));
    writeInferred(*Out, merge(std::move(Roles)));
  }

  std::vector<Hold> Holds = holdsIn(Project.Outcomes);
  if (Given.Holds && Given.Form == Format::Json)
    writeHoldsAsJson(*Out, Holds);
  else if (Given.Holds)
    writeHolds(*Out, Holds, currentDirectory());

  SourceText Text(fileSystem(Change ? &Change->After : nullptr));
  Report Result = reportOn(std::move(Project.Outcomes), Text);
  Result.Statistics.Index = std::move(Project.Statistics);
  if (Change) {
    dropOldFailures(Result);
    Result.Mended = compare(Result, Before, /*AllOfIt=*/true).Gone.size();
    Result.Lines = Change->Lines;
  }
  Comparison WithBaseline;
  if (Baseline) {
    bool AllOfIt = Given.Paths.empty() && !Change;
    WithBaseline = compare(Result, *Baseline, AllOfIt);
    Result.Gone = std::move(WithBaseline.Gone);
    Result.HasBaseline = true;
  }
  if (Given.Form == Format::Sarif || SarifFile)
    Result.Provenance = provenanceOf(Result.Root);
  llvm::append_range(Result.Notices, Notices);
  llvm::append_range(Result.Notices, Project.Notices);

  if (Given.Baseline != BaselineTask::None) {
    writeFailures(llvm::errs(), Result, {isColored(llvm::errs()), Here});
    if (llvm::Error Error = writeBaselineFile(Result, WithBaseline.Unseen))
      return Error;
    return exitCodeFor(Result, /*Passes=*/true, Given.AllowIncomplete);
  }
  auto Judged = Gate.judge(Result);
  if (!Judged)
    return Judged.takeError();
  write(Result, *Judged, Text);
  if (!arrived(llvm::outs(), "standard output") ||
      (OutputFile && !arrived(*OutputFile, Given.OutputFile)) ||
      (FixesFile && !arrived(*FixesFile, Given.ExportFixes)) ||
      (SarifFile && !arrived(*SarifFile, Given.ExportSarif)) ||
      (PageFile && !arrived(*PageFile, Given.HtmlFile)))
    return Incomplete;
  bool Passes =
      Given.Holds ? *withinBounds(Holds, Given.HoldsMax) : Judged->Passes;
  return exitCodeFor(Result, Passes, Given.AllowIncomplete);
}

std::vector<Hold> Run::holdsIn(std::vector<UnitOutcome> &Outcomes) const {
  std::vector<Hold> Holds;
  for (UnitOutcome &Outcome : Outcomes)
    for (Hold &H : Outcome.Holds)
      if (!Exclude.matches(H.Where.File))
        Holds.push_back(std::move(H));
  return sorted(std::move(Holds));
}

void Run::write(const Report &Result, const Verdict &Judged, SourceText &Text) {
  TextStyle Style{isColored(*Out), currentDirectory()};
  TextStyle ErrorStyle{isColored(llvm::errs()), Style.Directory};
  if (!isDump()) {
    switch (Given.Form) {
    case Format::Text:
      writeFindings(*Out, Result, Text, Style);
      break;
    case Format::Sarif:
      writeSarif(*Out, Result, Text);
      break;
    case Format::GitHub:
      writeGitHubAnnotations(*Out, Result);
      break;
    case Format::GitLab:
      writeGitLabReport(*Out, Result);
      break;
    case Format::Json: // of tables, which are written already
      break;
    }
  }
  if (FixesFile)
    writeExportedFixes(*FixesFile, Result, Text, Style.Directory);
  if (SarifFile)
    writeSarif(*SarifFile, Result, Text);
  if (PageFile)
    writeReport(*PageFile, Result, Text);
  Out->flush();

  writeFailures(llvm::errs(), Result, ErrorStyle);
  if (!Given.Quiet) {
    writeNotices(llvm::errs(), Result, ErrorStyle);
    for (const KnownFinding &K :
         llvm::ArrayRef(Result.Gone).take_front(MaxGoneNamed))
      llvm::errs() << "note: " << K.File << ": " << K.Check << " in '"
                   << K.Function << "' is in the baseline and not found any "
                   << "more\n";
  }
  if (Given.Stats)
    writeStatistics(llvm::errs(), Result, ErrorStyle);
  if (!Given.Quiet && !isDump()) {
    // Below findings that a person reads, but never inside SARIF.
    bool WithFindings = Given.Form == Format::Text && !OutputFile;
    writeSummary(WithFindings ? *Out : llvm::errs(), Result, Judged);
  }
}

} // namespace conntidy
