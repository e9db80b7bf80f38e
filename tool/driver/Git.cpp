//===- Git.cpp - asks a repository ----------------------------------------===//
//
// Defines GitRepository.
//
//===----------------------------------------------------------------------===//

#include "driver/Git.h"
#include "driver/Process.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Program.h"
#include <unistd.h>

namespace conntidy {
namespace {

constexpr unsigned RawFields = 5; ///< before the path

std::string withoutObject(llvm::StringRef Object) {
  return Object.find_first_not_of('0') == llvm::StringRef::npos ? ""
                                                                : Object.str();
}

GitDifference::Kind kindOfMode(llvm::StringRef Mode) {
  if (Mode == "160000")
    return GitDifference::Kind::Submodule;
  return Mode == "120000" ? GitDifference::Kind::Link
                          : GitDifference::Kind::File;
}

/// What git complains about begins with what is wrong.
std::string firstLine(llvm::StringRef Complaint) {
  llvm::StringRef First = Complaint.trim().split('\n').first;
  First.consume_front("fatal: ");
  return First.str();
}

/// Ours, without what git tells a hook about the repository it is in.
std::vector<llvm::StringRef> environmentWithoutRepository() {
  static constexpr llvm::StringLiteral Names[] = {
      "GIT_DIR=",    "GIT_WORK_TREE=",        "GIT_INDEX_FILE=",
      "GIT_PREFIX=", "GIT_OBJECT_DIRECTORY=", "GIT_COMMON_DIR="};
  std::vector<llvm::StringRef> Result;
  for (char **Variable = environ; *Variable; ++Variable)
    if (llvm::none_of(Names, [&](llvm::StringRef Name) {
          return llvm::StringRef(*Variable).starts_with(Name);
        }))
      Result.push_back(*Variable);
  return Result;
}

/// A path with unusual bytes is quoted as in C.
std::string unquoted(llvm::StringRef Path) {
  Path = Path.rtrim('\t'); // marks the end of one with blanks
  if (!Path.consume_front("\"") || !Path.consume_back("\""))
    return Path.str();
  std::string Result;
  for (size_t Index = 0; Index < Path.size(); ++Index) {
    if (Path[Index] != '\\' || Index + 1 == Path.size()) {
      Result += Path[Index];
      continue;
    }
    char Next = Path[++Index];
    unsigned Byte = 0;
    if (!Path.substr(Index, 3).getAsInteger(8, Byte) && Next <= '3') {
      Result += static_cast<char>(Byte);
      Index += 2;
    } else {
      static constexpr llvm::StringLiteral Names = "abtnvfr",
                                           Bytes = "\a\b\t\n\v\f\r";
      size_t Known = Names.find(Next);
      Result += Known == llvm::StringRef::npos ? Next : Bytes[Known];
    }
  }
  return Result;
}

} // namespace

llvm::Expected<std::vector<GitDifference>> parseRawDiff(llvm::StringRef Text) {
  std::vector<GitDifference> Result;
  while (!Text.empty()) {
    auto [Head, AfterHead] = Text.split('\0');
    auto [Path, Rest] = AfterHead.split('\0');
    Text = Rest;
    llvm::SmallVector<llvm::StringRef, RawFields> Fields;
    Head.ltrim(':').split(Fields, ' ');
    if (Fields.size() != RawFields || Path.empty() || Fields[4].empty())
      return llvm::createStringError("git's list of changes cannot be read: " +
                                     Head);
    GitDifference &One = Result.emplace_back();
    One.Path = Path.str();
    One.Old = kindOfMode(Fields[0]);
    One.New = kindOfMode(Fields[1]);
    One.OldObject = withoutObject(Fields[2]);
    One.NewObject = withoutObject(Fields[3]);
    One.Status = Fields[4].front();
    if (One.Status == 'R') {
      auto [NewPath, Others] = Text.split('\0');
      One.NewPath = NewPath.str();
      Text = Others;
    }
  }
  return Result;
}

ChangedLines parseLineDiff(llvm::StringRef Text) {
  ChangedLines Result;
  std::set<unsigned> *Lines = nullptr;
  unsigned Left = 0; // of the lines of a hunk
  while (!Text.empty()) {
    auto [Line, Rest] = Text.split('\n');
    Text = Rest;
    if (Left > 0) {
      Left -= !Line.starts_with("\\");
      continue;
    }
    if (Line.consume_front("+++ ")) {
      Lines = Line == "/dev/null" ? nullptr : &Result[unquoted(Line)];
      continue;
    }
    if (!Lines || !Line.consume_front("@@ -"))
      continue;
    auto Range = [](llvm::StringRef Words) {
      auto [Start, Count] = Words.split(',');
      std::pair<unsigned, unsigned> Numbers = {0, 1};
      Start.getAsInteger(10, Numbers.first);
      if (!Count.empty())
        Count.getAsInteger(10, Numbers.second);
      return Numbers;
    };
    auto [Old, AfterOld] = Line.split(" +");
    auto [OldStart, OldCount] = Range(Old);
    auto [Start, Count] = Range(AfterOld.split(' ').first);
    Left = OldCount + Count;
    if (Count == 0)
      Lines->insert({Start, Start + 1});
    for (unsigned Number = Start; Number < Start + Count; ++Number)
      Lines->insert(Number);
  }
  return Result;
}

std::string publicAddress(llvm::StringRef Remote) {
  auto [Scheme, Rest] = Remote.split("://");
  if (Rest.empty()) {
    // `git@host:path`; a path on this machine is published to nobody.
    auto [Host, Path] = Remote.split(':');
    if (Path.empty() || Host.contains('/'))
      return {};
    return ("ssh://" + Host.substr(Host.rfind('@') + 1) + "/" + Path.ltrim('/'))
        .str();
  }
  if (Scheme == "file")
    return {};
  auto [Host, Path] = Rest.split('/');
  return (Scheme + "://" + Host.substr(Host.rfind('@') + 1) + "/" + Path).str();
}

llvm::Expected<GitRepository> GitRepository::at(llvm::StringRef Directory) {
  return open(Directory, /*IsSubmodule=*/false);
}

llvm::Expected<GitRepository>
GitRepository::submoduleAt(llvm::StringRef Directory) {
  return open(Directory, /*IsSubmodule=*/true);
}

llvm::Expected<GitRepository> GitRepository::open(llvm::StringRef Directory,
                                                  bool IsSubmodule) {
  auto Program = llvm::sys::findProgramByName("git");
  if (!Program)
    return llvm::createStringError("git is not installed");
  GitRepository Found(*Program, Directory.str());
  Found.IsSubmodule = IsSubmodule;
  auto Root = Found.run({"rev-parse", "--show-toplevel"});
  if (!Root)
    return llvm::createStringError(Directory + ": " +
                                   llvm::toString(Root.takeError()));
  Found.Root = llvm::StringRef(*Root).trim('\n').str();
  return Found;
}

llvm::Expected<std::string> GitRepository::run(std::vector<std::string> Words,
                                               llvm::StringRef Input) const {
  std::vector<std::string> Arguments = {"-C",
                                        Root,
                                        "--no-optional-locks",
                                        "-c",
                                        "core.fsmonitor=false",
                                        "-c",
                                        "core.quotePath=false"};
  llvm::append_range(Arguments, Words);
  std::optional<llvm::ArrayRef<llvm::StringRef>> Environment;
  std::vector<llvm::StringRef> OfSubmodule;
  if (IsSubmodule) {
    OfSubmodule = environmentWithoutRepository();
    Environment = OfSubmodule;
  }
  auto Result = runProgram({Program, Arguments, Environment, Input});
  if (!Result)
    return llvm::createStringError("git cannot be run: " +
                                   llvm::toString(Result.takeError()));
  if (Result->Code != 0)
    return llvm::createStringError("'git " + Words.front() +
                                   "' fails: " + firstLine(Result->Err));
  return std::move(Result->Out);
}

std::optional<std::string>
GitRepository::ask(std::vector<std::string> Arguments) const {
  auto Answer = run(std::move(Arguments));
  if (!Answer) {
    llvm::consumeError(Answer.takeError());
    return std::nullopt;
  }
  return llvm::StringRef(*Answer).trim('\n').str();
}

std::optional<std::string> GitRepository::commit(llvm::StringRef Name) const {
  return ask({"rev-parse", "--verify", "--quiet", "--end-of-options",
              (Name + "^{commit}").str()});
}

std::optional<std::string> GitRepository::mergeBase(llvm::StringRef A,
                                                    llvm::StringRef B) const {
  return ask({"merge-base", A.str(), B.str()});
}

bool GitRepository::isShallow() const {
  return ask({"rev-parse", "--is-shallow-repository"}) == "true";
}

bool GitRepository::tracks(llvm::StringRef File) const {
  return ask({"ls-files", "--error-unmatch", "--", File.str()}).has_value();
}

llvm::Expected<std::string> GitRepository::emptyTree() const {
  // Its name depends on the hash that the repository uses. It need not be
  // written to be compared with.
  auto Name = run({"hash-object", "-t", "tree", "--stdin"});
  if (!Name)
    return Name.takeError();
  return llvm::StringRef(*Name).trim('\n').str();
}

llvm::Expected<std::vector<GitDifference>>
GitRepository::differences(std::vector<std::string> Arguments) const {
  Arguments.insert(Arguments.begin() + 1,
                   {"--raw", "-z", "--no-abbrev", "-M", "--no-ext-diff"});
  auto Text = run(std::move(Arguments));
  if (!Text)
    return Text.takeError();
  return parseRawDiff(*Text);
}

llvm::Expected<std::vector<GitDifference>>
GitRepository::toDisk(llvm::StringRef Tree) const {
  return differences({"diff", Tree.str(), "--"});
}

llvm::Expected<std::vector<GitDifference>>
GitRepository::toIndex(llvm::StringRef Tree) const {
  return differences({"diff", "--cached", Tree.str(), "--"});
}

llvm::Expected<std::vector<GitDifference>> GitRepository::fromIndex() const {
  return differences({"diff", "--"});
}

llvm::Expected<std::vector<std::string>> GitRepository::untracked() const {
  auto Text = run({"ls-files", "-z", "--others", "--exclude-standard"});
  if (!Text)
    return Text.takeError();
  llvm::SmallVector<llvm::StringRef, 0> Paths;
  llvm::StringRef(*Text).split(Paths, '\0', -1, /*KeepEmpty=*/false);
  return std::vector<std::string>(Paths.begin(), Paths.end());
}

llvm::Expected<ChangedLines>
GitRepository::lines(std::vector<std::string> Arguments) const {
  Arguments.insert(Arguments.begin() + 1,
                   {"-U0", "--no-prefix", "--no-renames", "--no-color",
                    "--no-ext-diff", "--no-textconv", "--ignore-submodules"});
  auto Text = run(std::move(Arguments));
  if (!Text)
    return Text.takeError();
  return parseLineDiff(*Text);
}

llvm::Expected<ChangedLines>
GitRepository::linesToDisk(llvm::StringRef Tree) const {
  return lines({"diff", Tree.str(), "--"});
}

llvm::Expected<ChangedLines>
GitRepository::linesToIndex(llvm::StringRef Tree) const {
  return lines({"diff", "--cached", Tree.str(), "--"});
}

llvm::Expected<std::vector<std::string>>
GitRepository::contents(const std::vector<std::string> &Objects) const {
  std::vector<std::string> Result;
  if (Objects.empty())
    return Result;
  auto Text = run({"cat-file", "--batch"}, llvm::join(Objects, "\n") + "\n");
  if (!Text)
    return Text.takeError();
  // Of each: its name, its type and its size on a line; then itself.
  llvm::StringRef Rest = *Text;
  for (const std::string &Object : Objects) {
    auto [Head, Body] = Rest.split('\n');
    size_t Size = 0;
    if (Head.rsplit(' ').second.getAsInteger(10, Size) || Body.size() <= Size)
      return llvm::createStringError("git has no object " + Object);
    Result.push_back(Body.take_front(Size).str());
    Rest = Body.drop_front(Size + 1);
  }
  return Result;
}

std::string GitRepository::publishedAt() const {
  return publicAddress(
      ask({"config", "--get", "remote.origin.url"}).value_or(""));
}

std::string GitRepository::branch() const {
  return ask({"symbolic-ref", "--quiet", "--short", "HEAD"}).value_or("");
}

} // namespace conntidy
