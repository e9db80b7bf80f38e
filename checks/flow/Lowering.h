//===- Lowering.h - from Clang's CFG to events ------------------*- C++ -*-===//
//
// Defines lower(): builds the CFG of one function and turns it into a Program.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_FLOW_LOWERING_H
#define CONNTIDY_FLOW_LOWERING_H

#include "flow/Event.h"

namespace clang {
class ASTContext;
}

namespace conntidy::flow {

/// Null if Clang cannot build a CFG for the body. \p Function is a definition.
std::unique_ptr<Program> lower(const clang::FunctionDecl *Function,
                               clang::ASTContext &Context,
                               ThrowInference &Throws);

} // namespace conntidy::flow

#endif // CONNTIDY_FLOW_LOWERING_H
