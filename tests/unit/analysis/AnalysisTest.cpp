//===- AnalysisTest.cpp - a unit as a whole -------------------------------===//
//
// Which functions are looked at, in which order findings come, what is counted,
// and that nothing is said of what was not asked for.
//
//===----------------------------------------------------------------------===//

#include "analysis/CallGraph.h"
#include "unit/flow/FlowTestRun.h"
#include "llvm/Support/raw_ostream.h"

namespace conntidy {
namespace {

using testing::FlowTestRun;
using testing::Lines;
using testing::SnippetOptions;

/// Names of the functions of each component, callees first.
Lines components(const FlowTestRun &Run) {
  CallGraph Graph(Run.context(), Run.models());
  Lines Result;
  for (const std::vector<unsigned> &Component : Graph.bottomUp()) {
    std::string Names;
    for (unsigned N : Component)
      Names += (Names.empty() ? "" : " ") +
               model::qualifiedName(Graph.nodes()[N].Definition);
    Result.push_back(Names);
  }
  return Result;
}

size_t positionOf(const Lines &All, llvm::StringRef One) {
  auto It = llvm::find(All, One);
  EXPECT_NE(It, All.end()) << One.str();
  return It - All.begin();
}

TEST(CallGraph, CalleesComeFirst) {
  auto Run = FlowTestRun::on(R"cpp(
    void bottom() {}
    void top();
    void middle() { bottom(); }
    void top() { middle(); bottom(); })cpp");
  EXPECT_EQ(components(Run), (Lines{"bottom", "middle", "top"}));
}

TEST(CallGraph, RecursionIsOneComponentInSourceOrder) {
  auto Run = FlowTestRun::on(R"cpp(
    void second();
    void first() { second(); }
    void second() { first(); }
    void outside() { first(); })cpp");
  EXPECT_EQ(components(Run), (Lines{"first second", "outside"}));
}

TEST(CallGraph, ConstructorsAndDestructorsAreCalls) {
  auto Run = FlowTestRun::on(R"cpp(
    struct S { S(); ~S(); };
    void uses() { S s; }
    S::S() { answer(); }
    S::~S() { answer(); })cpp");
  Lines All = components(Run);
  EXPECT_LT(positionOf(All, "S::S"), positionOf(All, "uses"));
  EXPECT_LT(positionOf(All, "S::~S"), positionOf(All, "uses"));
}

TEST(CallGraph, LambdaBodiesAreFunctions) {
  auto Run = FlowTestRun::on("void f() { auto l = [] { answer(); }; l(); }");
  Lines All = components(Run);
  EXPECT_EQ(All.size(), 2u);
  EXPECT_EQ(positionOf(All, "f"), 1u);
}

TEST(CallGraph, TemplatesAreTheirInstantiations) {
  auto Run = FlowTestRun::on(R"cpp(
    template <class T> void g(T) { answer(); }
    template <class T> void never(T) { answer(); }
    void f() { g(1); g('x'); })cpp");
  Lines All = components(Run);
  EXPECT_EQ(llvm::count(All, "g"), 2);
  EXPECT_EQ(llvm::count(All, "never"), 0);
}

TEST(CallGraph, SystemHeadersAreLeftOut) {
  SnippetOptions Options;
  Options.SystemHeaders = {{"vendor.h", "inline void theirs() {}"}};
  auto Run = FlowTestRun::on("#include <vendor.h>\nvoid mine() { theirs(); }",
                             Options);
  EXPECT_EQ(components(Run), Lines{"mine"});
}

TEST(CallGraph, KnowsWhoTouchesAModel) {
  auto Run = FlowTestRun::on(R"cpp(
    void acquires() { look(acquire()); }
    void handles(Conn *) {}
    void neither(int n) { answer(); })cpp");
  CallGraph Graph(Run.context(), Run.models());
  for (const FunctionNode &N : Graph.nodes())
    EXPECT_EQ(N.TouchesModel, N.Definition->getName() == "acquires" ||
                                  N.Definition->getName() == "handles")
        << N.Definition->getNameAsString();
}

TEST(Analysis, OnlyWhatMattersIsLookedAt) {
  auto Run = FlowTestRun::on(R"cpp(
    void irrelevant() { answer(); }
    Conn *opens() { return acquire(); }
    void calls() { release(opens()); })cpp");
  EXPECT_EQ(Run.statistics().Functions, 3u);
  EXPECT_EQ(Run.statistics().Analyzed, 2u);
  EXPECT_GT(Run.statistics().EngineSeconds, 0.0);
}

TEST(Analysis, FindingsComeInSourceOrder) {
  auto Run = FlowTestRun::on(R"cpp(
    void later();
    void first() {
      Conn *a = acquire(); // @a
      later();
      Conn *b = acquire(); // @b
    } // @end
    void later() {
      Conn *c = acquire(); // @c
      mayThrow(); // @throws
      release(c);
    })cpp");
  EXPECT_EQ(Run.leaks(), (Lines{"conn-leak at a, skipped by end",
                                "conn-leak at b, skipped by end",
                                "conn-leak-on-throw at c, skipped by throws"}));
}

TEST(Analysis, FindingNamesItsFunction) {
  auto Run = FlowTestRun::on(R"cpp(
    namespace app { inline namespace v1 { struct Job {
      void run() { Conn *c = acquire(); look(c); }
    }; } })cpp");
  EXPECT_EQ(Run.onlyRecord().Function, "app::Job::run");
}

TEST(Analysis, OnlyEnabledChecksSpeak) {
  auto Run = FlowTestRun::on(R"cpp(
    void f() {
      Conn *c = acquire();
      look(c);
    })cpp");
  auto FindingsOf = [&](std::vector<std::string> Enabled) {
    return analyzeUnit(Run.context(), Run.models().set(), Settings(), Enabled)
        .Findings.size();
  };
  EXPECT_EQ(FindingsOf({}), 0u);
  EXPECT_EQ(FindingsOf({"conn-leak-on-throw"}), 0u);
  EXPECT_EQ(FindingsOf({"conn-leak"}), 1u);
}

TEST(Analysis, DumpsWhatWasAskedFor) {
  auto Run = FlowTestRun::on("Conn *f() { return acquire(); }");
  auto DumpOf = [&](Dump What) {
    std::string Text;
    llvm::raw_string_ostream Out(Text);
    analyzeUnit(Run.context(), Run.models().set(), Settings(), {}, What, &Out);
    return Text;
  };
  EXPECT_EQ(DumpOf(Dump::None), "");
  EXPECT_TRUE(
      llvm::StringRef(DumpOf(Dump::Events)).starts_with("function f\n"));
  EXPECT_TRUE(
      llvm::StringRef(DumpOf(Dump::Summaries)).starts_with("summary f\n"));
}

TEST(Analysis, SameUnitTwiceSaysTheSame) {
  auto Run = FlowTestRun::on(R"cpp(
    void f(int n) {
      Conn *all[4] = {acquire(), acquire(), acquire(), acquire()};
      if (n)
        mayThrow();
      Conn *c = acquire();
      mayThrow();
      release(c);
    })cpp");
  std::vector<std::string> Checks = {"conn-leak", "conn-leak-on-throw"};
  auto Said = [&] {
    Lines All;
    for (const Finding &F :
         analyzeUnit(Run.context(), Run.models().set(), Settings(), Checks)
             .Findings)
      All.push_back(F.Message);
    return All;
  };
  Lines First = Said();
  EXPECT_FALSE(First.empty());
  EXPECT_EQ(First, Said());
}

} // namespace
} // namespace conntidy
