//===- Holds.cpp - `conntidy holds` ---------------------------------------===//

#include "conntidy/Holds.h"
#include "output/SourceText.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/JSON.h"

namespace json = llvm::json;

namespace conntidy {

namespace {

struct NamedTotal {
  llvm::StringRef Name;
  unsigned HoldTotals::*Count;
};
constexpr NamedTotal Totals[] = {
    {"holds", &HoldTotals::Holds}, {"raw", &HoldTotals::Raw},
    {"leaks", &HoldTotals::Leaks}, {"waiting", &HoldTotals::Waiting},
    {"idle", &HoldTotals::Idle},
};

std::string howGivenBack(const Hold &H) {
  std::vector<std::string> Ways;
  if (H.Guarded)
    Ways.push_back(H.Released ? "by an owner" : "by its owner");
  if (H.Released)
    Ways.push_back("by hand" + (H.ReleasedBy.empty()
                                    ? ""
                                    : ": " + llvm::join(H.ReleasedBy, ", ")));
  if (H.Leaks)
    Ways.push_back("not on every path");
  return Ways.empty() ? "to its caller" : llvm::join(Ways, "; ");
}

} // namespace

HoldTotals totalsOf(llvm::ArrayRef<Hold> Holds) {
  HoldTotals T;
  for (const Hold &H : Holds) {
    ++T.Holds;
    T.Raw += H.Released && !H.Guarded;
    T.Leaks += H.Leaks;
    T.Waiting += !H.Waits.empty();
    T.Idle += H.Idle;
  }
  return T;
}

std::vector<Hold> sorted(std::vector<Hold> Holds) {
  llvm::sort(Holds, [](const Hold &A, const Hold &B) {
    return std::tie(A.Where, A.Function, A.By, A.Statements) <
           std::tie(B.Where, B.Function, B.By, B.Statements);
  });
  Holds.erase(llvm::unique(Holds,
                           [](const Hold &A, const Hold &B) {
                             return A.Where == B.Where && A.By == B.By;
                           }),
              Holds.end());
  return Holds;
}

void writeHolds(llvm::raw_ostream &Out, llvm::ArrayRef<Hold> Holds,
                llvm::StringRef Directory) {
  llvm::StringRef Function;
  for (const Hold &H : Holds) {
    if (H.Function != Function)
      Out << (Function.empty() ? "" : "\n") << H.Function << '\n';
    Function = H.Function;
    Out << "  " << shortPath(H.Where.File, Directory) << ':' << H.Where.Line
        << ": " << H.Noun;
    if (!H.Handle.empty())
      Out << " '" << H.Handle << "'";
    Out << " from '" << H.By << "', for " << H.Statements << " statement"
        << (H.Statements == 1 ? "" : "s") << " and " << H.Calls << " call"
        << (H.Calls == 1 ? "" : "s");
    if (!H.Waits.empty())
      Out << ", blocks on " << llvm::join(H.Waits, ", ");
    if (H.Idle)
      Out << ", too long";
    Out << "; given back " << howGivenBack(H) << '\n';
  }
  if (!Holds.empty())
    Out << '\n';
  HoldTotals T = totalsOf(Holds);
  llvm::ListSeparator Comma;
  for (const NamedTotal &Total : Totals)
    Out << Comma << Total.Name << ' ' << T.*Total.Count;
  Out << '\n';
}

void writeHoldsAsJson(llvm::raw_ostream &Out, llvm::ArrayRef<Hold> Holds) {
  json::OStream J(Out, 1);
  auto Strings = [&](llvm::StringRef Key, llvm::ArrayRef<std::string> Values) {
    J.attributeArray(Key, [&] {
      for (const std::string &Value : Values)
        J.value(json::fixUTF8(Value));
    });
  };
  J.object([&] {
    J.attributeArray("holds", [&] {
      for (const Hold &H : Holds)
        J.object([&] {
          J.attribute("function", json::fixUTF8(H.Function));
          J.attribute("file", json::fixUTF8(H.Where.File));
          J.attribute("line", H.Where.Line);
          J.attribute("handle", json::fixUTF8(H.Handle));
          J.attribute("what", json::fixUTF8(H.Noun));
          J.attribute("acquiredBy", json::fixUTF8(H.By));
          J.attribute("pooled", H.Pooled);
          J.attribute("statements", H.Statements);
          J.attribute("calls", H.Calls);
          Strings("blocksOn", H.Waits);
          J.attribute("tooLong", H.Idle);
          J.attribute("owned", H.Guarded);
          Strings("releasedBy", H.ReleasedBy);
          J.attribute("leaks", H.Leaks);
        });
    });
    HoldTotals T = totalsOf(Holds);
    J.attributeObject("totals", [&] {
      for (const NamedTotal &Total : Totals)
        J.attribute(Total.Name, T.*Total.Count);
    });
  });
  Out << '\n';
}

llvm::Expected<bool> withinBounds(llvm::ArrayRef<Hold> Holds,
                                  llvm::StringRef Bounds) {
  HoldTotals T = totalsOf(Holds);
  bool Within = true;
  llvm::SmallVector<llvm::StringRef, 4> Given;
  Bounds.split(Given, ',', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
  for (llvm::StringRef One : Given) {
    auto [Name, Number] = One.split('=');
    auto *Total = llvm::find_if(
        Totals, [&](const NamedTotal &Known) { return Known.Name == Name; });
    unsigned Bound = 0;
    if (Total == std::end(Totals) || Number.getAsInteger(10, Bound))
      return llvm::createStringError(
          "--max takes a list like 'leaks=0,waiting=3' of the totals holds, "
          "raw, leaks, waiting and idle, not '" +
          One + "'");
    Within &= T.*Total->Count <= Bound;
  }
  return Within;
}

} // namespace conntidy
