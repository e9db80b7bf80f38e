//===- CommandLine.h - what the user asks for -------------------*- C++ -*-===//
//
// Defines Options, read from the command line of `conntidy`.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_CONNTIDY_COMMANDLINE_H
#define CONNTIDY_CONNTIDY_COMMANDLINE_H

#include "analysis/Analysis.h"
#include "model/ModelReader.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace conntidy {

enum class Format { Text, Sarif, GitHub, GitLab, Json };

/// What `conntidy models ...` is asked to do.
enum class ModelsTask { None, Infer, List, Show, Check };

/// What `conntidy baseline ...` is asked to do.
enum class BaselineTask { None, Create, Update, Show };

struct Options {
  std::optional<std::string> Explain; ///< `explain CHECK`; may name no check
  ModelsTask Task = ModelsTask::None; ///< names and files stand in Paths
  BaselineTask Baseline = BaselineTask::None;
  bool Report = false; ///< `report`; the logs stand in Paths
  bool Holds = false;   ///< `holds`
  std::string HoldsMax; ///< its `--max`
  bool ListChecks = false;

  std::string BuildPath; ///< `-p`
  std::vector<std::string> Paths;
  std::optional<std::vector<std::string>> Flags; ///< what stands after `--`
  std::string Checks;
  std::vector<std::string> ModelFiles;
  std::vector<std::pair<std::string, std::string>> Settings;
  std::string ConfigFile;
  std::string IndexFile; ///< empty: beside the compile database

  Format Form = Format::Text;
  std::string OutputFile;
  std::string ExportFixes;
  std::string ExportSarif;
  std::string HtmlFile; ///< `--html`
  std::string HeaderFilter;
  std::vector<std::string> Exclude;
  std::string BaselineFile; ///< empty: none, or the default one of a task
  std::string Since;        ///< `--diff`
  bool Staged = false;
  std::optional<model::FailOn> FailOn;
  std::optional<unsigned> MaxFindings;
  bool UnusedSuppressions = false;
  bool AllowIncomplete = false;
  bool Quiet = false;
  bool Stats = false;
  Dump What = Dump::None;
  unsigned Jobs = 0; ///< 0: one a core
};

/// Prints `--help` and `--version` itself and ends the program, as LLVM's tools
/// do; an error is a sentence with its remedy.
llvm::Expected<Options> parseCommandLine(int Argc, const char *const *Argv);

} // namespace conntidy

#endif // CONNTIDY_CONNTIDY_COMMANDLINE_H
