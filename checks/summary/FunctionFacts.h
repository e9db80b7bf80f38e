//===- FunctionFacts.h - what one unit tells the others ---------*- C++ -*-===//
//
// Defines FunctionFacts: what a unit has found out about a function it defines,
// as plain data in which everything goes by name, and its file form. Functions
// are told apart by the hash of Clang's USR.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_SUMMARY_FUNCTIONFACTS_H
#define CONNTIDY_SUMMARY_FUNCTIONFACTS_H

#include "finding/Record.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/JSON.h"
#include <optional>

namespace conntidy {

/// Of the USR; the same in all units.
using FunctionKey = uint64_t;
FunctionKey keyOf(llvm::StringRef Usr);

/// A type that is thrown: its qualified name, then those of its bases, nearest
/// first.
struct ThrownType {
  std::vector<std::string> Names;
  Certainty Sureness = Certainty::Definite;
  friend bool operator==(const ThrownType &, const ThrownType &) = default;
  friend auto operator<=>(const ThrownType &, const ThrownType &) = default;
};

/// Whatever another function throws, but for what handlers on the way catch.
struct ThrownBy {
  FunctionKey Function = 0;
  std::vector<std::string> Caught; ///< qualified names of types
  /// What is assumed if nobody knows the function.
  std::optional<Certainty> Otherwise;
  friend bool operator==(const ThrownBy &, const ThrownBy &) = default;
  friend auto operator<=>(const ThrownBy &, const ThrownBy &) = default;
};

/// An argument that another function may store.
struct KeptBy {
  unsigned Parameter = 0;
  FunctionKey Function = 0;
  unsigned Argument = 0;
  friend bool operator==(const KeptBy &, const KeptBy &) = default;
  friend auto operator<=>(const KeptBy &, const KeptBy &) = default;
};

/// What a function waits for, and the calls that lead there.
struct WaitFacts {
  std::string For;
  bool OnDescriptors = false;
  std::vector<Step> Chain;
  friend bool operator==(const WaitFacts &, const WaitFacts &) = default;
};

struct FunctionFacts {
  FunctionKey Key = 0;
  std::string Name; ///< qualified, for people
  unsigned Parameters = 0;

  std::vector<ThrownType> Throws;
  std::optional<Certainty> ThrowsAnything;
  std::vector<ThrownBy> ThrowsAsDoes;

  std::vector<unsigned> Keeps; ///< parameters that it may store somewhere
  std::vector<KeptBy> KeepsIf;

  bool NeverReturns = false;
  /// It never returns if this one does not; 0: none.
  FunctionKey NeverReturnsIf = 0;

  std::optional<WaitFacts> Waits;
  std::vector<FunctionKey> WaitsIf; ///< it waits if one of these does

  /// The file form of its summary; empty if it has none.
  std::string Effects;
  /// The model that was inferred of it, as in a file; empty if there is none.
  std::string Role;
  bool Touches = false;  ///< Summary::movesLeases()
  bool Analyzed = false; ///< whoever has no effects has none on leases
  /// There are several that do not agree: nothing is known of its effects.
  bool Ambiguous = false;

  friend bool operator==(const FunctionFacts &,
                         const FunctionFacts &) = default;
};

llvm::json::Value toJson(const FunctionFacts &Facts);
/// Nothing if the value does not have the form.
std::optional<FunctionFacts> factsFromJson(const llvm::json::Value &Value);

/// 64 bits in JSON, whose numbers may not hold as many.
llvm::json::Value toJson(uint64_t Number);
std::optional<uint64_t> numberFromJson(const llvm::json::Value *Value);

} // namespace conntidy

#endif // CONNTIDY_SUMMARY_FUNCTIONFACTS_H
