//===- ModelReader.cpp - API models from YAML -----------------------------===//
//
// Defines readLibrary(), readProjectFile() and embeddedLibraries(): what is
// left to do once the YAML is read, above all filling in the defaults a model
// leans on.
//
//===----------------------------------------------------------------------===//

#include "model/ModelReader.h"
#include "model/ModelYaml.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/ErrorHandling.h"

using llvm::StringRef;

namespace conntidy::model {

/// Written by scripts/cmake/embed.py.
llvm::ArrayRef<std::pair<StringRef, StringRef>> embeddedModelFiles();

namespace {

const Resource *findResource(const Library &L, StringRef Name) {
  for (const Resource &R : L.Resources)
    if (R.Name == Name)
      return &R;
  return nullptr;
}

/// A pointer is held unless it is null, any other handle always. A resource of
/// another library is taken for a pointer: nearly all are.
Condition defaultHeld(const Library &L, const Acquire &A) {
  Condition C;
  const Resource *R = findResource(L, A.Resource);
  bool IsPointer = !R || StringRef(R->Type).trim().ends_with("*");
  bool MayBeNull = A.Handle.Where == Slot::Kind::Return ||
                   A.Handle.Where == Slot::Kind::Pointee;
  if (IsPointer && MayBeNull) {
    C.About = Condition::Subject::Handle;
    C.Low = C.High = 0;
    C.Negated = true;
  }
  return C;
}

const Class *classOfMethod(const Library &L, StringRef Method) {
  StringRef Scope = Method.rsplit("::").first;
  if (Scope.size() == Method.size())
    return nullptr;
  for (const Class &C : L.Classes)
    for (const std::string &Name : C.Names)
      if (Scope == Name)
        return &C;
  return nullptr;
}

void fillDefaults(Library &L, StringRef FileName) {
  L.File = FileName.str();
  for (Class &C : L.Classes)
    if (C.Throw == Throws::Unsaid) {
      C.Throw = L.Throw;
      C.ThrownTypes = L.ThrownTypes;
    }
  for (Function &F : L.Functions) {
    for (Acquire &A : F.Acquires)
      if (A.Held.empty())
        A.Held.push_back(defaultHeld(L, A));
    if (F.Throw != Throws::Unsaid)
      continue;
    // The names of one entry are alike; where they are not, each class would
    // have to be asked for its own, which one entry cannot say.
    const Class *C = F.Names.empty() ? nullptr : classOfMethod(L, F.Names[0]);
    F.Throw = C ? C->Throw : L.Throw;
    F.ThrownTypes = C ? C->ThrownTypes : L.ThrownTypes;
  }
}

} // namespace

llvm::Expected<Library> readLibrary(StringRef Text, StringRef FileName) {
  Library L;
  if (llvm::Error E = readYaml(Text, FileName, L))
    return E;
  if (L.Name.empty())
    return llvm::createStringError(
        FileName +
        ":1:1: no model here; a model file starts with 'library: NAME'");
  fillDefaults(L, FileName);
  return L;
}

llvm::Expected<ProjectFile> readProjectFile(StringRef Text,
                                            StringRef FileName) {
  ProjectFile P;
  if (llvm::Error E = readYaml(Text, FileName, P))
    return E;
  for (Library &L : P.Models)
    fillDefaults(L, FileName);
  return P;
}

llvm::Error selectOptional(std::vector<Library> &Libraries,
                           const std::vector<std::string> &Names) {
  std::vector<std::string> Known;
  for (const Library &L : Libraries)
    if (L.Optional)
      Known.push_back(L.Name);
  for (const std::string &Name : Names)
    if (!llvm::is_contained(Known, Name))
      return llvm::createStringError(
          "setting 'OptionalModels': there is no optional model '" + Name +
          "'; there are: " + llvm::join(Known, ", "));
  llvm::erase_if(Libraries, [&](const Library &L) {
    return L.Optional && !llvm::is_contained(Names, L.Name);
  });
  return llvm::Error::success();
}

const std::vector<Library> &embeddedLibraries() {
  static const std::vector<Library> Libraries = [] {
    std::vector<Library> Read;
    for (auto [Name, Text] : embeddedModelFiles()) {
      llvm::Expected<Library> L =
          readLibrary(Text, "checks/models/" + Name.str());
      if (!L)
        llvm::report_fatal_error(L.takeError());
      L->From = Origin::BuiltIn;
      Read.push_back(std::move(*L));
    }
    return Read;
  }();
  return Libraries;
}

} // namespace conntidy::model
