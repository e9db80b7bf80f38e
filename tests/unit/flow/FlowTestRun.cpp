//===- FlowTestRun.cpp - a snippet, analysed with a model of its own ------===//

#include "unit/flow/FlowTestRun.h"
#include "flow/Lowering.h"
#include "model/ModelReader.h"
#include "clang/ASTMatchers/ASTMatchFinder.h"
#include "clang/ASTMatchers/ASTMatchers.h"
#include "clang/Frontend/ASTUnit.h"
#include "clang/Tooling/Tooling.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

namespace conntidy::testing {
namespace {

/// What every snippet can call. Nothing here has a body.
constexpr char Prelude[] = R"(
#ifdef __cplusplus
extern "C" {
#endif
typedef struct Conn Conn;
typedef struct Rows Rows;
Conn *acquire(void);
int openInto(Conn **out);
Rows *query(Conn *);
void release(Conn *);
void freeRows(Rows *);
void adopt(Conn *);
void look(Conn *);
int answer(void);
#ifdef __cplusplus
}
struct Error {};
struct Timeout : Error {};
void mayThrow();
int mayThrowInt();
class Guard {
public:
  Guard() noexcept;
  explicit Guard(Conn *) noexcept;
  Guard(Guard &&) noexcept;
  Guard &operator=(Guard &&) noexcept;
  ~Guard();
  Conn *get() const;
  Conn *giveUp();
  void dismiss();
  void reset(Conn * = nullptr);
};
#endif
)";

/// What it says of itself.
constexpr char Model[] = R"(
library: db
throws: never
resources:
  - {name: connection, kind: connection, type: 'Conn *'}
  - {name: rows, kind: result, type: 'Rows *', derives-from: [connection]}
functions:
  - {names: [acquire], acquires: [{resource: connection, handle: return}]}
  - names: [openInto]
    acquires: [{resource: connection, handle: '*arg:1', held: [returns == 0]}]
  - {names: [query], acquires: [{resource: rows, handle: return}]}
  - {names: [release], releases: [{resource: connection, handle: 'arg:1'}]}
  - {names: [freeRows], releases: [{resource: rows, handle: 'arg:1'}]}
  - {names: [adopt], takes: [{handle: 'arg:1'}]}
classes:
  - names: [Guard]
    guard:
      owns: 'arg:1'
      give-up: [giveUp]
      dismiss: [dismiss]
      reset: [reset]
      get: [get]
)";

constexpr char CoroutineHeader[] = R"(
namespace std {
template <class R, class...> struct coroutine_traits {
  using promise_type = typename R::promise_type;
};
template <class P = void> struct coroutine_handle {
  static coroutine_handle from_address(void *) noexcept;
};
template <> struct coroutine_handle<void> {
  template <class P> coroutine_handle(coroutine_handle<P>) noexcept;
  static coroutine_handle from_address(void *) noexcept;
};
struct suspend_never {
  bool await_ready() noexcept;
  void await_suspend(coroutine_handle<>) noexcept;
  void await_resume() noexcept;
};
}
struct Task {
  struct promise_type {
    Task get_return_object() noexcept;
    std::suspend_never initial_suspend() noexcept;
    std::suspend_never final_suspend() noexcept;
    void return_void() noexcept;
    void unhandled_exception() noexcept;
  };
};
)";

Lines trimmedLines(llvm::StringRef Text) {
  Lines Result;
  llvm::SmallVector<llvm::StringRef, 32> Parts;
  Text.split(Parts, '\n');
  for (llvm::StringRef Line : Parts)
    if (!Line.trim().empty())
      Result.push_back(Line.trim().str());
  return Result;
}

