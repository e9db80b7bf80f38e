//===- UnitRunner.cpp - one unit: parsed and analysed ---------------------===//
//
// Defines runUnit() and the frontend action behind it.
//
//===----------------------------------------------------------------------===//

#include "driver/UnitRunner.h"
#include "clang/AST/ASTConsumer.h"
#include "clang/AST/ASTContext.h"
#include "clang/Basic/Diagnostic.h"
#include "clang/Basic/SourceManager.h"
#include "clang/Driver/CreateInvocationFromArgs.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Frontend/FrontendAction.h"
#include "clang/Lex/PreprocessorOptions.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/CrashRecoveryContext.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/VirtualFileSystem.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Support/xxhash.h"
#include <chrono>

namespace conntidy {
namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point Start) {
  return std::chrono::duration<double>(Clock::now() - Start).count();
}

/// Keeps the first error: the others tend to follow from it.
class FirstError : public clang::DiagnosticConsumer {
public:
  void HandleDiagnostic(clang::DiagnosticsEngine::Level Level,
                        const clang::Diagnostic &Info) override {
    clang::DiagnosticConsumer::HandleDiagnostic(Level, Info);
    if (Level < clang::DiagnosticsEngine::Error || !Message.empty())
      return;
    llvm::SmallString<128> Text;
    Info.FormatDiagnostic(Text);
    Message = Text.str().str();
    if (!Info.hasSourceManager() || Info.getLocation().isInvalid())
      return;
    const clang::SourceManager &Sources = Info.getSourceManager();
    clang::PresumedLoc Place =
        Sources.getPresumedLoc(Sources.getExpansionLoc(Info.getLocation()),
                               /*UseLineDirectives=*/false);
    IsAboutSource = true;
    // A header named by -include is missing in no file but `<built-in>`.
    if (Place.isInvalid() ||
        llvm::StringRef(Place.getFilename()).starts_with("<"))
      return;
    llvm::SmallString<256> File(Place.getFilename());
    Sources.getFileManager().makeAbsolutePath(File);
    Where = {absolutePath("/", File), Place.getLine(), Place.getColumn(),
             Place.getLine(), Place.getColumn()};
  }

  std::string Message;
  FileRange Where;            ///< only set if there is a file and a line
  bool IsAboutSource = false; ///< and not about flags
};

/// What was read, not what is there now: a file may change while we run.
std::vector<InputFile> inputsOf(clang::SourceManager &Sources) {
  std::vector<InputFile> Inputs;
  for (auto It = Sources.fileinfo_begin(); It != Sources.fileinfo_end(); ++It) {
    auto Buffer = It->second->getBufferIfLoaded();
    if (!Buffer)
      continue;
    llvm::SmallString<256> File(It->first.getName());
    Sources.getFileManager().makeAbsolutePath(File);
    Inputs.push_back(
        {File.str().str(), llvm::xxh3_64bits(Buffer->getBuffer())});
  }
  llvm::sort(Inputs, [](const InputFile &A, const InputFile &B) {
    return A.File < B.File;
  });
  return Inputs;
}

class EngineConsumer : public clang::ASTConsumer {
public:
  EngineConsumer(const Unit &Unit, const UnitOptions &Options,
                 UnitOutcome &Outcome)
      : TheUnit(Unit), Options(Options), Outcome(Outcome) {}

  void Initialize(clang::ASTContext &Context) override {
    Sources = &Context.getSourceManager();
  }

  /// Bodies in system headers count as unseen; not parsing them saves much
  /// time.
  bool shouldSkipFunctionBody(clang::Decl *D) override {
    return Sources->isInSystemHeader(
        Sources->getExpansionLoc(D->getLocation()));
  }

