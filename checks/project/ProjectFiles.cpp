//===- ProjectFiles.cpp - conntidy.yaml, found upwards --------------------===//
//
// Defines how configurations are found, read and put together.
//
//===----------------------------------------------------------------------===//

#include "project/ProjectFiles.h"
#include "model/ModelReader.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/xxhash.h"

namespace path = llvm::sys::path;

namespace conntidy {

static constexpr llvm::StringLiteral ProjectFileName = "conntidy.yaml";

static llvm::Expected<ConfigurationTexts::File>
readFile(llvm::StringRef Path, llvm::vfs::FileSystem &Files) {
  auto Buffer = Files.getBufferForFile(Path);
  if (!Buffer)
    return llvm::createStringError(
        Path + ": cannot be read: " + Buffer.getError().message());
  return ConfigurationTexts::File(Path.str(), (*Buffer)->getBuffer().str());
}

uint64_t ConfigurationTexts::digest() const {
  std::string All;
  for (const auto &[Name, Text] : Models)
    All += Text;
  if (Project)
    All += Project->second;
  for (const auto &[Key, Value] : Settings)
    All += "\n" + Key + "=" + Value;
  return llvm::xxh3_64bits(All);
}

llvm::Expected<ConfigurationTexts>
readConfiguration(llvm::StringRef ProjectFile,
                  llvm::ArrayRef<std::string> ModelFiles, FileSystemPtr Files) {
  ConfigurationTexts Result;
  if (!ProjectFile.empty()) {
    auto File = readFile(ProjectFile, *Files);
    if (!File)
      return File.takeError();
    Result.Project = std::move(*File);
  }
  for (const std::string &Path : ModelFiles) {
    auto File = readFile(Path, *Files);
    if (!File)
      return File.takeError();
    Result.Models.push_back(std::move(*File));
  }
  return Result;
}

llvm::Expected<Configuration>
makeConfiguration(const ConfigurationTexts &From) {
  std::vector<model::Library> Libraries = model::embeddedLibraries();
  Settings Values;
  if (From.Project) {
    const auto &[Name, Text] = *From.Project;
    auto Project = model::readProjectFile(Text, Name);
    if (!Project)
      return Project.takeError();
    llvm::append_range(Libraries, Project->Models);
    for (const auto &[Key, Value] : Project->Settings)
      if (llvm::Error Error = Values.set(Key, Value))
        return llvm::createStringError(llvm::Twine(Name) + ":" +
                                       llvm::Twine(Project->SettingLines[Key]) +
                                       ": " + llvm::toString(std::move(Error)));
  }
  for (const auto &[Name, Text] : From.Models) {
    auto Library = model::readLibrary(Text, Name);
    if (!Library)
      return Library.takeError();
    Libraries.push_back(std::move(*Library));
  }
  for (const auto &[Key, Value] : From.Settings)
    if (llvm::Error Error = Values.set(Key, Value))
      return Error;
  if (llvm::Error Error =
          model::selectOptional(Libraries, Values.OptionalModels))
    return Error;
  auto Models = model::ModelSet::create(std::move(Libraries));
  if (!Models)
    return Models.takeError();
  return Configuration{std::move(*Models), Values, From.digest()};
}

/// True if the file lies in the directory itself; then \p Found names it.
static bool liesIn(llvm::StringRef Directory, llvm::vfs::FileSystem &Files,
                   std::string &Found) {
  llvm::SmallString<256> Candidate(Directory);
  path::append(Candidate, ProjectFileName);
  auto Status = Files.status(Candidate);
  if (!Status || !Status->isRegularFile())
    return false;
  Found = Candidate.str().str();
  return true;
}

std::string findProjectFile(llvm::StringRef Directory, FileSystemPtr Files) {
  std::string Found;
  while (!Directory.empty() && !liesIn(Directory, *Files, Found))
    Directory = path::parent_path(Directory);
  return Found;
}

llvm::Expected<ProjectFiles> ProjectFiles::create(Overrides FromCommandLine) {
  Settings Scratch;
  for (const auto &[Key, Value] : FromCommandLine.Settings)
    if (llvm::Error Error = Scratch.set(Key, Value))
      return llvm::createStringError("--set: " +
                                     llvm::toString(std::move(Error)));
  auto Texts =
      readConfiguration("", FromCommandLine.ModelFiles, FromCommandLine.Files);
  if (!Texts)
    return Texts.takeError();
  // A mistake in them is told even if nothing is analysed.
  for (const auto &[Name, Text] : Texts->Models)
    if (auto Library = model::readLibrary(Text, Name); !Library)
      return Library.takeError();
  ProjectFiles Result;
  Result.FromCommandLine = std::move(FromCommandLine);
  return Result;
}

llvm::Expected<std::unique_ptr<Configuration>>
ProjectFiles::load(llvm::StringRef ProjectFile) const {
  auto Texts = readConfiguration(ProjectFile, FromCommandLine.ModelFiles,
                                 FromCommandLine.Files);
  if (!Texts)
    return Texts.takeError();
  Texts->Settings = FromCommandLine.Settings;
  auto Made = makeConfiguration(*Texts);
  if (!Made)
    return Made.takeError();
  return std::make_unique<Configuration>(std::move(*Made));
}

llvm::Expected<const Configuration *>
ProjectFiles::configurationFor(llvm::StringRef File) {
  std::string ProjectFile = FromCommandLine.ConfigFile;
  if (ProjectFile.empty()) {
    llvm::StringRef Directory = path::parent_path(File);
    auto [Place, IsNew] = FoundFrom.try_emplace(Directory.str());
    if (IsNew)
      Place->second = findProjectFile(Directory, FromCommandLine.Files);
    ProjectFile = Place->second;
  }
  auto Place = Loaded.find(ProjectFile);
  if (Place == Loaded.end()) {
    auto Configuration = load(ProjectFile);
    if (!Configuration)
      return Configuration.takeError();
    Place = Loaded.emplace(ProjectFile, std::move(*Configuration)).first;
  }
  return Place->second.get();
}

} // namespace conntidy
