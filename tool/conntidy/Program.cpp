//===- Program.cpp - conntidy, without its main() -------------------------===//
//
// Defines runConntidy(): from the command line to the exit code. All that can
// be wrong about the command line, the configuration and the models is found
// before the first unit is analysed.
//
//===----------------------------------------------------------------------===//

#include "conntidy/Program.h"
#include "conntidy/CommandLine.h"
#include "conntidy/Models.h"
#include "driver/UnitSelection.h"
#include "gate/ExitCode.h"
#include "gate/Globs.h"
#include "gate/Report.h"
#include "index/ProjectRun.h"
#include "output/ExportFixes.h"
#include "output/Progress.h"
#include "output/Sarif.h"
#include "output/TextReport.h"
#include "project/IndexFile.h"
#include "project/ProjectFiles.h"
#include "project/ResourceDirectory.h"
#include "rules/Registry.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/Threading.h"
#include "llvm/Support/raw_ostream.h"

namespace conntidy {
namespace {

int complain(llvm::Error Error) {
  llvm::handleAllErrors(std::move(Error), [](const llvm::ErrorInfoBase &Info) {
    llvm::errs() << "conntidy: error: " << Info.message() << '\n';
  });
  return WrongUse;
}

int explain(llvm::StringRef Id) {
  if (Id.empty())
    return complain(llvm::createStringError(
        "explain which check? 'conntidy --list-checks' names those there are"));
  const CheckInfo *Check = findCheck(Id);
  if (!Check) {
    auto Known = enabledChecks(Id);
    return complain(Known ? llvm::createStringError("'" + Id + "' is no check")
                          : Known.takeError());
  }
  llvm::outs() << "# " << Check->Id << "\n\n" << Check->Manual;
  return Clean;
}

int listChecks(llvm::ArrayRef<std::string> Enabled) {
  for (const std::string &Id : Enabled) {
    llvm::outs() << Id;
    if (const CheckInfo *Check = findCheck(Id))
      llvm::outs().indent(24 - std::min<size_t>(Id.size(), 22))
          << Check->Summary;
    llvm::outs() << '\n';
  }
  return Clean;
}

/// Opened before the run: to fail after an hour's work would lose it.
llvm::Expected<std::unique_ptr<llvm::raw_fd_ostream>>
openFile(llvm::StringRef Path) {
  std::error_code Code;
  auto Stream = std::make_unique<llvm::raw_fd_ostream>(Path, Code,
                                                       llvm::sys::fs::OF_None);
  if (Code)
    return llvm::createStringError(Path +
                                   ": cannot be written: " + Code.message());
  return Stream;
}

/// The parts of `conntidy models` that look at no code.
int runModels(const Options &Given) {
  std::unique_ptr<llvm::raw_fd_ostream> File;
  if (!Given.OutputFile.empty()) {
    auto Stream = openFile(Given.OutputFile);
    if (!Stream)
      return complain(Stream.takeError());
    File = std::move(*Stream);
  }
  llvm::raw_ostream &Out = File ? *File : llvm::outs();
  if (Given.Task == ModelsTask::Check) {
    llvm::Error Error = checkModels(Out, Given.Paths);
    return Error ? complain(std::move(Error)) : Clean;
  }
  auto Project = ProjectFiles::create({Given.ConfigFile, Given.ModelFiles, {}});
  if (!Project)
    return complain(Project.takeError());
  // What is in force for a file right here.
  auto Rules = Project->configurationFor(currentDirectory() + "/here");
  if (!Rules)
    return complain(Rules.takeError());
  if (Given.Task == ModelsTask::List) {
    listModels(Out, (*Rules)->Models);
    return Clean;
  }
  llvm::Error Error = showModels(Out, (*Rules)->Models, Given.Paths.front());
  return Error ? complain(std::move(Error)) : Clean;
}

class Run {
public:
  explicit Run(Options Given) : Given(std::move(Given)) {}

