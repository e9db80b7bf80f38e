//===- ModelLookupTest.cpp - which model speaks of a declaration ----------===//
//
// ModelIndex as one unit sees it: functions and methods by their qualified
// names, however they are declared; handle types; what the source says of
// itself.
//
//===----------------------------------------------------------------------===//

#include "unit/flow/FlowTestRun.h"

namespace conntidy {
namespace {

using testing::FlowTestRun;
using testing::Lines;
using testing::SnippetOptions;

const Lines None;

FlowTestRun withModel(llvm::StringRef Code, llvm::StringRef Functions) {
  SnippetOptions Options;
  Options.Model = ("library: words\nresources:\n"
                   "  - {name: line, kind: connection, type: 'Line *'}\n"
                   "functions:\n" +
                   Functions)
                      .str();
  return FlowTestRun::on(Code, Options);
}

size_t entriesFor(const FlowTestRun &Run, llvm::StringRef Function) {
  return Run.models().entriesFor(Run.function(Function)).size();
}

TEST(ModelLookup, FreeFunctionByItsQualifiedName) {
  auto Run = withModel(R"cpp(
    namespace a { void f(); namespace b { void f(); } }
    void f();)cpp",
                       "  - {names: ['a::f'], throws: never}\n");
  EXPECT_EQ(entriesFor(Run, "::a::f"), 1u);
  EXPECT_EQ(entriesFor(Run, "::a::b::f"), 0u);
  EXPECT_EQ(entriesFor(Run, "::f"), 0u);
}

TEST(ModelLookup, InlineNamespacesAreNotThere) {
  auto Run = withModel("namespace a { inline namespace v2 { void f(); } }",
                       "  - {names: ['a::f'], throws: never}\n");
  EXPECT_EQ(entriesFor(Run, "::a::v2::f"), 1u);
}

TEST(ModelLookup, InheritedAndOverriddenMethods) {
  auto Run = withModel(R"cpp(
    struct Base { virtual void close(); void ping(); };
    struct Derived : Base { void close() override; };
    struct Other { void close(); };)cpp",
                       "  - {names: ['Base::close'], throws: never}\n");
  EXPECT_EQ(entriesFor(Run, "Base::close"), 1u);
  EXPECT_EQ(entriesFor(Run, "Derived::close"), 1u);
  EXPECT_EQ(entriesFor(Run, "Other::close"), 0u);
  EXPECT_EQ(entriesFor(Run, "Base::ping"), 0u);
}

TEST(ModelLookup, ConstructorsAreNotInherited) {
  auto Run = withModel(R"cpp(
    struct Base { Base(int); };
    struct Derived : Base { Derived(long); };)cpp",
                       "  - {names: ['Base::Base'], throws: never}\n");
  EXPECT_EQ(entriesFor(Run, "::Base::Base"), 1u);
  EXPECT_EQ(entriesFor(Run, "::Derived::Derived"), 0u);
}

TEST(ModelLookup, EveryEntryOfOneFunction) {
  auto Run = withModel("void f(int); void f(int, int);",
                       "  - {names: [f], arity: 1, throws: never}\n"
                       "  - {names: [f, g], arity: 2, throws: never}\n");
  EXPECT_EQ(entriesFor(Run, "f"), 2u);
}

TEST(ModelLookup, FieldsThatHoldFunctions) {
  auto Run = withModel("struct Table { void (*close)(); void (*open)(); };",
                       "  - {names: ['Table::close'], throws: never}\n");
  auto EntriesFor = [&](llvm::StringRef Field) {
    return Run.models().entriesFor(Run.find<clang::FieldDecl>(Field)).size();
  };
  EXPECT_EQ(EntriesFor("close"), 1u);
  EXPECT_EQ(EntriesFor("open"), 0u);
}

