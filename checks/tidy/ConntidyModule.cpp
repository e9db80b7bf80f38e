//===- ConntidyModule.cpp - the checks, for clang-tidy --------------------===//
//
// Defines the clang-tidy module: a check for each rule of the registry. It is
// loaded by clang-tidy and linked into conntidy-clangd.
//
//===----------------------------------------------------------------------===//

#include "clang-tidy/ClangTidyCheck.h"
#include "clang-tidy/ClangTidyModule.h"
#include "rules/Registry.h"
#include "tidy/UnitRun.h"
#include "clang/AST/ASTContext.h"
#include "clang/Basic/SourceManager.h"

using namespace clang;

namespace conntidy::tidy {
namespace {

/// Shows what the run of the unit found for one rule.
class ConntidyCheck : public clang::tidy::ClangTidyCheck {
public:
  ConntidyCheck(StringRef Name, clang::tidy::ClangTidyContext *Context,
                std::shared_ptr<UnitRun> Run)
      : ClangTidyCheck(Name, Context), Run(std::move(Run)) {
    for (StringRef Key : Settings::keys())
      read(Key);
    read(ModelFilesKey);
    read(IndexFileKey);
  }

  /// What is not set here is as `conntidy.yaml` says.
  void storeOptions(clang::tidy::ClangTidyOptions::OptionMap &Into) override {
    for (const auto &[Key, Value] : Given)
      Options.store(Into, Key, StringRef(Value));
  }

  void registerMatchers(ast_matchers::MatchFinder *Finder) override {
    Finder->addMatcher(ast_matchers::translationUnitDecl(), this);
  }

  void check(const ast_matchers::MatchFinder::MatchResult &Result) override {
    for (const Finding &F : Run->findings(*Result.Context))
      if (F.Check == getID())
        report(F, *Result.Context);
  }

private:
  void read(StringRef Key) {
    StringRef Value = Options.getLocalOrGlobal(Key, "");
    Given.push_back({Key, Value.str()});
    if (!Value.empty())
      Run->setOption(getID(), Key, Value);
  }

  void report(const Finding &F, ASTContext &Context) {
    const SourceManager &SM = Context.getSourceManager();
    // The range is what editors underline.
    {
      auto Diagnostic = diag(SM.getExpansionLoc(F.Where.getBegin()), "%0");
      Diagnostic << F.Message << SM.getExpansionRange(F.Where);
      for (const Edit &E : F.Fix)
        Diagnostic << FixItHint::CreateReplacement(E.Where, E.Text);
    } // emitted, so that notes may follow
    for (const FindingStep &Step : F.Trail)
      note(Step, Context);
    // The trail ends at the first exit.
    for (const FindingStep &Step :
         ArrayRef(F.Exits).drop_front(std::min<size_t>(F.Exits.size(), 1)))
      note(Step, Context);
  }

  void note(const FindingStep &Step, ASTContext &Context) {
    SourceLocation Where = locationOf(Step, Context);
    if (Where.isValid())
      diag(Where, "%0", DiagnosticIDs::Note) << Step.Text;
  }

  static SourceLocation locationOf(const FindingStep &Step,
                                   ASTContext &Context) {
    SourceManager &SM = Context.getSourceManager();
    if (!Step.Elsewhere)
      return SM.getExpansionLoc(Step.Where.getBegin());
    OptionalFileEntryRef File =
        SM.getFileManager().getOptionalFileRef(Step.Elsewhere->File);
    if (!File)
      return {};
    return SM.translateLineCol(SM.getOrCreateFileID(*File, SrcMgr::C_User),
                               Step.Elsewhere->Line, Step.Elsewhere->Column);
  }

  std::shared_ptr<UnitRun> Run;
  std::vector<std::pair<StringRef, std::string>> Given; ///< key and value
};

class ConntidyModule : public clang::tidy::ClangTidyModule {
public:
  void
  addCheckFactories(clang::tidy::ClangTidyCheckFactories &Factories) override {
    auto Runs = std::make_shared<UnitRuns>();
    for (const CheckInfo &Check : allChecks())
      Factories.registerCheckFactory(
          Check.Id,
          [Runs](StringRef Name, clang::tidy::ClangTidyContext *Context) {
            return std::make_unique<ConntidyCheck>(Name, Context,
                                                   Runs->of(*Context));
          });
  }
};

} // namespace

static clang::tidy::ClangTidyModuleRegistry::Add<ConntidyModule>
    Registered("conntidy", "connections that are not given back");

} // namespace conntidy::tidy
