//===- SnapshotTest.cpp - files as they are at another revision -----------===//
//
// What a snapshot shows in place of the disk, by whatever name it is asked.
//
//===----------------------------------------------------------------------===//

#include "driver/Snapshot.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include "gtest/gtest.h"

namespace conntidy {
namespace {

namespace fs = llvm::sys::fs;

/// A directory with the files `disk.c` and `both.c`, and a link `link` to
/// itself.
class SnapshotTest : public testing::Test {
protected:
  void SetUp() override {
    llvm::SmallString<128> Made;
    ASSERT_FALSE(fs::createUniqueDirectory("conntidy", Made));
    llvm::SmallString<128> Real;
    ASSERT_FALSE(fs::real_path(Made, Real));
    Directory = Real.str().str();
    for (const char *Name : {"disk.c", "both.c"}) {
      std::error_code Code;
      llvm::raw_fd_ostream(Directory + "/" + Name, Code) << "on disk";
      ASSERT_FALSE(Code);
    }
    ASSERT_FALSE(fs::create_link(Directory, Directory + "/link"));
    Files.put(Directory + "/both.c", "in the snapshot");
    Files.put(Directory + "/gone.c", std::nullopt);
    Files.put(Directory + "/new/deep.c", "only here");
  }
  void TearDown() override { fs::remove_directories(Directory); }

  std::string read(llvm::StringRef Path) {
    auto Buffer = fileSystem(&Files)->getBufferForFile(Path);
    return Buffer ? (*Buffer)->getBuffer().str() : Buffer.getError().message();
  }

  std::string Directory;
  Snapshot Files;
};

TEST_F(SnapshotTest, StandsBeforeTheDisk) {
  EXPECT_EQ(read(Directory + "/disk.c"), "on disk");
  EXPECT_EQ(read(Directory + "/both.c"), "in the snapshot");
  EXPECT_EQ(read(Directory + "/new/deep.c"), "only here");
}

TEST_F(SnapshotTest, HidesWhatIsGone) {
  std::error_code Code;
  llvm::raw_fd_ostream(Directory + "/gone.c", Code) << "on disk";
  auto Seen = fileSystem(&Files);
  EXPECT_FALSE(Seen->exists(Directory + "/gone.c"));
  EXPECT_EQ(Seen->openFileForRead(Directory + "/gone.c").getError(),
            std::errc::no_such_file_or_directory);
}

TEST_F(SnapshotTest, KnowsAFileByAllItsNames) {
  EXPECT_EQ(read(Directory + "/./new/../both.c"), "in the snapshot");
  EXPECT_EQ(read(Directory + "/link/both.c"), "in the snapshot");
  auto Seen = fileSystem(&Files);
  ASSERT_FALSE(Seen->setCurrentWorkingDirectory(Directory));
  EXPECT_EQ((*Seen->getBufferForFile("both.c"))->getBuffer(),
            "in the snapshot");
  llvm::SmallString<128> Real;
  ASSERT_FALSE(Seen->getRealPath("link/both.c", Real));
  EXPECT_EQ(Real, Directory + "/both.c");
}

TEST_F(SnapshotTest, SizesAreThoseOfTheContents) {
  auto Status = fileSystem(&Files)->status(Directory + "/both.c");
  ASSERT_TRUE(!!Status);
  EXPECT_EQ(Status->getSize(), strlen("in the snapshot"));
  EXPECT_EQ(Status->getName(), Directory + "/both.c");
}

} // namespace
} // namespace conntidy
