//===- DatabaseTest.cpp - outcomes of units, kept in one file -------------===//

#include "index/Database.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include "gtest/gtest.h"
#include <sqlite3.h>
#include <thread>

using namespace conntidy;
namespace fs = llvm::sys::fs;

namespace {

class DatabaseFile : public ::testing::Test {
protected:
  void SetUp() override {
    ASSERT_FALSE(fs::createUniqueDirectory("conntidy-index", Directory));
    Path = (Directory + "/.conntidy/index.db").str();
  }
  void TearDown() override { fs::remove_directories(Directory); }

  Database open(llvm::StringRef Maker = "this") {
    auto Opened = Database::open(Path, Maker, Notices);
    if (!Opened) {
      ADD_FAILURE() << llvm::toString(Opened.takeError());
      std::abort();
    }
    return std::move(*Opened);
  }

  static Database::Unit unit(llvm::StringRef Key, uint64_t Digest = 7) {
    Database::Unit U;
    U.Key = Key.str();
    U.MainFile = ("/p/" + Key + ".c").str();
    U.Inputs = {{"/p/" + Key.str() + ".c", "/p/common.h"}, Digest};
    U.Rows = {{1, "first"}, {~uint64_t(0), "second"}};
    return U;
  }

  static Database::Unit load(Database &In, llvm::StringRef Key) {
    auto Loaded = In.load(Key);
    EXPECT_TRUE(static_cast<bool>(Loaded));
    return Loaded ? std::move(*Loaded) : Database::Unit();
  }
  static void store(Database &In, llvm::ArrayRef<Database::Unit> Units) {
    llvm::Error Error = In.store(Units);
    EXPECT_FALSE(static_cast<bool>(Error)) << llvm::toString(std::move(Error));
  }

  void write(llvm::StringRef Text) {
    fs::create_directories(llvm::sys::path::parent_path(Path));
    std::error_code Code;
    llvm::raw_fd_ostream(Path, Code) << Text;
    ASSERT_FALSE(Code);
  }
  void execute(const char *Sql) {
    sqlite3 *Handle = nullptr;
    ASSERT_EQ(sqlite3_open(Path.c_str(), &Handle), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(Handle, Sql, nullptr, nullptr, nullptr), SQLITE_OK)
        << sqlite3_errmsg(Handle);
    sqlite3_close(Handle);
  }

