//===- Value.cpp - interning and facts ------------------------------------===//

#include "flow/Value.h"
#include "clang/AST/Decl.h"
#include "llvm/ADT/Hashing.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>

namespace conntidy::flow {

/// Holes keep a fact small; more than this many say little.
static constexpr size_t MaxHoles = 4;

bool Fact::tidy() {
  for (bool Changed = true; Changed && Low <= High;) {
    Changed = false;
    if (llvm::is_contained(Not, Low)) {
      if (Low == High)
        return false;
      ++Low;
      Changed = true;
    }
    if (llvm::is_contained(Not, High)) {
      if (Low == High)
        return false;
      --High;
      Changed = true;
    }
  }
  if (Low > High)
    return false;
  llvm::erase_if(Not, [&](int64_t V) { return V < Low || V > High; });
  llvm::sort(Not);
  Not.erase(std::unique(Not.begin(), Not.end()), Not.end());
  if (Not.size() > MaxHoles)
    Not.resize(MaxHoles);
  return true;
}

bool Fact::restrict(const Fact &F) {
  Low = std::max(Low, F.Low);
  High = std::min(High, F.High);
  Not.append(F.Not.begin(), F.Not.end());
  return tidy();
}

bool Fact::exclude(int64_t L, int64_t H) {
  if (L > Low && H < High) {
    // Only a few values can be cut out of the middle; a wider gap is dropped.
    if (static_cast<uint64_t>(H) - static_cast<uint64_t>(L) < MaxHoles)
      for (int64_t V = L; V <= H; ++V)
        Not.push_back(V);
  } else if (L <= Low && H >= High) {
    return false;
  } else if (L <= Low) {
    if (H >= Low)
      Low = H + 1;
  } else if (H >= High) {
    if (L <= High)
      High = L - 1;
  }
  return tidy();
}

Fact Fact::join(const Fact &A, const Fact &B) {
  Fact R{std::min(A.Low, B.Low), std::max(A.High, B.High), {}};
  auto Hole = [&](int64_t V) {
    if (!A.contains(V) && !B.contains(V))
      R.Not.push_back(V);
  };
  for (int64_t V : A.Not)
    Hole(V);
  for (int64_t V : B.Not)
    Hole(V);
  // Two intervals on either side of null: the hole that matters most.
  Hole(0);
  R.tidy();
  return R;
}

size_t
ValueTable::Hash::operator()(const decltype(PlaceData().key()) &K) const {
  auto [What, Origin, Symbol, Parent, Pseudo, Index] = K;
  return llvm::hash_combine(What, Origin, Symbol.Number, Parent.Number, Pseudo,
                            Index);
}

size_t
ValueTable::Hash::operator()(const decltype(SymbolData().key()) &K) const {
  auto [What, Site, Index, Place, Older] = K;
  return llvm::hash_combine(What, Site, Index, Place.Number, Older);
}

SymbolId ValueTable::find(const SymbolData &D) const {
  auto It = SymbolIds.find(D.key());
  return It == SymbolIds.end() ? SymbolId() : It->second;
}

PlaceId ValueTable::place(const PlaceData &D) {
  auto [It, New] =
      PlaceIds.try_emplace(D.key(), PlaceId{uint32_t(Places.size())});
  if (New) {
    Places.push_back(D);
    Roots.push_back(D.What == PlaceData::Kind::Field ? root(D.Parent)
                                                     : It->second);
  }
  return It->second;
}

PlaceId ValueTable::field(PlaceId Parent, const clang::FieldDecl *F) {
  PlaceData D;
  D.What = PlaceData::Kind::Field;
  D.Origin = F->getCanonicalDecl();
  D.Parent = Parent;
  return place(D);
}

PlaceId ValueTable::field(PlaceId Parent, PseudoField F, int64_t Index) {
  PlaceData D;
  D.What = PlaceData::Kind::Field;
  D.Parent = Parent;
  D.Pseudo = F;
  D.Index = Index;
  return place(D);
}

PlaceId ValueTable::pointee(SymbolId S) {
  PlaceData D;
  D.What = PlaceData::Kind::Pointee;
  D.Symbol = S;
  return place(D);
}

SymbolId ValueTable::symbol(const SymbolData &D) {
  auto [It, New] =
      SymbolIds.try_emplace(D.key(), SymbolId{uint32_t(Symbols.size())});
  if (New)
    Symbols.push_back(D);
  return It->second;
}

bool ValueTable::within(PlaceId P, PlaceId Outer) const {
  if (root(P) != root(Outer))
    return false;
  while (P.Number > Outer.Number)
    P = Places[P.Number].Parent;
  return P == Outer;
}

bool ValueTable::reachedThrough(
    SymbolId S, llvm::function_ref<bool(SymbolId)> IsObject) const {
  while ((*this)[S].What == SymbolData::Kind::Entry) {
    const PlaceData &Root = (*this)[root((*this)[S].Place)];
    if (Root.What != PlaceData::Kind::Pointee)
      return false;
    S = Root.Symbol;
    if (IsObject(S))
      return true;
  }
  return false;
}

PlaceId ValueTable::rebase(PlaceId P, PlaceId From, PlaceId To) {
  if (P == From)
    return To;
  PlaceData D = Places[P.Number];
  D.Parent = rebase(D.Parent, From, To);
  return place(D);
}

std::string ValueTable::text(PlaceId P) const {
  const PlaceData &D = Places[P.Number];
  switch (D.What) {
  case PlaceData::Kind::Variable:
  case PlaceData::Kind::Global:
    return static_cast<const clang::VarDecl *>(D.Origin)->getNameAsString();
  case PlaceData::Kind::Temporary:
    return "temporary" + std::to_string(P.Number);
  case PlaceData::Kind::Pointee:
    return "*" + text(D.Symbol);
  case PlaceData::Kind::Return:
    return "returned";
  case PlaceData::Kind::Literal:
    return "literal" + std::to_string(P.Number);
  case PlaceData::Kind::Field:
    break;
  }
  std::string Parent = text(D.Parent);
  switch (D.Pseudo) {
  case PseudoField::None: {
    std::string Name =
        static_cast<const clang::FieldDecl *>(D.Origin)->getNameAsString();
    return Parent + "." + (Name.empty() ? "<field>" : Name);
  }
  case PseudoField::Owned:
    return Parent + ".<owned>";
  case PseudoField::Deleter:
    return Parent + ".<deleter>";
  case PseudoField::Borrowed:
    return Parent + ".<borrowed>";
  case PseudoField::Self:
    return Parent + ".<self>";
  case PseudoField::Text:
    return Parent + ".<text>";
  case PseudoField::Element:
    return Parent + "[" + std::to_string(D.Index) + "]";
  }
  llvm_unreachable("unknown field");
}

std::string ValueTable::text(SymbolId S) const {
  const SymbolData &D = Symbols[S.Number];
  std::string Suffix = D.Older ? "'" : "";
  switch (D.What) {
  case SymbolData::Kind::Parameter:
    return "param" + std::to_string(D.Index + 1);
  case SymbolData::Kind::This:
    return "this";
  case SymbolData::Kind::Entry:
    return "entry(" + text(D.Place) + ")";
  case SymbolData::Kind::Call:
    return "call" + std::to_string(S.Number) + Suffix;
  case SymbolData::Kind::New:
    return "new" + std::to_string(S.Number) + Suffix;
  case SymbolData::Kind::Opaque:
    return "value" + std::to_string(S.Number) + Suffix;
  case SymbolData::Kind::Derived:
    return "derived" + std::to_string(S.Number);
  case SymbolData::Kind::Merged:
    return "merged" + std::to_string(S.Number);
  }
  llvm_unreachable("unknown symbol");
}

std::string ValueTable::text(const Value &V) const {
  switch (V.What) {
  case Value::Kind::Unknown:
    return "?";
  case Value::Kind::Int:
    return std::to_string(V.Low);
  case Value::Kind::Symbol:
    return text(V.Symbol);
  case Value::Kind::Address:
    return "&" + text(V.Place);
  case Value::Kind::Function:
    return V.Function->getNameAsString();
  case Value::Kind::InRange:
    return text(V.Symbol) + (V.Negated ? " not in " : " in ") +
           std::to_string(V.Low) + ".." + std::to_string(V.High);
  }
  llvm_unreachable("unknown value");
}

} // namespace conntidy::flow
