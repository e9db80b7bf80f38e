//===- Outputs.cpp - files that a run writes ------------------------------===//
//
// Defines openForWriting() and what goes with it.
//
//===----------------------------------------------------------------------===//

#include "conntidy/Outputs.h"
#include "driver/CompileDatabase.h"
#include "gate/ProjectRoot.h"
#include "output/SourceText.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

namespace fs = llvm::sys::fs;
namespace path = llvm::sys::path;

namespace conntidy {

std::string realCurrentDirectory() {
  llvm::SmallString<256> Real;
  return fs::real_path(".", Real) ? currentDirectory() : Real.str().str();
}

llvm::Error refuseLinkOutOfProject(llvm::StringRef Path) {
  std::string Here = realCurrentDirectory();
  std::string Root = findProjectRoot({Here + "/."}, Here);
  std::string Named = absolutePath(Here, Path);
  llvm::SmallString<256> Real;
  if (fs::is_symlink_file(Named)) {
    if (fs::real_path(Named, Real))
      Real = "nothing";
  } else {
    if (fs::real_path(path::parent_path(Named), Real))
      Real = path::parent_path(Named);
    path::append(Real, path::filename(Named));
  }
  if (isBelow(Named, Root) && !isBelow(Real, Root))
    return llvm::createStringError(
        Path + ": a link leads out of the project, to " + Real +
        "; name that file itself if it is to be written");
  return llvm::Error::success();
}

llvm::Expected<std::unique_ptr<llvm::raw_fd_ostream>>
openForWriting(llvm::StringRef Path) {
  if (llvm::Error Error = refuseLinkOutOfProject(Path))
    return Error;
  std::error_code Code;
  auto Stream = std::make_unique<llvm::raw_fd_ostream>(Path, Code, fs::OF_None);
  if (Code)
    return llvm::createStringError(Path +
                                   ": cannot be written: " + Code.message());
  return Stream;
}

bool arrived(llvm::raw_fd_ostream &Stream, llvm::StringRef Name) {
  Stream.flush();
  if (!Stream.has_error())
    return true;
  llvm::errs() << "conntidy: error: " << Name
               << ": cannot be written: " << Stream.error().message() << '\n';
  Stream.clear_error();
  return false;
}

} // namespace conntidy
