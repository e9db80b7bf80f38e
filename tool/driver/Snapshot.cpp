//===- Snapshot.cpp - files as they are at another revision ---------------===//
//
// Defines the file system that a Snapshot makes.
//
//===----------------------------------------------------------------------===//

#include "driver/Snapshot.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

namespace path = llvm::sys::path;
namespace vfs = llvm::vfs;

namespace conntidy {
namespace {

class SnapshotFiles : public vfs::ProxyFileSystem {
public:
  SnapshotFiles(llvm::IntrusiveRefCntPtr<FileSystem> Base,
                const Snapshot &Files)
      : ProxyFileSystem(std::move(Base)), Files(Files) {}

  llvm::ErrorOr<vfs::Status> status(const llvm::Twine &Path) override {
    std::string Key;
    const std::optional<std::string> *Known = look(Path, Key);
    if (!Known)
      return ProxyFileSystem::status(Path);
    if (!*Known)
      return std::make_error_code(std::errc::no_such_file_or_directory);
    auto Own = contents(Key, **Known).status(Key);
    if (!Own)
      return Own;
    return vfs::Status::copyWithNewName(*Own, Path);
  }

  llvm::ErrorOr<std::unique_ptr<vfs::File>>
  openFileForRead(const llvm::Twine &Path) override {
    std::string Key;
    const std::optional<std::string> *Known = look(Path, Key);
    if (!Known)
      return ProxyFileSystem::openFileForRead(Path);
    if (!*Known)
      return std::make_error_code(std::errc::no_such_file_or_directory);
    return contents(Key, **Known).openFileForRead(Key);
  }

  std::error_code getRealPath(const llvm::Twine &Path,
                              llvm::SmallVectorImpl<char> &Output) override {
    std::string Key;
    const std::optional<std::string> *Known = look(Path, Key);
    if (!Known)
      return ProxyFileSystem::getRealPath(Path, Output);
    if (!*Known)
      return std::make_error_code(std::errc::no_such_file_or_directory);
    Output.assign(Key.begin(), Key.end());
    return {};
  }

  bool exists(const llvm::Twine &Path) override {
    return static_cast<bool>(status(Path));
  }

private:
  /// Null: as on disk.
  const std::optional<std::string> *look(const llvm::Twine &Path,
                                         std::string &Key) {
    llvm::SmallString<256> Absolute;
    Path.toVector(Absolute);
    if (makeAbsolute(Absolute))
      return nullptr;
    path::remove_dots(Absolute, /*remove_dot_dot=*/true);
    Key = Absolute.str().str();
    if (auto *Known = Files.find(Key))
      return Known;
    // A directory may be called by a link.
    llvm::SmallString<256> Real(realDirectory(path::parent_path(Absolute)));
    path::append(Real, path::filename(Absolute));
    if (Real == Absolute)
      return nullptr;
    Key = Real.str().str();
    return Files.find(Key);
  }

  llvm::StringRef realDirectory(llvm::StringRef Directory) {
    auto [Place, IsNew] = RealDirectories.try_emplace(Directory);
    if (IsNew) {
      llvm::SmallString<256> Real;
      if (ProxyFileSystem::getRealPath(Directory, Real))
        Real = Directory;
      Place->second = Real.str().str();
    }
    return Place->second;
  }

  /// LLVM's files in memory know how to be files.
  vfs::InMemoryFileSystem &contents(llvm::StringRef Key, llvm::StringRef Text) {
    Memory->addFile(Key, /*ModificationTime=*/0,
                    llvm::MemoryBuffer::getMemBuffer(Text, Key));
    return *Memory;
  }

  const Snapshot &Files;
  llvm::StringMap<std::string> RealDirectories;
  llvm::IntrusiveRefCntPtr<vfs::InMemoryFileSystem> Memory =
      llvm::makeIntrusiveRefCnt<vfs::InMemoryFileSystem>();
};

} // namespace

llvm::IntrusiveRefCntPtr<vfs::FileSystem>
Snapshot::over(llvm::IntrusiveRefCntPtr<vfs::FileSystem> Base) const {
  return llvm::makeIntrusiveRefCnt<SnapshotFiles>(std::move(Base), *this);
}

llvm::IntrusiveRefCntPtr<vfs::FileSystem> fileSystem(const Snapshot *Files) {
  llvm::IntrusiveRefCntPtr<vfs::FileSystem> Disk =
      vfs::createPhysicalFileSystem();
  return Files && !Files->empty() ? Files->over(std::move(Disk)) : Disk;
}

} // namespace conntidy
