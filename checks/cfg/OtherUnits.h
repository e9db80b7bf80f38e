//===- OtherUnits.h - what other translation units say ----------*- C++ -*-===//
//
// Defines OtherUnits: what is known of functions whose bodies lie in other
// units of the project. Whoever needs a body that this unit does not show asks
// here before falling back on the rules for what nobody has seen.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_CFG_OTHERUNITS_H
#define CONNTIDY_CFG_OTHERUNITS_H

#include <optional>

namespace clang {
class FunctionDecl;
} // namespace clang

namespace conntidy {

struct ThrownSet;
struct Wait;

class OtherUnits {
public:
  virtual ~OtherUnits() = default;
  /// True if the body is known from another unit, and is the only one.
  virtual bool defines(const clang::FunctionDecl *F) = 0;
  /// What its body throws; nothing if it is not known.
  virtual std::optional<ThrownSet> thrownBy(const clang::FunctionDecl *F) = 0;
  /// True if it was looked through for what it does to handles.
  virtual bool analyzed(const clang::FunctionDecl *F) = 0;
  /// Whether it may store what it gets as argument \p Index (0-based).
  virtual std::optional<bool> keeps(const clang::FunctionDecl *F,
                                    unsigned Index) = 0;
  /// What it waits for; nothing if it does not, or is not known.
  virtual std::optional<Wait> waitOf(const clang::FunctionDecl *F) = 0;
  /// True if it is known never to return.
  virtual bool neverReturns(const clang::FunctionDecl *F) = 0;
};

/// True for a function whose body may lie in another unit of the project, and
/// is what runs when it is called: not virtual, not of the system. What was
/// skipped here is in the index like it.
bool mayBeElsewhere(const clang::FunctionDecl *F);

/// True for a function of the project that has a body which the compiler was
/// told to pass over: an editor does so in headers. What it does is not to be
/// guessed, as that of a function that nobody can see is.
bool bodySkipped(const clang::FunctionDecl *F);

} // namespace conntidy

#endif // CONNTIDY_CFG_OTHERUNITS_H
