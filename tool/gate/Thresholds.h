//===- Thresholds.h - when findings are too many ----------------*- C++ -*-===//
//
// Defines Thresholds: which findings count, and how many are put up with, by
// the command line and the `gate` of each conntidy.yaml. What the nearest one
// does not say is inherited from those above it; the command line is the
// strongest.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_GATE_THRESHOLDS_H
#define CONNTIDY_GATE_THRESHOLDS_H

#include "gate/Report.h"
#include "model/ModelReader.h"
#include "project/ProjectFiles.h"
#include "llvm/Support/Error.h"
#include <map>
#include <optional>
#include <string>

namespace conntidy {

/// What the gate makes of a report.
struct Verdict {
  unsigned Counted = 0; ///< findings at or above their level
  unsigned Allowed = 0; ///< of these so many are put up with
  bool Passes = true;
};

class Thresholds {
public:
  /// Unset is what the command line does not say. \p ConfigFile stands in place
  /// of what is found upwards; it may be empty.
  Thresholds(std::optional<model::FailOn> FailOn,
             std::optional<unsigned> MaxFindings, std::string ConfigFile)
      : GivenFailOn(FailOn), GivenMaxFindings(MaxFindings),
        ConfigFile(std::move(ConfigFile)) {}

  /// From there, and not from disk.
  void readFrom(FileSystemPtr Where) { Files = std::move(Where); }

  /// Reads what holds in the directory of \p File, so that mistakes are told
  /// before there is a report.
  llvm::Error read(llvm::StringRef File);

  llvm::Expected<Verdict> judge(const Report &Report);

private:
  /// The `gate` of one file, and the next one above it.
  struct Section {
    std::string File;
    model::GateRules Rules;
    const Section *Above = nullptr;
  };
  llvm::Expected<const Section *> sectionFor(llvm::StringRef Directory);
  llvm::Expected<const Section *> load(const std::string &File);
  model::FailOn levelFor(const Section *Nearest, llvm::StringRef Check) const;

  std::optional<model::FailOn> GivenFailOn;
  std::optional<unsigned> GivenMaxFindings;
  std::string ConfigFile;
  FileSystemPtr Files = llvm::vfs::getRealFileSystem();
  std::map<std::string, const Section *> ByDirectory;
  std::map<std::string, Section> ByFile;
};

} // namespace conntidy

#endif // CONNTIDY_GATE_THRESHOLDS_H
