//===- Escapes.h - whether a function keeps what it is given ----*- C++ -*-===//
//
// Defines escapes(): a syntactic answer for functions whose body is seen but
// that touch no lease themselves, such as the insertion into a list.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_CFG_ESCAPES_H
#define CONNTIDY_CFG_ESCAPES_H

namespace clang {
class FunctionDecl;
} // namespace clang

namespace conntidy {

namespace model {
class ModelIndex;
}

/// True if \p F may store the pointer or reference it gets as argument \p Index
/// (0-based) somewhere, itself or through what it calls.
bool escapes(const clang::FunctionDecl *F, unsigned Index,
             const model::ModelIndex &Models);

} // namespace conntidy

#endif // CONNTIDY_CFG_ESCAPES_H
