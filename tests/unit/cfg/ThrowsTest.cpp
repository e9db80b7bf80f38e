//===- ThrowsTest.cpp - what a call may throw, and who catches it ---------===//
//
// First what each kind of function may throw, in the order in which the
// inference asks: specification, model, visible body, general rule. Then what a
// handler takes out of a set.
//
//===----------------------------------------------------------------------===//

#include "cfg/Throws.h"
#include "unit/flow/FlowTestRun.h"

namespace conntidy {
namespace {

using testing::FlowTestRun;
using testing::Lines;
using testing::SnippetOptions;
using testing::toLines;

const Lines Nothing;
const Lines AnythingLikely{"anything (likely)"};

Lines thrownBy(llvm::StringRef Function, llvm::StringRef Code) {
  return FlowTestRun::on(Code).thrownBy(Function);
}

TEST(Throws, UnseenFunctionMayThrowAnything) {
  EXPECT_EQ(thrownBy("f", "void f();"), AnythingLikely);
}

TEST(Throws, NoexceptNeverThrows) {
  EXPECT_EQ(thrownBy("f", "void f() noexcept;"), Nothing);
  EXPECT_EQ(thrownBy("f", "void f() noexcept(true);"), Nothing);
  EXPECT_EQ(thrownBy("f", "void f() throw();"), Nothing);
  EXPECT_EQ(thrownBy("f", "void f() __attribute__((nothrow));"), Nothing);
  EXPECT_EQ(thrownBy("f", "void f() noexcept(false);"), AnythingLikely);
}

TEST(Throws, NoexceptIsBelievedOverTheBody) {
  EXPECT_EQ(thrownBy("f", "void f() noexcept { throw Error(); }"), Nothing);
}

TEST(Throws, CFunctionsNeverThrow) {
  EXPECT_EQ(thrownBy("f", "extern \"C\" void f();"), Nothing);
  EXPECT_EQ(FlowTestRun::onC("void f(void);").thrownBy("f"), Nothing);
}

TEST(Throws, CLinkageWithAVisibleBodyThrowsWhatItThrows) {
  EXPECT_EQ(thrownBy("f", "extern \"C\" void f() { throw Error(); }"),
            Lines{"Error (definite)"});
}

TEST(Throws, ModelIsBelieved) {
  SnippetOptions Options;
  Options.Model = R"(
library: words
functions:
  - {names: [quiet], throws: never}
  - {names: [allocates], throws: allocation}
  - {names: [typed], throws: [Error, Timeout]}
  - {names: [loud], throws: anything}
  - {names: [unknownType], throws: [nowhere::declared]}
)";
  auto Run = FlowTestRun::on(R"cpp(
    void quiet();
    void allocates();
    void typed();
    void loud();
    void unknownType();)cpp",
                             Options);
  EXPECT_EQ(Run.thrownBy("quiet"), Nothing);
  EXPECT_EQ(Run.thrownBy("allocates"), Lines{"anything (possible)"});
  EXPECT_EQ(Run.thrownBy("typed"),
            (Lines{"Error (likely)", "Timeout (likely)"}));
  EXPECT_EQ(Run.thrownBy("loud"), AnythingLikely);
  EXPECT_EQ(Run.thrownBy("unknownType"), AnythingLikely);
}

// A project's own function is another one than the library's of that name; its
// methods are told apart by their class. What the project says, it says of its
// own.
TEST(Throws, ModelIsNotForAFunctionTheProjectDefines) {
  SnippetOptions Options;
  Options.Model = R"(
library: words
functions:
  - {names: [quiet], throws: never}
  - {names: ['Session::close'], throws: never}
)";
  auto Run = FlowTestRun::on(R"cpp(
    void quiet() { throw Error(); }
    struct Session { void close() { throw Error(); } };)cpp",
                             Options);
  EXPECT_EQ(Run.thrownBy("quiet"), Lines{"Error (definite)"});
  EXPECT_EQ(Run.thrownBy("Session::close"), Nothing);

  Options.From = model::Origin::Project;
  auto Own = FlowTestRun::on("void quiet() { throw Error(); }", Options);
  EXPECT_EQ(Own.thrownBy("quiet"), Nothing);
}

