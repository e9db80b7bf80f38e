//===- ModelReaderTest.cpp - what a model file says and where it is wrong -===//
//
// Every form is read once; each kind of mistake in the form is asserted with
// its place and its words, remedy included.
//
//===----------------------------------------------------------------------===//

#include "model/ModelReader.h"
#include "gtest/gtest.h"

namespace conntidy::model {
namespace {

/// Reads \p Text, which has to be right.
Library read(llvm::StringRef Text) {
  llvm::Expected<Library> L = readLibrary(Text, "db.yaml");
  if (!L) {
    ADD_FAILURE() << llvm::toString(L.takeError());
    return {};
  }
  return std::move(*L);
}

/// The error of reading \p Text, which has to be wrong.
std::string errorOf(llvm::StringRef Text) {
  llvm::Expected<Library> L = readLibrary(Text, "db.yaml");
  return L ? "" : llvm::toString(L.takeError());
}

/// A library with one function, whose keys are \p Keys.
std::string withFunction(llvm::StringRef Keys) {
  return ("library: db\n"
          "resources:\n"
          "  - {name: connection, kind: connection, type: 'db *'}\n"
          "functions:\n"
          "  - names: [f]\n"
          "    " +
          Keys + "\n")
      .str();
}

Function functionWith(llvm::StringRef Keys) {
  Library L = read(withFunction(Keys));
  if (L.Functions.size() == 1)
    return L.Functions[0];
  ADD_FAILURE() << "no function";
  return {};
}

/// The only condition of an acquire whose `held` is \p Held.
Condition heldWhen(llvm::StringRef Held) {
  Function F =
      functionWith(("acquires: [{resource: connection, handle: return, "
                    "held: ['" +
                    Held + "']}]")
                       .str());
  if (F.Acquires.size() == 1 && F.Acquires[0].Held.size() == 1)
    return F.Acquires[0].Held[0];
  ADD_FAILURE() << "no condition";
  return {};
}

constexpr int64_t Least = std::numeric_limits<int64_t>::min();
constexpr int64_t Most = std::numeric_limits<int64_t>::max();

void expectRange(llvm::StringRef Held, int64_t Low, int64_t High,
                 bool Negated) {
  Condition C = heldWhen(Held);
  EXPECT_EQ(C.About, Condition::Subject::Return) << Held.str();
  EXPECT_EQ(C.Low, Low) << Held.str();
  EXPECT_EQ(C.High, High) << Held.str();
  EXPECT_EQ(C.Negated, Negated) << Held.str();
}

TEST(ModelReader, LibraryHasItsOwnWords) {
  Library L = read("library: db\n"
                   "headers: [db.h, db/more.h]\n"
                   "documentation: https://db.example/\n"
                   "from-documentation: true\n"
                   "optional: true\n"
                   "throws: [db::error]\n");
  EXPECT_EQ(L.Name, "db");
  EXPECT_EQ(L.Headers, (std::vector<std::string>{"db.h", "db/more.h"}));
  EXPECT_EQ(L.Documentation, "https://db.example/");
  EXPECT_TRUE(L.FromDocumentation);
  EXPECT_TRUE(L.Optional);
  EXPECT_EQ(L.Throw, Throws::Types);
  EXPECT_EQ(L.ThrownTypes, std::vector<std::string>{"db::error"});
  EXPECT_EQ(L.File, "db.yaml");
}

TEST(ModelReader, ResourceHasItsOwnWords) {
  Library L = read("library: db\n"
                   "resources:\n"
                   "  - name: connection\n"
                   "    kind: connection\n"
                   "  - name: rows\n"
                   "    kind: result\n"
                   "    type: rows *\n"
                   "    noun: row set\n"
                   "    null-release: false\n"
                   "    pooled: true\n"
                   "    derives-from: [connection]\n"
                   "    outlives-parent: true\n");
  ASSERT_EQ(L.Resources.size(), 2u);
  EXPECT_TRUE(L.Resources[0].NullRelease);
  EXPECT_FALSE(L.Resources[0].Pooled);
  EXPECT_EQ(L.Resources[0].Line, 3u);
  const Resource &R = L.Resources[1];
  EXPECT_EQ(R.Name, "rows");
  EXPECT_EQ(R.Kind, ResourceKind::Result);
  EXPECT_EQ(R.Type, "rows *");
  EXPECT_EQ(R.Noun, "row set");
  EXPECT_FALSE(R.NullRelease);
  EXPECT_TRUE(R.Pooled);
  EXPECT_EQ(R.DerivesFrom, std::vector<std::string>{"connection"});
  EXPECT_TRUE(R.OutlivesParent);
  EXPECT_EQ(R.Line, 5u);
}

TEST(ModelReader, FunctionHasItsOwnWords) {
  Function F = functionWith(
      "arity: 4\n"
      "    when: [{arg: 'arg:1', equals: 2}, {arg: 'arg:2', not: 0, integer: "
      "true}]\n"
      "    acquires: [{resource: connection, handle: '*arg:3', pool: this, "
      "parent: 'arg:1'}]\n"
      "    releases: [{resource: connection, handle: 'arg:4', when: returns == "
      "0, pool: this}]\n"
      "    releases-derived: [{resource: connection, of: 'arg:1'}]\n"
      "    takes: [{handle: 'arg:2', when: returns != 0, conversion: z}]\n"
      "    views: [{handle: return, of: 'arg:1', until-release: true}]\n"
      "    ends-views-of: ['arg:1', this]\n"
      "    returns: 'arg:1'\n"
      "    throws: never\n"
      "    callbacks: ['arg:2']\n"
      "    null-on-failure: true\n"
      "    makes: true\n"
      "    swaps: true\n"
      "    exchanges: true\n"
      "    blocks: the server\n"
      "    from-documentation: true");
  using K = Slot::Kind;
  EXPECT_EQ(F.Names, std::vector<std::string>{"f"});
  EXPECT_EQ(F.Line, 5u);
  EXPECT_EQ(F.Arity, 4u);
  ASSERT_EQ(F.When.size(), 2u);
  EXPECT_EQ(F.When[0].Arg, (Slot{K::Arg, 0}));
  EXPECT_EQ(F.When[0].Value, 2);
  EXPECT_FALSE(F.When[0].Negated);
  EXPECT_FALSE(F.When[0].Integer);
  EXPECT_EQ(F.When[1].Value, 0);
  EXPECT_TRUE(F.When[1].Negated);
  EXPECT_TRUE(F.When[1].Integer);
  ASSERT_EQ(F.Acquires.size(), 1u);
  EXPECT_EQ(F.Acquires[0].Resource, "connection");
  EXPECT_EQ(F.Acquires[0].Handle, (Slot{K::Pointee, 2}));
  EXPECT_EQ(F.Acquires[0].Pool, (Slot{K::This, 0}));
  EXPECT_EQ(F.Acquires[0].Parent, (Slot{K::Arg, 0}));
  EXPECT_EQ(F.Acquires[0].Line, 8u);
  ASSERT_EQ(F.Releases.size(), 1u);
  EXPECT_EQ(F.Releases[0].Handle, (Slot{K::Arg, 3}));
  ASSERT_TRUE(F.Releases[0].When);
  EXPECT_EQ(F.Releases[0].When->About, Condition::Subject::Return);
  EXPECT_EQ(F.Releases[0].Pool, (Slot{K::This, 0}));
  ASSERT_EQ(F.ReleasesDerived.size(), 1u);
  EXPECT_EQ(F.ReleasesDerived[0].Of, (Slot{K::Arg, 0}));
  ASSERT_EQ(F.Takes.size(), 1u);
  EXPECT_EQ(F.Takes[0].Handle, (Slot{K::Arg, 1}));
  EXPECT_TRUE(F.Takes[0].When->Negated);
  EXPECT_EQ(F.Takes[0].Conversion, "z");
  ASSERT_EQ(F.Views.size(), 1u);
  EXPECT_EQ(F.Views[0].Handle, (Slot{K::Return, 0}));
  EXPECT_EQ(F.Views[0].Of, (Slot{K::Arg, 0}));
  EXPECT_TRUE(F.Views[0].UntilRelease);
  EXPECT_EQ(F.EndsViewsOf, (std::vector<Slot>{{K::Arg, 0}, {K::This, 0}}));
  EXPECT_EQ(F.Returns, (Slot{K::Arg, 0}));
  EXPECT_EQ(F.Throw, Throws::Never);
  EXPECT_EQ(F.Callbacks, (std::vector<Slot>{{K::Arg, 1}}));
  EXPECT_TRUE(F.NullOnFailure);
  EXPECT_TRUE(F.Makes);
  EXPECT_TRUE(F.Swaps);
  EXPECT_TRUE(F.Exchanges);
  EXPECT_EQ(F.Blocks, "the server");
  EXPECT_TRUE(F.FromDocumentation);
}

TEST(ModelReader, ClassHasItsOwnWords) {
  Library L =
      read("library: db\n"
           "resources: [{name: connection, kind: connection}]\n"
           "classes:\n"
           "  - names: [db::Connection]\n"
           "    holds: connection\n"
           "    closed-by: [close]\n"
           "    throws: anything\n"
           "  - names: [db::Guard]\n"
           "    guard: {owns: 'arg:1', deleter: 'arg:2', "
           "deleter-template-argument: 2, runs: 'arg:3', give-up: [release], "
           "dismiss: [dismiss], reset: [reset], get: [get], shared: true}\n"
           "  - names: [db::List]\n"
           "    container: true\n"
           "    throws: [db::full, db::closed]\n");
  ASSERT_EQ(L.Classes.size(), 3u);
  EXPECT_EQ(L.Classes[0].Holds, "connection");
  EXPECT_EQ(L.Classes[0].ClosedBy, std::vector<std::string>{"close"});
  EXPECT_EQ(L.Classes[0].Throw, Throws::Anything);
  EXPECT_FALSE(L.Classes[0].GuardOf);
  EXPECT_EQ(L.Classes[1].Line, 8u);
  ASSERT_TRUE(L.Classes[1].GuardOf);
  const Guard &G = *L.Classes[1].GuardOf;
  EXPECT_EQ(G.Owns, (Slot{Slot::Kind::Arg, 0}));
  EXPECT_EQ(G.Deleter, (Slot{Slot::Kind::Arg, 1}));
  EXPECT_EQ(G.DeleterTemplateArgument, 2u);
  EXPECT_EQ(G.Runs, (Slot{Slot::Kind::Arg, 2}));
  EXPECT_EQ(G.GiveUp, std::vector<std::string>{"release"});
  EXPECT_EQ(G.Dismiss, std::vector<std::string>{"dismiss"});
  EXPECT_EQ(G.Reset, std::vector<std::string>{"reset"});
  EXPECT_EQ(G.Get, std::vector<std::string>{"get"});
  EXPECT_TRUE(G.Shared);
  EXPECT_TRUE(L.Classes[2].Container);
  EXPECT_EQ(L.Classes[2].ThrownTypes,
            (std::vector<std::string>{"db::full", "db::closed"}));
}

TEST(ModelReader, ConditionsAreRanges) {
  EXPECT_EQ(heldWhen("always").About, Condition::Subject::Always);
  EXPECT_EQ(heldWhen("nonnull").About, Condition::Subject::Handle);
  expectRange("returns == 0", 0, 0, false);
  expectRange("returns != -1", -1, -1, true);
  expectRange("returns >= 0", 0, Most, false);
  expectRange("returns > 0", 1, Most, false);
  expectRange("returns <= 3", Least, 3, false);
  expectRange("returns < 0", Least, -1, false);
  expectRange("returns in 0..1", 0, 1, false);
  expectRange("returns in -2 .. 4", -2, 4, false);
  expectRange("returns true", 0, 0, true);
  expectRange("returns false", 0, 0, false);
}

TEST(ModelReader, ConditionsMayAskAField) {
  Condition C = heldWhen("returns.status != 3");
  EXPECT_EQ(C.About, Condition::Subject::Field);
  EXPECT_EQ(C.Of, (Slot{Slot::Kind::Return, 0}));
  EXPECT_EQ(C.Field, "status");
  EXPECT_EQ(C.Low, 3);
  EXPECT_TRUE(C.Negated);
  C = heldWhen("arg:2.err in 0..1");
  EXPECT_EQ(C.About, Condition::Subject::Field);
  EXPECT_EQ(C.Of, (Slot{Slot::Kind::Arg, 1}));
  EXPECT_EQ(C.Field, "err");
  EXPECT_EQ(C.High, 1);
  C = heldWhen("*arg:3 == 0");
  EXPECT_EQ(C.About, Condition::Subject::Field);
  EXPECT_EQ(C.Of, (Slot{Slot::Kind::Pointee, 2}));
  EXPECT_EQ(C.Field, "");
}

TEST(ModelReader, WithoutHeldAPointerIsHeldUnlessItIsNull) {
  Library L = read("library: db\n"
                   "resources:\n"
                   "  - {name: connection, kind: connection, type: 'db *'}\n"
                   "  - {name: slot, kind: connection, type: int}\n"
                   "functions:\n"
                   "  - names: [open]\n"
                   "    acquires: [{resource: connection, handle: return}]\n"
                   "  - names: [open_to]\n"
                   "    acquires: [{resource: connection, handle: '*arg:1'}]\n"
                   "  - names: [open_at]\n"
                   "    acquires: [{resource: connection, handle: 'arg:1'}]\n"
                   "  - names: [lease]\n"
                   "    acquires: [{resource: slot, handle: return}]\n");
  auto AboutOf = [&](unsigned I) {
    return L.Functions[I].Acquires[0].Held[0].About;
  };
  ASSERT_EQ(L.Functions.size(), 4u);
  EXPECT_EQ(AboutOf(0), Condition::Subject::Handle);
  EXPECT_EQ(AboutOf(1), Condition::Subject::Handle);
  EXPECT_EQ(AboutOf(2), Condition::Subject::Always);
  EXPECT_EQ(AboutOf(3), Condition::Subject::Always);
}

TEST(ModelReader, ThrowsIsTakenFromTheClassThenFromTheLibrary) {
  Library L = read("library: db\n"
                   "throws: [db::error]\n"
                   "functions:\n"
                   "  - names: [db::open]\n"
                   "  - names: [db::Row::get]\n"
                   "  - names: [db::Row::at]\n"
                   "    throws: anything\n"
                   "classes:\n"
                   "  - {names: [db::Row], throws: never}\n"
                   "  - {names: [db::Table]}\n");
  ASSERT_EQ(L.Functions.size(), 3u);
  EXPECT_EQ(L.Functions[0].Throw, Throws::Types);
  EXPECT_EQ(L.Functions[0].ThrownTypes, std::vector<std::string>{"db::error"});
  EXPECT_EQ(L.Functions[1].Throw, Throws::Never);
  EXPECT_TRUE(L.Functions[1].ThrownTypes.empty());
  EXPECT_EQ(L.Functions[2].Throw, Throws::Anything);
  EXPECT_EQ(L.Classes[1].Throw, Throws::Types);
  EXPECT_EQ(L.Classes[1].ThrownTypes, std::vector<std::string>{"db::error"});
}

TEST(ModelReader, ProjectFileHoldsSettingsAndModels) {
  llvm::Expected<ProjectFile> P = readProjectFile("settings:\n"
                                                  "  ThrowCertainty: possible\n"
                                                  "  MaxPathStates: 64\n"
                                                  "models:\n"
                                                  "  - library: a\n"
                                                  "  - library: b\n",
                                                  "conntidy.yaml");
  ASSERT_TRUE(bool(P)) << llvm::toString(P.takeError());
  EXPECT_EQ(P->Settings,
            (std::map<std::string, std::string>{
                {"MaxPathStates", "64"}, {"ThrowCertainty", "possible"}}));
  EXPECT_EQ(P->SettingLines["MaxPathStates"], 3u);
  ASSERT_EQ(P->Models.size(), 2u);
  EXPECT_EQ(P->Models[1].Name, "b");
  EXPECT_EQ(P->Models[1].File, "conntidy.yaml");
}

TEST(ModelReader, EmptyProjectFileSaysNothing) {
  for (llvm::StringRef Text : {"", "# nothing yet\n"}) {
    llvm::Expected<ProjectFile> P = readProjectFile(Text, "conntidy.yaml");
    ASSERT_TRUE(bool(P)) << llvm::toString(P.takeError());
    EXPECT_TRUE(P->Models.empty());
    EXPECT_TRUE(P->Settings.empty());
  }
}

TEST(ModelReaderErrors, UnknownKeyNamesTheNearest) {
  EXPECT_EQ(errorOf("library: db\nheadrs: [db.h]\n"),
            "db.yaml:2:1: unknown key 'headrs'; did you mean 'headers'?");
  EXPECT_EQ(errorOf(withFunction("blocs: the server")),
            "db.yaml:6:5: unknown key 'blocs'; did you mean 'blocks'?");
}

TEST(ModelReaderErrors, UnknownKeyLikeNoOtherListsAll) {
  EXPECT_EQ(errorOf(withFunction("takes: [{handle: 'arg:1', colour: red}]")),
            "db.yaml:6:31: unknown key 'colour'; known keys: handle, when, "
            "conversion");
}

TEST(ModelReaderErrors, MissingKey) {
  EXPECT_EQ(errorOf("library: db\nresources:\n  - name: connection\n"),
            "db.yaml:3:5: missing required key 'kind'");
  EXPECT_EQ(errorOf("headers: [db.h]\n"),
            "db.yaml:1:1: missing required key 'library'");
}

TEST(ModelReaderErrors, KeyGivenTwice) {
  EXPECT_EQ(errorOf("library: db\nheaders: [a.h]\nheaders: [b.h]\n"),
            "db.yaml:3:1: duplicated mapping key 'headers'");
}

TEST(ModelReaderErrors, UnknownKind) {
  EXPECT_EQ(
      errorOf("library: db\nresources:\n  - {name: c, kind: conection}\n"),
      "db.yaml:3:21: unknown kind 'conection'; did you mean 'connection'?");
  EXPECT_EQ(
      errorOf("library: db\nresources:\n  - {name: c, kind: widget}\n"),
      "db.yaml:3:21: unknown kind 'widget'; the kinds are: connection, pool, "
      "result, statement, transaction, cursor, stream, socket, buffer, other");
}

TEST(ModelReaderErrors, ImpossiblePlace) {
  for (llvm::StringRef Place :
       {"arg:0", "*arg:0", "arg:x", "arg", "argument:1", ""})
    EXPECT_EQ(errorOf(withFunction(("returns: '" + Place + "'").str())),
              ("db.yaml:6:14: '" + Place +
               "' names no place of a call; use 'return', 'this', 'arg:N' or "
               "'*arg:N' "
               "with N counted from 1")
                  .str());
}

TEST(ModelReaderErrors, ImpossibleCondition) {
  for (llvm::StringRef When :
       {"sometimes", "returns", "returns ok", "returns = 0", "returns in 3..1",
        "returns == x", "returns > 9223372036854775807", "returns. == 1",
        "this.err == 0", "arg:0.err == 0", "field == 0", "*arg:1.err == 0",
        "*this == 0"})
    EXPECT_EQ(errorOf(withFunction(
                  ("takes: [{handle: 'arg:1', when: '" + When + "'}]").str())),
              ("db.yaml:6:37: '" + When +
               "' is no condition; use 'always', 'nonnull', 'returns true', "
               "'returns false', "
               "'returns OP NUMBER' with one of == != < <= > >=, or 'returns "
               "in LOW..HIGH'; 'returns.FIELD' and 'arg:N.FIELD' stand for a "
               "field of a struct, '*arg:N' for what a parameter points to")
                  .str());
}

TEST(ModelReaderErrors, ConditionOnAnArgumentNeedsExactlyOneValue) {
  for (llvm::StringRef Keys :
       {"{arg: 'arg:1'}", "{arg: 'arg:1', equals: 1, not: 2}",
        "{arg: 'arg:1', equals: 1, is: stdin}"})
    EXPECT_EQ(errorOf(withFunction(("when: [" + Keys + "]").str())),
              "db.yaml:6:13: a condition on an argument needs one of "
              "'equals', 'not' and 'is'");
  EXPECT_EQ(errorOf(withFunction("when: [{arg: this, equals: 1}]")),
            "db.yaml:6:13: a condition on an argument needs 'arg: arg:N'");
}

TEST(ModelReaderErrors, UnknownThrows) {
  EXPECT_EQ(errorOf(withFunction("throws: maybe")),
            "db.yaml:6:13: 'maybe' does not say what is thrown; use 'never', "
            "'allocation', 'anything' or a list of types");
  EXPECT_EQ(errorOf(withFunction("throws: {a: b}")),
            "db.yaml:6:14: expected 'never', 'allocation', 'anything' or a "
            "list of types");
}

TEST(ModelReaderErrors, WrongShape) {
  EXPECT_EQ(errorOf("library: db\nfunctions: all\n"),
            "db.yaml:2:12: expected a list here, as in [a, b]");
  EXPECT_EQ(errorOf("- library: db\n"),
            "db.yaml:1:1: expected keys here, as in {key: value}");
  EXPECT_EQ(errorOf(withFunction("arity: two")),
            "db.yaml:6:12: expected a number");
  EXPECT_EQ(errorOf(withFunction("noreturn: maybe")),
            "db.yaml:6:15: expected 'true' or 'false'");
}

TEST(ModelReaderErrors, PlaceWithAStarWithoutQuotes) {
  std::string Error = errorOf(withFunction("takes: [{handle: *arg:1}]"));
  EXPECT_EQ(Error.rfind("db.yaml:6:", 0), 0u) << Error;
  EXPECT_NE(Error.find("put text that starts with '*' in quotes"),
            std::string::npos)
      << Error;
}

TEST(ModelReaderErrors, NoModelAtAll) {
  EXPECT_EQ(
      errorOf(""),
      "db.yaml:1:1: no model here; a model file starts with 'library: NAME'");
}

TEST(ModelReaderErrors, SecondDocument) {
  EXPECT_EQ(errorOf("library: a\n---\nlibrary: b\n"),
            "db.yaml: more than one document; keep what stands before the "
            "second '---' "
            "and move the rest to a file of its own");
}

TEST(ModelReaderErrors, BrokenYamlIsAnErrorWithAPlace) {
  for (llvm::StringRef Text : {"library: [db\n", "library: 'db\n",
                               "\x7f"
                               "ELF\x02\x01",
                               "a: b: c\n", "{", "- - [", "? [a]: b\n"}) {
    std::string Error = errorOf(Text);
    EXPECT_EQ(Error.rfind("db.yaml:1:", 0), 0u)
        << Text.str() << " gives " << Error;
  }
}

TEST(ModelReaderErrors, ProjectFileNamesLineAndRemedy) {
  auto ErrorOf = [](llvm::StringRef Text) {
    llvm::Expected<ProjectFile> P = readProjectFile(Text, "conntidy.yaml");
    return P ? std::string() : llvm::toString(P.takeError());
  };
  EXPECT_EQ(ErrorOf("model: []\n"),
            "conntidy.yaml:1:1: unknown key 'model'; did you mean 'models'?");
  EXPECT_EQ(ErrorOf("models:\n  - library: db\n    clases: []\n"),
            "conntidy.yaml:3:5: unknown key 'clases'; did you mean 'classes'?");
  EXPECT_EQ(ErrorOf("settings:\n  Depth: [1]\n"),
            "conntidy.yaml:2:11: expected a single value here");
}

} // namespace
} // namespace conntidy::model
