//===- Process.cpp - runs another program ---------------------------------===//
//
// Defines runProgram(). LLVM connects a program with files, not with pipes.
//
//===----------------------------------------------------------------------===//

#include "driver/Process.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/raw_ostream.h"
#include <vector>

namespace conntidy {
namespace {

/// A file that goes away.
class Channel {
public:
  llvm::Error open(llvm::StringRef Text = {}) {
    int Descriptor = -1;
    if (std::error_code Code = llvm::sys::fs::createTemporaryFile(
            "conntidy", "txt", Descriptor, Path))
      return llvm::createStringError(Code,
                                     "no temporary file: " + Code.message());
    Remover.setFile(Path);
    llvm::raw_fd_ostream(Descriptor, /*shouldClose=*/true) << Text;
    return llvm::Error::success();
  }
  llvm::Expected<std::string> read() const {
    auto Buffer = llvm::MemoryBuffer::getFile(Path);
    if (!Buffer)
      return llvm::createStringError(Buffer.getError(), "its answer is lost");
    return (*Buffer)->getBuffer().str();
  }
  llvm::StringRef path() const { return Path; }

private:
  llvm::SmallString<128> Path;
  llvm::FileRemover Remover;
};

} // namespace

llvm::Expected<ProgramResult> runProgram(const ProgramRequest &Request) {
  Channel In, Out, Err;
  if (llvm::Error Error = llvm::joinErrors(
          In.open(Request.Input), llvm::joinErrors(Out.open(), Err.open())))
    return Error;
  std::vector<llvm::StringRef> Arguments = {Request.Program};
  Arguments.insert(Arguments.end(), Request.Arguments.begin(),
                   Request.Arguments.end());
  std::optional<llvm::StringRef> Redirects[] = {In.path(), Out.path(),
                                                Err.path()};
  std::string Error;
  ProgramResult Result;
  Result.Code = llvm::sys::ExecuteAndWait(
      Request.Program, Arguments, Request.Environment, Redirects,
      Request.Seconds, /*MemoryLimit=*/0, &Error);
  if (!Error.empty())
    return llvm::createStringError(Error);
  auto Said = Out.read(), Complained = Err.read();
  if (!Said || !Complained)
    return llvm::joinErrors(Said.takeError(), Complained.takeError());
  Result.Out = std::move(*Said);
  Result.Err = std::move(*Complained);
  return Result;
}

} // namespace conntidy