TEST(Throws, ClassAndLibrarySpeakForTheirFunctions) {
  SnippetOptions Options;
  Options.Model = R"(
library: words
throws: [Error]
functions:
  - {names: [plain], blocks: the server}
  - {names: ['Session::close'], throws: never}
classes:
  - {names: [Session], throws: [Timeout]}
  - {names: [Other]}
)";
  auto Run = FlowTestRun::on(R"cpp(
    void plain();
    struct Session { void run(); void close(); };
    struct Other { void go(); };)cpp",
                             Options);
  EXPECT_EQ(Run.thrownBy("plain"), Lines{"Error (likely)"});
  EXPECT_EQ(Run.thrownBy("Session::run"), Lines{"Timeout (likely)"});
  EXPECT_EQ(Run.thrownBy("Session::close"), Nothing);
  EXPECT_EQ(Run.thrownBy("Other::go"), Lines{"Error (likely)"});
}

TEST(Throws, StandardLibraryOnlyAllocates) {
  SnippetOptions Options;
  Options.SystemHeaders = {
      {"vector", "namespace std { struct vector { void grow(); int size() "
                 "const noexcept; }; void visible() { throw 1; } }"}};
  auto Run = FlowTestRun::on("#include <vector>\n", Options);
  EXPECT_EQ(Run.thrownBy("grow"), Lines{"anything (possible)"});
  EXPECT_EQ(Run.thrownBy("size"), Nothing);
  EXPECT_EQ(Run.thrownBy("visible"), Lines{"anything (possible)"});
}

TEST(Throws, BodyInASystemHeaderCountsAsUnseen) {
  SnippetOptions Options;
  Options.SystemHeaders = {{"vendor.h",
                            "inline void calm() {}\n"
                            "inline void angry() { throw Error(); }\n"}};
  auto Run =
      FlowTestRun::on("#include <vendor.h>\nvoid mine() { calm(); }", Options);
  EXPECT_EQ(Run.thrownBy("calm"), AnythingLikely);
  EXPECT_EQ(Run.thrownBy("angry"), AnythingLikely);
  EXPECT_EQ(Run.thrownBy("mine"), AnythingLikely);
  EXPECT_EQ(visibleBody(Run.function("calm")), nullptr);
  EXPECT_EQ(visibleBody(Run.function("mine")), Run.function("mine"));
}

TEST(Throws, VisibleBodyIsRead) {
  EXPECT_EQ(thrownBy("f", "void f() { answer(); }"), Nothing);
  EXPECT_EQ(thrownBy("f", "void f() { throw Error(); }"),
            Lines{"Error (definite)"});
  EXPECT_EQ(thrownBy("f", "void f() { mayThrow(); }"), AnythingLikely);
}

TEST(Throws, ThrowOfACalleeIsOnlyLikely) {
  EXPECT_EQ(thrownBy("f", "void g() { throw Error(); } void f() { g(); }"),
            Lines{"Error (likely)"});
}

TEST(Throws, ConstructorsDestructorsAndOperatorsAreCalls) {
  EXPECT_EQ(thrownBy("f", "struct S { S(); }; void f() { S s; }"),
            AnythingLikely);
  EXPECT_EQ(thrownBy("f", "struct S { ~S(); }; void f() { S s; }"), Nothing);
  EXPECT_EQ(thrownBy("f", "struct S { ~S() noexcept(false); };"
                          "void f() { S s; }"),
            AnythingLikely);
  EXPECT_EQ(thrownBy("f", "struct S {}; S operator+(S, S);"
                          "void f(S a) { a + a; }"),
            AnythingLikely);
  EXPECT_EQ(thrownBy("f", "struct S { operator int(); };"
                          "int f(S a) { return a; }"),
            AnythingLikely);
}

TEST(Throws, ConstructorInitializersAreItsBody) {
  EXPECT_EQ(thrownBy("S", "struct S { S() : n(mayThrowInt()) {} int n; };"),
            AnythingLikely);
}

TEST(Throws, AllocationIsPossible) {
  EXPECT_EQ(thrownBy("f", "int *f() { return new int; }"),
            Lines{"anything (possible)"});
}

TEST(Throws, LambdaThrowsWhereItIsCalled) {
  EXPECT_EQ(thrownBy("f", "void f() { auto l = [] { throw Error(); }; }"),
            Nothing);
  EXPECT_EQ(thrownBy("f", "void f() { [] { throw Error(); }(); }"),
            Lines{"Error (likely)"});
}

TEST(Throws, UnevaluatedOperandsThrowNothing) {
  EXPECT_EQ(thrownBy("f", "bool f() { return noexcept(mayThrow()); }"),
            Nothing);
  EXPECT_EQ(
      thrownBy("f", "unsigned long f() { return sizeof(mayThrowInt()); }"),
      Nothing);
}

