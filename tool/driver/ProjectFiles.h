//===- ProjectFiles.h - conntidy.yaml, found upwards ------------*- C++ -*-===//
//
// Defines ProjectFiles: the configuration that is in force for a source file,
// from the embedded models, its `conntidy.yaml`, and the command line.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_DRIVER_PROJECTFILES_H
#define CONNTIDY_DRIVER_PROJECTFILES_H

#include "driver/UnitRunner.h"
#include "llvm/Support/Error.h"
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace conntidy {

class ProjectFiles {
public:
  struct Overrides {
    std::string ConfigFile; ///< in place of the search upwards; may be empty
    std::vector<std::string> ModelFiles;
    std::vector<std::pair<std::string, std::string>> Settings;
  };

  /// Reads the model files of the command line, and checks its settings.
  static llvm::Expected<ProjectFiles> create(Overrides FromCommandLine);

  /// The same pointer for all files under one `conntidy.yaml`.
  llvm::Expected<const Configuration *> configurationFor(llvm::StringRef File);

private:
  ProjectFiles() = default;
  std::string findUpwards(llvm::StringRef Directory);
  llvm::Expected<std::unique_ptr<Configuration>>
  load(llvm::StringRef ProjectFile) const;

  Overrides FromCommandLine;
  std::vector<model::Library> ExtraLibraries;
  std::string ExtraText; ///< what these were read from
  std::map<std::string, std::string> FoundFrom; ///< directory -> file or empty
  std::map<std::string, std::unique_ptr<Configuration>> Loaded;
};

} // namespace conntidy

#endif // CONNTIDY_DRIVER_PROJECTFILES_H
