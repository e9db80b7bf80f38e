//===- CommandLine.cpp - what the user asks for ---------------------------===//
//
// Defines the options of `conntidy`. They are made after those of the libraries
// have been removed: LLVM registers hundreds, some with our names.
//
//===----------------------------------------------------------------------===//

#include "conntidy/CommandLine.h"
#include "output/Version.h"
#include "rules/Registry.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/raw_ostream.h"

namespace cl = llvm::cl;

namespace conntidy {
namespace {

constexpr const char *Overview =
    "finds the connections that C and C++ code does not give back\n\n"
    "  conntidy                      all of compile_commands.json, found "
    "upwards\n"
    "  conntidy src/db               what the database has below a directory\n"
    "  conntidy FILE -- -std=c++20   one file, with its flags\n"
    "  conntidy explain CHECK        the manual page of a check\n"
    "  conntidy holds [PATH]         who holds which connection, how long, and "
    "how it\n"
    "                                is given back\n"
    "  conntidy baseline create      write down what is found now, for "
    "--baseline\n"
    "  conntidy baseline update      bring that up to date\n"
    "  conntidy baseline show        what stands there\n"
    "  conntidy report FILE --html OUT\n"
    "                                shows the findings of a SARIF file on a "
    "page\n"
    "  conntidy models infer [PATH]  what pools and connections of the "
    "project's own\n"
    "                                are taken for, as a model file\n"
    "  conntidy models list          the API models that are in force\n"
    "  conntidy models show NAME     what they say of a library, function or "
    "type\n"
    "  conntidy models check FILE    whether a model file is in order\n\n"
    "Exit codes: 0 clean, 1 findings at or above --fail-on, 2 wrong command\n"
    "line, configuration or model (nothing analysed), 3 some unit was not\n"
    "analysed (--allow-incomplete turns it back).\n";

/// Removes what other libraries registered, but for `--help` and `--version`.
void removeForeignOptions() {
  std::vector<cl::Option *> Foreign;
  for (auto &Entry : cl::getRegisteredOptions())
    if (Entry.first != "help" && Entry.first != "version")
      Foreign.push_back(Entry.second);
  for (cl::Option *O : Foreign)
    O->removeArgument();
  cl::getRegisteredOptions()["help"]->setDescription("Display this text");
}

/// For the analysis and other commands.
struct AlsoIn {
  cl::OptionCategory &Category;
  llvm::SmallVector<cl::SubCommand *, 2> Others;
  template <typename Option> void apply(Option &O) const {
    O.addCategory(Category);
    O.addSubCommand(cl::SubCommand::getTopLevel());
    for (cl::SubCommand *Other : Others)
      O.addSubCommand(*Other);
  }
};

struct Definitions {
  /// Of all commands that look at code.
  AlsoIn all(cl::OptionCategory &Category) {
    return {Category, {&Models, &Baseline, &Holds}};
  }
  /// Of those that find something.
  AlsoIn both(cl::OptionCategory &Category) { return {Category, {&Baseline}}; }

  cl::OptionCategory Input{"What is analysed"};
  cl::OptionCategory Judgement{"What is reported"};
  cl::OptionCategory Output{"How it is reported"};

  cl::SubCommand Explain{"explain", "Print the manual page of a check"};
  cl::opt<std::string> ExplainCheck{cl::Positional, cl::desc("CHECK"),
                                    cl::sub(Explain)};

  cl::SubCommand Models{"models", "Infer, list, show or check API models"};
  cl::opt<std::string> Task{cl::Positional, cl::desc("infer|list|show|check"),
                            cl::sub(Models)};
  cl::list<std::string> TaskArguments{cl::Positional, cl::desc("[ARGUMENT...]"),
                                      cl::sub(Models)};

  cl::SubCommand Baseline{"baseline", "Create, update or show a baseline"};
  cl::opt<std::string> BaselineTaskName{
      cl::Positional, cl::desc("create|update|show"), cl::sub(Baseline)};
  cl::list<std::string> BaselinePaths{cl::Positional, cl::desc("[PATH...]"),
                                      cl::sub(Baseline)};
  cl::SubCommand Report{"report", "Show the findings of SARIF files on a page"};
  cl::list<std::string> Logs{cl::Positional, cl::desc("FILE..."),
                             cl::sub(Report)};
  cl::SubCommand Holds{"holds", "List who holds which connection"};
  cl::opt<std::string> HoldsMax{
      "max",
      cl::desc("Bounds for the totals, e.g. 'leaks=0,waiting=3'; a total above "
               "its bound makes the exit code 1"),
      cl::value_desc("BOUNDS"), cl::sub(Holds)};
  cl::opt<Format> HoldsForm{
      "format", cl::desc("Form of the table"),
      cl::values(clEnumValN(Format::Text, "text", "For people (default)"),
                 clEnumValN(Format::Json, "json", "For programs")),
      cl::init(Format::Text), cl::sub(Holds)};
  cl::list<std::string> HoldsPaths{cl::Positional, cl::desc("[PATH...]"),
                                   cl::sub(Holds)};

