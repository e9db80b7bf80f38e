//===- Snippet.cpp - source lines with markers below ----------------------===//
//
// Defines writeSnippet().
//
//===----------------------------------------------------------------------===//

#include "output/Snippet.h"
#include "output/TextReport.h"
#include "llvm/Support/Unicode.h"
#include <algorithm>

namespace conntidy {
namespace {

constexpr unsigned TabWidth = 4;
constexpr unsigned MaxWidth = 160; ///< of a source line that is shown

/// The columns that \p Text takes on a terminal.
unsigned widthOf(llvm::StringRef Text) {
  int Width = llvm::sys::unicode::columnWidthUTF8(Text);
  return Width < 0 ? Text.size() : Width; // negative: not printable as UTF-8
}

std::string expandTabs(llvm::StringRef Text) {
  std::string Result;
  for (char C : Text) {
    if (C == '\t')
      Result.append(TabWidth, ' ');
    else
      Result += C;
  }
  return Result;
}

class SnippetWriter {
public:
  SnippetWriter(llvm::raw_ostream &Out, SourceText &Text,
                const TextStyle &Style, unsigned Gutter, llvm::StringRef File)
      : Out(Out), Text(Text), Style(Style), P(Out, Style.Colors),
        Gutter(Gutter), LastFile(File) {}

  void write(const Annotation &A) {
    llvm::StringRef Line = Text.line(A.Where.File, A.Where.Line);
    bool SameFile = A.Where.File == LastFile;
    if (!SameFile || A.Where.Line != LastLine) {
      if (!SameFile)
        bar("--> " + shortPath(A.Where.File, Style.Directory) + ":" +
            std::to_string(A.Where.Line));
      else if (LastLine && A.Where.Line != LastLine + 1)
        bar("...");
      sourceLine(A.Where.Line, Line);
    }
    LastFile = A.Where.File;
    LastLine = A.Where.Line;
    markers(A, Line);
  }

private:
  void bar(llvm::StringRef What) {
    Out.indent(Gutter) << ' ';
    P.faint(llvm::raw_ostream::BLUE, What);
    Out << '\n';
  }

  void sourceLine(unsigned Number, llvm::StringRef Line) {
    std::string Digits = std::to_string(Number);
    Out.indent(Gutter - Digits.size());
    P.faint(llvm::raw_ostream::BLUE, Digits + " |");
    if (!Line.empty()) {
      // A generated line may be very long; its start is enough to find it.
      std::string Shown = expandTabs(Line.take_front(MaxWidth));
      Out << ' ' << Shown << (Line.size() > MaxWidth ? " ..." : "");
    }
    Out << '\n';
  }

  void markers(const Annotation &A, llvm::StringRef Line) {
    unsigned Start = std::min<size_t>(std::max(A.Where.Column, 1u) - 1,
                                      std::min<size_t>(Line.size(), MaxWidth));
    size_t End =
        A.Where.EndLine == A.Where.Line ? A.Where.EndColumn - 1 : Line.size();
    llvm::StringRef Marked =
        Line.take_front(MaxWidth).slice(Start, End).rtrim();
    unsigned Length = std::max<unsigned>(widthOf(expandTabs(Marked)), 1);

    Out.indent(Gutter + 1);
    P.faint(llvm::raw_ostream::BLUE, "|");
    Out.indent(1 + widthOf(expandTabs(Line.take_front(Start))));
    if (A.Primary)
      P.colored(llvm::raw_ostream::GREEN, "^" + std::string(Length - 1, '~'));
    else
      P.faint(llvm::raw_ostream::CYAN, std::string(Length, '-'));
    if (!A.Label.empty())
      Out << ' ' << A.Label;
    Out << '\n';
  }

  llvm::raw_ostream &Out;
  SourceText &Text;
  const TextStyle &Style;
  Paint P;
  unsigned Gutter;
  std::string LastFile;
  unsigned LastLine = 0;
};

} // namespace

unsigned writeSnippet(llvm::raw_ostream &Out,
                      llvm::ArrayRef<Annotation> Annotations, SourceText &Text,
                      const TextStyle &Style) {
  unsigned LastLine = 0;
  for (const Annotation &A : Annotations)
    LastLine = std::max(LastLine, A.Where.Line);
  unsigned Gutter = std::max<unsigned>(5, std::to_string(LastLine).size() + 1);
  // The reader has just read the name of the file that the finding is in.
  llvm::StringRef File;
  for (const Annotation &A : Annotations)
    if (A.Primary)
      File = A.Where.File;
  SnippetWriter Writer(Out, Text, Style, Gutter, File);
  for (const Annotation &A : Annotations)
    Writer.write(A);
  return Gutter;
}

} // namespace conntidy
