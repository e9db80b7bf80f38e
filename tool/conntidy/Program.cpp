//===- Program.cpp - conntidy, without its main() -------------------------===//
//
// Defines runConntidy(): which of its commands is meant. An analysis is a Run.
//
//===----------------------------------------------------------------------===//

#include "conntidy/Program.h"
#include "conntidy/CommandLine.h"
#include "conntidy/Models.h"
#include "conntidy/Outputs.h"
#include "conntidy/ReportCommand.h"
#include "conntidy/Run.h"
#include "driver/CompileDatabase.h"
#include "gate/ExitCode.h"
#include "gate/Globs.h"
#include "project/ProjectFiles.h"
#include "rules/Registry.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/TargetSelect.h"
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
  size_t Width = 0;
  for (const std::string &Id : Enabled)
    Width = std::max(Width, Id.size());
  for (const std::string &Id : Enabled) {
    llvm::outs() << Id;
    if (const CheckInfo *Check = findCheck(Id))
      llvm::outs().indent(Width - Id.size() + 2) << Check->Summary;
    llvm::outs() << '\n';
  }
  return Clean;
}

/// The parts of `conntidy models` that look at no code.
int runModels(const Options &Given) {
  std::unique_ptr<llvm::raw_fd_ostream> File;
  if (!Given.OutputFile.empty()) {
    auto Stream = openForWriting(Given.OutputFile);
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
  if (Given->Baseline == BaselineTask::Show) {
    llvm::Error Error = showBaseline(llvm::outs(), *Given);
    return Error ? complain(std::move(Error)) : Clean;
  }
  if (Given->Report) {
    llvm::Error Error = writeReport(Given->Paths, Given->HtmlFile);
    return Error ? complain(std::move(Error)) : Clean;
  }
  Run Current(std::move(*Given));
  if (llvm::Error Error = Current.prepare())
    return complain(std::move(Error));
  auto Code = Current.execute();
  return Code ? *Code : complain(Code.takeError());
}

} // namespace conntidy
