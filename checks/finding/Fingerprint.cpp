//===- Fingerprint.cpp - what a finding is known by later -----------------===//
//
// Defines fingerprintsOf() and tokensOf().
//
//===----------------------------------------------------------------------===//

#include "finding/Fingerprint.h"
#include "clang/AST/ASTContext.h"
#include "clang/Basic/SourceManager.h"
#include "clang/Lex/Lexer.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/xxhash.h"

using namespace clang;

namespace conntidy {

/// What lies outside of the project lies elsewhere on each machine.
static llvm::StringRef pathBelow(llvm::StringRef Root, llvm::StringRef File) {
  llvm::StringRef Rest = File;
  Root = Root.rtrim('/');
  if (Rest.consume_front(Root) && Rest.consume_front("/"))
    return Rest;
  return llvm::sys::path::filename(File);
}

/// No two lists of parts make one text.
static std::string joined(llvm::ArrayRef<llvm::StringRef> Parts) {
  std::string All;
  for (llvm::StringRef Part : Parts)
    All += (llvm::Twine(Part.size()) + ":" + Part).str();
  return All;
}

static std::string hashOf(const std::string &Text) {
  llvm::XXH128_hash_t Hash =
      llvm::xxh3_128bits(llvm::arrayRefFromStringRef(Text));
  return llvm::utohexstr(Hash.high64, /*LowerCase=*/true, /*Width=*/16) +
         llvm::utohexstr(Hash.low64, /*LowerCase=*/true, /*Width=*/16);
}

std::vector<Fingerprint> fingerprintsOf(llvm::ArrayRef<const Record *> Records,
                                        llvm::StringRef Root) {
  std::vector<Fingerprint> Result;
  llvm::StringMap<unsigned> Seen;
  for (const Record *R : Records) {
    Fingerprint &Own = Result.emplace_back();
    if (R->Function.empty() || R->Statement.empty() || R->Where.File.empty())
      continue;
    std::string What =
        joined({R->Check, R->Function, R->Statement, R->Resource});
    std::string Here = joined({pathBelow(Root, R->Where.File), What});
    std::string Ordinal = std::to_string(Seen[Here]++);
    Own.Exact = hashOf(joined({Here, Ordinal}));
    Own.Movable = hashOf(joined({What, Ordinal}));
  }
  return Result;
}

std::string tokensOf(SourceRange Where, const ASTContext &Context) {
  if (Where.isInvalid())
    return {};
  const SourceManager &SM = Context.getSourceManager();
  CharSourceRange Range = Lexer::makeFileCharRange(SM.getExpansionRange(Where),
                                                   SM, Context.getLangOpts());
  bool Failed = false;
  llvm::StringRef Text =
      Lexer::getSourceText(Range, SM, Context.getLangOpts(), &Failed);
  if (Range.isInvalid() || Failed)
    return {};
  // The lexer wants a text that ends with a null.
  std::string Ended = Text.str();
  Lexer Raw(SourceLocation(), Context.getLangOpts(), Ended.data(), Ended.data(),
            Ended.data() + Ended.size());
  std::string Result;
  Token Next;
  for (bool AtEnd = false; !AtEnd;) {
    AtEnd = Raw.LexFromRawLexer(Next);
    if (Next.is(tok::eof))
      break;
    if (!Result.empty())
      Result += ' ';
    const char *End = Raw.getBufferLocation();
    Result.append(End - Next.getLength(), End);
  }
  return Result;
}

} // namespace conntidy
