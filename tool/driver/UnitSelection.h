//===- UnitSelection.h - which units a run is about -------------*- C++ -*-===//
//
// Defines selectUnits(): from the paths of the command line and a compile
// database (or flags) to the commands that are analysed, and what was left out.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_DRIVER_UNITSELECTION_H
#define CONNTIDY_DRIVER_UNITSELECTION_H

#include "driver/CommandAdapter.h"
#include "gate/Globs.h"
#include "llvm/Support/Error.h"
#include <optional>
#include <string>
#include <vector>

namespace conntidy {

struct Selection {
  std::vector<AdaptedCommand> Commands;
  /// The rest of the database: what these define may matter to the others.
  std::vector<AdaptedCommand> Others;
  std::string Database; ///< its file; empty if there is none
  /// What was left out and why, one sentence each.
  std::vector<std::string> Notices;
};

struct SelectionRequest {
  std::vector<std::string> Paths; ///< as given; none: all of the database
  std::string BuildPath;          ///< empty: search upwards
  std::optional<std::vector<std::string>> Flags; ///< in place of a database
  const PathGlobs *Exclude = nullptr;
};

/// An error is a wrong command line or a database that cannot be read.
llvm::Expected<Selection> selectUnits(const SelectionRequest &Request);

} // namespace conntidy

#endif // CONNTIDY_DRIVER_UNITSELECTION_H
