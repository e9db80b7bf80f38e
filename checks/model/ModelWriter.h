//===- ModelWriter.h - API models to YAML -----------------------*- C++ -*-===//
//
// Defines how models become text again, in the form that ModelReader.h reads:
// for what is inferred, and to show what is in force.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_MODEL_MODELWRITER_H
#define CONNTIDY_MODEL_MODELWRITER_H

#include "model/Model.h"
#include "llvm/ADT/StringRef.h"
#include <string>

namespace conntidy::model {

/// One item of `resources:`, `functions:` or `classes:`; lines that are not
/// indented, the first begins with `- `.
std::string toYaml(const Resource &R);
std::string toYaml(const Function &F);
std::string toYaml(const Class &C);
/// A whole file; reads back as the same library.
std::string toYaml(const Library &L);

/// \p Lines with \p Prefix before each.
std::string indented(llvm::StringRef Lines, llvm::StringRef Prefix);

/// The word for a kind in model files.
llvm::StringRef wordFor(ResourceKind K);

} // namespace conntidy::model

#endif // CONNTIDY_MODEL_MODELWRITER_H
