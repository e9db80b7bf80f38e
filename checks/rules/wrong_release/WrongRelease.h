//===- WrongRelease.h - a release of the wrong kind -------------*- C++ -*-===//

#ifndef CONNTIDY_RULES_WRONG_RELEASE_WRONGRELEASE_H
#define CONNTIDY_RULES_WRONG_RELEASE_WRONGRELEASE_H

#include "finding/Finding.h"
#include "flow/LeaseFlow.h"

namespace conntidy::rules {

/// ## What it does
/// Finds a handle that is released by a function that releases something else: the
/// other half of another pair, `free()` or `delete` for what a library hands out, a
/// close of a connection that has to go back to its pool, or a return to a pool it
/// does not come from.
///
/// ## Why is this bad?
/// A pooled connection that is closed is a slot the pool never gets back; after as
/// many as the pool has, every acquire waits until its timeout. The wrong half of a
/// pair frees memory that belongs to somebody else, or leaves the connection open.
///
/// ## Example
/// ```cpp
/// PGconn *conn = pool.borrow();
/// run(conn);
/// PQfinish(conn); // the pool waits for it for ever
/// ```
///
/// ## Use instead
/// ```cpp
/// PGconn *conn = pool.borrow();
/// run(conn);
/// pool.giveBack(conn);
/// ```
/// clang-tidy and clangd offer the right function as a fix where it takes the handle
/// as its one argument, just as the wrong one does.
///
/// ## Known problems
/// Two pools that are reached through one function call (`Pool::instance(name)`)
/// are not told apart. Members of the pool's own class may close what they lend.
///
/// ## Options
/// `MaxPathStates`: how many path states are kept apart. `MaxSteps`: how many
/// steps a function is given; one in a large state counts more.
class WrongRelease {
public:
  static llvm::StringRef id() { return "conn-wrong-release"; }
  void check(const flow::LeaseFlow &Flow, std::vector<Finding> &Sink) const;
};

} // namespace conntidy::rules

#endif // CONNTIDY_RULES_WRONG_RELEASE_WRONGRELEASE_H
