//===- ProjectIndex.h - the functions of all units --------------*- C++ -*-===//
//
// Defines ProjectIndex: what all units of a project say of the functions they
// define, merged and followed through: what one throws because another does is
// added up here, without looking at code again. Immutable once made; read by
// many units at a time.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_SUMMARY_PROJECTINDEX_H
#define CONNTIDY_SUMMARY_PROJECTINDEX_H

#include "summary/FunctionFacts.h"
#include "llvm/ADT/ArrayRef.h"
#include <unordered_map>

namespace conntidy {

/// One thing that the analysis of a unit asked the index, and what it was told.
/// While the answers are the same, so is what the analysis comes to.
struct IndexQuestion {
  enum class Kind : uint8_t {
    Facts,   ///< the answer is the digest of all facts, 0 if unknown
    Touches, ///< whether it touches leases
  };
  FunctionKey Function = 0;
  Kind What = Kind::Facts;
  uint64_t Answer = 0;
  friend bool operator==(const IndexQuestion &,
                         const IndexQuestion &) = default;
  friend auto operator<=>(const IndexQuestion &,
                          const IndexQuestion &) = default;
};

/// What is known of the functions of a project, wherever that is kept.
class FunctionIndex {
public:
  virtual ~FunctionIndex() = default;
  /// Null if no unit defines it. What it throws, keeps and whether it returns
  /// is complete: nothing hangs on other functions any more.
  virtual const FunctionFacts *find(FunctionKey Function) const = 0;
  virtual uint64_t answer(FunctionKey Function,
                          IndexQuestion::Kind What) const = 0;
};

class ProjectIndex final : public FunctionIndex {
public:
  ProjectIndex() = default;
  /// \p Units: what each unit says, in any order.
  static ProjectIndex
  merge(llvm::ArrayRef<const std::vector<FunctionFacts> *> Units);

  const FunctionFacts *find(FunctionKey Function) const override;
  uint64_t answer(FunctionKey Function,
                  IndexQuestion::Kind What) const override;
  bool stillTrue(llvm::ArrayRef<IndexQuestion> Questions) const;

  size_t size() const { return Entries.size(); }
  /// By key.
  std::vector<const FunctionFacts *> all() const;
  /// Names of functions with several definitions that do not agree; sorted.
  std::vector<std::string> ambiguous() const;

private:
  struct Entry {
    FunctionFacts Facts;
    uint64_t Digest = 0;
  };
  std::unordered_map<FunctionKey, Entry> Entries;
};

} // namespace conntidy

#endif // CONNTIDY_SUMMARY_PROJECTINDEX_H