  llvm::Error prepare() {
    if (!llvm::sys::fs::is_directory(resourceDirectory() + "/include"))
      return llvm::createStringError(
          "Clang's own headers are not in " + resourceDirectory() +
          "; install the package that brings them (libclang-common-22-dev)");
    auto Checks = enabledChecks(Given.Checks);
    if (!Checks)
      return Checks.takeError();
    Checked = std::move(*Checks);
    // What is kept from run to run is good for every choice of checks.
    for (const CheckInfo &Check : allChecks())
      How.Checks.push_back(Check.Id.str());
    How.What = Given.What;
    How.RolesOnly = Given.Task == ModelsTask::Infer;
    auto Globs = PathGlobs::create(Given.Exclude);
    if (!Globs)
      return Globs.takeError();
    Exclude = std::move(*Globs);
    Headers = llvm::Regex(Given.HeaderFilter);
    std::string Why;
    if (!Headers.isValid(Why))
      return llvm::createStringError("--header-filter: '" + Given.HeaderFilter +
                                     "' is no regular expression: " + Why);

    auto Project = ProjectFiles::create(
        {Given.ConfigFile, Given.ModelFiles, Given.Settings});
    if (!Project)
      return Project.takeError();
    Files.emplace(std::move(*Project));
    auto Chosen =
        selectUnits({Given.Paths, Given.BuildPath, Given.Flags, &Exclude});
    if (!Chosen)
      return Chosen.takeError();
    if (Given.What != Dump::None && Given.Paths.empty())
      return llvm::createStringError("--dump needs the file to look at");
    Notices = std::move(Chosen->Notices);
    if (llvm::Error Error = addUnits(Chosen->Commands))
      return Error;
    Reported = Units.size();
    openIndex(Chosen->Database);
    if (Index)
      if (llvm::Error Error = addUnits(Chosen->Others))
        return Error;
    return openOutputs();
  }

  int execute() {
    ProjectOutcome Project = analyze();
    std::vector<UnitOutcome> &Outcomes = Project.Outcomes;
    if (Given.What != Dump::None)
      for (const UnitOutcome &Outcome : Outcomes)
        *Out << Outcome.DumpText;
    if (How.RolesOnly) {
      std::vector<UnitRoles> Roles;
      for (UnitOutcome &Outcome : Outcomes)
        Roles.push_back(std::move(Outcome.Roles));
      writeInferred(*Out, merge(std::move(Roles)));
    }

    SourceText Text;
    ReportFilter Filter{&Headers, &Exclude};
    for (UnitOutcome &Outcome : Outcomes)
      llvm::erase_if(Outcome.Findings, [&](const Record &Finding) {
        return !llvm::is_contained(Checked, Finding.Check);
      });
    Report Result = makeReport(std::move(Outcomes), Checked, Filter, Text);
    Result.Statistics.Index = std::move(Project.Statistics);
    llvm::append_range(Result.Notices, Notices);
    llvm::append_range(Result.Notices, Project.Notices);
    write(Result, Text);
    if (!arrived(llvm::outs(), "standard output") ||
        (OutputFile && !arrived(*OutputFile, Given.OutputFile)) ||
        (FixesFile && !arrived(*FixesFile, Given.ExportFixes)))
      return Incomplete;
    return exitCodeFor(Result, Given.FailOn, Given.AllowIncomplete);
  }

private:
  llvm::Error addUnits(std::vector<AdaptedCommand> &Commands) {
    for (AdaptedCommand &Command : Commands) {
      auto Rules = Files->configurationFor(Command.File);
      if (!Rules)
        return Rules.takeError();
      Units.push_back({std::move(Command), *Rules});
    }
    return llvm::Error::success();
  }

  /// A run over the whole project makes an index; one over a part of it uses
  /// the one that is there, but does not read the rest of a large project to
  /// make one unless it is asked to.
  void openIndex(llvm::StringRef CompileDatabase) {
    if (Given.IndexFile == "none" || Given.What != Dump::None || How.RolesOnly)
      return;
    llvm::SmallString<256> File(Given.IndexFile);
    if (File.empty()) {
      if (CompileDatabase.empty())
        return;
      File = llvm::sys::path::parent_path(CompileDatabase);
      llvm::sys::path::append(File, IndexDirectory, IndexName);
      if (!Given.Paths.empty() && !llvm::sys::fs::exists(File))
        return;
    }
    auto Opened = Database::open(File, programIdentity(), Notices);
    if (Opened)
      Index.emplace(std::move(*Opened));
    else
      Notices.push_back("the index is not kept: " +
                        llvm::toString(Opened.takeError()));
  }

