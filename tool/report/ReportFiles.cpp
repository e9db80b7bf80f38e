//===- ReportFiles.cpp - the source that a report shows -------------------===//
//
// Defines ReportFiles.
//
//===----------------------------------------------------------------------===//

#include "report/ReportFiles.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

namespace path = llvm::sys::path;

namespace conntidy {
namespace {

std::string percentDecoded(llvm::StringRef Text) {
  std::string Result;
  for (; !Text.empty(); Text = Text.drop_front()) {
    uint8_t Byte;
    if (Text.size() > 2 && Text.front() == '%' &&
        llvm::to_integer(Text.substr(1, 2), Byte, 16)) {
      Result += static_cast<char>(Byte);
      Text = Text.drop_front(2);
    } else {
      Result += Text.front();
    }
  }
  return Result;
}

/// `file://host/a%20b` -> `/a b`; what is no URI of a file stays as it is.
std::string pathOf(llvm::StringRef Uri) {
  if (Uri.consume_front_insensitive("file:") && Uri.consume_front("//"))
    Uri = Uri.drop_front(std::min(Uri.find('/'), Uri.size()));
  return percentDecoded(Uri);
}

std::string joined(llvm::StringRef Directory, llvm::StringRef Name) {
  llvm::SmallString<256> Result(path::is_absolute(Name) ? "" : Directory);
  path::append(Result, Name);
  path::remove_dots(Result, /*remove_dot_dot=*/true);
  return Result.str().str();
}

/// The directory that both lie in.
std::string commonDirectory(llvm::StringRef One, llvm::StringRef Other) {
  while (One != Other && One != "/" && !One.empty() &&
         shortPath(Other, One) == Other)
    One = path::parent_path(One);
  return One.str();
}

/// A line that is no UTF-8 is taken for Latin-1, one byte a column, as columns
/// are counted.
std::string asUtf8(llvm::StringRef Line) {
  if (llvm::json::isUTF8(Line))
    return Line.str();
  std::string Result;
  for (unsigned char C : Line) {
    if (C < 0x80) {
      Result += static_cast<char>(C);
      continue;
    }
    Result += static_cast<char>(0xC0 | C >> 6);
    Result += static_cast<char>(0x80 | (C & 0x3F));
  }
  return Result;
}

} // namespace

unsigned ReportFiles::add(llvm::StringRef Uri, llvm::StringRef Base,
                          llvm::StringRef LogDirectory) {
  std::string Name, Path;
  if (Uri.contains("://") && !Uri.starts_with_insensitive("file:")) {
    Name = Uri.str();
  } else {
    std::string Said = pathOf(Uri);
    // A log may come from another machine: then it is looked for here, too.
    std::vector<std::string> Tops;
    if (!Base.empty())
      Tops.push_back(pathOf(Base));
    Tops.push_back(Directory);
    Tops.push_back(LogDirectory.str());
    std::string Top = Tops.front();
    for (const std::string &Candidate : Tops) {
      std::string Place = joined(Candidate, Said);
      if (!llvm::sys::fs::is_regular_file(Place))
        continue;
      Path = Place;
      if (Base.empty())
        Top = Candidate;
      break;
    }
    Name = joined(Top, Said);
    if (!path::is_absolute(Said)) {
      Top = joined(Top, ".");
      Root = Root ? commonDirectory(*Root, Top) : Top;
    }
  }
  auto [Known, IsNew] = Numbers.try_emplace(Name, Files.size());
  if (IsNew)
    Files.push_back({Name, Path, {}, {}});
  return Known->second;
}

unsigned ReportFiles::addPath(llvm::StringRef Path,
                              llvm::StringRef LogDirectory) {
  std::string Uri;
  for (char C : Path)
    Uri += C == '%' ? "%25" : std::string(1, C);
  return add(Uri, "", LogDirectory);
}

void ReportFiles::supply(unsigned File, llvm::StringRef Contents) {
  supply(File, 1, Contents);
}

void ReportFiles::supply(unsigned File, unsigned FirstLine,
                         llvm::StringRef Lines) {
  if (!Files[File].Path.empty())
    return;
  while (!Lines.empty()) {
    auto [First, Rest] = Lines.split('\n');
    First.consume_back("\r");
    Files[File].Supplied.try_emplace(FirstLine++, First.str());
    Lines = Rest;
  }
}

void ReportFiles::want(unsigned File, unsigned First, unsigned Last) {
  for (unsigned Line = std::max(First, 1u); Line <= Last; ++Line)
    if (exists(Files[File], Line))
      Files[File].Wanted.insert(Line);
}

bool ReportFiles::exists(const Entry &File, unsigned Line) {
  return File.Path.empty() ? File.Supplied.contains(Line)
                           : Line <= Text.lines(File.Path).size();
}

std::string ReportFiles::line(const Entry &File, unsigned Number) {
  if (!File.Path.empty())
    return asUtf8(Text.line(File.Path, Number));
  auto Known = File.Supplied.find(Number);
  return Known == File.Supplied.end() ? "" : Known->second;
}

unsigned ReportFiles::utf16Column(unsigned File, unsigned Line,
                                  unsigned Column) {
  std::string Shown = line(Files[File], Line);
  unsigned Result = 1, Points = 1;
  for (unsigned char C : Shown) {
    if ((C & 0xC0) == 0x80)
      continue; // goes on with a code point
    if (Points++ == Column)
      return Result;
    Result += C >= 0xF0 ? 2 : 1;
  }
  return Result + (Column - std::min(Column, Points));
}

llvm::json::Array ReportFiles::excerpts(const Entry &File) {
  llvm::json::Array Result;
  std::optional<unsigned> Last;
  for (unsigned Number : File.Wanted) {
    if (!Last || *Last + 1 != Number)
      Result.push_back(llvm::json::Array{Number, llvm::json::Array()});
    Last = Number;
    Result.back().getAsArray()->back().getAsArray()->push_back(
        line(File, Number));
  }
  return Result;
}

llvm::json::Array ReportFiles::take() {
  llvm::json::Array Result;
  for (const Entry &File : Files)
    Result.push_back(llvm::json::Object{
        {"path",
         llvm::json::fixUTF8(shortPath(File.Name, Root.value_or(Directory)))},
        {"lines", excerpts(File)}});
  return Result;
}

} // namespace conntidy
