//===- EditorTest.cpp - what conntidy-clangd makes of clangd --------------===//
//
// Which checks are on beside what the user asked for, and where their links go.
//
//===----------------------------------------------------------------------===//

#include "clangd/EnabledChecks.h"
#include "clangd/ManualLinks.h"
#include "gate/Globs.h"
#include "rules/Registry.h"
#include "gtest/gtest.h"

namespace conntidy {
namespace {

bool isOn(llvm::StringRef UserSays, llvm::StringRef Check) {
  return CheckGlobs(withOurChecks(UserSays)).contains(Check);
}

TEST(EditorChecks, DefaultsAreOn) {
  for (const CheckInfo &Check : allChecks())
    EXPECT_EQ(isOn("", Check.Id), Check.OnByDefault) << Check.Id.str();
}

TEST(EditorChecks, OtherChecksStay) {
  for (llvm::StringRef Globs :
       {"bugprone-*", "-*,bugprone-*", "-*, bugprone-*, -bugprone-swapped-*",
        "-*,\nbugprone-*,\n"}) {
    EXPECT_TRUE(isOn(Globs, "bugprone-use-after-move")) << Globs.str();
    EXPECT_FALSE(isOn(Globs, "modernize-use-auto")) << Globs.str();
    EXPECT_TRUE(isOn(Globs, "conn-leak")) << Globs.str();
    EXPECT_FALSE(isOn(Globs, "conn-raw-acquire")) << Globs.str();
  }
}

TEST(EditorChecks, WhatIsSwitchedOffIsOff) {
  EXPECT_FALSE(isOn("-conn-leak", "conn-leak"));
  EXPECT_TRUE(isOn("-conn-leak", "conn-leak-on-throw"));
  EXPECT_FALSE(isOn("-*,bugprone-*,-conn-leak*", "conn-leak-on-throw"));
  EXPECT_TRUE(isOn("-*,bugprone-*,-conn-leak*", "conn-double-release"));
  EXPECT_FALSE(isOn("bugprone-*, -conn-*", "conn-double-release"));
}

TEST(EditorChecks, WhoNamesOursIsObeyed) {
  EXPECT_TRUE(isOn("-*,conn-raw-acquire", "conn-raw-acquire"));
  EXPECT_FALSE(isOn("-*,conn-raw-acquire", "conn-leak"));
  EXPECT_TRUE(isOn("conn-*", "conn-raw-acquire"));
}

TEST(EditorChecks, NoneAtAllIsNone) {
  for (llvm::StringRef Globs :
       {"-*", "bugprone-*,-*", "bugprone-*,-*,-modernize-*"})
    EXPECT_FALSE(isOn(Globs, "conn-leak")) << Globs.str();
}

llvm::json::Value mended(llvm::StringRef Text, llvm::StringRef Manual) {
  llvm::json::Value Message = llvm::cantFail(llvm::json::parse(Text));
  mendLinks(Message, Manual);
  return Message;
}

constexpr const char *Published = R"({"uri": "file:///a.c", "diagnostics": [
  {"code": "conn-leak", "codeDescription": {"href": "https://wrong/"},
   "message": "m"},
  {"code": "bugprone-x", "codeDescription": {"href": "https://right/"}}]})";

TEST(EditorLinks, OursGoToOurPages) {
  EXPECT_EQ(mended(Published, "https://pages"),
            llvm::cantFail(llvm::json::parse(R"({"uri": "file:///a.c",
  "diagnostics": [
  {"code": "conn-leak", "codeDescription": {"href": "https://pages/conn-leak"},
   "message": "m"},
  {"code": "bugprone-x", "codeDescription": {"href": "https://right/"}}]})")));
}

TEST(EditorLinks, AreAbsentIfThereAreNoPages) {
  EXPECT_EQ(mended(Published, ""),
            llvm::cantFail(llvm::json::parse(R"({"uri": "file:///a.c",
  "diagnostics": [{"code": "conn-leak", "message": "m"},
  {"code": "bugprone-x", "codeDescription": {"href": "https://right/"}}]})")));
}

} // namespace
} // namespace conntidy
