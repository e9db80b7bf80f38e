//===- ModelReader.h - API models from YAML ---------------------*- C++ -*-===//
//
// Defines how model files become data: the embedded set, `--model FILE`, and
// `conntidy.yaml`. Reading never prints; an error names file, line, column and
// remedy.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_MODEL_MODELREADER_H
#define CONNTIDY_MODEL_MODELREADER_H

#include "model/Model.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace conntidy::model {

/// Reads one model file. \p FileName is used in messages only.
llvm::Expected<Library> readLibrary(llvm::StringRef Text,
                                    llvm::StringRef FileName);

/// The level from which findings count at the gate.
enum class FailOn : uint8_t { Note, Warning, Error, Never };

/// When there are too many findings. What is unset is inherited.
struct Threshold {
  std::optional<model::FailOn> FailOn;
  std::optional<unsigned> MaxFindings; ///< so many of them are put up with
  unsigned Line = 0;
};

struct GateRules {
  Threshold All;
  std::map<std::string, Threshold> Checks; ///< stronger than All
};

/// `conntidy.yaml`: models beside settings (keys as in clang-tidy
/// CheckOptions) and what the gate lets through.
struct ProjectFile {
  std::vector<Library> Models;
  GateRules Gate;
  std::map<std::string, std::string> Settings;
  /// Where each key of Settings stands, for whoever refuses its value.
  std::map<std::string, unsigned> SettingLines;
};
llvm::Expected<ProjectFile> readProjectFile(llvm::StringRef Text,
                                            llvm::StringRef FileName);

/// The models built into the program (checks/models/*.yaml).
const std::vector<Library> &embeddedLibraries();

/// Leaves out the optional libraries that are not named. Fails if a name is
/// none of an optional library.
llvm::Error selectOptional(std::vector<Library> &Libraries,
                           const std::vector<std::string> &Names);

/// Refuses what no single file shows: an unknown resource, two entries that
/// contradict each other (the later library may *replace* an entry of an
/// embedded one for the same function, but not disagree within itself).
llvm::Error validate(const std::vector<Library> &Libraries);

} // namespace conntidy::model

#endif // CONNTIDY_MODEL_MODELREADER_H
