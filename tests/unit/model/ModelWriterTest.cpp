//===- ModelWriterTest.cpp - models become text and models again ----------===//

#include "model/ModelWriter.h"
#include "model/ModelReader.h"
#include "gtest/gtest.h"
#include <fstream>
#include <set>
#include <nlohmann/json.hpp>

namespace conntidy::model {
namespace {

TEST(ModelWriter, EverythingThatIsBuiltInReadsBackTheSame) {
  for (const Library &L : embeddedLibraries()) {
    std::string Once = toYaml(L);
    llvm::Expected<Library> Read = readLibrary(Once, "written");
    ASSERT_TRUE(bool(Read)) << llvm::toString(Read.takeError()) << Once;
    EXPECT_EQ(Read->Functions.size(), L.Functions.size());
    EXPECT_EQ(Read->Classes.size(), L.Classes.size());
    EXPECT_EQ(Read->Resources.size(), L.Resources.size());
    // What is read has the defaults filled in already: nothing is lost.
    EXPECT_EQ(toYaml(*Read), Once);
  }
}

constexpr char Everything[] = R"(library: all
headers: [all.h]
documentation: 'https://all.example/'
from-documentation: true
optional: true
sql: postgresql
resources:
  - {name: c, kind: connection, type: 'C *', noun: lent thing, null-release: false, pooled: true, counted: true, long-lived: true}
  - {name: r, kind: result, derives-from: [c], outlives-parent: true}
functions:
  - names: [a, 'N::b']
    arity: 3
    when:
      - {arg: 'arg:1', equals: 2}
      - {arg: 'arg:2', not: 0, integer: true}
      - {arg: this, is: 'N::g'}
    acquires:
      - {resource: c, handle: '*arg:3', held: ['returns in 0..1', nonnull, 'arg:1.fd >= 0', '*arg:2 == 0'], pool: this, parent: 'arg:2', can-fail: true, guessed-because: 'it''s so'}
    throws: [E, 'N::F']
    blocks: an answer
    briefly: true
    costs: in-loops
    awaits-descriptors: true
    from-documentation: true
  - names: [f]
    releases:
      - {resource: r, handle: 'arg:1', when: 'returns <= 3', pool: 'arg:2'}
    releases-derived: [{resource: r, of: 'arg:1'}]
    takes: [{handle: 'arg:2', when: 'returns != 0'}, {handle: 'arg:3', conversion: p}]
    views: [{handle: return, of: 'arg:1', until-release: true, shares: true}]
    ends-views-of: ['arg:1']
    returns: 'arg:1'
    null-on-failure: true
    swaps: true
    exchanges: true
    makes: true
    callbacks: ['arg:4']
    throws: never
  - {names: [e], noreturn: true}
  - {names: [f], forks: true, lends-descriptor: true}
  - {names: [f], unlikely: returns < 0}
  - {names: [g], begins: {on: this, when: 'returns == 0'}}
  - {names: [h], commits: 'arg:1', rolls-back: 'arg:1'}
  - {names: [i], executes: {text: 'arg:2', on: 'arg:1', when: 'returns >= 0'}}
  - {names: [k], timeout: {instead: l, text: 'arg:1', keywords: 'arg:2', keys: [patience], argument: 'arg:3', forever: [-1, 0], set-on: 'arg:4'}}
  - {names: [l], sets-timeout: 'arg:1'}
  - {names: [j], status-of: {of: 'arg:1', good: 'returns == 0'}, in-transaction: {of: 'arg:1', good: 'returns != 0'}}
classes:
  - names: [G]
    holds: c
    closed-by: [close]
    guard: {owns: 'arg:1', deleter: 'arg:2', deleter-template-argument: 2, runs: 'arg:3', give-up: [release], dismiss: [dismiss], reset: [reset], get: [get], shared: true}
    throws: allocation
    from-documentation: true
  - {names: [B], container: true, pool: true, refers: true, text: true}
)";

TEST(ModelWriter, EveryKeyIsWritten) {
  llvm::Expected<Library> Read = readLibrary(Everything, "everything");
  ASSERT_TRUE(bool(Read)) << llvm::toString(Read.takeError());
  std::string Text = toYaml(*Read);
  auto Schema = nlohmann::json::parse(
      std::ifstream(CONNTIDY_SOURCE_DIR "/checks/models/schema.json"));
  const std::set<std::string> NotOfALibrary = {"project", "gate", "threshold"};
  for (const auto &[Name, Definition] : Schema["$defs"].items())
    if (Definition.contains("properties") && !NotOfALibrary.count(Name))
      for (const auto &[Key, Value] : Definition["properties"].items())
        EXPECT_NE(Text.find(Key + ":"), std::string::npos)
            << Name << '.' << Key;
}

TEST(ModelWriter, WhatIsWrittenReadsBackTheSame) {
  llvm::Expected<Library> Read = readLibrary(Everything, "everything");
  ASSERT_TRUE(bool(Read)) << llvm::toString(Read.takeError());
  llvm::Expected<Library> Again = readLibrary(toYaml(*Read), "again");
  ASSERT_TRUE(bool(Again)) << llvm::toString(Again.takeError());
  EXPECT_EQ(toYaml(*Again), toYaml(*Read));
  const Function &F = Again->Functions.at(0);
  EXPECT_EQ(F.Names, (std::vector<std::string>{"a", "N::b"}));
  ASSERT_EQ(F.When.size(), 3u);
  EXPECT_TRUE(F.When[1].Negated && F.When[1].Integer);
  EXPECT_EQ(F.When[2].Named, "N::g");
  const Acquire &A = F.Acquires.at(0);
  EXPECT_EQ(A.GuessedBecause, "it's so");
  ASSERT_EQ(A.Held.size(), 4u);
  EXPECT_EQ(A.Held[0].High, 1);
  EXPECT_EQ(A.Held[2].Field, "fd");
  EXPECT_EQ(F.ThrownTypes.size(), 2u);
  EXPECT_EQ(Again->Functions[1].Releases.at(0).When->High, 3);
  EXPECT_FALSE(Again->Resources.at(0).NullRelease);
  EXPECT_TRUE(Again->Classes.at(0).GuardOf->Shared);
}

} // namespace
} // namespace conntidy::model
