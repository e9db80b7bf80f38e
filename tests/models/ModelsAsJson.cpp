//===- ModelsAsJson.cpp - the embedded models, for scripts ----------------===//
//
// Defines a program that prints what scripts/check-models holds against the
// real headers: names, places and types, and where each stands in its file.
//
//===----------------------------------------------------------------------===//

#include "model/ModelReader.h"
#include <iostream>
#include <nlohmann/json.hpp>
#include <set>

using namespace conntidy::model;
using nlohmann::json;

namespace {

/// Counts the arguments the places of an entry speak of.
class Places {
public:
  void add(const Slot &S) {
    if (S.Where == Slot::Kind::Arg || S.Where == Slot::Kind::Pointee)
      Highest = std::max(Highest, S.Index + 1);
  }
  void add(const std::optional<Slot> &S) {
    if (S)
      add(*S);
  }
  void add(const std::vector<Slot> &Slots) {
    for (const Slot &S : Slots)
      add(S);
  }
  unsigned highest() const { return Highest; }

private:
  unsigned Highest = 0;
};

unsigned highestArgument(const Function &F) {
  Places P;
  for (const ArgumentIs &A : F.When)
    P.add(A.Arg);
  for (const Acquire &A : F.Acquires) {
    P.add(A.Handle);
    P.add(A.Pool);
    P.add(A.Parent);
  }
  for (const Release &R : F.Releases) {
    P.add(R.Handle);
    P.add(R.Pool);
  }
  for (const DerivedRelease &R : F.ReleasesDerived)
    P.add(R.Of);
  for (const Take &T : F.Takes)
    P.add(T.Handle);
  for (const View &V : F.Views) {
    P.add(V.Handle);
    P.add(V.Of);
  }
  P.add(F.EndsViewsOf);
  P.add(F.Returns);
  P.add(F.Callbacks);
  if (F.Begins)
    P.add(F.Begins->On);
  P.add(F.Commits);
  P.add(F.RollsBack);
  if (F.Executes) {
    P.add(F.Executes->Text);
    P.add(F.Executes->On);
  }
  if (F.StatusOf)
    P.add(F.StatusOf->Of);
  P.add(F.SetsTimeout);
  if (F.Waits) {
    P.add(F.Waits->Text);
    P.add(F.Waits->Keywords);
    P.add(F.Waits->Argument);
    P.add(F.Waits->SetOn);
  }
  if (F.InTransaction)
    P.add(F.InTransaction->Of);
  return P.highest();
}

json toJson(const Function &F) {
  json J = {{"names", F.Names},
            {"line", F.Line},
            {"highest-argument", highestArgument(F)},
            {"from-documentation", F.FromDocumentation}};
  if (F.Arity)
    J["arity"] = *F.Arity;
  return J;
}

json toJson(const Class &C) {
  std::vector<std::string> Methods = C.ClosedBy;
  if (C.GuardOf)
    for (const auto *List : {&C.GuardOf->GiveUp, &C.GuardOf->Dismiss,
                             &C.GuardOf->Reset, &C.GuardOf->Get})
      Methods.insert(Methods.end(), List->begin(), List->end());
  return {{"names", C.Names},
          {"line", C.Line},
          {"methods", Methods},
          {"from-documentation", C.FromDocumentation}};
}

/// A type is in the header if the functions that hand it out are.
json typesOf(const Library &L) {
  std::set<std::string> InHeader;
  for (const Function &F : L.Functions)
    for (const Acquire &A : F.Acquires)
      if (!F.FromDocumentation)
        InHeader.insert(A.Resource);
  json Types = json::array();
  for (const Resource &R : L.Resources)
    if (!R.Type.empty() && InHeader.count(R.Name))
      Types.push_back({{"type", R.Type}, {"line", R.Line}});
  return Types;
}

} // namespace

int main() {
  json All = json::array();
  for (const Library &L : embeddedLibraries()) {
    json J = {
        {"library", L.Name},       {"file", L.File},
        {"headers", L.Headers},    {"from-documentation", L.FromDocumentation},
        {"types", typesOf(L)},     {"functions", json::array()},
        {"classes", json::array()}};
    for (const Function &F : L.Functions)
      J["functions"].push_back(toJson(F));
    for (const Class &C : L.Classes)
      J["classes"].push_back(toJson(C));
    All.push_back(std::move(J));
  }
  std::cout << All.dump(1) << '\n';
}
