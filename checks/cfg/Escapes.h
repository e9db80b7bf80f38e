//===- Escapes.h - whether a function keeps what it is given ----*- C++ -*-===//
//
// Defines escapes(): a syntactic answer for functions whose body is seen but
// that touch no lease themselves, such as the insertion into a list.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_CFG_ESCAPES_H
#define CONNTIDY_CFG_ESCAPES_H

#include "llvm/ADT/SmallVector.h"
#include <utility>

namespace clang {
class FunctionDecl;
} // namespace clang

namespace conntidy {

class OtherUnits;
namespace model {
class ModelIndex;
}

/// True if \p F may store the pointer or reference it gets as argument \p Index
/// (0-based) somewhere, itself or through what it calls.
bool escapes(const clang::FunctionDecl *F, unsigned Index,
             const model::ModelIndex &Models, OtherUnits *Others = nullptr);

/// The same as far as this unit alone tells.
struct EscapeAnswer {
  bool Escapes = false;
  /// ... or if it escapes from one of these, as argument so and so.
  llvm::SmallVector<std::pair<const clang::FunctionDecl *, unsigned>, 2> Via;
};
EscapeAnswer inferEscape(const clang::FunctionDecl *Definition, unsigned Index,
                         const model::ModelIndex &Models);

} // namespace conntidy

#endif // CONNTIDY_CFG_ESCAPES_H
