//===- CompileDatabaseTest.cpp - compile_commands.json --------------------===//
//
// Both forms of an entry, and each way that a database can be broken.
//
//===----------------------------------------------------------------------===//

#include "driver/CompileDatabase.h"
#include "gtest/gtest.h"

namespace conntidy {
namespace {

using Words = std::vector<std::string>;

std::string errorOf(llvm::StringRef Text) {
  auto Commands = parseCompileDatabase(Text, "/b/db.json");
  return Commands ? "" : llvm::toString(Commands.takeError());
}

CompileCommand only(llvm::StringRef Text) {
  auto Commands = parseCompileDatabase(Text, "/b/db.json");
  if (!Commands || Commands->size() != 1) {
    ADD_FAILURE() << errorOf(Text);
    return {};
  }
  return Commands->front();
}

TEST(CompileDatabase, ReadsTheArgumentsForm) {
  CompileCommand C = only(R"([{"directory": "/b", "file": "../s/./a.c",
                               "arguments": ["cc", "-DX=a b", "../s/a.c"]}])");
  EXPECT_EQ(C.Directory, "/b");
  EXPECT_EQ(C.File, "/s/a.c");
  EXPECT_EQ(C.Arguments, (Words{"cc", "-DX=a b", "../s/a.c"}));
}

TEST(CompileDatabase, SplitsACommandAsAShellDoes) {
  CompileCommand C = only(
      R"([{"directory": "/b", "file": "a.c",
           "command": "cc '-DX=a b' \"-DY=\\\"z\\\"\" -DZ=a\\ b a.c"}])");
  EXPECT_EQ(C.Arguments,
            (Words{"cc", "-DX=a b", "-DY=\"z\"", "-DZ=a b", "a.c"}));
}

TEST(CompileDatabase, DirectoryCountsFromTheDatabase) {
  EXPECT_EQ(
      only(R"([{"directory": "x", "file": "a.c", "command": "cc"}])").File,
      "/b/x/a.c");
  EXPECT_EQ(only(R"([{"file": "a.c", "command": "cc"}])").Directory, "/b");
}

TEST(CompileDatabase, KeepsTheOrderOfTheFile) {
  auto Commands = parseCompileDatabase(
      R"([{"file": "b.c", "command": "cc"}, {"file": "a.c", "command": "cc"}])",
      "/b/db.json");
  ASSERT_TRUE(!!Commands);
  ASSERT_EQ(Commands->size(), 2u);
  EXPECT_EQ(Commands->front().File, "/b/b.c");
}

TEST(CompileDatabase, ErrorsNamePlaceAndRemedy) {
  EXPECT_EQ(errorOf("[\n  {]"), "/b/db.json:2:4: Expected object key; generate "
                                "the database anew");
  EXPECT_EQ(errorOf("{}"), "/b/db.json:1:1: a compile database is a list of "
                           "entries; generate the database anew");
  EXPECT_EQ(errorOf(R"([{"file": "a.c", "command": "cc"}, 3])"),
            "/b/db.json: entry 2 is no object; generate the database anew");
  EXPECT_EQ(errorOf(R"([{"command": "cc"}])"),
            "/b/db.json: entry 1 has no 'file'; generate the database anew");
  EXPECT_EQ(errorOf(R"([{"file": "a.c", "arguments": []}])"),
            "/b/db.json: entry 1 has an empty command; generate the database "
            "anew");
}

TEST(AbsolutePath, RemovesDots) {
  EXPECT_EQ(absolutePath("/a/b", "../c/./d.c"), "/a/c/d.c");
  EXPECT_EQ(absolutePath("/a/b", "/x/../d.c"), "/d.c");
}

} // namespace
} // namespace conntidy