  llvm::SmallString<128> Directory;
  std::string Path;
  std::vector<std::string> Notices;
};

TEST_F(DatabaseFile, KeepsWhatIsStored) {
  {
    Database D = open();
    store(D, {unit("a"), unit("b", 1)});
  }
  Database D = open();
  Database::Unit A = load(D, "a");
  EXPECT_EQ(A.MainFile, "/p/a.c");
  EXPECT_EQ(A.Inputs.Files,
            (std::vector<std::string>{"/p/a.c", "/p/common.h"}));
  EXPECT_EQ(A.Inputs.Digest, 7u);
  ASSERT_EQ(A.Rows.size(), 2u);
  EXPECT_EQ(load(D, "nobody").Key, "");
  EXPECT_TRUE(Notices.empty());
}

TEST_F(DatabaseFile, HoldsNumbersOf64Bits) {
  Database D = open();
  store(D, unit("a", ~uint64_t(0) - 1));
  Database::Unit A = load(D, "a");
  EXPECT_EQ(A.Inputs.Digest, ~uint64_t(0) - 1);
  EXPECT_EQ(A.Rows.front().Trace, ~uint64_t(0)); // sorted as signed numbers
}

TEST_F(DatabaseFile, OtherInputsDropWhatWasMadeOfThem) {
  Database D = open();
  store(D, unit("a", 1));
  Database::Unit Changed = unit("a", 2);
  Changed.Rows = {{5, "third"}};
  store(D, Changed);
  Database::Unit A = load(D, "a");
  EXPECT_EQ(A.Inputs.Digest, 2u);
  ASSERT_EQ(A.Rows.size(), 1u);
  EXPECT_EQ(A.Rows.front().Outcome, "third");
}

TEST_F(DatabaseFile, KeepsOnlyWhatIsAskedFor) {
  Database D = open();
  store(D, unit("a"));
  Database::Unit Wanted = unit("a");
  Wanted.Rows = {{1, ""}};
  EXPECT_FALSE(static_cast<bool>(D.keepOnly(Wanted)));
  Database::Unit A = load(D, "a");
  ASSERT_EQ(A.Rows.size(), 1u);
  EXPECT_EQ(A.Rows.front().Outcome, "first");
}

TEST_F(DatabaseFile, OfOneFileAFewConfigurationsAreKept) {
  Database D = open();
  for (const char *Key : {"k1", "k2", "k3", "k4", "k5", "k6"}) {
    Database::Unit U = unit(Key);
    U.MainFile = "/p/same.c";
    store(D, U);
  }
  EXPECT_EQ(load(D, "k1").Key, "");
  EXPECT_EQ(load(D, "k6").Key, "k6");
}

TEST_F(DatabaseFile, AnotherMakerStartsAnew) {
  {
    Database D = open("that");
    store(D, unit("a"));
  }
  Database D = open("this");
  EXPECT_EQ(load(D, "a").Key, "");
  ASSERT_EQ(Notices.size(), 1u);
  EXPECT_NE(Notices.front().find("another version"), std::string::npos);
}

TEST_F(DatabaseFile, WhatIsNoDatabaseIsSetAside) {
  write("not a database, but somebody may want it");
  Database D = open();
  store(D, unit("a"));
  EXPECT_EQ(load(D, "a").Key, "a");
  EXPECT_TRUE(fs::exists(Path + ".aside"));
  ASSERT_EQ(Notices.size(), 1u);
  EXPECT_NE(Notices.front().find("index.db.aside"), std::string::npos);
}

TEST_F(DatabaseFile, TheDatabaseOfAnotherProgramIsSetAside) {
  write("");
  execute("CREATE TABLE precious (x)");
  Database D = open();
  EXPECT_TRUE(fs::exists(Path + ".aside"));
  EXPECT_EQ(Notices.size(), 1u);
}

TEST_F(DatabaseFile, AnOlderFormIsSetAside) {
  { Database D = open(); }
  execute("PRAGMA user_version = 0");
  Database D = open();
  store(D, unit("a"));
  EXPECT_EQ(load(D, "a").Key, "a");
  EXPECT_EQ(Notices.size(), 1u);
}

TEST_F(DatabaseFile, ATornFileIsSetAside) {
  {
    Database D = open();
    store(D, unit("a"));
  }
  // The pages behind the first are gone.
  int File;
  ASSERT_FALSE(fs::openFileForReadWrite(Path, File, fs::CD_OpenExisting,
                                        fs::OF_None));
  EXPECT_FALSE(fs::resize_file(File, 4096));
  fs::file_t Native = fs::convertFDToNativeFile(File);
  fs::closeFile(Native);
  Database D = open();
  EXPECT_EQ(load(D, "a").Key, "");
  EXPECT_TRUE(fs::exists(Path + ".aside"));
}

TEST_F(DatabaseFile, AFileThatCannotBeMadeIsAnError) {
  auto Opened = Database::open("/proc/conntidy/index.db", "this", Notices);
  EXPECT_FALSE(static_cast<bool>(Opened));
  llvm::consumeError(Opened.takeError());
}

TEST_F(DatabaseFile, SeveralWritersAtATime) {
  constexpr int Writers = 4, Each = 25;
  std::vector<std::thread> Threads;
  for (int W = 0; W < Writers; ++W)
    Threads.emplace_back([&, W] {
      std::vector<std::string> Ignored;
      auto D = Database::open(Path, "this", Ignored);
      ASSERT_TRUE(static_cast<bool>(D)) << llvm::toString(D.takeError());
      for (int N = 0; N < Each; ++N)
        store(*D, unit(std::to_string(W) + "-" + std::to_string(N)));
    });
  for (std::thread &T : Threads)
    T.join();
  Database D = open();
  for (int W = 0; W < Writers; ++W)
    for (int N = 0; N < Each; ++N)
      EXPECT_EQ(load(D, std::to_string(W) + "-" + std::to_string(N)).Rows.size(),
                2u);
  EXPECT_FALSE(fs::exists(Path + ".aside"));
}

} // namespace