std::string certainty(Certainty C) {
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

using Words = std::map<std::string, std::string>;

/// Whether \p Line is \p Pattern, once its names stand for \p Bound.
bool isLike(llvm::StringRef Line, llvm::StringRef Pattern, Words &Bound) {
  auto WordOf = [](llvm::StringRef Text) {
    return Text.take_while([](char C) { return llvm::isAlnum(C); });
  };
  while (!Pattern.empty()) {
    if (!Pattern.consume_front("$")) {
      if (Line.empty() || Line.front() != Pattern.front())
        return false;
      Line = Line.drop_front();
      Pattern = Pattern.drop_front();
      continue;
    }
    llvm::StringRef Name = WordOf(Pattern), Word = WordOf(Line);
    if (Word.empty() ||
        Bound.try_emplace(Name.str(), Word.str()).first->second != Word)
      return false;
    Pattern = Pattern.drop_front(Name.size());
    Line = Line.drop_front(Word.size());
  }
  return Line.empty();
}

/// Whether \p Patterns from \p Next on occur in \p Text from \p From on.
bool occur(const Lines &Text, size_t From, const Lines &Patterns, size_t Next,
           const Words &Bound, size_t &Furthest) {
  Furthest = std::max(Furthest, Next);
  if (Next == Patterns.size())
    return true;
  for (size_t N = From; N < Text.size(); ++N) {
    Words Tried = Bound;
    if (isLike(Text[N], Patterns[Next], Tried) &&
        occur(Text, N + 1, Patterns, Next + 1, Tried, Furthest))
      return true;
  }
  return false;
}

std::vector<std::string> commandLine(const SnippetOptions &Options, bool Cxx) {
  std::vector<std::string> Args = {
      Cxx ? "-xc++" : "-xc", "-std=" + Options.Standard,
      "-fsyntax-only",       "-fcxx-exceptions",
      "-fexceptions",        "-nostdinc",
      "-Wno-everything",     "-include",
      "/snippet/prelude.h",  "-isystem",
      "/snippet/system"};
  return Args;
}

} // namespace

SnippetOptions SnippetOptions::withCoroutines() {
  SnippetOptions Options;
  Options.SystemHeaders = {{"coroutine", CoroutineHeader}};
  return Options;
}

FlowTestRun::FlowTestRun() = default;
FlowTestRun::FlowTestRun(FlowTestRun &&) noexcept = default;
FlowTestRun::~FlowTestRun() = default;

FlowTestRun FlowTestRun::on(llvm::StringRef Code, SnippetOptions Options) {
  FlowTestRun Run;
  bool Cxx = llvm::StringRef(Options.Standard).starts_with("c++");
  clang::tooling::FileContentMappings Files = {{"/snippet/prelude.h", Prelude}};
  for (auto &[Name, Text] : Options.SystemHeaders)
    Files.push_back({"/snippet/system/" + Name, Text});
  Run.Unit = clang::tooling::buildASTFromCodeWithArgs(
      Code, commandLine(Options, Cxx), Cxx ? "snippet.cpp" : "snippet.c",
      "unit_tests", std::make_shared<clang::PCHContainerOperations>(),
      clang::tooling::getClangStripDependencyFileAdjuster(), Files);
  if (!Run.Unit || Run.Unit->getDiagnostics().hasErrorOccurred())
    llvm::report_fatal_error("the snippet does not compile");

  llvm::Expected<model::Library> Library = model::readLibrary(
      Options.Model.empty() ? Model : Options.Model, "db.yaml");
  if (!Library)
    llvm::report_fatal_error(Library.takeError());
  Library->From = Options.From;
  std::vector<model::Library> Libraries;
  Libraries.push_back(std::move(*Library));
  llvm::Expected<model::ModelSet> Set =
      model::ModelSet::create(std::move(Libraries));
  if (!Set)
    llvm::report_fatal_error(Set.takeError());
  Run.Models = std::make_unique<model::ModelSet>(std::move(*Set));
  Run.Index = std::make_unique<model::ModelIndex>(*Run.Models);
  Run.Throws = std::make_unique<ThrowInference>(Run.context(), *Run.Index);

  llvm::SmallVector<llvm::StringRef, 32> Parts;
  Code.split(Parts, '\n');
  for (size_t N = 0; N < Parts.size(); ++N)
    if (size_t At = Parts[N].find("// @"); At != llvm::StringRef::npos)
      Run.Labels[N + 1] = Parts[N].substr(At + 4).trim().str();

  llvm::raw_string_ostream Out(Run.Summaries);
  Run.Result =
      analyzeUnit(Run.context(), *Run.Models, Options.Set,
                  {"conn-double-release", "conn-guard-bypass", "conn-leak",
                   "conn-leak-on-throw", "conn-raw-acquire",
                   "conn-use-after-release", "conn-wrong-release"},
                  Dump::Summaries, &Out);
  return Run;
}

clang::ASTContext &FlowTestRun::context() const {
  return Unit->getASTContext();
}

