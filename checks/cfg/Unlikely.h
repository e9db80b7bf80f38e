//===- Unlikely.h - branches that nobody expects to be taken ----*- C++ -*-===//
//
// Defines isUnlikely(): whether a branch is for a call that has failed in the
// way its model calls unlikely. What is thrown there is possible, no more.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_CFG_UNLIKELY_H
#define CONNTIDY_CFG_UNLIKELY_H

namespace clang {
class ASTContext;
class IfStmt;
class Stmt;
} // namespace clang

namespace conntidy {

namespace model {
class ModelIndex;
} // namespace model

/// True if a child of \p If is a branch that is only taken where the result of
/// a call, or a constant more than that, lies where its model says that it
/// hardly ever does.
bool isUnlikely(const clang::IfStmt &If, const clang::Stmt *Branch,
                const model::ModelIndex &Models, clang::ASTContext &Context);

} // namespace conntidy

#endif // CONNTIDY_CFG_UNLIKELY_H
