//===- ReportFiles.h - the source that a report shows -----------*- C++ -*-===//
//
// Defines ReportFiles: the files that findings are in, where they are on this
// machine, and which of their lines are worth showing.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_REPORT_REPORTFILES_H
#define CONNTIDY_REPORT_REPORTFILES_H

#include "output/SourceText.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/JSON.h"
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace conntidy {

class ReportFiles {
public:
  ReportFiles(llvm::StringRef Directory, SourceText &Text)
      : Directory(Directory), Text(Text) {}

  /// The number of the file that a log in \p LogDirectory calls \p Uri;
  /// \p Base is what the URI is relative to, or empty.
  unsigned add(llvm::StringRef Uri, llvm::StringRef Base,
               llvm::StringRef LogDirectory);

  /// The same for a path.
  unsigned addPath(llvm::StringRef Path, llvm::StringRef LogDirectory);

  /// What a log itself says to be in a file; counts where the file is not
  /// here. What was said first stays.
  void supply(unsigned File, llvm::StringRef Contents);
  void supply(unsigned File, unsigned FirstLine, llvm::StringRef Lines);

  /// Asks for lines to be shown; what does not exist is passed over.
  void want(unsigned File, unsigned First, unsigned Last);

  /// A column in UTF-16 code units of one that counts code points.
  unsigned utf16Column(unsigned File, unsigned Line, unsigned Column);

  /// [{path, lines: [[first, [text...]]...]}...]
  llvm::json::Array take();

private:
  struct Entry {
    std::string Name; ///< as the log has it, absolute if it is said
    std::string Path; ///< where it is; empty if it is not here
    std::set<unsigned> Wanted;
    std::map<unsigned, std::string> Supplied;
  };
  std::string line(const Entry &File, unsigned Number);
  bool exists(const Entry &File, unsigned Line);
  llvm::json::Array excerpts(const Entry &File);

  std::string Directory;
  std::optional<std::string> Root; ///< that all names have in common
  std::vector<Entry> Files;
  llvm::StringMap<unsigned> Numbers;
  SourceText &Text;
};

} // namespace conntidy

#endif // CONNTIDY_REPORT_REPORTFILES_H
