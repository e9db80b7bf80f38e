//===- Value.h - what a path knows about values and places ------*- C++ -*-===//
//
// Defines the vocabulary of path states: symbols (values nobody computed),
// places (variables, fields, what a pointer points to), values, and facts about
// symbols. All are interned per function and referred to by typed ids.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_FLOW_VALUE_H
#define CONNTIDY_FLOW_VALUE_H

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallVector.h"
#include <compare>
#include <cstdint>
#include <limits>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

namespace clang {
class FieldDecl;
class FunctionDecl;
class VarDecl;
class Stmt;
} // namespace clang

namespace conntidy::flow {

template <typename Tag> struct Id {
  uint32_t Number = ~0u;
  bool valid() const { return Number != ~0u; }
  friend bool operator==(Id, Id) = default;
  friend auto operator<=>(Id, Id) = default;
};
using SymbolId = Id<struct SymbolTag>;
using PlaceId = Id<struct PlaceTag>;
using TempId = Id<struct TempTag>;

/// A closed interval with a few holes; null is 0.
struct Fact {
  static constexpr int64_t Min = std::numeric_limits<int64_t>::min();
  static constexpr int64_t Max = std::numeric_limits<int64_t>::max();
  int64_t Low = Min;
  int64_t High = Max;
  llvm::SmallVector<int64_t, 2> Not; ///< sorted

  static Fact exactly(int64_t V) { return {V, V, {}}; }
  static Fact except(int64_t V) { return {Min, Max, {V}}; }
  static Fact range(int64_t L, int64_t H) { return {L, H, {}}; }

  bool trivial() const { return Low == Min && High == Max && Not.empty(); }
  bool contains(int64_t V) const {
    return V >= Low && V <= High && !llvm::is_contained(Not, V);
  }
  /// Intersects with \p F; false if nothing is left.
  bool restrict(const Fact &F);
  /// Intersects with the complement of [L, H]; false if nothing is left.
  bool exclude(int64_t L, int64_t H);
  /// The smallest fact that both imply.
  static Fact join(const Fact &A, const Fact &B);
  friend bool operator==(const Fact &, const Fact &) = default;

private:
  bool tidy();
};

struct Value {
  enum class Kind : uint8_t {
    Unknown,
    Int,      ///< a constant; null is 0
    Symbol,   ///< something with an identity and maybe facts
    Address,  ///< of a place
    Function, ///< of a function
    InRange,  ///< a bool: the symbol lies in [Low, High] (or not, if Negated)
  };
  Kind What = Kind::Unknown;
  bool Negated = false;
  SymbolId Symbol;
  PlaceId Place;
  const clang::FunctionDecl *Function = nullptr;
  int64_t Low = 0; ///< the constant of an Int
  int64_t High = 0;

