//===- ProjectRoot.h - what a project is ------------------------*- C++ -*-===//
//
// Defines findProjectRoot(): the directory below which files are named by their
// path in it, wherever the project lies.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_GATE_PROJECTROOT_H
#define CONNTIDY_GATE_PROJECTROOT_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <string>

namespace conntidy {

/// The repository that \p Directory lies in if all \p Files are in it, else the
/// repository that they are in; without one \p Directory, or the directory that
/// they have in common if it lies elsewhere. Empty without files.
std::string findProjectRoot(llvm::ArrayRef<std::string> Files,
                            llvm::StringRef Directory);

} // namespace conntidy

#endif // CONNTIDY_GATE_PROJECTROOT_H
