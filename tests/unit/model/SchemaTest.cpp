//===- SchemaTest.cpp - the schema for editors says what the reader does --===//
//
// For each kind of mapping, an unknown key makes the reader list the keys it
// knows: these have to be the properties that schema.json gives.
//
//===----------------------------------------------------------------------===//

#include "model/ModelReader.h"
#include "gtest/gtest.h"
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

namespace conntidy::model {
namespace {

using Words = std::set<std::string>;

const nlohmann::json &schema() {
  static const nlohmann::json Schema = nlohmann::json::parse(
      std::ifstream(CONNTIDY_SOURCE_DIR "/checks/models/schema.json"));
  return Schema;
}

Words propertiesOf(const std::string &Definition) {
  Words Keys;
  for (const auto &[Key, Value] :
       schema()["$defs"][Definition]["properties"].items())
    Keys.insert(Key);
  return Keys;
}

/// The comma-separated words that follow \p Marker in an error.
Words listedAfter(const std::string &Error, const std::string &Marker) {
  size_t At = Error.find(Marker);
  if (At == std::string::npos)
    return {Error};
  std::istringstream Rest(Error.substr(At + Marker.size()));
  Words Listed;
  for (std::string Word; std::getline(Rest >> std::ws, Word, ',');)
    Listed.insert(Word);
  return Listed;
}

Words keysKnownIn(const std::string &Text, bool Project = false) {
  llvm::Error E = Project ? readProjectFile(Text, "f").takeError()
                          : readLibrary(Text, "f").takeError();
  return listedAfter(llvm::toString(std::move(E)), "known keys: ");
}

// No key is like this one.
#define UNKNOWN "qqqqqqqqqqqqqqqqqqqqqqqq: 0"

TEST(Schema, EveryMappingHasTheKeysOfTheReader) {
  const std::string Function = "library: db\nfunctions:\n  - {names: [f], ";
  EXPECT_EQ(keysKnownIn("library: db\n" UNKNOWN "\n"), propertiesOf("library"));
  EXPECT_EQ(keysKnownIn(
                "library: db\nresources: [{name: r, kind: pool, " UNKNOWN "}]"),
            propertiesOf("resource"));
  EXPECT_EQ(keysKnownIn(Function + UNKNOWN "}"), propertiesOf("function"));
  EXPECT_EQ(
      keysKnownIn(Function + "when: [{arg: 'arg:1', equals: 1, " UNKNOWN "}]}"),
      propertiesOf("argument"));
  EXPECT_EQ(keysKnownIn(Function +
                        "acquires: [{resource: r, handle: return, " UNKNOWN
                        "}]}"),
            propertiesOf("acquire"));
  EXPECT_EQ(keysKnownIn(Function +
                        "releases: [{resource: r, handle: this, " UNKNOWN
                        "}]}"),
            propertiesOf("release"));
  EXPECT_EQ(keysKnownIn(Function +
                        "releases-derived: [{resource: r, of: this, " UNKNOWN
                        "}]}"),
            propertiesOf("derived"));
  EXPECT_EQ(keysKnownIn(Function + "takes: [{handle: this, " UNKNOWN "}]}"),
            propertiesOf("take"));
  EXPECT_EQ(keysKnownIn(Function + "views: [{handle: return, of: this, " UNKNOWN
                                   "}]}"),
            propertiesOf("view"));
  EXPECT_EQ(keysKnownIn(Function + "begins: {on: this, " UNKNOWN "}}"),
            propertiesOf("begin"));
  EXPECT_EQ(keysKnownIn(Function + "executes: {text: 'arg:1', " UNKNOWN "}}"),
            propertiesOf("execution"));
  EXPECT_EQ(keysKnownIn(Function +
                        "status-of: {of: this, good: always, " UNKNOWN "}}"),
            propertiesOf("answer"));
  EXPECT_EQ(keysKnownIn(Function + "timeout: {instead: g, " UNKNOWN "}}"),
            propertiesOf("timeout"));
  EXPECT_EQ(keysKnownIn("library: db\nclasses: [{names: [C], " UNKNOWN "}]"),
            propertiesOf("class"));
  EXPECT_EQ(
      keysKnownIn("library: db\nclasses: [{names: [C], guard: {" UNKNOWN "}}]"),
      propertiesOf("guard"));
  EXPECT_EQ(keysKnownIn(UNKNOWN "\n", true), propertiesOf("project"));
  EXPECT_EQ(keysKnownIn("gate: {" UNKNOWN "}\n", true), propertiesOf("gate"));
  EXPECT_EQ(
      keysKnownIn("gate: {checks: {conn-leak: {" UNKNOWN "}}}\n", true),
      propertiesOf("threshold"));
}

TEST(Schema, EveryMappingIsCoveredHere) {
  Words Mappings;
  for (const auto &[Name, Definition] : schema()["$defs"].items())
    if (Definition.contains("properties"))
      Mappings.insert(Name);
  EXPECT_EQ(Mappings, (Words{"library", "resource", "function", "argument",
                             "acquire", "release", "derived", "take", "view",
                             "begin", "execution", "answer", "timeout",
                             "class", "guard", "project", "gate",
                             "threshold"}));
}

TEST(Schema, KindsAreTheReaders) {
  std::string Error = llvm::toString(
      readLibrary(
          "library: db\nresources: [{name: r, kind: qqqqqqqqqqqqqqqqqqqq}]",
          "f")
          .takeError());
  Words Kinds;
  for (const auto &Kind :
       schema()["$defs"]["resource"]["properties"]["kind"]["enum"])
    Kinds.insert(Kind.get<std::string>());
  EXPECT_EQ(listedAfter(Error, "the kinds are: "), Kinds);
}

} // namespace
} // namespace conntidy::model
