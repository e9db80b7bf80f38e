//===- UseAfterRelease.h - a handle used when released ----------*- C++ -*-===//

#ifndef CONNTIDY_RULES_USE_AFTER_RELEASE_USEAFTERRELEASE_H
#define CONNTIDY_RULES_USE_AFTER_RELEASE_USEAFTERRELEASE_H

#include "finding/Finding.h"
#include "flow/LeaseFlow.h"

namespace conntidy::rules {

/// ## What it does
/// Finds a handle that is passed to its library, or looked into, after some path has
/// released it, directly or through a function that is called.
///
/// ## Why is this bad?
/// The library has freed what the handle points to, or a pool has lent the
/// connection to somebody else: at best the process dies, at worst two threads talk
/// over one connection.
///
/// ## Example
/// ```cpp
/// PGconn *conn = PQconnectdb(dsn);
/// if (PQstatus(conn) != CONNECTION_OK) {
///   PQfinish(conn);
///   throw std::runtime_error(PQerrorMessage(conn));
/// }
/// ```
///
/// ## Use instead
/// ```cpp
/// if (PQstatus(conn) != CONNECTION_OK) {
///   std::string message = PQerrorMessage(conn);
///   PQfinish(conn);
///   throw std::runtime_error(message);
/// }
/// ```
///
/// ## Known problems
/// A function whose body is not seen may have opened the handle again; after a call
/// to one nothing is reported. What was read from the handle before (rows, error
/// texts) is not followed here.
///
/// ## Options
/// `MaxPathStates`: how many path states are kept apart. `MaxSteps`: how many
/// steps a function is given; one in a large state counts more.
class UseAfterRelease {
public:
  static llvm::StringRef id() { return "conn-use-after-release"; }
  void check(const flow::LeaseFlow &Flow, std::vector<Finding> &Sink) const;
};

} // namespace conntidy::rules

#endif // CONNTIDY_RULES_USE_AFTER_RELEASE_USEAFTERRELEASE_H
