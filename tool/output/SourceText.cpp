//===- SourceText.cpp - lines of files, for those who show them -----------===//
//
// Defines SourceText.
//
//===----------------------------------------------------------------------===//

#include "output/SourceText.h"
#include "llvm/Support/ConvertUTF.h"

namespace conntidy {

const SourceText::Entry &SourceText::entry(llvm::StringRef File) {
  auto [Place, IsNew] = Files.try_emplace(File);
  Entry &Result = Place->second;
  if (!IsNew)
    return Result;
  auto Buffer = From->getBufferForFile(File);
  if (!Buffer)
    return Result; // shown without its lines
  Result.Buffer = std::move(*Buffer);
  llvm::StringRef Rest = Result.Buffer->getBuffer();
  while (!Rest.empty()) {
    auto [First, Others] = Rest.split('\n');
    First.consume_back("\r");
    Result.Lines.push_back(First);
    Rest = Others;
  }
  return Result;
}

llvm::ArrayRef<llvm::StringRef> SourceText::lines(llvm::StringRef File) {
  return entry(File).Lines;
}

llvm::StringRef SourceText::line(llvm::StringRef File, unsigned Number) {
  llvm::ArrayRef<llvm::StringRef> Lines = entry(File).Lines;
  if (Number == 0 || Number > Lines.size())
    return {};
  return Lines[Number - 1];
}

std::optional<unsigned> SourceText::offset(llvm::StringRef File, unsigned Line,
                                           unsigned Column) {
  const Entry &Known = entry(File);
  if (Line == 0 || Line > Known.Lines.size() || Column == 0)
    return std::nullopt;
  return Known.Lines[Line - 1].data() - Known.Buffer->getBufferStart() +
         Column - 1;
}

unsigned utf16Length(llvm::StringRef Text) {
  llvm::SmallVector<llvm::UTF16, 128> Converted;
  if (!llvm::convertUTF8ToUTF16String(Text, Converted))
    return Text.size(); // no UTF-8: one unit a byte, as in Latin-1
  return Converted.size();
}

bool isBelow(llvm::StringRef File, llvm::StringRef Directory) {
  return Directory == "/" ||
         (!Directory.empty() && File.consume_front(Directory) &&
          File.starts_with("/"));
}

std::string shortPath(llvm::StringRef File, llvm::StringRef Directory) {
  llvm::StringRef Rest = File;
  if (!Directory.empty() && Directory != "/" && Rest.consume_front(Directory) &&
      Rest.consume_front("/"))
    return Rest.str();
  return File.str();
}

} // namespace conntidy
