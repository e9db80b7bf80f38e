//===- ModelYaml.h - the YAML form of API models ----------------*- C++ -*-===//
//
// Defines readYaml(): one YAML document becomes a Library or a ProjectFile. It
// is the inside of ModelReader.h, apart from it so that LLVM's traits stay in
// one file.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_MODEL_MODELYAML_H
#define CONNTIDY_MODEL_MODELYAML_H

#include "model/ModelReader.h"

namespace conntidy::model {

/// Reads the only document of \p Text. Leaves \p Out as it is when there is
/// none.
llvm::Error readYaml(llvm::StringRef Text, llvm::StringRef FileName,
                     Library &Out);
llvm::Error readYaml(llvm::StringRef Text, llvm::StringRef FileName,
                     ProjectFile &Out);

} // namespace conntidy::model

#endif // CONNTIDY_MODEL_MODELYAML_H
