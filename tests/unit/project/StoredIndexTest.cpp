//===- StoredIndexTest.cpp - the index, read as it is needed --------------===//
//
// What conntidy keeps is what the others read; what cannot be used is refused
// at once and left as it is.
//
//===----------------------------------------------------------------------===//

#include "project/StoredIndex.h"
#include "index/Database.h"
#include "project/IndexFile.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"
#include "gtest/gtest.h"
#include <chrono>
#include <sqlite3.h>

namespace fs = llvm::sys::fs;

namespace conntidy {
namespace {

class StoredIndexFile : public ::testing::Test {
protected:
  void SetUp() override {
    ASSERT_FALSE(fs::createUniqueDirectory("conntidy-stored", Directory));
    Path = (Directory + "/build/.conntidy/index.db").str();
  }
  void TearDown() override { fs::remove_directories(Directory); }

  static FunctionFacts facts(FunctionKey Key, llvm::StringRef Name) {
    FunctionFacts F;
    F.Key = Key;
    F.Name = Name.str();
    F.Parameters = 2;
    F.Throws = {{{"Refused", "std::exception"}, Certainty::Likely}};
    F.Keeps = {1};
    F.Touches = true;
    return F;
  }

  void keep(std::vector<FunctionFacts> All,
            const std::string &Maker = programIdentity()) {
    std::vector<std::string> Notices;
    auto Kept = Database::open(Path, Maker, Notices);
    ASSERT_TRUE(static_cast<bool>(Kept)) << llvm::toString(Kept.takeError());
    std::vector<const FunctionFacts *> Pointers;
    for (const FunctionFacts &F : All)
      Pointers.push_back(&F);
    llvm::Error Error = Kept->storeFacts(Pointers);
    ASSERT_FALSE(static_cast<bool>(Error)) << llvm::toString(std::move(Error));
  }

  std::unique_ptr<StoredIndex> opened() {
    auto Opened = StoredIndex::open(Path);
    EXPECT_TRUE(static_cast<bool>(Opened))
        << llvm::toString(Opened.takeError());
    return Opened ? std::move(*Opened) : nullptr;
  }
  std::string whyNot() {
    auto Opened = StoredIndex::open(Path);
    return Opened ? "" : llvm::toString(Opened.takeError());
  }

  llvm::SmallString<128> Directory;
  std::string Path;
};

constexpr FunctionKey Large = ~FunctionKey(0) - 5;

TEST_F(StoredIndexFile, FactsComeBack) {
  keep({facts(7, "dial"), facts(Large, "hangUp")});
  auto Index = opened();
  ASSERT_TRUE(Index);
  for (FunctionKey Key : {FunctionKey(7), Large}) {
    ASSERT_TRUE(Index->find(Key));
    EXPECT_EQ(*Index->find(Key), facts(Key, Key == 7 ? "dial" : "hangUp"));
    EXPECT_TRUE(Index->answer(Key, IndexQuestion::Kind::Touches));
  }
  EXPECT_EQ(Index->find(8), nullptr);
  EXPECT_FALSE(Index->answer(8, IndexQuestion::Kind::Facts));
}

TEST_F(StoredIndexFile, LaterRunsReplaceWhatEarlierOnesKept) {
  keep({facts(1, "gone"), facts(2, "old")});
  keep({facts(2, "renamed")});
  auto Index = opened();
  ASSERT_TRUE(Index);
  EXPECT_EQ(Index->find(1), nullptr);
  ASSERT_TRUE(Index->find(2));
  EXPECT_EQ(Index->find(2)->Name, "renamed");
}

TEST_F(StoredIndexFile, MissingForeignAndOlderOnesAreRefused) {
  EXPECT_NE(whyNot(), "");
  keep({facts(1, "f")}, "another build");
  EXPECT_EQ(whyNot(), Path + ": another version of conntidy made it; run "
                             "conntidy to make it anew");
  std::error_code Code;
  llvm::raw_fd_ostream(Path, Code) << "int main(void) { return 0; }\n";
  EXPECT_NE(whyNot(), "");
}

TEST_F(StoredIndexFile, OneThatIsBeingWrittenIsNotWaitedFor) {
  keep({facts(1, "f")});
  sqlite3 *Writer = nullptr;
  ASSERT_EQ(sqlite3_open(Path.c_str(), &Writer), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(Writer, "BEGIN EXCLUSIVE", nullptr, nullptr, nullptr),
            SQLITE_OK);
  auto Start = std::chrono::steady_clock::now();
  EXPECT_EQ(whyNot(), Path + ": it is being written");
  EXPECT_LT(std::chrono::steady_clock::now() - Start, std::chrono::seconds(1));
  sqlite3_close(Writer);
  EXPECT_EQ(whyNot(), "");
}

TEST_F(StoredIndexFile, IsFoundFromTheSourceAndFromWhereItIsCompiled) {
  keep({facts(1, "f")});
  std::string Root = Directory.str().str();
  EXPECT_EQ(findIndex(Root + "/src/db/a.c", Root + "/build/src"), Path);
  EXPECT_EQ(findIndex(Root + "/src/db/a.c", "/"), Path);
  EXPECT_EQ(findIndex("/src/a.c", Root), Path);
  EXPECT_EQ(findIndex("/src/a.c", "/src"), "");
}

} // namespace
} // namespace conntidy