  static Value integer(int64_t V) {
    Value R;
    R.What = Kind::Int;
    R.Low = V;
    return R;
  }
  static Value symbol(SymbolId S) {
    Value R;
    R.What = Kind::Symbol;
    R.Symbol = S;
    return R;
  }
  static Value address(PlaceId P) {
    Value R;
    R.What = Kind::Address;
    R.Place = P;
    return R;
  }
  static Value function(const clang::FunctionDecl *F) {
    Value R;
    R.What = Kind::Function;
    R.Function = F;
    return R;
  }
  static Value inRange(SymbolId S, int64_t L, int64_t H, bool Negated) {
    Value R;
    R.What = Kind::InRange;
    R.Symbol = S;
    R.Low = L;
    R.High = H;
    R.Negated = Negated;
    return R;
  }
  bool known() const { return What != Kind::Unknown; }
  bool isSymbol() const { return What == Kind::Symbol; }
  bool isAddress() const { return What == Kind::Address; }
  bool isInt() const { return What == Kind::Int; }
  friend bool operator==(const Value &, const Value &) = default;
};

/// Fields that no source declares.
enum class PseudoField : uint8_t {
  None,
  Owned,   ///< what a modelled guard owns
  Deleter, ///< the callable a modelled guard runs on it
  Self,    ///< the lease that is the object itself (`pqxx::connection`)
  Borrowed, ///< a view that the object holds; its symbol's number rides along
  Element, ///< array element; the index rides along
  Text,    ///< the characters of a string object
};

struct PlaceData {
  enum class Kind : uint8_t {
    Variable,  ///< a local variable or parameter
    Global,    ///< a variable that outlives the call
    Temporary, ///< the object an expression creates
    Pointee,   ///< what `Symbol` points to
    Return,    ///< the returned object
    Field,     ///< `Parent`.`Field` or a pseudo field
    Literal,   ///< a string literal
  };
  Kind What = Kind::Variable;
  const void *Origin = nullptr; ///< VarDecl, Stmt, FieldDecl, StringLiteral
  SymbolId Symbol;
  PlaceId Parent;
  PseudoField Pseudo = PseudoField::None;
  int64_t Index = 0;
  auto key() const {
    return std::tuple(What, Origin, Symbol, Parent, Pseudo, Index);
  }
};

struct SymbolData {
  enum class Kind : uint8_t {
    Parameter, ///< entry value of parameter `Index`; reference: the address
    This,
    Entry,   ///< what `Place` held when the function was entered
    Call,    ///< result `Index` of the call `Site`
    New,     ///< object allocated at `Site`
    Opaque,  ///< anything else computed at `Site`
    Derived, ///< symbol `Index` combined with a constant, both in `Site`
    Merged,  ///< different values met in `Place` at block `Index`
  };
  Kind What = Kind::Opaque;
  const void *Site = nullptr;
  unsigned Index = 0;
  PlaceId Place;
  bool Older = false; ///< from an earlier iteration of a loop
  auto key() const { return std::tuple(What, Site, Index, Place, Older); }
};

/// Interns the places and symbols of one function.
class ValueTable {
public:
  PlaceId place(const PlaceData &D);
  PlaceId field(PlaceId Parent, const clang::FieldDecl *F);
  PlaceId field(PlaceId Parent, PseudoField F, int64_t Index = 0);
  PlaceId pointee(SymbolId S);
  SymbolId symbol(const SymbolData &D);
  /// Invalid if the symbol was never made.
  SymbolId find(const SymbolData &D) const;

  const PlaceData &operator[](PlaceId P) const { return Places[P.Number]; }
  const SymbolData &operator[](SymbolId S) const { return Symbols[S.Number]; }
  /// The place without its fields.
  PlaceId root(PlaceId P) const { return Roots[P.Number]; }
  /// True if \p P is \p Outer or lies within it.
  bool within(PlaceId P, PlaceId Outer) const;
  /// True if \p S is what a place held that an object led to which
  /// \p IsObject accepts.
  bool reachedThrough(SymbolId S,
                      llvm::function_ref<bool(SymbolId)> IsObject) const;
  bool reachedThrough(SymbolId S, SymbolId Object) const {
    return reachedThrough(S, [&](SymbolId O) { return O == Object; });
  }
  /// \p P with its outer part \p From replaced by \p To.
  PlaceId rebase(PlaceId P, PlaceId From, PlaceId To);

  std::string text(PlaceId P) const;
  std::string text(SymbolId S) const;
  std::string text(const Value &V) const;

private:
  std::vector<PlaceData> Places; ///< a part stands behind its whole
  std::vector<PlaceId> Roots;    ///< of each place
  std::vector<SymbolData> Symbols;
  struct Hash {
    size_t operator()(const decltype(PlaceData().key()) &K) const;
    size_t operator()(const decltype(SymbolData().key()) &K) const;
  };
  std::unordered_map<decltype(PlaceData().key()), PlaceId, Hash> PlaceIds;
  std::unordered_map<decltype(SymbolData().key()), SymbolId, Hash> SymbolIds;
};

} // namespace conntidy::flow

template <typename Tag> struct llvm::DenseMapInfo<conntidy::flow::Id<Tag>> {
  using I = conntidy::flow::Id<Tag>;
  static I getEmptyKey() { return {~0u}; }
  static I getTombstoneKey() { return {~0u - 1}; }
  static unsigned getHashValue(I V) {
    return DenseMapInfo<unsigned>::getHashValue(V.Number);
  }
  static bool isEqual(I A, I B) { return A == B; }
};

#endif // CONNTIDY_FLOW_VALUE_H