  llvm::Error openOutputs() {
    Out = &llvm::outs();
    if (!Given.OutputFile.empty()) {
      auto Stream = openFile(Given.OutputFile);
      if (!Stream)
        return Stream.takeError();
      OutputFile = std::move(*Stream);
      Out = OutputFile.get();
    }
    if (!Given.ExportFixes.empty()) {
      auto Stream = openFile(Given.ExportFixes);
      if (!Stream)
        return Stream.takeError();
      FixesFile = std::move(*Stream);
    }
    return llvm::Error::success();
  }

  ProjectOutcome analyze() {
    unsigned Workers =
        Given.Jobs ? Given.Jobs
                   : llvm::hardware_concurrency().compute_thread_count();
    bool Wanted =
        !Given.Quiet && Units.size() > 1 && llvm::errs().is_displayed();
    std::optional<Progress> Shown;
    return runProject(
        {Units, Reported, How, Workers, Index ? &*Index : nullptr,
         [&](size_t Count) { Shown.emplace(llvm::errs(), Count, Wanted); },
         [&](const UnitOutcome &Outcome) {
           Shown->done(shortPath(Outcome.File, currentDirectory()));
         }});
  }

  void write(const Report &Result, SourceText &Text) {
    TextStyle Style{isColored(*Out), currentDirectory()};
    TextStyle ErrorStyle{isColored(llvm::errs()), Style.Directory};
    bool IsDump = Given.What != Dump::None || How.RolesOnly;
    if (!IsDump && Given.Form == Format::Sarif)
      writeSarif(*Out, Result, Text, findSourceRoot(Result.Files));
    else if (!IsDump)
      writeFindings(*Out, Result, Text, Style);
    if (FixesFile)
      writeExportedFixes(*FixesFile, Result, Text, Style.Directory);
    Out->flush();

    writeFailures(llvm::errs(), Result, ErrorStyle);
    if (!Given.Quiet)
      writeNotices(llvm::errs(), Result, ErrorStyle);
    if (Given.Stats)
      writeStatistics(llvm::errs(), Result, ErrorStyle);
    if (!Given.Quiet && !IsDump) {
      // Below findings that a person reads, but never inside SARIF.
      bool WithFindings = Given.Form == Format::Text && !OutputFile;
      writeSummary(WithFindings ? *Out : llvm::errs(), Result, Style);
    }
  }

  /// Whether all that was written is where it should be; a full disk is told.
  static bool arrived(llvm::raw_fd_ostream &Stream, llvm::StringRef Name) {
    Stream.flush();
    if (!Stream.has_error())
      return true;
    llvm::errs() << "conntidy: error: " << Name
                 << ": cannot be written: " << Stream.error().message() << '\n';
    Stream.clear_error();
    return false;
  }

  static bool isColored(const llvm::raw_ostream &Stream) {
    return Stream.has_colors() && !llvm::sys::Process::GetEnv("NO_COLOR");
  }

  Options Given;
  UnitOptions How;
  std::vector<std::string> Checked; ///< what is reported
  PathGlobs Exclude;
  llvm::Regex Headers;
  std::optional<ProjectFiles> Files; ///< owns what Units point to
  std::vector<Unit> Units;
  size_t Reported = 0; ///< so many of these, at the front
  std::optional<Database> Index;
  std::vector<std::string> Notices;
  llvm::raw_ostream *Out = nullptr;
  std::unique_ptr<llvm::raw_fd_ostream> OutputFile, FixesFile;
};

} // namespace

int runConntidy(int Argc, const char *const *Argv) {
  // The names of cross compilers are resolved against the known targets.
  llvm::InitializeAllTargetInfos();
  auto Given = parseCommandLine(Argc, Argv);
  if (!Given)
    return complain(Given.takeError());
  if (Given->Explain)
    return explain(*Given->Explain);
  if (Given->ListChecks) {
    auto Enabled = enabledChecks(Given->Checks);
    return Enabled ? listChecks(*Enabled) : complain(Enabled.takeError());
  }
  if (Given->Task != ModelsTask::None && Given->Task != ModelsTask::Infer)
    return runModels(*Given);
  Run Current(std::move(*Given));
  if (llvm::Error Error = Current.prepare())
    return complain(std::move(Error));
  return Current.execute();
}

} // namespace conntidy
