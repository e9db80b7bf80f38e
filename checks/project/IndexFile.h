//===- IndexFile.h - the file that an index is kept in ----------*- C++ -*-===//
//
// Defines what conntidy, which writes the file, and the faces that only read it
// have to agree on.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_PROJECT_INDEXFILE_H
#define CONNTIDY_PROJECT_INDEXFILE_H

#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <string>

namespace conntidy {

inline constexpr int64_t IndexApplicationId = 0x436f6e6e; // "Conn"
inline constexpr int64_t IndexSchemaVersion = 2;

/// Below the directory of the compile database.
inline constexpr llvm::StringLiteral IndexDirectory = ".conntidy";
inline constexpr llvm::StringLiteral IndexName = "index.db";

/// What makes an index useless for another build of conntidy.
std::string programIdentity();

/// The index of the project that a source belongs to; empty if there is none.
/// \p WorkingDirectory: where its compiler is run.
std::string findIndex(llvm::StringRef Source, llvm::StringRef WorkingDirectory);

} // namespace conntidy

#endif // CONNTIDY_PROJECT_INDEXFILE_H
