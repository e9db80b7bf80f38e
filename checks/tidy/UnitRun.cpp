//===- UnitRun.cpp - one analysis for all checks of a unit ----------------===//

#include "tidy/UnitRun.h"
#include "analysis/Analysis.h"
#include "clang-tidy/ClangTidyDiagnosticConsumer.h"
#include "project/IndexFile.h"
#include "rules/Registry.h"
#include "clang/AST/ASTContext.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include <atomic>

using namespace clang;

namespace conntidy::tidy {

static std::atomic<NoticeHandler> Noticed = nullptr;

void setNoticeHandler(NoticeHandler Handler) { Noticed = Handler; }

/// False if nobody keeps a log.
static bool notice(llvm::StringRef Text) {
  NoticeHandler Handler = Noticed;
  if (Handler)
    Handler(Text);
  return Handler;
}

/// So many configurations are kept; a project has few.
static constexpr size_t MaxConfigurations = 16;

llvm::Expected<std::shared_ptr<const Configuration>>
Configurations::get(const ConfigurationTexts &Texts) {
  uint64_t Digest = Texts.digest();
  std::lock_guard<std::mutex> Lock(Mutex);
  if (auto It = Known.find(Digest); It != Known.end())
    return It->second;
  auto Made = makeConfiguration(Texts);
  if (!Made)
    return Made.takeError();
  if (Known.size() >= MaxConfigurations)
    Known.clear();
  return Known[Digest] =
             std::make_shared<const Configuration>(std::move(*Made));
}

std::shared_ptr<UnitRun> UnitRuns::of(clang::tidy::ClangTidyContext &Context) {
  std::lock_guard<std::mutex> Lock(Mutex);
  // A new context may lie where an old one did; that one's run has expired.
  if (auto Run = Runs[&Context].lock())
    return Run;
  std::erase_if(Runs, [](const auto &Entry) { return Entry.second.expired(); });
  auto Run = std::make_shared<UnitRun>(Context, Known);
  Runs[&Context] = Run;
  return Run;
}

void UnitRun::setOption(llvm::StringRef Check, llvm::StringRef Key,
                        llvm::StringRef Value) {
  auto [It, IsNew] =
      Options.try_emplace(Key.str(), Option{Check.str(), Value.str()});
  if (!IsNew && It->second.Value != Value)
    Complaints.push_back(("setting '" + Key + "' is '" + It->second.Value +
                          "' for " + It->second.Check + " and '" + Value +
                          "' for " + Check +
                          ": all checks share one analysis, so set '" + Key +
                          "' once, without the name of a check")
                             .str());
}

/// Keys that begin with one of our checks and are none of ours.
llvm::Error UnitRun::checkOptions() const {
  for (const auto &Given : Context.getOptions().CheckOptions) {
    auto [Check, Key] = Given.getKey().split('.');
    if (!findCheck(Check) || Key == ModelFilesKey || Key == IndexFileKey)
      continue;
    Settings Scratch;
    if (!llvm::is_contained(Settings::keys(), Key))
      if (llvm::Error Error = Scratch.set(Key, Given.getValue().Value))
        return Error;
  }
  return Complaints.empty() ? llvm::Error::success()
                            : llvm::createStringError(Complaints.front());
}

static std::string mainFileOf(const SourceManager &SM) {
  OptionalFileEntryRef Main = SM.getFileEntryRefForID(SM.getMainFileID());
  llvm::SmallString<256> Path(Main ? Main->getName() : "");
  SM.getFileManager().makeAbsolutePath(Path);
  llvm::sys::path::remove_dots(Path, /*remove_dot_dot=*/true);
  return Path.str().str();
}

llvm::Expected<ConfigurationTexts>
UnitRun::readTexts(llvm::StringRef MainFile) const {
  std::vector<std::string> ModelFiles;
  std::vector<std::pair<std::string, std::string>> Values;
  Settings Scratch;
  for (const auto &[Key, Given] : Options) {
    if (Key == ModelFilesKey) {
      llvm::SmallVector<llvm::StringRef, 2> Names;
      llvm::StringRef(Given.Value).split(Names, ';', -1, /*KeepEmpty=*/false);
      for (llvm::StringRef Name : Names)
        ModelFiles.push_back(Name.trim().str());
    } else if (Key != IndexFileKey) {
      if (llvm::Error Error = Scratch.set(Key, Given.Value))
        return llvm::createStringError("CheckOptions: " +
                                       llvm::toString(std::move(Error)));
      Values.push_back({Key, Given.Value});
    }
  }
  auto Texts = readConfiguration(
      findProjectFile(llvm::sys::path::parent_path(MainFile)), ModelFiles);
  if (Texts)
    Texts->Settings = std::move(Values);
  return Texts;
}

/// Null if there is none. An index that is named has to be there; one that is
/// found may be of no use.
llvm::Expected<std::unique_ptr<StoredIndex>>
UnitRun::openIndex(llvm::StringRef MainFile,
                   llvm::StringRef WorkingDirectory) const {
  auto Given = Options.find(IndexFileKey.str());
  bool IsNamed = Given != Options.end();
  if (IsNamed && Given->second.Value == "none")
    return nullptr;
  std::string Path =
      IsNamed ? Given->second.Value : findIndex(MainFile, WorkingDirectory);
  if (Path.empty())
    return nullptr;
  auto Opened = StoredIndex::open(Path);
  if (Opened || (IsNamed && !llvm::sys::fs::exists(Path)))
    return Opened;
  std::string Why =
      "the index is not used: " + llvm::toString(Opened.takeError());
  if (!notice(Why) && IsNamed)
    Context.configurationDiag("%0") << Why;
  return nullptr;
}

llvm::Error UnitRun::analyze(ASTContext &Unit) {
  if (llvm::Error Error = checkOptions())
    return llvm::createStringError("CheckOptions: " +
                                   llvm::toString(std::move(Error)));
  const SourceManager &SM = Unit.getSourceManager();
  std::string MainFile = mainFileOf(SM);
  auto Texts = readTexts(MainFile);
  if (!Texts)
    return Texts.takeError();
  auto Rules = Known->get(*Texts);
  if (!Rules)
    return Rules.takeError();
  auto WorkingDirectory =
      SM.getFileManager().getVirtualFileSystem().getCurrentWorkingDirectory();
  auto Index =
      openIndex(MainFile, WorkingDirectory ? *WorkingDirectory : MainFile);
  if (!Index)
    return Index.takeError();

  std::vector<std::string> Enabled;
  for (const CheckInfo &Check : allChecks())
    if (Context.isCheckEnabled(Check.Id))
      Enabled.push_back(Check.Id.str());
  Findings = analyzeUnit(Unit, (*Rules)->Models, (*Rules)->Values, Enabled,
                         Dump::None, nullptr, Index->get(),
                         /*WithFacts=*/false)
                 .Findings;
  return llvm::Error::success();
}

llvm::ArrayRef<Finding> UnitRun::findings(ASTContext &Unit) {
  if (std::exchange(Done, true))
    return Findings;
  // Half a unit would give false findings.
  if (Unit.getDiagnostics().hasUncompilableErrorOccurred())
    return Findings;
  if (llvm::Error Error = analyze(Unit))
    Context.configurationDiag("%0", DiagnosticIDs::Error)
        << llvm::toString(std::move(Error));
  return Findings;
}

} // namespace conntidy::tidy