TEST(Throws, HandlersStopWhatTheyMatch) {
  EXPECT_EQ(thrownBy("f", R"cpp(void f() {
              try { mayThrow(); } catch (...) {} })cpp"),
            Nothing);
  EXPECT_EQ(thrownBy("f", R"cpp(void f() {
              try { throw Timeout(); } catch (const Error &) {} })cpp"),
            Nothing);
  EXPECT_EQ(thrownBy("f", R"cpp(void f() {
              try { throw Error(); } catch (Timeout &) {} })cpp"),
            Lines{"Error (definite)"});
}

TEST(Throws, HandlerBodyMayThrowInstead) {
  EXPECT_EQ(thrownBy("f", R"cpp(void f() {
              try { throw Error(); } catch (...) { throw 1; } })cpp"),
            Lines{"int (definite)"});
}

TEST(Throws, HandlerThatNothingReachesIsSilent) {
  EXPECT_EQ(thrownBy("f", R"cpp(void f() {
              try { answer(); } catch (...) { throw 1; } })cpp"),
            Nothing);
}

TEST(Throws, RethrowThrowsWhatWasCaught) {
  EXPECT_EQ(thrownBy("f", R"cpp(void f() {
              try { throw Timeout(); } catch (Error &) { throw; } })cpp"),
            Lines{"Timeout (definite)"});
}

TEST(Throws, RethrowOutsideAHandlerMayBeAnything) {
  EXPECT_EQ(thrownBy("f", "void f() { throw; }"), Lines{"anything (definite)"});
}

TEST(Throws, FunctionTryBlockIsATryBlock) {
  EXPECT_EQ(thrownBy("f", R"cpp(void f() try { throw Error(); }
              catch (Error &) {})cpp"),
            Nothing);
}

TEST(Throws, RecursionComesToAnEnd) {
  EXPECT_EQ(thrownBy("f", R"cpp(
              void g(int n);
              void f(int n) { if (n) g(n - 1); throw Error(); }
              void g(int n) { if (n) f(n - 1); })cpp"),
            Lines{"Error (definite)"});
}

TEST(Throws, ReportersDoNotThrow) {
  EXPECT_EQ(thrownBy("logf", "void logf(const char *, ...) "
                             "__attribute__((format(printf, 1, 2)));"),
            Nothing);
  EXPECT_EQ(thrownBy("logMessage", "void logMessage(const char *, ...);"),
            Nothing);
  EXPECT_EQ(thrownBy("throwError", "void throwError(const char *, ...);"),
            AnythingLikely);
}

TEST(Throws, IndirectCallsGoByTheirType) {
  EXPECT_EQ(thrownBy("f", "void f(void (*g)()) { g(); }"), AnythingLikely);
  EXPECT_EQ(thrownBy("f", "void f(void (*g)() noexcept) { g(); }"), Nothing);
}

TEST(Throws, NeverReturnsIsSeenFromTheBody) {
  auto Run = FlowTestRun::on(R"cpp(
    [[noreturn]] void stop();
    void fails() { answer(); throw Error(); }
    void failsToo() { fails(); }
    void stops() { stop(); }
    void maybe(bool b) { if (b) return; throw Error(); }
    void returns() { answer(); }
    void unseen();)cpp");
  ThrowInference Throws(Run.context(), Run.models());
  for (llvm::StringRef Never : {"fails", "failsToo", "stops"})
    EXPECT_TRUE(Throws.neverReturns(Run.function(Never))) << Never.str();
  for (llvm::StringRef Does : {"maybe", "returns", "unseen"})
    EXPECT_FALSE(Throws.neverReturns(Run.function(Does))) << Does.str();
}

/// Declares types, and gives them by name.
class Handlers : public ::testing::Test {
protected:
  FlowTestRun Run = FlowTestRun::on(R"cpp(
    namespace std { class exception {}; class runtime_error : public exception {}; }
    struct Base {}; struct Derived : Base {}; struct Hidden : private Base {};
    typedef Derived Alias;
    Base base; Derived derived; const Derived constant{}; Alias alias; int number;
    std::exception standard; std::runtime_error runtime; Hidden hidden;
    const char *text; char *mutableText; void *untyped; Derived *pointer; Base *basePointer;
    int *numbers;)cpp");

