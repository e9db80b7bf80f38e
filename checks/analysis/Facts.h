//===- Facts.h - what a unit tells the project index ------------*- C++ -*-===//
//
// Defines factsAbout(): what a unit has found out about a function that it
// defines and others may call.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_ANALYSIS_FACTS_H
#define CONNTIDY_ANALYSIS_FACTS_H

#include "summary/FunctionFacts.h"

namespace clang {
class ASTContext;
class FunctionDecl;
} // namespace clang

namespace conntidy {

class IndexedUnits;
class ThrowInference;
class WaitInference;
namespace model {
class ModelIndex;
}
struct Summary;

/// True for a definition that is the one of the program: no inline function,
/// whose body whoever calls it sees, too, unless it reads headers as an editor
/// does.
bool isForOthers(const clang::FunctionDecl *Definition,
                 clang::ASTContext &Context);

/// \p Effects: null if it has none, or was not analyzed. \p Waits: knows this
/// unit only.
FunctionFacts factsAbout(const clang::FunctionDecl *Definition,
                         const Summary *Effects, ThrowInference &Throws,
                         WaitInference &Waits,
                         const model::ModelIndex &Models, IndexedUnits &Others,
                         const clang::ASTContext &Context);

} // namespace conntidy

#endif // CONNTIDY_ANALYSIS_FACTS_H
