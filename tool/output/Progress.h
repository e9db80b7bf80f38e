//===- Progress.h - how far a run has come ----------------------*- C++ -*-===//
//
// Defines Progress, one line on a terminal that is written over again.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_OUTPUT_PROGRESS_H
#define CONNTIDY_OUTPUT_PROGRESS_H

#include "output/SourceText.h"
#include "llvm/Support/raw_ostream.h"

namespace conntidy {

class Progress {
public:
  /// Shows nothing unless \p Wanted.
  Progress(llvm::raw_ostream &Out, size_t Total, bool Wanted)
      : Out(Out), Total(Total), Wanted(Wanted) {}
  ~Progress() { wipe(); }

  void done(llvm::StringRef File) {
    ++Count;
    if (!Wanted)
      return;
    wipe();
    // Longer than the terminal, the line could not be wiped.
    constexpr size_t Width = 70;
    std::string Line =
        "[" + std::to_string(Count) + "/" + std::to_string(Total) + "] ";
    llvm::StringRef End = File;
    if (Line.size() + End.size() > Width) {
      Line += "...";
      End = End.take_back(Width - Line.size());
    }
    Out << Line << End;
    Out.flush();
  }

private:
  void wipe() {
    if (Wanted)
      Out << "\r\033[K";
  }

  llvm::raw_ostream &Out;
  size_t Total;
  size_t Count = 0;
  bool Wanted;
};

} // namespace conntidy

#endif // CONNTIDY_OUTPUT_PROGRESS_H