TEST(ModelLookup, HandleTypesThroughPointersAndTypedefs) {
  auto Run = FlowTestRun::on(R"cpp(
    typedef Conn *Handle;
    using Alias = Handle;
    struct Connection;
    Conn *plain; const Conn *constant; Conn **address; Handle renamed; Alias again;
    Connection *other; int number;)cpp");
  for (llvm::StringRef Name :
       {"plain", "constant", "address", "renamed", "again"})
    EXPECT_TRUE(
        Run.models().isHandleType(Run.find<clang::VarDecl>(Name)->getType()))
        << Name.str();
  for (llvm::StringRef Name : {"other", "number"})
    EXPECT_FALSE(
        Run.models().isHandleType(Run.find<clang::VarDecl>(Name)->getType()))
        << Name.str();
}

TEST(ModelLookup, QualifiedNamesLeaveOutWhatNobodyWrites) {
  auto Run = FlowTestRun::on(R"cpp(
    namespace a { inline namespace v1 { namespace {
    template <class T> struct Box {
      Box() {}
      ~Box() {}
      void put(T) {}
      void operator()() {}
      operator bool() { return true; }
    };
    } } }
    void use() { a::Box<int> b; b.put(1); b(); if (b) {} })cpp");
  auto NameOf = [&](llvm::StringRef Name) {
    return model::qualifiedName(Run.function(Name));
  };
  EXPECT_EQ(NameOf("put"), "a::Box::put");
  EXPECT_EQ(NameOf("operator()"), "a::Box::operator()");
  EXPECT_EQ(model::qualifiedName(Run.find<clang::CXXDestructorDecl>("~Box")),
            "a::Box::~Box");
}

TEST(ModelLookup, AnnotationsAreAModel) {
  auto Run = FlowTestRun::on(R"cpp(
    struct Line;
    [[clang::annotate("conntidy::acquire")]] Line *dial() noexcept;
    void hangUp([[clang::annotate("conntidy::release")]] Line *) noexcept;
    void pass([[clang::annotate("conntidy::takes")]] Line *) noexcept;
    void closeWindow([[clang::annotate("conntidy::borrows")]] Line *) noexcept;
    void released() { Line *l = dial(); hangUp(l); }
    void taken() { Line *l = dial(); pass(l); }
    void borrowed() {
      Line *l = dial(); // @open
      closeWindow(l);
    } // @end)cpp");
  EXPECT_EQ(Run.leaks(), Lines{"conn-leak at open, skipped by end"});
}

TEST(ModelLookup, AnnotationGoesBeforeTheModel) {
  auto Run = FlowTestRun::on(R"cpp(
    extern "C" void release([[clang::annotate("conntidy::borrows")]] Conn *);
    void f() {
      Conn *c = acquire(); // @open
      release(c);
    } // @end)cpp");
  EXPECT_EQ(Run.leaks(), Lines{"conn-leak at open, skipped by end"});
}

TEST(ModelLookup, MallocNamesItsDeallocator) {
  auto Run = FlowTestRun::onC(R"cpp(
    struct Line;
    void bye(struct Line *);
    __attribute__((malloc(bye, 1))) struct Line *dial(void);
    void right(void) { struct Line *l = dial(); if (l) bye(l); }
    void wrong(void) {
      struct Line *l = dial(); // @open
      if (!l)
        return;
    } // @end)cpp");
  EXPECT_EQ(Run.leaks(), Lines{"conn-leak at open, skipped by end"});
}

// Whoever asks for the deallocator first learns of it later.
TEST(ModelLookup, DeallocatorIsSeenBeforeItsAllocator) {
  auto Run = FlowTestRun::onC(R"cpp(
    struct Line;
    void bye(struct Line *);
    __attribute__((malloc(bye, 1))) struct Line *dial(void);
    void before(struct Line *l) { bye(l); }
    void right(void) { struct Line *l = dial(); if (l) bye(l); })cpp");
  EXPECT_EQ(Run.leaks(), None);
}

} // namespace
} // namespace conntidy