std::string FlowTestRun::labelOfLine(unsigned Line) const {
  auto It = Labels.find(Line);
  return It == Labels.end() ? "line " + std::to_string(Line) : It->second;
}

std::string FlowTestRun::labelOf(clang::SourceLocation At) const {
  return labelOfLine(context().getSourceManager().getExpansionLineNumber(At));
}

Lines FlowTestRun::leaks() const {
  Lines All;
  for (const Finding &F : findings()) {
    if (F.Check == "conn-raw-acquire")
      continue;
    std::string Line = F.Check + " at " + labelOf(F.Where.getBegin());
    for (size_t N = 0; N < F.Exits.size(); ++N)
      Line +=
          (N ? ", " : ", skipped by ") + labelOf(F.Exits[N].Where.getBegin());
    All.push_back(Line);
  }
  return All;
}

Lines FlowTestRun::rawAcquires() const {
  Lines All;
  for (const Finding &F : findings())
    if (F.Check == "conn-raw-acquire")
      All.push_back(labelOf(F.Where.getBegin()));
  return All;
}

Record FlowTestRun::onlyRecord() const {
  std::vector<Record> Records;
  for (const Finding &F : findings())
    if (F.Check != "conn-raw-acquire")
      Records.push_back(toRecord(F, context()));
  EXPECT_EQ(Records.size(), 1u);
  return Records.empty() ? Record() : Records.front();
}

const clang::NamedDecl *FlowTestRun::named(llvm::StringRef Name) const {
  using namespace clang::ast_matchers;
  auto Found = match(namedDecl(hasName(Name)).bind("d"), context());
  // A definition says more than a declaration.
  for (auto &Node : Found)
    if (auto *F = Node.getNodeAs<clang::FunctionDecl>("d"))
      if (F->isThisDeclarationADefinition() && !F->isDependentContext())
        return F;
  if (Found.empty())
    llvm::report_fatal_error("nothing in the snippet has the name " + Name);
  return Found.front().getNodeAs<clang::NamedDecl>("d");
}

const clang::FunctionDecl *FlowTestRun::function(llvm::StringRef Name) const {
  return llvm::cast<clang::FunctionDecl>(named(Name));
}

Lines FlowTestRun::events(llvm::StringRef Function) const {
  std::unique_ptr<flow::Program> P =
      flow::lower(function(Function), context(), *Throws);
  if (!P)
    return {};
  std::string Text;
  llvm::raw_string_ostream Out(Text);
  P->print(Out);
  return trimmedLines(Text);
}

::testing::AssertionResult
FlowTestRun::lowersTo(llvm::StringRef Function,
                      llvm::StringRef Patterns) const {
  Lines Text = events(Function), Wanted = trimmedLines(Patterns);
  size_t Furthest = 0;
  if (occur(Text, 0, Wanted, 0, {}, Furthest))
    return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure()
         << "no line like '" << Wanted[Furthest] << "' where it should be in\n"
         << llvm::join(Text, "\n");
}

Lines FlowTestRun::summaryOf(llvm::StringRef Function) const {
  Lines Cases;
  bool Inside = false;
  for (llvm::StringRef Line : trimmedLines(Summaries)) {
    if (Line.consume_front("summary ")) {
      Inside = Line == Function;
    } else if (Inside && Line.consume_front("case ")) {
      Cases.push_back(Line.str());
    } else if (Inside) {
      if (Cases.empty())
        Cases.push_back("");
      Cases.back() +=
          (llvm::StringRef(Cases.back()).contains(": ") ? "; " : ": ") +
          Line.str();
    }
  }
  llvm::sort(Cases);
  return Cases;
}

Lines FlowTestRun::thrownBy(llvm::StringRef Function) const {
  return toLines(Throws->of(function(Function)));
}

Lines toLines(const ThrownSet &Set) {
  Lines Result;
  clang::PrintingPolicy Policy{clang::LangOptions()};
  Policy.adjustForCPlusPlus();
  for (auto &[Type, Sure] : Set.Types)
    Result.push_back(Type.getAsString(Policy) + " (" + certainty(Sure) + ")");
  if (Set.Anything)
    Result.push_back("anything (" + certainty(*Set.Anything) + ")");
  llvm::sort(Result);
  return Result;
}

} // namespace conntidy::testing
