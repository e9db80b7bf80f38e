//===- ProjectFiles.h - conntidy.yaml, found upwards ------------*- C++ -*-===//
//
// Defines what is in force for a source file, from the embedded models, its
// `conntidy.yaml`, and what the user said besides. All faces ask here.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_PROJECT_PROJECTFILES_H
#define CONNTIDY_PROJECT_PROJECTFILES_H

#include "analysis/Settings.h"
#include "model/ModelSet.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/VirtualFileSystem.h"
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace conntidy {

/// What `conntidy.yaml` and the user say about some of the units.
struct Configuration {
  model::ModelSet Models;
  Settings Values;
  uint64_t Digest = 0; ///< of all that a user can change about it
};

/// What stands in the files that a configuration is made of.
struct ConfigurationTexts {
  using File = std::pair<std::string, std::string>; ///< name and text

  std::optional<File> Project;
  std::vector<File> Models;
  /// Stronger than what the files say.
  std::vector<std::pair<std::string, std::string>> Settings;

  uint64_t digest() const;
};

using FileSystemPtr = llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem>;

/// \p ProjectFile may be empty.
llvm::Expected<ConfigurationTexts>
readConfiguration(llvm::StringRef ProjectFile,
                  llvm::ArrayRef<std::string> ModelFiles,
                  FileSystemPtr Files = llvm::vfs::getRealFileSystem());
llvm::Expected<Configuration> makeConfiguration(const ConfigurationTexts &From);

/// The `conntidy.yaml` next to \p Directory, upwards; empty if there is none.
std::string
findProjectFile(llvm::StringRef Directory,
                FileSystemPtr Files = llvm::vfs::getRealFileSystem());

/// The configurations of one run, in which files do not change.
class ProjectFiles {
public:
  struct Overrides {
    std::string ConfigFile; ///< in place of the search upwards; may be empty
    std::vector<std::string> ModelFiles;
    std::vector<std::pair<std::string, std::string>> Settings;
    /// Where all these are read; they need not be on disk.
    FileSystemPtr Files = llvm::vfs::getRealFileSystem();
  };

  /// Reads the model files of the command line, and checks its settings.
  static llvm::Expected<ProjectFiles> create(Overrides FromCommandLine);

  /// The same pointer for all files under one `conntidy.yaml`.
  llvm::Expected<const Configuration *> configurationFor(llvm::StringRef File);

private:
  ProjectFiles() = default;
  llvm::Expected<std::unique_ptr<Configuration>>
  load(llvm::StringRef ProjectFile) const;

  Overrides FromCommandLine;
  std::map<std::string, std::string> FoundFrom; ///< directory -> file or empty
  std::map<std::string, std::unique_ptr<Configuration>> Loaded;
};

} // namespace conntidy

#endif // CONNTIDY_PROJECT_PROJECTFILES_H
