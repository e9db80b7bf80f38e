//===- UnitRun.h - one analysis for all checks of a unit --------*- C++ -*-===//
//
// Defines UnitRun. clang-tidy makes an object of each check for each unit; the
// engine judges for all checks in one go. So the checks of a unit share a run,
// and pick from it what is theirs.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_TIDY_UNITRUN_H
#define CONNTIDY_TIDY_UNITRUN_H

#include "finding/Finding.h"
#include "project/ProjectFiles.h"
#include "project/StoredIndex.h"
#include <map>
#include <mutex>

namespace clang::tidy {
class ClangTidyContext;
} // namespace clang::tidy

namespace conntidy::tidy {

/// Keys of CheckOptions besides those of `conntidy.yaml`.
inline constexpr llvm::StringLiteral ModelFilesKey = "ModelFiles";
inline constexpr llvm::StringLiteral IndexFileKey = "IndexFile";

/// What is worth a line in the log of a program that has one, and no
/// diagnostic. Called from several threads.
using NoticeHandler = void (*)(llvm::StringRef Notice);
void setNoticeHandler(NoticeHandler Handler);

/// Configurations that units had lately: in an editor the same file is analysed
/// at every pause. Safe to use from several threads.
class Configurations {
public:
  llvm::Expected<std::shared_ptr<const Configuration>>
  get(const ConfigurationTexts &Texts);

private:
  std::mutex Mutex;
  std::map<uint64_t, std::shared_ptr<const Configuration>> Known;
};

class UnitRun {
public:
  UnitRun(clang::tidy::ClangTidyContext &Context,
          std::shared_ptr<Configurations> Known)
      : Context(Context), Known(std::move(Known)) {}

  /// What CheckOptions say for a check. All checks share one analysis, so they
  /// cannot have different settings.
  void setOption(llvm::StringRef Check, llvm::StringRef Key,
                 llvm::StringRef Value);

  /// What all enabled checks found. The first call analyses the unit.
  llvm::ArrayRef<Finding> findings(clang::ASTContext &Unit);

private:
  struct Option {
    std::string Check, Value;
  };

  llvm::Error analyze(clang::ASTContext &Unit);
  llvm::Error checkOptions() const;
  llvm::Expected<ConfigurationTexts> readTexts(llvm::StringRef MainFile) const;
  llvm::Expected<std::unique_ptr<StoredIndex>>
  openIndex(llvm::StringRef MainFile, llvm::StringRef WorkingDirectory) const;

  clang::tidy::ClangTidyContext &Context;
  std::shared_ptr<Configurations> Known;
  std::map<std::string, Option> Options; ///< by key
  std::vector<std::string> Complaints;   ///< about options
  bool Done = false;
  std::vector<Finding> Findings;
};

/// The runs of units whose checks are alive. Safe to use from several threads:
/// an editor analyses several files at a time.
class UnitRuns {
public:
  std::shared_ptr<UnitRun> of(clang::tidy::ClangTidyContext &Context);

private:
  std::mutex Mutex;
  std::shared_ptr<Configurations> Known = std::make_shared<Configurations>();
  std::map<clang::tidy::ClangTidyContext *, std::weak_ptr<UnitRun>> Runs;
};

} // namespace conntidy::tidy

#endif // CONNTIDY_TIDY_UNITRUN_H