  void HandleTranslationUnit(clang::ASTContext &Context) override {
    if (Context.getDiagnostics().hasErrorOccurred())
      return; // half an AST would give false findings
    // The set caches by declaration, and declarations die with the unit.
    model::ModelSet Models = TheUnit.Rules->Models;
    if (Options.RolesOnly) {
      Outcome.Roles = inferRoles(Context, Models);
      return;
    }
    llvm::raw_string_ostream DumpOut(Outcome.DumpText);
    UnitResult Result = analyzeUnit(
        Context, Models, TheUnit.Rules->Values, Options.Checks, Options.What,
        &DumpOut, Options.Index, /*WithFacts=*/true, Options.WithHolds);
    Outcome.Holds = std::move(Result.Holds);
    for (const Finding &F : Result.Findings)
      Outcome.Findings.push_back(toRecord(F, Context));
    Outcome.Inputs = inputsOf(Context.getSourceManager());
    Outcome.Facts = std::move(Result.Facts);
    Outcome.Asked = std::move(Result.Asked);
    Outcome.Statistics = std::move(Result.Statistics);
  }

private:
  const Unit &TheUnit;
  const UnitOptions &Options;
  UnitOutcome &Outcome;
  const clang::SourceManager *Sources = nullptr;
};

class EngineAction : public clang::ASTFrontendAction {
public:
  EngineAction(const Unit &Unit, const UnitOptions &Options,
               UnitOutcome &Outcome)
      : TheUnit(Unit), Options(Options), Outcome(Outcome) {}

  std::unique_ptr<clang::ASTConsumer>
  CreateASTConsumer(clang::CompilerInstance &, llvm::StringRef) override {
    return std::make_unique<EngineConsumer>(TheUnit, Options, Outcome);
  }

private:
  const Unit &TheUnit;
  const UnitOptions &Options;
  UnitOutcome &Outcome;
};

/// What the driver and the user's flags ask for that an analysis must not do:
/// write files, warn, stop at a warning, keep its memory.
void makeHarmless(clang::CompilerInvocation &Invocation) {
  clang::DiagnosticOptions &Diagnostics = Invocation.getDiagnosticOpts();
  // Some of Clang's warnings are errors by default where GCC accepts the code.
  Diagnostics.Warnings = {"no-everything"};
  Diagnostics.Remarks.clear();
  Diagnostics.IgnoreWarnings = true;
  Diagnostics.ShowCarets = false;
  Diagnostics.ErrorLimit = 1;
  Diagnostics.DiagnosticSerializationFile.clear();
  Diagnostics.DiagnosticLogFile.clear();
  Diagnostics.VerifyDiagnostics = false;

  Invocation.getDependencyOutputOpts() = clang::DependencyOutputOptions();
  clang::FrontendOptions &Frontend = Invocation.getFrontendOpts();
  Frontend.OutputFile.clear();
  Frontend.DisableFree = false;
  Frontend.SkipFunctionBodies = true; // asks shouldSkipFunctionBody()
  Frontend.ProgramAction = clang::frontend::ParseSyntaxOnly;
  Frontend.StatsFile.clear();
  // A configuration file of Clang can name what our own list of flags forbids.
  Frontend.Plugins.clear();
  Frontend.PluginArgs.clear();
  Frontend.AddPluginActions.clear();
  Frontend.LLVMArgs.clear();
  Invocation.getCodeGenOpts().PassPlugins.clear();
  Invocation.getCodeGenOpts().DisableFree = false;
}

/// True if Clang got as far as reading the source; otherwise \p Error says why.
bool parseOnce(const Unit &Unit, const UnitOptions &Options,
               llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> Files,
               FirstError &Error, UnitOutcome &Outcome) {
  clang::DiagnosticOptions DriverOptions;
  DriverOptions.IgnoreWarnings = true;
  std::vector<const char *> Arguments;
  for (const std::string &Argument : Unit.Command.Arguments)
    Arguments.push_back(Argument.c_str());

  clang::CreateInvocationOptions HowTo;
  HowTo.Diags = clang::CompilerInstance::createDiagnostics(
      *Files, DriverOptions, &Error, /*ShouldOwnClient=*/false);
  HowTo.VFS = Files;
  std::shared_ptr<clang::CompilerInvocation> Invocation =
      clang::createInvocation(Arguments, HowTo);
  if (!Invocation) {
    if (Error.Message.empty())
      Error.Message = "Clang's driver makes nothing of its flags";
    return false;
  }

  makeHarmless(*Invocation);
  clang::CompilerInstance Compiler(std::move(Invocation));
  Compiler.setVirtualFileSystem(Files);
  Compiler.createDiagnostics(&Error, /*ShouldOwnClient=*/false);
  Compiler.createFileManager();
  Compiler.createSourceManager();
  EngineAction Action(Unit, Options, Outcome);
  Compiler.ExecuteAction(Action);
  return Error.Message.empty();
}

