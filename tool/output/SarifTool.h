//===- SarifTool.h - what SARIF says of the tool itself ---------*- C++ -*-===//
//
// Defines the part of the SARIF output that is the same for all code: the
// program, its checks with their manual pages, and the weaknesses they find.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_OUTPUT_SARIFTOOL_H
#define CONNTIDY_OUTPUT_SARIFTOOL_H

#include "finding/Record.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <nlohmann/json.hpp>
#include <string>

namespace conntidy {

/// `tool.driver`, with a rule for each of \p Checks.
nlohmann::ordered_json sarifDriver(llvm::ArrayRef<std::string> Checks);
/// `taxonomies`: the entries of CWE that \p Checks are about.
nlohmann::ordered_json sarifTaxonomies(llvm::ArrayRef<std::string> Checks);

/// Ids of notifications, which the driver describes.
inline constexpr llvm::StringLiteral UnitNotAnalysedId = "unit-not-analysed";
inline constexpr llvm::StringLiteral FunctionNotAnalysedId =
    "function-not-analysed";
inline constexpr llvm::StringLiteral FunctionCutShortId = "function-cut-short";
inline constexpr llvm::StringLiteral ResultsLeftOutId = "results-left-out";

/// SARIF's messages are sentences; ours are a compiler's.
std::string sentence(llvm::StringRef Message);

} // namespace conntidy

#endif // CONNTIDY_OUTPUT_SARIFTOOL_H
