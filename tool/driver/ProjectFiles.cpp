//===- ProjectFiles.cpp - conntidy.yaml, found upwards --------------------===//
//
// Defines ProjectFiles.
//
//===----------------------------------------------------------------------===//

#include "driver/ProjectFiles.h"
#include "model/ModelReader.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/xxhash.h"

namespace path = llvm::sys::path;

namespace conntidy {
namespace {

constexpr llvm::StringLiteral ProjectFileName = "conntidy.yaml";

llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>>
readFile(llvm::StringRef Path) {
  auto Buffer = llvm::MemoryBuffer::getFile(Path, /*IsText=*/true);
  if (!Buffer)
    return llvm::createStringError(
        Path + ": cannot be read: " + Buffer.getError().message());
  return std::move(*Buffer);
}

/// Where `Key:` stands in the file: settings are read without their places.
unsigned lineOfKey(llvm::StringRef Text, llvm::StringRef Key) {
  unsigned Line = 0;
  for (llvm::StringRef Rest = Text; !Rest.empty();) {
    auto [First, Others] = Rest.split('\n');
    ++Line;
    llvm::StringRef Word = First.split(':').first.trim(" \t\"'-{");
    if (Word == Key)
      return Line;
    Rest = Others;
  }
  return 0;
}

} // namespace

llvm::Expected<ProjectFiles> ProjectFiles::create(Overrides FromCommandLine) {
  ProjectFiles Result;
  Settings Scratch;
  for (const auto &[Key, Value] : FromCommandLine.Settings)
    if (llvm::Error Error = Scratch.set(Key, Value))
      return llvm::createStringError("--set: " +
                                     llvm::toString(std::move(Error)));
  for (const std::string &File : FromCommandLine.ModelFiles) {
    auto Buffer = readFile(File);
    if (!Buffer)
      return Buffer.takeError();
    auto Library = model::readLibrary((*Buffer)->getBuffer(), File);
    if (!Library)
      return Library.takeError();
    Result.ExtraLibraries.push_back(std::move(*Library));
    Result.ExtraText += (*Buffer)->getBuffer();
  }
  Result.FromCommandLine = std::move(FromCommandLine);
  return Result;
}

std::string ProjectFiles::findUpwards(llvm::StringRef Directory) {
  auto [Place, IsNew] = FoundFrom.try_emplace(Directory.str());
  if (!IsNew)
    return Place->second;
  llvm::SmallString<256> Candidate(Directory);
  path::append(Candidate, ProjectFileName);
  std::string Found;
  if (llvm::sys::fs::is_regular_file(Candidate))
    Found = Candidate.str().str();
  else if (llvm::StringRef Parent = path::parent_path(Directory);
           !Parent.empty())
    Found = findUpwards(Parent);
  return FoundFrom[Directory.str()] = Found;
}

llvm::Expected<std::unique_ptr<Configuration>>
ProjectFiles::load(llvm::StringRef ProjectFile) const {
  std::vector<model::Library> Libraries = model::embeddedLibraries();
  Settings Values;
  std::string AllText = ExtraText;
  if (!ProjectFile.empty()) {
    auto Buffer = readFile(ProjectFile);
    if (!Buffer)
      return Buffer.takeError();
    llvm::StringRef Text = (*Buffer)->getBuffer();
    AllText += Text;
    auto Project = model::readProjectFile(Text, ProjectFile);
    if (!Project)
      return Project.takeError();
    llvm::append_range(Libraries, Project->Models);
    for (const auto &[Key, Value] : Project->Settings)
      if (llvm::Error Error = Values.set(Key, Value))
        return llvm::createStringError(ProjectFile + ":" +
                                       llvm::Twine(lineOfKey(Text, Key)) +
                                       ": " + llvm::toString(std::move(Error)));
  }
  llvm::append_range(Libraries, ExtraLibraries);
  for (const auto &[Key, Value] : FromCommandLine.Settings) {
    AllText += "\n" + Key + "=" + Value;
    if (llvm::Error Error = Values.set(Key, Value))
      return Error;
  }
  if (llvm::Error Error =
          model::selectOptional(Libraries, Values.OptionalModels))
    return Error;
  auto Models = model::ModelSet::create(std::move(Libraries));
  if (!Models)
    return Models.takeError();
  return std::make_unique<Configuration>(std::move(*Models), Values,
                                         llvm::xxh3_64bits(AllText));
}

llvm::Expected<const Configuration *>
ProjectFiles::configurationFor(llvm::StringRef File) {
  std::string ProjectFile = FromCommandLine.ConfigFile.empty()
                                ? findUpwards(path::parent_path(File))
                                : FromCommandLine.ConfigFile;
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
