//===- RoleEvidence.h - what a body does to the stores of a pool -*- C++
//-*-===//
//
// Defines StoreUse: which members and globals a function takes elements out of,
// puts its argument into, or marks as in use. Two functions that do this to the
// same store are the two ends of a pool.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_ANALYSIS_ROLEEVIDENCE_H
#define CONNTIDY_ANALYSIS_ROLEEVIDENCE_H

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallPtrSet.h"
#include <cstdint>

namespace clang {
class ASTContext;
class FunctionDecl;
class ParmVarDecl;
class ValueDecl;
} // namespace clang

namespace conntidy {

struct StoreUse {
  /// Members and globals that lose an element.
  llvm::SmallPtrSet<const clang::ValueDecl *, 4> TakenFrom;
  /// Members and globals that the parameter goes into.
  llvm::SmallPtrSet<const clang::ValueDecl *, 4> PutInto;
  /// Members and globals that are set to a constant.
  llvm::DenseMap<const clang::ValueDecl *, int64_t> Marked;
};

/// The body to look at: of a template's member, as it is written. Null if it
/// is not seen.
const clang::FunctionDecl *writtenBody(const clang::FunctionDecl *F);

/// \p Handle (may be null) is the parameter that may be put back. Callees whose
/// bodies are seen count as part of the body.
StoreUse storeUse(const clang::FunctionDecl *F,
                  const clang::ParmVarDecl *Handle,
                  const clang::ASTContext &Context);

/// What two functions do to one member or global, or by one function.
struct SharedStore {
  const clang::ValueDecl *Which = nullptr; ///< null if they share nothing
  bool IsMark = false;                     ///< it is set and cleared again
  explicit operator bool() const { return Which; }
};

/// The store that \p Acquire takes out of and \p Release puts into again, or
/// the mark that one sets and the other clears.
SharedStore sharedStore(const StoreUse &Acquire, const StoreUse &Release);

} // namespace conntidy

#endif // CONNTIDY_ANALYSIS_ROLEEVIDENCE_H
