//===- DoubleRelease.h - a handle released twice ----------------*- C++ -*-===//

#ifndef CONNTIDY_RULES_DOUBLE_RELEASE_DOUBLERELEASE_H
#define CONNTIDY_RULES_DOUBLE_RELEASE_DOUBLERELEASE_H

#include "finding/Finding.h"
#include "flow/LeaseFlow.h"

namespace conntidy::rules {

/// ## What it does
/// Finds a handle that is released although some path has released it already,
/// directly or through a function that is called. A release by hand of what a guard
/// releases at the end of its scope is reported at the release by hand.
///
/// ## Why is this bad?
/// Most client libraries free memory on release: the second one corrupts the heap,
/// or closes a connection that another thread has just opened at the same address.
/// A pool that gets one connection back twice lends it to two threads.
///
/// ## Example
/// ```cpp
/// PGresult *res = PQexec(conn, sql);
/// if (PQresultStatus(res) != PGRES_COMMAND_OK)
///   PQclear(res);
/// count(res);
/// PQclear(res); // released before, when the command failed
/// ```
///
/// ## Use instead
/// ```cpp
/// struct Clear { void operator()(PGresult *r) const { PQclear(r); } };
/// std::unique_ptr<PGresult, Clear> res(PQexec(conn, sql));
/// if (PQresultStatus(res.get()) != PGRES_COMMAND_OK)
///   return;
/// count(res.get());
/// ```
/// In C, set the handle to null where it is released, if releasing null does nothing.
///
/// ## Known problems
/// A release whose result is looked at may have failed; after it a second one is
/// not reported. Counted references (`dbus_connection_unref`) are left alone.
///
/// ## Options
/// `MaxPathStates`: how many path states are kept apart. `MaxSteps`: how many
/// steps a function is given; one in a large state counts more.
class DoubleRelease {
public:
  static llvm::StringRef id() { return "conn-double-release"; }
  void check(const flow::LeaseFlow &Flow, std::vector<Finding> &Sink) const;
};

} // namespace conntidy::rules

#endif // CONNTIDY_RULES_DOUBLE_RELEASE_DOUBLERELEASE_H
