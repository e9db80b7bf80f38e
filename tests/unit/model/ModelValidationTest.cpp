//===- ModelValidationTest.cpp - well-formed models that cannot be right --===//
//
// Each kind of contradiction is asserted with its line and its words; its twin,
// which looks alike and is right, has to pass.
//
//===----------------------------------------------------------------------===//

#include "model/ModelReader.h"
#include "gtest/gtest.h"

namespace conntidy::model {
namespace {

constexpr const char *Head =
    "library: db\n"
    "resources:\n"
    "  - {name: connection, kind: connection, type: 'db *'}\n"
    "  - {name: rows, kind: result, type: 'rows *'}\n";

std::string validated(std::vector<std::string> Texts) {
  std::vector<Library> All;
  for (const std::string &Text : Texts) {
    llvm::Expected<Library> L =
        readLibrary(Text, "f" + std::to_string(All.size()) + ".yaml");
    if (!L)
      return "not read: " + llvm::toString(L.takeError());
    All.push_back(std::move(*L));
  }
  return llvm::toString(validate(All));
}

/// What is wrong with a library of these functions; they start on line 6.
std::string functions(const std::string &Functions) {
  return validated({std::string(Head) + "functions:\n" + Functions});
}
std::string classes(const std::string &Classes) {
  return validated({std::string(Head) + "classes:\n" + Classes});
}

TEST(ModelValidation, EmbeddedModelsHoldTogether) {
  EXPECT_GE(embeddedLibraries().size(), 11u);
  EXPECT_EQ(llvm::toString(validate(embeddedLibraries())), "");
}

TEST(ModelValidation, FieldsAreAskedUnderHeldOnly) {
  EXPECT_EQ(functions("  - names: [open]\n"
                      "    acquires: [{resource: connection, handle: return, "
                      "held: ['arg:1.err == 0']}]\n"),
            "");
  EXPECT_EQ(functions("  - names: [close]\n"
                      "    releases: [{resource: connection, handle: 'arg:1', "
                      "when: 'arg:1.err == 0'}]\n"),
            "f0.yaml:6: 'close' asks under 'when' what the call leaves in "
            "field 'err'; that can be asked under 'held' only");
  EXPECT_EQ(
      functions("  - names: [keep]\n"
                "    takes: [{handle: 'arg:1', when: returns.ok == 1}]\n"),
      "f0.yaml:6: 'keep' asks under 'when' what the call leaves in "
      "field 'ok'; that can be asked under 'held' only");
  EXPECT_EQ(functions("  - names: [keep]\n"
                      "    takes: [{handle: 'arg:1', when: '*arg:2 == 0'}]\n"),
            "f0.yaml:6: 'keep' asks under 'when' what the call leaves in an "
            "out-parameter; that can be asked under 'held' only");
}

TEST(ModelValidation, ConversionsStandInAFormatString) {
  EXPECT_EQ(functions("  - names: [print]\n"
                      "    takes: [{handle: this, conversion: z}]\n"),
            "f0.yaml:6: 'print' takes by a conversion, but its handle is no "
            "format string; use 'arg:N'");
}

TEST(SelectOptional, LeavesOutWhatNobodyNamed) {
  auto Names = [](std::vector<std::string> Wanted) {
    std::vector<Library> All(3);
    All[0].Name = "always";
    All[1].Name = "files";
    All[2].Name = "locks";
    All[1].Optional = All[2].Optional = true;
    if (llvm::Error E = selectOptional(All, Wanted))
      return llvm::toString(std::move(E));
    std::string Left;
    for (const Library &L : All)
      Left += L.Name + " ";
    return Left;
  };
  EXPECT_EQ(Names({}), "always ");
  EXPECT_EQ(Names({"locks"}), "always locks ");
  EXPECT_EQ(Names({"locks", "files"}), "always files locks ");
  EXPECT_EQ(Names({"always"}),
            "setting 'OptionalModels': there is no optional model 'always'; "
            "there are: files, locks");
}

TEST(ModelValidation, UnknownResource) {
  EXPECT_EQ(
      functions("  - names: [open]\n"
                "    acquires:\n"
                "      - {resource: conection, handle: return}\n"),
      "f0.yaml:8: unknown resource 'conection' in library 'db'; declare it "
      "under "
      "'resources', or name the library it belongs to ('library.resource')");
  EXPECT_EQ(
      functions(
          "  - names: [close]\n"
          "    releases: [{resource: other.connection, handle: 'arg:1'}]\n"),
      "f0.yaml:7: unknown resource 'other.connection' in library 'db'; declare "
      "it "
      "under 'resources', or name the library it belongs to "
      "('library.resource')");
  EXPECT_EQ(
      classes("  - {names: [C], holds: socket}\n"),
      "f0.yaml:6: unknown resource 'socket' in library 'db'; declare it under "
      "'resources', or name the library it belongs to ('library.resource')");
  EXPECT_EQ(
      validated(
          {"library: db\n"
           "resources:\n"
           "  - {name: rows, kind: result, derives-from: [connection]}\n"}),
      "f0.yaml:3: unknown resource 'connection' in library 'db'; declare it "
      "under "
      "'resources', or name the library it belongs to ('library.resource')");
}

TEST(ModelValidation, ResourceOfAnotherLibrary) {
  EXPECT_EQ(
      validated(
          {Head,
           "library: pool\n"
           "functions:\n"
           "  - names: [take]\n"
           "    acquires: [{resource: db.connection, handle: return}]\n"}),
      "");
}

TEST(ModelValidation, ResourceDeclaredTwice) {
  EXPECT_EQ(
      validated({std::string(Head) + "  - {name: rows, kind: cursor}\n"}),
      "f0.yaml:5: resource 'rows' is declared twice; keep one of the two");
}

TEST(ModelValidation, ArgumentBeyondTheArity) {
  EXPECT_EQ(
      functions("  - names: [close]\n"
                "    arity: 1\n"
                "    releases: [{resource: connection, handle: 'arg:2'}]\n"),
      "f0.yaml:6: 'close' has no argument 2: its 'arity' is 1");
  EXPECT_EQ(functions("  - {names: [each], arity: 2, callbacks: ['arg:3']}\n"),
            "f0.yaml:6: 'each' has no argument 3: its 'arity' is 2");
  EXPECT_EQ(functions("  - {names: [each], arity: 3, callbacks: ['arg:3']}\n"),
            "");
}

TEST(ModelValidation, AcquiresAndReleasesTheSame) {
  EXPECT_EQ(
      functions("  - names: [odd]\n"
                "    acquires: [{resource: connection, handle: 'arg:1'}]\n"
                "    releases: [{resource: connection, handle: 'arg:1'}]\n"),
      "f0.yaml:8: 'odd' acquires and releases 'connection' in the same place; "
      "keep "
      "one, or say 'when' it is released");
  EXPECT_EQ(
      functions("  - names: [reopen]\n"
                "    acquires: [{resource: connection, handle: return}]\n"
                "    releases: [{resource: connection, handle: 'arg:1'}]\n"),
      "");
}

TEST(ModelValidation, ReleasesAndTakesTheSame) {
  EXPECT_EQ(
      functions("  - names: [odd]\n"
                "    releases: [{resource: connection, handle: 'arg:1'}]\n"
                "    takes: [{handle: 'arg:1'}]\n"),
      "f0.yaml:7: 'odd' releases and takes the same handle; keep one");
}

TEST(ModelValidation, ReleasesOrTakesWhatItReturns) {
  EXPECT_EQ(
      functions("  - names: [odd]\n"
                "    releases: [{resource: connection, handle: return}]\n"),
      "f0.yaml:7: 'odd' cannot release what it returns; name the argument or "
      "'this'");
  EXPECT_EQ(functions("  - {names: [odd], takes: [{handle: return}]}\n"),
            "f0.yaml:6: 'odd' cannot take what it returns");
}

TEST(ModelValidation, NeverReturnsAndReturns) {
  EXPECT_EQ(functions("  - {names: [odd], noreturn: true, returns: 'arg:1'}\n"),
            "f0.yaml:6: 'odd' is 'noreturn' and 'returns' something; keep one");
}

TEST(ModelValidation, NullOnFailureOfNothing) {
  EXPECT_EQ(functions("  - {names: [odd], null-on-failure: true}\n"),
            "f0.yaml:6: 'odd' has 'null-on-failure' but no 'returns'; add "
            "which argument "
            "it gives back");
}

TEST(ModelValidation, DescribedTwice) {
  EXPECT_EQ(functions("  - {names: [open, start], blocks: the server}\n"
                      "  - {names: [start], throws: never}\n"),
            "f0.yaml:7: 'start' is described twice; merge this with the entry "
            "on line 6, "
            "or tell them apart by 'arity' or 'when'");
  EXPECT_EQ(functions("  - {names: [start], arity: 1}\n"
                      "  - {names: [start], arity: 2}\n"
                      "  - {names: [start], arity: 2, when: [{arg: 'arg:1', "
                      "equals: 1}]}\n"),
            "");
}

TEST(ModelValidation, EntriesThatDisagreeAboutOneCall) {
  const std::string Frees =
      "  - names: [free]\n"
      "    when: [{arg: 'arg:1', equals: 1}]\n"
      "    releases: [{resource: connection, handle: 'arg:2'}]\n";
  EXPECT_EQ(functions(Frees +
                      "  - names: [free]\n"
                      "    releases: [{resource: rows, handle: 'arg:2'}]\n"),
            "f0.yaml:9: 'free' contradicts the entry on line 6: both can apply "
            "to one "
            "call");
  EXPECT_EQ(
      functions(Frees +
                "  - names: [free]\n"
                "    acquires: [{resource: connection, handle: 'arg:2'}]\n"),
      "f0.yaml:9: 'free' contradicts the entry on line 6: both can apply to "
      "one "
      "call");
  for (const char *Apart : {"equals: 2", "not: 1"})
    EXPECT_EQ(functions(Frees +
                        "  - names: [free]\n"
                        "    when: [{arg: 'arg:1', " +
                        Apart +
                        "}]\n"
                        "    releases: [{resource: rows, handle: 'arg:2'}]\n"),
              "")
        << Apart;
}

TEST(ModelValidation, LaterLibraryMayReplaceAnEntry) {
  EXPECT_EQ(
      validated(
          {std::string(Head) +
               "functions:\n"
               "  - names: [close]\n"
               "    releases: [{resource: connection, handle: 'arg:1'}]\n",
           "library: mine\n"
           "functions:\n"
           "  - names: [close]\n"
           "    releases: [{resource: db.rows, handle: 'arg:1'}]\n"}),
      "");
}

TEST(ModelValidation, EntryWithoutNames) {
  EXPECT_EQ(functions("  - {names: [], throws: never}\n"),
            "f0.yaml:6: this entry has no names; give at least one");
  EXPECT_EQ(classes("  - {names: [], container: true}\n"),
            "f0.yaml:6: this entry has no names; give at least one");
}

TEST(ModelValidation, ClassThatContradictsItself) {
  EXPECT_EQ(classes("  - {names: [C], closed-by: [close]}\n"),
            "f0.yaml:6: 'C' has 'closed-by' but holds nothing; add 'holds: "
            "RESOURCE'");
  EXPECT_EQ(
      classes("  - {names: [C], container: true, guard: {owns: 'arg:1'}}\n"),
      "f0.yaml:6: 'C' is both a guard and a container; keep one");
}

TEST(ModelValidation, ClassDescribedTwice) {
  EXPECT_EQ(classes("  - {names: [A, B], container: true}\n"
                    "  - {names: [B], throws: never}\n"),
            "f0.yaml:7: class 'B' is described twice; merge this with the "
            "entry on line 6");
}

} // namespace
} // namespace conntidy::model