  cl::list<std::string> Paths{cl::Positional, cl::desc("[PATH...]"),
                              cl::cat(Input)};
  cl::opt<std::string> Build{
      "p", cl::desc("Directory of compile_commands.json, or the file itself"),
      cl::value_desc("BUILD"), all(Input)};
  cl::list<std::string> Exclude{
      "exclude",
      cl::desc("Leave out paths that match, e.g. 'third_party' or '*_gen.c'"),
      cl::value_desc("GLOB"), all(Input)};
  cl::list<std::string> ModelFiles{
      "model",
      cl::desc("Read one more API model; see "
               "conntidy.yaml for a project's own"),
      cl::value_desc("FILE"), all(Input)};
  cl::opt<std::string> Config{
      "config",
      cl::desc("Read this in place of the conntidy.yaml found upwards"),
      cl::value_desc("FILE"), all(Input)};
  cl::opt<std::string> Index{
      "index",
      cl::desc("Keep there what is known of the project's functions (default: "
               ".conntidy/index.db beside compile_commands.json; 'none': "
               "nowhere)"),
      cl::value_desc("FILE"), both(Input)};
  cl::opt<unsigned> Jobs{"jobs",
                         cl::desc("Units analysed at a time (default: cores)"),
                         cl::value_desc("N"), cl::init(0), all(Input)};

  cl::opt<std::string> Checks{
      "checks",
      cl::desc("Comma-separated globs; '-' in front removes. A list that "
               "starts by removing starts from the default checks"),
      cl::value_desc("GLOBS"), both(Judgement)};
  cl::list<std::string> Set{"set", cl::desc("Change a setting"),
                            cl::value_desc("KEY=VALUE"), both(Judgement)};
  cl::opt<std::string> HeaderFilter{
      "header-filter",
      cl::desc(
          "Report only headers that match (default: all but the system's)"),
      cl::value_desc("REGEX"), cl::init(".*"), both(Judgement)};
  cl::opt<std::string> BaselineFile{
      "baseline", cl::desc("Report only what this file does not have"),
      cl::value_desc("FILE"), both(Judgement)};
  cl::opt<std::string> Since{
      "diff",
      cl::desc("Report only what is new since this branch left that revision"),
      cl::value_desc("REVISION"), cl::cat(Judgement)};
  cl::opt<bool> Staged{"staged",
                       cl::desc("Report only what the staged changes add"),
                       cl::cat(Judgement)};
  cl::opt<model::FailOn> FailOn{
      "fail-on", cl::desc("Level from which a finding makes the exit code 1"),
      cl::values(clEnumValN(model::FailOn::Note, "note", "Any finding"),
                 clEnumValN(model::FailOn::Warning, "warning", "The default"),
                 clEnumValN(model::FailOn::Error, "error", "Only errors"),
                 clEnumValN(model::FailOn::Never, "never", "No finding")),
      cl::cat(Judgement)};
  cl::opt<unsigned> MaxFindings{
      "max-findings",
      cl::desc("Findings of that level that are put up with (default: 0)"),
      cl::value_desc("N"), cl::cat(Judgement)};
  cl::opt<bool> AllowIncomplete{
      "allow-incomplete",
      cl::desc("Units that were not analysed do not change the exit code"),
      both(Judgement)};
  cl::opt<bool> UnusedSuppressions{
      "unused-suppressions",
      cl::desc("Also name the NOLINT comments that suppress nothing"),
      cl::cat(Judgement)};
  cl::opt<bool> ListChecks{"list-checks",
                           cl::desc("List the checks that --checks enables"),
                           cl::cat(Judgement)};

