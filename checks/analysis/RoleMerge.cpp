//===- RoleMerge.cpp - the roles of several units, put together -----------===//
//
// Defines merge() and libraryOf().
//
//===----------------------------------------------------------------------===//

#include "analysis/Roles.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSet.h"

namespace conntidy {

using Sureness = InferredRole::Sureness;

namespace {

/// Puts the roles of several units together.
class Merger {
public:
  explicit Merger(const llvm::StringSet<> &Bodies) : Bodies(Bodies) {}

  void add(InferredRole R) {
    InferredRole Left = R;
    llvm::erase_if(Left.Classes, [&](const model::Class &C) {
      return !Classes.insert(C.Names.front()).second;
    });
    Left.Functions.clear();
    for (model::Function &F : R.Functions)
      if (!isKnown(F, R.How))
        Left.Functions.push_back(std::move(F));
    // A resource alone is for functions that others will name.
    bool Empty = Left.Functions.empty() && Left.Classes.empty();
    if (Empty && !(R.Functions.empty() && R.Classes.empty()))
      return;
    for (InferredRole &Same : Roles)
      if (!Left.Leased.Name.empty() && Same.Leased.Name == Left.Leased.Name &&
          (Same.How == Sureness::Unsure) == (Left.How == Sureness::Unsure)) {
        llvm::append_range(Same.Functions, Left.Functions);
        llvm::append_range(Same.Classes, Left.Classes);
        return;
      }
    Roles.push_back(std::move(Left));
  }

  std::vector<InferredRole> Roles;

private:
  /// A body, or a surer role, says what the function does; in a role as sure it
  /// has a part in both.
  bool isKnown(const model::Function &F, Sureness How) {
    if (How != Sureness::Seen && Bodies.contains(F.Names.front()))
      return true;
    for (InferredRole &R : Roles)
      for (model::Function &Known : R.Functions) {
        if (Known.Names != F.Names || Known.Arity != F.Arity)
          continue;
        if (R.How == How) {
          addMissing(Known.Acquires, F.Acquires);
          addMissing(Known.Releases, F.Releases);
          if (Known.Takes.empty())
            Known.Takes = F.Takes;
        }
        return true;
      }
    return false;
  }

  template <typename T>
  static void addMissing(std::vector<T> &Known, const std::vector<T> &More) {
    for (const T &One : More)
      if (llvm::none_of(Known, [&](const T &K) {
            return K.Resource == One.Resource && K.Handle == One.Handle;
          }))
        Known.push_back(One);
  }

  const llvm::StringSet<> &Bodies;
  llvm::StringSet<> Classes;
};

} // namespace

std::vector<InferredRole> merge(std::vector<UnitRoles> Units) {
  llvm::StringSet<> Bodies;
  std::vector<InferredRole> All;
  for (UnitRoles &U : Units) {
    Bodies.insert(U.Bodies.begin(), U.Bodies.end());
    llvm::move(U.Roles, std::back_inserter(All));
  }
  llvm::stable_sort(All, [](const InferredRole &A, const InferredRole &B) {
    return A.How < B.How;
  });
  Merger Result(Bodies);
  for (InferredRole &R : All)
    Result.add(std::move(R));
  return std::move(Result.Roles);
}

model::Library libraryOf(UnitRoles Roles) {
  model::Library L;
  L.Name = "inferred";
  L.From = model::Origin::Inferred;
  // The bodies have been taken into account where they were looked at.
  for (InferredRole &R : merge({{std::move(Roles.Roles), {}}})) {
    if (R.How == Sureness::Unsure)
      continue;
    if (!R.Leased.Name.empty())
      L.Resources.push_back(std::move(R.Leased));
    llvm::move(R.Functions, std::back_inserter(L.Functions));
    llvm::move(R.Classes, std::back_inserter(L.Classes));
  }
  return L;
}

} // namespace conntidy
