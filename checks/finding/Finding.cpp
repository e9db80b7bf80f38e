//===- Finding.cpp - findings to plain data -------------------------------===//

#include "finding/Finding.h"
#include "finding/Fingerprint.h"
#include "clang/AST/ASTContext.h"
#include "clang/Basic/SourceManager.h"
#include "clang/Lex/Lexer.h"

using namespace clang;

namespace conntidy {

static FileRange toFileRange(SourceRange R, const ASTContext &Context) {
  const SourceManager &SM = Context.getSourceManager();
  FileRange F;
  if (R.isInvalid())
    return F;
  CharSourceRange Expanded = SM.getExpansionRange(R);
  SourceLocation Begin = Expanded.getBegin();
  SourceLocation End = Expanded.getEnd();
  if (Expanded.isTokenRange())
    End = Lexer::getLocForEndOfToken(End, 0, SM, Context.getLangOpts());
  if (End.isInvalid())
    End = Begin;
  if (OptionalFileEntryRef File =
          SM.getFileEntryRefForID(SM.getFileID(Begin))) {
    F.File = File->getFileEntry().tryGetRealPathName().str();
    if (F.File.empty())
      F.File = File->getName().str();
  }
  F.Line = SM.getSpellingLineNumber(Begin);
  F.Column = SM.getSpellingColumnNumber(Begin);
  F.EndLine = SM.getSpellingLineNumber(End);
  F.EndColumn = SM.getSpellingColumnNumber(End);
  return F;
}

FileRange placeOf(const FindingStep &Step, const ASTContext &Context) {
  return Step.Elsewhere ? *Step.Elsewhere : toFileRange(Step.Where, Context);
}

Record toRecord(const Finding &F, const ASTContext &Context) {
  Record R;
  R.Check = F.Check;
  R.Severity = F.Severity;
  R.Sureness = F.Sureness;
  R.Where = toFileRange(F.Where, Context);
  R.Message = F.Message;
  R.Function = F.Function;
  R.Statement = tokensOf(F.Where, Context);
  R.Resource = F.Resource;
  auto Convert = [&](const std::vector<FindingStep> &In,
                     std::vector<Step> &Out) {
    for (const FindingStep &S : In)
      Out.push_back({S.What, placeOf(S, Context), S.Text, S.Depth});
  };
  Convert(F.Trail, R.Trail);
  Convert(F.Exits, R.Exits);
  for (const Edit &E : F.Fix)
    R.Fix.push_back({toFileRange(E.Where, Context), E.Text});
  return R;
}

} // namespace conntidy