  cl::opt<Format> Form{
      "format", cl::desc("Form of the output"),
      cl::values(clEnumValN(Format::Text, "text", "For people (default)"),
                 clEnumValN(Format::Sarif, "sarif", "SARIF 2.1.0"),
                 clEnumValN(Format::GitHub, "github", "GitHub's annotations"),
                 clEnumValN(Format::GitLab, "gitlab", "GitLab's code quality")),
      cl::init(Format::Text), cl::cat(Output)};
  cl::opt<std::string> OutputFile{"o", cl::desc("Write there, not to stdout"),
                                  cl::value_desc("FILE"), all(Output)};
  cl::opt<std::string> ExportFixes{
      "export-fixes",
      cl::desc("Also write the findings in the YAML of clang-tidy"),
      cl::value_desc("FILE"), cl::cat(Output)};
  cl::opt<std::string> ExportSarif{"export-sarif",
                                   cl::desc("Also write the findings as SARIF"),
                                   cl::value_desc("FILE"), cl::cat(Output)};
  cl::opt<std::string> Html{
      "html", cl::desc("Also write a page that shows the findings"),
      cl::value_desc("FILE"), AlsoIn{Output, {&Report}}};
  cl::opt<bool> Quiet{"quiet", cl::desc("Findings and errors only"),
                      all(Output)};
  cl::opt<bool> Stats{
      "stats", cl::desc("Say how much was looked at, and how long it took"),
      cl::cat(Output)};
  cl::opt<Dump> What{
      "dump", cl::desc("Print what the engine sees in place of findings"),
      cl::values(
          clEnumValN(Dump::Events, "events", "Lease events by block"),
          clEnumValN(Dump::Summaries, "summaries", "Function summaries")),
      cl::init(Dump::None), cl::cat(Output)};
};

llvm::Error refuse(const llvm::Twine &What) {
  return llvm::createStringError(What + "; see 'conntidy --help'");
}

/// LLVM's parser says what is wrong, with our path in front and advice behind;
/// about a value it has complained to stderr by itself and says nothing.
llvm::Error refuseAs(llvm::StringRef Complaint) {
  auto [First, Rest] = Complaint.trim().split('\n');
  if (First.empty())
    return refuse("wrong command line");
  First = First.split(" Try: ").first;
  std::string What = First.substr(First.find(": ") + 2).rtrim(".! ").str();
  What[0] = llvm::toLower(What[0]);
  size_t Advice = Rest.find("Did you mean");
  if (Advice != llvm::StringRef::npos)
    What += "; did you mean " + Rest.substr(Advice + 13).trim().str();
  return refuse(What);
}

llvm::Error readSettings(const Definitions &Given, Options &Result) {
  for (llvm::StringRef Pair : Given.Set) {
    auto [Key, Value] = Pair.split('=');
    if (Key.empty() || !Pair.contains('='))
      return refuse("--set takes KEY=VALUE, not '" + Pair + "'");
    Result.Settings.emplace_back(Key.str(), Value.str());
  }
  return llvm::Error::success();
}

llvm::Error readTask(const Definitions &Given, Options &Result) {
  Result.Task = llvm::StringSwitch<ModelsTask>(Given.Task)
                    .Case("infer", ModelsTask::Infer)
                    .Case("list", ModelsTask::List)
                    .Case("show", ModelsTask::Show)
                    .Case("check", ModelsTask::Check)
                    .Default(ModelsTask::None);
  Result.Paths.assign(Given.TaskArguments.begin(), Given.TaskArguments.end());
  switch (Result.Task) {
  case ModelsTask::None:
    return refuse(
        Given.Task.empty()
            ? "'models' takes one of infer, list, show, check"
            : "'models' takes one of infer, list, show, check, not '" +
                  Given.Task + "'");
  case ModelsTask::List:
    if (!Result.Paths.empty())
      return refuse("'models list' lists all there are; 'models show NAME' "
                    "says more of one");
    break;
  case ModelsTask::Show:
    if (Result.Paths.size() != 1)
      return refuse("'models show' takes the name of one library, function, "
                    "class or type");
    break;
  case ModelsTask::Check:
    if (Result.Paths.empty())
      return refuse("'models check' takes the files to look at");
    break;
  case ModelsTask::Infer:
    break;
  }
  return llvm::Error::success();
}

llvm::Error readBaselineTask(const Definitions &Given, Options &Result) {
  Result.Baseline = llvm::StringSwitch<BaselineTask>(Given.BaselineTaskName)
                        .Case("create", BaselineTask::Create)
                        .Case("update", BaselineTask::Update)
                        .Case("show", BaselineTask::Show)
                        .Default(BaselineTask::None);
  Result.Paths.assign(Given.BaselinePaths.begin(), Given.BaselinePaths.end());
  if (Result.Baseline == BaselineTask::None)
    return refuse("'baseline' takes one of create, update, show" +
                  (Given.BaselineTaskName.empty()
                       ? ""
                       : ", not '" + Given.BaselineTaskName + "'"));
  return llvm::Error::success();
}

} // namespace

llvm::Expected<Options> parseCommandLine(int Argc, const char *const *Argv) {
  Options Result;
  // The flags of a compiler are not ours to read.
  const char *const *Separator = std::find_if(
      Argv, Argv + Argc, [](llvm::StringRef Word) { return Word == "--"; });
  if (Separator != Argv + Argc)
    Result.Flags.emplace(Separator + 1, Argv + Argc);
  int OwnCount = Separator - Argv;

  removeForeignOptions();
  Definitions Given;
  cl::SetVersionPrinter([](llvm::raw_ostream &Out) {
    Out << "conntidy " << versionNumber() << '\n';
  });
  std::string Complaint;
  llvm::raw_string_ostream ComplaintStream(Complaint);
  if (!cl::ParseCommandLineOptions(OwnCount, Argv, Overview, &ComplaintStream))
    return refuseAs(Complaint);

  if (Given.Explain) {
    Result.Explain = Given.ExplainCheck;
    return Result;
  }
  if (Given.Report) {
    Result.Report = true;
    Result.Paths.assign(Given.Logs.begin(), Given.Logs.end());
    Result.HtmlFile = Given.Html;
    if (Result.Paths.empty())
      return refuse("'report' takes the SARIF files to show");
    if (Result.HtmlFile.empty())
      return refuse("'report' takes --html FILE, the page to write");
    return Result;
  }
  if (Given.Models) {
    if (llvm::Error Error = readTask(Given, Result))
      return Error;
  } else if (Given.Baseline) {
    if (llvm::Error Error = readBaselineTask(Given, Result))
      return Error;
  } else {
    Result.Holds = bool(Given.Holds);
    auto &Paths = Result.Holds ? Given.HoldsPaths : Given.Paths;
    Result.Paths.assign(Paths.begin(), Paths.end());
    Result.HoldsMax = Given.HoldsMax;
  }
  if (llvm::Error Error = readSettings(Given, Result))
    return Error;
  if (Result.Flags && Result.Paths.empty())
    return refuse("'--' stands after the file that the flags are for");
  if (Result.Flags && !Given.Build.empty())
    return refuse("-p names a compile database and '--' gives the flags: "
                  "only one of them can be right");
  Result.ListChecks = Given.ListChecks;
  Result.BuildPath = Given.Build;
  Result.Checks = Given.Checks;
  Result.ModelFiles.assign(Given.ModelFiles.begin(), Given.ModelFiles.end());
  Result.ConfigFile = Given.Config;
  Result.IndexFile = Given.Index;
  Result.Form = Result.Holds ? Given.HoldsForm : Given.Form;
  Result.OutputFile =
      Given.OutputFile == "-" ? "" : Given.OutputFile.getValue();
  Result.ExportFixes = Given.ExportFixes;
  Result.ExportSarif = Given.ExportSarif;
  Result.HtmlFile = Given.Html;
  Result.HeaderFilter = Given.HeaderFilter;
  Result.Exclude.assign(Given.Exclude.begin(), Given.Exclude.end());
  if (Given.FailOn.getNumOccurrences())
    Result.FailOn = Given.FailOn.getValue();
  if (Given.MaxFindings.getNumOccurrences())
    Result.MaxFindings = Given.MaxFindings.getValue();
  Result.BaselineFile = Given.BaselineFile;
  Result.Since = Given.Since;
  Result.Staged = Given.Staged;
  if (Result.Staged && !Result.Since.empty())
    return refuse("--staged looks at what is staged and --diff at the files "
                  "on disk: only one of them can be right");
  Result.UnusedSuppressions = Given.UnusedSuppressions;
  Result.AllowIncomplete = Given.AllowIncomplete;
  Result.Quiet = Given.Quiet;
  Result.Stats = Given.Stats;
  Result.What = Given.What;
  Result.Jobs = Given.Jobs;
  return Result;
}

} // namespace conntidy
