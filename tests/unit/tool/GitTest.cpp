//===- GitTest.cpp - what git says, read ----------------------------------===//
//
// The forms of git's output. That the right questions are asked is for the
// integration tests, with real repositories.
//
//===----------------------------------------------------------------------===//

#include "driver/Git.h"
#include "gtest/gtest.h"

namespace conntidy {
namespace {

using namespace std::string_literals;

TEST(RawDiff, ReadsEachKindOfChange) {
  std::string A(40, 'a'), B(40, 'b'), None(40, '0');
  auto Changes = parseRawDiff(
      ":100644 100644 " + A + " " + B + " M\0"s + "src/a b.c\0"s +
      ":000000 100755 " + None + " " + B + " A\0"s + "new.c\0"s +
      ":160000 160000 " + A + " " + None + " M\0"s + "vendor/lib\0"s +
      ":100644 000000 " + A + " " + None + " D\0"s + "gone.c\0"s +
      ":100644 100644 " + A + " " + B + " R087\0"s + "old.c\0new.c\0"s);
  ASSERT_TRUE(!!Changes);
  ASSERT_EQ(Changes->size(), 5u);
  EXPECT_EQ((*Changes)[0].Path, "src/a b.c");
  EXPECT_EQ((*Changes)[0].OldObject, A);
  EXPECT_EQ((*Changes)[0].NewObject, B);
  EXPECT_EQ((*Changes)[1].OldObject, "");
  EXPECT_EQ((*Changes)[1].Status, 'A');
  EXPECT_EQ((*Changes)[2].Old, GitDifference::Kind::Submodule);
  EXPECT_EQ((*Changes)[2].NewObject, "");
  EXPECT_EQ((*Changes)[3].Status, 'D');
  EXPECT_EQ((*Changes)[4].Path, "old.c");
  EXPECT_EQ((*Changes)[4].NewPath, "new.c");
}

TEST(RawDiff, RefusesWhatItDoesNotKnow) {
  auto Changes = parseRawDiff("warning: something");
  EXPECT_FALSE(!!Changes);
  llvm::consumeError(Changes.takeError());
}

TEST(LineDiff, CountsTheNewSide) {
  ChangedLines Lines = parseLineDiff("diff --git a.c a.c\n"
                                     "index 1..2 100644\n"
                                     "--- a.c\n"
                                     "+++ a.c\n"
                                     "@@ -3 +3,2 @@ int f(void)\n"
                                     "-old\n"
                                     "+++ not a file\n"
                                     "+new\n"
                                     "\\ No newline at end of file\n"
                                     "@@ -10,2 +10,0 @@\n"
                                     "-gone\n"
                                     "-gone\n"
                                     "diff --git b.c b.c\n"
                                     "--- b.c\n"
                                     "+++ /dev/null\n"
                                     "@@ -1 +0,0 @@\n"
                                     "-all\n");
  ASSERT_EQ(Lines.size(), 1u);
  EXPECT_EQ(Lines["a.c"], (std::set<unsigned>{3, 4, 10, 11}));
}

TEST(LineDiff, ReadsQuotedPaths) {
  ChangedLines Lines =
      parseLineDiff("+++ \"a\\tb\\\"\\303\\244.c\"\n@@ -1 +1 @@\n-a\n+b\n"
                    "+++ with blank.c\t\n@@ -1 +1 @@\n-a\n+b\n");
  EXPECT_EQ(Lines.count("a\tb\"\303\244.c"), 1u);
  EXPECT_EQ(Lines.count("with blank.c"), 1u);
}

TEST(PublicAddress, HasNoSecrets) {
  EXPECT_EQ(publicAddress("https://me:secret@example.org/a/b.git"),
            "https://example.org/a/b.git");
  EXPECT_EQ(publicAddress("git@example.org:a/b.git"),
            "ssh://example.org/a/b.git");
  EXPECT_EQ(publicAddress("https://example.org/a/b"),
            "https://example.org/a/b");
}

TEST(PublicAddress, IsEmptyForWhatIsOnlyHere) {
  EXPECT_EQ(publicAddress("/srv/git/a.git"), "");
  EXPECT_EQ(publicAddress("../a"), "");
  EXPECT_EQ(publicAddress("file:///srv/git/a.git"), "");
  EXPECT_EQ(publicAddress(""), "");
}

} // namespace
} // namespace conntidy