  clang::QualType typeOf(llvm::StringRef Variable) {
    return Run.find<clang::VarDecl>(Variable)->getType();
  }
  ThrownSet one(llvm::StringRef Variable) {
    ThrownSet S;
    S.add(typeOf(Variable), Certainty::Likely);
    return S;
  }
  bool catches(llvm::StringRef Caught, llvm::StringRef Thrown) {
    HandlerMatch M = matchHandler(one(Thrown), typeOf(Caught), Run.context());
    EXPECT_NE(M.Caught.empty(), M.Passed.empty());
    return M.Passed.empty();
  }
};

TEST_F(Handlers, TakeTheirTypeHoweverItIsSpelled) {
  EXPECT_TRUE(catches("derived", "derived"));
  EXPECT_TRUE(catches("constant", "derived"));
  EXPECT_TRUE(catches("derived", "constant"));
  EXPECT_TRUE(catches("alias", "derived"));
  EXPECT_FALSE(catches("number", "derived"));
}

TEST_F(Handlers, TakeByReference) {
  clang::QualType Reference =
      Run.context().getLValueReferenceType(typeOf("base").withConst());
  EXPECT_TRUE(
      matchHandler(one("derived"), Reference, Run.context()).Passed.empty());
}

TEST_F(Handlers, TakeWhatDerives) {
  EXPECT_TRUE(catches("base", "derived"));
  EXPECT_FALSE(catches("derived", "base"));
}

TEST_F(Handlers, CatchAllTakesAll) {
  ThrownSet Set = one("derived");
  Set.addAnything(Certainty::Likely);
  HandlerMatch M = matchHandler(Set, clang::QualType(), Run.context());
  EXPECT_EQ(M.Caught, Set);
  EXPECT_TRUE(M.Passed.empty());
}

TEST_F(Handlers, TakePointersAfterTheirConversions) {
  EXPECT_TRUE(catches("text", "text"));
  EXPECT_TRUE(catches("text", "mutableText"));
  EXPECT_TRUE(catches("untyped", "pointer"));
  EXPECT_FALSE(catches("numbers", "pointer"));
  EXPECT_FALSE(catches("pointer", "basePointer"));
}

TEST_F(Handlers, UnknownExceptionIsCaughtAndPassedOn) {
  ThrownSet Set;
  Set.addAnything(Certainty::Likely);
  HandlerMatch M = matchHandler(Set, typeOf("derived"), Run.context());
  EXPECT_EQ(toLines(M.Caught), AnythingLikely);
  EXPECT_EQ(toLines(M.Passed), AnythingLikely);
}

// What is thrown unseen nearly always derives from it.
TEST_F(Handlers, UnknownExceptionHardlyPassesStdException) {
  ThrownSet Set;
  Set.addAnything(Certainty::Likely);
  HandlerMatch M = matchHandler(Set, typeOf("standard"), Run.context());
  EXPECT_EQ(toLines(M.Passed), Lines{"anything (possible)"});
  M = matchHandler(Set, typeOf("runtime"), Run.context());
  EXPECT_EQ(toLines(M.Passed), AnythingLikely);
}

TEST_F(Handlers, SplitASetByType) {
  ThrownSet Set = one("derived");
  Set.add(typeOf("number"), Certainty::Definite);
  HandlerMatch M = matchHandler(Set, typeOf("base"), Run.context());
  EXPECT_EQ(toLines(M.Caught), Lines{"Derived (likely)"});
  EXPECT_EQ(toLines(M.Passed), Lines{"int (definite)"});
}

TEST_F(Handlers, SetKeepsTheSurestOfEachType) {
  ThrownSet Set = one("derived");
  Set.add(typeOf("constant"), Certainty::Definite);
  Set.add(typeOf("number"), Certainty::Possible);
  EXPECT_EQ(toLines(Set), (Lines{"Derived (definite)", "int (possible)"}));
  EXPECT_EQ(Set.surest(), Certainty::Definite);
  Set.weaken(Certainty::Likely);
  EXPECT_EQ(toLines(Set), (Lines{"Derived (likely)", "int (possible)"}));
}

// A private base class catches nothing: the conversion is not accessible.
TEST_F(Handlers, KnownMissPrivateBaseDoesNotCatch) {
  EXPECT_TRUE(catches("base", "hidden")) << "right by now: expect false";
}

// [except.handle]: a pointer converts to a pointer to its base class.
TEST_F(Handlers, PointerToDerivedIsCaughtAsPointerToBase) {
  EXPECT_TRUE(catches("basePointer", "pointer"));
}

} // namespace
} // namespace conntidy
