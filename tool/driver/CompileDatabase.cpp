//===- CompileDatabase.cpp - compile_commands.json ------------------------===//
//
// Defines the search for a compile database and its reading.
//
//===----------------------------------------------------------------------===//

#include "driver/CompileDatabase.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/Allocator.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/StringSaver.h"

namespace fs = llvm::sys::fs;
namespace path = llvm::sys::path;

namespace conntidy {

static constexpr llvm::StringLiteral DatabaseName = "compile_commands.json";

std::string currentDirectory() {
  llvm::SmallString<256> Directory;
  if (fs::current_path(Directory))
    return "/"; // the directory was removed under us: only absolute paths work
  return Directory.str().str();
}

std::string absolutePath(llvm::StringRef Directory, llvm::StringRef Path) {
  llvm::SmallString<256> Result(Path);
  if (!path::is_absolute(Result)) {
    Result = Directory;
    path::append(Result, Path);
  }
  path::remove_dots(Result, /*remove_dot_dot=*/true);
  return Result.str().str();
}

std::optional<std::string> findCompileDatabase(llvm::StringRef Start) {
  for (llvm::StringRef Directory = Start; !Directory.empty();
       Directory = path::parent_path(Directory)) {
    for (llvm::StringRef Below : {"", "build"}) {
      llvm::SmallString<256> Candidate(Directory);
      path::append(Candidate, Below, DatabaseName);
      if (fs::is_regular_file(Candidate))
        return Candidate.str().str();
    }
  }
  return std::nullopt;
}

llvm::Expected<std::vector<CompileCommand>>
readCompileDatabase(llvm::StringRef Path) {
  llvm::SmallString<256> File(Path);
  if (fs::is_directory(Path))
    path::append(File, DatabaseName);
  if (!fs::exists(File))
    return llvm::createStringError(
        File +
        ": no such compile database; make one with "
        "'cmake -DCMAKE_EXPORT_COMPILE_COMMANDS=ON' or 'bear -- make', or give "
        "the flags after '--'");
  auto Buffer = llvm::MemoryBuffer::getFile(File, /*IsText=*/true);
  if (!Buffer)
    return llvm::createStringError(
        File + ": cannot be read: " + Buffer.getError().message());
  return parseCompileDatabase((*Buffer)->getBuffer(), File);
}

namespace {

/// Reads one entry; says what is wrong with it by its number, as JSON values do
/// not remember their line.
class EntryReader {
public:
  EntryReader(llvm::StringRef Path, size_t Number)
      : Path(Path), Number(Number) {}

  llvm::Expected<CompileCommand> read(const llvm::json::Value &Value) const {
    const llvm::json::Object *Entry = Value.getAsObject();
    if (!Entry)
      return refuse("is no object");
    std::optional<llvm::StringRef> File = Entry->getString("file");
    if (!File || File->empty())
      return refuse("has no 'file'");

    CompileCommand Command;
    // A directory that is missing or relative counts from where the database
    // is.
    llvm::SmallString<256> Base(Path);
    fs::make_absolute(Base);
    Command.Directory = absolutePath(
        path::parent_path(Base), Entry->getString("directory").value_or("."));
    Command.File = absolutePath(Command.Directory, *File);

    if (const llvm::json::Array *Arguments = Entry->getArray("arguments")) {
      for (const llvm::json::Value &Argument : *Arguments) {
        std::optional<llvm::StringRef> Text = Argument.getAsString();
        if (!Text)
          return refuse("has an 'arguments' item that is no string");
        Command.Arguments.push_back(Text->str());
      }
    } else if (auto Line = Entry->getString("command")) {
      llvm::BumpPtrAllocator Allocator;
      llvm::StringSaver Saver(Allocator);
      llvm::SmallVector<const char *, 64> Tokens;
      llvm::cl::TokenizeGNUCommandLine(*Line, Saver, Tokens);
      Command.Arguments.assign(Tokens.begin(), Tokens.end());
    } else {
      return refuse(
          "has neither 'arguments' (a list) nor 'command' (a string)");
    }
    if (Command.Arguments.empty())
      return refuse("has an empty command");
    return Command;
  }

private:
  llvm::Error refuse(llvm::StringRef What) const {
    return llvm::createStringError(Path + ": entry " + llvm::Twine(Number) +
                                   " " + What + "; generate the database anew");
  }

  llvm::StringRef Path;
  size_t Number;
};

/// `[3:5, byte=17]: text`, as LLVM's reader puts it, in the form of a compiler.
std::string compilerStyle(llvm::StringRef Path, llvm::StringRef Message) {
  auto [Position, Text] = Message.split("]: ");
  auto [LineAndColumn, Byte] = Position.drop_front().split(", ");
  if (Text.empty())
    return (Path + ": " + Message).str();
  return (Path + ":" + LineAndColumn + ": " + Text).str();
}

} // namespace

llvm::Expected<std::vector<CompileCommand>>
parseCompileDatabase(llvm::StringRef Text, llvm::StringRef Path) {
  llvm::Expected<llvm::json::Value> Parsed = llvm::json::parse(Text);
  if (!Parsed)
    return llvm::createStringError(
        compilerStyle(Path, llvm::toString(Parsed.takeError())) +
        "; generate the database anew");
  const llvm::json::Array *Entries = Parsed->getAsArray();
  if (!Entries)
    return llvm::createStringError(
        Path + ":1:1: a compile database is a list of entries; generate the "
               "database anew");

  std::vector<CompileCommand> Commands;
  for (size_t Index = 0; Index < Entries->size(); ++Index) {
    auto Command = EntryReader(Path, Index + 1).read((*Entries)[Index]);
    if (!Command)
      return Command.takeError();
    Commands.push_back(std::move(*Command));
  }
  return Commands;
}

} // namespace conntidy
