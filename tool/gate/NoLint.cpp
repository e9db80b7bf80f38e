//===- NoLint.cpp - findings that the source takes back -------------------===//
//
// Defines NoLintComments.
//
//===----------------------------------------------------------------------===//

#include "gate/NoLint.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

namespace conntidy {

NoLintComments::NoLintComments(llvm::ArrayRef<llvm::StringRef> Lines) {
  for (size_t Index = 0; Index < Lines.size(); ++Index)
    if (Lines[Index].contains("NOLINT"))
      read(Lines[Index], Index + 1);
  for (const Directive &Begin : Open)
    Strays.push_back({Begin.Origin.Line, "NOLINTBEGIN"});
  llvm::sort(Strays,
             [](const Stray &A, const Stray &B) { return A.Line < B.Line; });
}

void NoLintComments::read(llvm::StringRef Line, unsigned Number) {
  for (size_t Start = Line.find("NOLINT"); Start != llvm::StringRef::npos;
       Start = Line.find("NOLINT", Start + 1)) {
    if (Start > 0 && llvm::isAlnum(Line[Start - 1]))
      continue;
    llvm::StringRef Rest = Line.drop_front(Start + strlen("NOLINT"));
    Directive Found;
    Found.Keyword =
        Rest.take_while([](char C) { return llvm::isAlpha(C); }).str();
    Rest = Rest.drop_front(Found.Keyword.size());
    Found.Checks = "*";
    if (Rest.consume_front("(")) {
      auto [Inside, After] = Rest.split(')');
      Found.Checks = Inside.trim().str();
      Rest = After;
    }
    if (Rest.ltrim().consume_front(":")) {
      llvm::StringRef Reason = Rest.ltrim().drop_front().split("*/").first;
      Found.Origin.Justification = Reason.trim().str();
    }
    Found.Origin.Line = Number;
    Found.FirstLine = Found.LastLine = Number;

    if (Found.Keyword == "NEXTLINE") {
      Found.FirstLine = Found.LastLine = Number + 1;
      Directives.push_back(std::move(Found));
    } else if (Found.Keyword == "BEGIN") {
      Open.push_back(std::move(Found));
    } else if (Found.Keyword == "END") {
      close(Found);
    } else if (Found.Keyword.empty()) {
      Directives.push_back(std::move(Found));
    }
  }
}

/// An end belongs to the last open begin with the same list of checks.
void NoLintComments::close(const Directive &End) {
  auto Begin = llvm::find_if(llvm::reverse(Open), [&](const Directive &D) {
    return D.Checks == End.Checks;
  });
  if (Begin == Open.rend()) {
    Strays.push_back({End.Origin.Line, "NOLINTEND"});
    return;
  }
  Begin->LastLine = End.Origin.Line;
  Directives.push_back(std::move(*Begin));
  Open.erase(std::next(Begin).base());
}

std::optional<Suppression> NoLintComments::on(unsigned Line,
                                              llvm::StringRef Check) const {
  for (const Directive &D : Directives)
    if (D.FirstLine <= Line && Line <= D.LastLine &&
        CheckGlobs(D.Checks).contains(Check)) {
      D.IsUsed = true;
      return D.Origin;
    }
  return std::nullopt;
}

std::vector<Suppression>
NoLintComments::unused(llvm::ArrayRef<std::string> Checks) const {
  std::vector<Suppression> Result;
  for (const Directive &D : Directives) {
    CheckGlobs Named(D.Checks);
    bool IsOurs = llvm::any_of(Named.items(), [&](const CheckGlobs::Item &I) {
      return I.Adds && !llvm::StringRef(I.Pattern).starts_with("*") &&
             llvm::any_of(Checks, [&](const std::string &Check) {
               return I.matches(Check);
             });
    });
    if (IsOurs && !D.IsUsed)
      Result.push_back(D.Origin);
  }
  llvm::sort(Result, [](const Suppression &A, const Suppression &B) {
    return A.Line < B.Line;
  });
  return Result;
}

} // namespace conntidy