/// What can be known of a file before it is parsed.
std::optional<std::string> whyUnreadable(llvm::StringRef File,
                                         llvm::vfs::FileSystem &Files,
                                         bool &IsEmpty, std::string &Remedy) {
  if (!Files.exists(File)) {
    Remedy = "if the build generates it, build first; if it is gone, generate "
             "the compile database anew";
    return "the file does not exist";
  }
  auto Buffer = Files.getBufferForFile(File);
  if (!Buffer) {
    Remedy = "check what it is and who may read it";
    return "the file cannot be read: " + Buffer.getError().message();
  }
  llvm::StringRef Text = (*Buffer)->getBuffer();
  IsEmpty = Text.empty();
  if (Text.take_front(4096).contains('\0')) {
    Remedy = "name a source file, or exclude this one with --exclude";
    return "the file is binary";
  }
  return std::nullopt;
}

std::string remedyFor(llvm::StringRef Message) {
  if (Message.ends_with("file not found"))
    return "if the build generates it, build first; otherwise install the "
           "package that brings it or correct the include paths";
  return "make it compile with 'clang -fsyntax-only' and the flags of the "
         "compile database";
}

} // namespace

UnitOutcome runUnit(const Unit &Given, const UnitOptions &Options) {
  Unit Current = Given; // loses flags that Clang refuses
  UnitOutcome Outcome;
  Outcome.File = Current.Command.File;
  auto Fail = [&](FileRange Where, llvm::StringRef Reason,
                  llvm::StringRef Remedy) {
    if (Where.File.empty())
      Where.File = Outcome.File;
    Outcome.Findings.clear();
    Outcome.Failure = {Outcome.File, std::move(Where), Reason.str(),
                       Remedy.str()};
  };

  // Each unit has its own working directory, the process has but one.
  llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> Files =
      fileSystem(Options.Files);
  std::string Remedy;
  if (auto Why = whyUnreadable(Outcome.File, *Files, Outcome.Empty, Remedy)) {
    Fail({}, *Why, Remedy);
    return Outcome;
  }
  // Findings name files as they are, not as a link calls them.
  llvm::SmallString<256> RealFile;
  if (!Files->getRealPath(Outcome.File, RealFile))
    Outcome.File = RealFile.str().str();
  if (Files->setCurrentWorkingDirectory(Current.Command.Directory)) {
    Fail({}, "its directory '" + Current.Command.Directory + "' does not exist",
         "configure the build, or generate the compile database anew");
    return Outcome;
  }

  Clock::time_point Start = Clock::now();
  llvm::CrashRecoveryContext Recovery;
  bool Survived = Recovery.RunSafely([&] {
    while (true) {
      FirstError Error;
      if (parseOnce(Current, Options, Files, Error, Outcome))
        return;
      if (!Error.IsAboutSource &&
          dropQuotedArguments(Current.Command, Error.Message))
        continue;
      Fail(Error.Where, Error.Message, remedyFor(Error.Message));
      return;
    }
  });
  Outcome.ParseSeconds =
      std::max(0.0, secondsSince(Start) - Outcome.Statistics.EngineSeconds);
  if (!Survived)
    Fail({}, "the analysis crashed", "please report this with the file");
  Outcome.Ignored = Current.Command.Ignored;
  return Outcome;
}

} // namespace conntidy
