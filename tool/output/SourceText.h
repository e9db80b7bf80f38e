//===- SourceText.h - lines of files, for those who show them ---*- C++ -*-===//
//
// Defines SourceText: the text of source files by line, read once, and how a
// path is shown to a person.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_OUTPUT_SOURCETEXT_H
#define CONNTIDY_OUTPUT_SOURCETEXT_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/VirtualFileSystem.h"
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace conntidy {

class SourceText {
public:
  explicit SourceText(llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> From =
                          llvm::vfs::getRealFileSystem())
      : From(std::move(From)) {}

  /// All lines without their ends; empty if the file cannot be read.
  llvm::ArrayRef<llvm::StringRef> lines(llvm::StringRef File);
  /// Line \p Number, from 1; empty if there is none.
  llvm::StringRef line(llvm::StringRef File, unsigned Number);
  /// Bytes before line \p Line, column \p Column (both from 1).
  std::optional<unsigned> offset(llvm::StringRef File, unsigned Line,
                                 unsigned Column);

private:
  struct Entry {
    std::unique_ptr<llvm::MemoryBuffer> Buffer;
    std::vector<llvm::StringRef> Lines;
  };
  const Entry &entry(llvm::StringRef File);

  llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> From;
  llvm::StringMap<Entry> Files;
};

/// Counts UTF-16 code units in \p Text, as SARIF counts columns.
unsigned utf16Length(llvm::StringRef Text);

/// Whether \p File lies below \p Directory.
bool isBelow(llvm::StringRef File, llvm::StringRef Directory);

/// \p File relative to \p Directory if it lies below it, else as it is.
std::string shortPath(llvm::StringRef File, llvm::StringRef Directory);

} // namespace conntidy

#endif // CONNTIDY_OUTPUT_SOURCETEXT_H
