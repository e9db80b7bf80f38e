//===- Snippet.h - source lines with markers below --------------*- C++ -*-===//
//
// Defines writeSnippet(), which shows places in source files with a label each,
// and Paint, which colours only where colours are wanted.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_OUTPUT_SNIPPET_H
#define CONNTIDY_OUTPUT_SNIPPET_H

#include "finding/Record.h"
#include "output/SourceText.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/raw_ostream.h"
#include <string>

namespace conntidy {

struct TextStyle;

struct Annotation {
  FileRange Where;
  std::string Label; ///< may be empty
  bool Primary = false;
};

/// Shows the annotations in their order; a line that several follow one another
/// on is shown once. Returns the width of the gutter.
unsigned writeSnippet(llvm::raw_ostream &Out,
                      llvm::ArrayRef<Annotation> Annotations, SourceText &Text,
                      const TextStyle &Style);

class Paint {
public:
  Paint(llvm::raw_ostream &Out, bool Colors) : Out(Out), Colors(Colors) {}
  void bold(llvm::StringRef Text) const {
    write(llvm::raw_ostream::SAVEDCOLOR, /*Bold=*/true, Text);
  }
  void colored(llvm::raw_ostream::Colors Color, llvm::StringRef Text) const {
    write(Color, /*Bold=*/true, Text);
  }
  void faint(llvm::raw_ostream::Colors Color, llvm::StringRef Text) const {
    write(Color, /*Bold=*/false, Text);
  }

private:
  void write(llvm::raw_ostream::Colors Color, bool Bold,
             llvm::StringRef Text) const {
    if (Colors)
      Out.changeColor(Color, Bold);
    Out << Text;
    if (Colors)
      Out.resetColor();
  }

  llvm::raw_ostream &Out;
  bool Colors;
};

} // namespace conntidy

#endif // CONNTIDY_OUTPUT_SNIPPET_H
