//===- Models.h - `conntidy models` -----------------------------*- C++ -*-===//
//
// Defines what `conntidy models list`, `show` and `check` do, and how what
// `infer` found is written.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_CONNTIDY_MODELS_H
#define CONNTIDY_CONNTIDY_MODELS_H

#include "analysis/Roles.h"
#include "model/ModelSet.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"
#include <string>
#include <vector>

namespace conntidy {

/// The libraries in force, one a line.
void listModels(llvm::raw_ostream &Out, const model::ModelSet &Models);

/// The entries that speak of \p Name: of a library, function, class or type,
/// qualified or not.
llvm::Error showModels(llvm::raw_ostream &Out, const model::ModelSet &Models,
                       llvm::StringRef Name);

/// Reads the files as `--model` and `conntidy.yaml` are read. Whatever can be
/// used but looks like an oversight goes to \p Out.
llvm::Error checkModels(llvm::raw_ostream &Out,
                        const std::vector<std::string> &Files);

/// A model file, with the reason beside each entry. What is unsure stands in
/// comments.
void writeInferred(llvm::raw_ostream &Out, llvm::ArrayRef<InferredRole> Roles);

} // namespace conntidy

#endif // CONNTIDY_CONNTIDY_MODELS_H
