//===- CompilerQuery.cpp - asks a compiler where its headers are ----------===//
//
// Defines CompilerQuery.
//
//===----------------------------------------------------------------------===//

#include "driver/CompilerQuery.h"
#include "driver/CompileDatabase.h"
#include "driver/Process.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/Regex.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"

namespace path = llvm::sys::path;

namespace conntidy {
namespace {

constexpr unsigned SecondsToAnswer = 20;

/// The target in `arm-linux-gnueabihf-g++-12`; empty for `g++`. Unset when the
/// name is not that of a compiler whose `-E -v` we can read.
std::optional<std::string> targetInName(llvm::StringRef Name) {
  static const llvm::Regex Shape(
      "^(.+-)?(gcc|g\\+\\+|cc|c\\+\\+|clang|clang\\+\\+)(-[0-9.]+)?$");
  llvm::SmallVector<llvm::StringRef, 4> Groups;
  if (!Shape.match(Name, &Groups))
    return std::nullopt;
  return Groups[1].rtrim('-').str();
}

/// The program itself, looked up in PATH as a shell would.
std::string locate(llvm::StringRef Compiler, llvm::StringRef Directory) {
  if (Compiler.contains('/'))
    return absolutePath(Directory, Compiler);
  if (auto Found = llvm::sys::findProgramByName(Compiler))
    return *Found;
  return {};
}

/// Clang brings its own: `stddef.h` and the intrinsics of another compiler do
/// not parse.
bool isBuiltinDirectory(llvm::StringRef Directory) {
  llvm::SmallString<256> Marker(Directory);
  path::append(Marker, "stddef.h");
  return (Directory.contains("/gcc/") || Directory.contains("/clang/")) &&
         !Directory.contains("/c++") && llvm::sys::fs::exists(Marker);
}

} // namespace

bool CompilerQuery::needed(llvm::StringRef Compiler,
                           llvm::StringRef Directory) {
  std::optional<std::string> Target = targetInName(path::filename(Compiler));
  if (!Target)
    return false;
  llvm::Triple Host(llvm::sys::getDefaultTargetTriple());
  if (!Target->empty()) {
    llvm::Triple Named(llvm::Triple::normalize(*Target));
    if (Named.getArch() != Host.getArch() || Named.getOS() != Host.getOS() ||
        Named.getEnvironment() != Host.getEnvironment())
      return true;
  }
  // Clang is asked nothing: what it finds, we find. A GCC of the system too.
  if (path::filename(Compiler).contains("clang"))
    return false;
  std::string Program = locate(Compiler, Directory);
  llvm::StringRef Home = path::parent_path(Program);
  return !Home.empty() && Home != "/usr/bin" && Home != "/bin" &&
         Home != "/usr/lib/ccache";
}

CompilerAnswer parseVerboseOutput(llvm::StringRef Output) {
  CompilerAnswer Answer;
  llvm::SmallVector<llvm::StringRef, 64> Lines;
  Output.split(Lines, '\n');
  bool InList = false;
  for (llvm::StringRef Line : Lines) {
    Line = Line.rtrim('\r');
    if (Line.starts_with("#include <...>")) {
      InList = true;
    } else if (Line.starts_with("End of search list")) {
      InList = false;
    } else if (InList && Line.starts_with(" ")) {
      std::string Directory = absolutePath("/", Line.trim());
      if (!isBuiltinDirectory(Directory))
        Answer.IncludeDirectories.push_back(std::move(Directory));
    } else if (Line.consume_front("Target: ")) {
      Answer.Target = Line.trim().str();
    }
  }
  return Answer;
}

/// Runs the compiler; what it says on stderr, or why that failed.
static llvm::Expected<std::string>
runVerbose(llvm::StringRef Program, bool CPlusPlus,
           llvm::ArrayRef<std::string> Flags) {
  std::vector<std::string> Arguments = {"-E", "-v", "-x",
                                        CPlusPlus ? "c++" : "c"};
  Arguments.insert(Arguments.end(), Flags.begin(), Flags.end());
  Arguments.push_back("/dev/null");
  // The search list is read by its English headings.
  std::string Path =
      "PATH=" + llvm::sys::Process::GetEnv("PATH").value_or("/usr/bin:/bin");
  const llvm::StringRef Environment[] = {"LC_ALL=C", Path};
  auto Result =
      runProgram({Program.str(), Arguments, llvm::ArrayRef(Environment),
                  /*Input=*/"", SecondsToAnswer});
  if (!Result)
    return Result.takeError();
  if (Result->Code != 0)
    return llvm::createStringError("it exits with " +
                                   std::to_string(Result->Code));
  return std::move(Result->Err);
}

const CompilerAnswer *CompilerQuery::ask(llvm::StringRef Compiler,
                                         llvm::StringRef Directory,
                                         bool CPlusPlus,
                                         llvm::ArrayRef<std::string> Flags,
                                         std::string &WhyNot) {
  std::string Program = locate(Compiler, Directory);
  std::vector<std::string> Key = {Program, CPlusPlus ? "c++" : "c"};
  Key.insert(Key.end(), Flags.begin(), Flags.end());
  auto [Place, IsNew] = Asked.try_emplace(std::move(Key));
  Memory &Known = Place->second;
  if (IsNew) {
    if (Program.empty() || !llvm::sys::fs::can_execute(Program)) {
      Known.WhyNot = "it is not installed";
    } else if (auto Output = runVerbose(Program, CPlusPlus, Flags)) {
      Known.Answer = parseVerboseOutput(*Output);
      if (Known.Answer->IncludeDirectories.empty()) {
        Known.Answer.reset();
        Known.WhyNot = "it names no include directory";
      }
    } else {
      Known.WhyNot = llvm::toString(Output.takeError());
    }
  }
  WhyNot = Known.WhyNot;
  return Known.Answer ? &*Known.Answer : nullptr;
}

} // namespace conntidy
