//===- Leak.h - a lease that some exit leaves unreleased --------*- C++ -*-===//

#ifndef CONNTIDY_RULES_LEAK_LEAK_H
#define CONNTIDY_RULES_LEAK_LEAK_H

#include "finding/Finding.h"
#include "flow/LeaseFlow.h"

namespace conntidy::rules {

/// ## What it does
/// Finds connections (and results, statements, streams, sockets and other leased
/// handles) that are acquired and, on some way out of the function that needs no
/// exception, neither released nor given to another owner. A handle that is
/// overwritten while it is still held counts as lost at that line.
///
/// A class that keeps a handle in a member and releases it in its destructor owes
/// nothing more. One that has only a method for it (`close()`) leaves the obligation
/// to whoever opens an object. One that has neither is reported where it stores the
/// handle, provided all code that can get at the member is seen; a member that is
/// given a new handle while it holds an open one is reported there.
///
/// ## Why is this bad?
/// Each leak holds a server slot, a pool slot or a file descriptor until the
/// process ends. A pool of ten is empty after ten requests that take the wrong
/// path.
///
/// ## Example
/// ```cpp
/// PGconn *conn = PQconnectdb(dsn);
/// if (PQstatus(conn) != CONNECTION_OK)
///   return -1; // a failed connection must be finished, too
/// run(conn);
/// PQfinish(conn);
/// ```
///
/// ## Use instead
/// ```cpp
/// struct Finish { void operator()(PGconn *c) const { PQfinish(c); } };
/// std::unique_ptr<PGconn, Finish> conn(PQconnectdb(dsn));
/// if (PQstatus(conn.get()) != CONNECTION_OK)
///   return -1;
/// run(conn.get());
/// ```
/// In C, release before each exit or jump to one clean-up label.
///
/// ## Known problems
/// A handle kept in an array element that is chosen at run time, or stored in a
/// longer-lived object that others can get at, counts as given away. A function
/// whose body is not seen borrows the handle it is passed, unless its name says that
/// it releases or keeps it.
///
/// ## Options
/// `MaxPathStates`: how many path states are kept apart. `MaxSteps`: how many
/// steps a function is given; one in a large state counts more.
/// `OptionalModels`: models that are off unless named here, separated by commas.
/// `descriptors` has what `open` and its kin hand out.
class Leak {
public:
  static llvm::StringRef id() { return "conn-leak"; }
  void check(const flow::LeaseFlow &Flow, std::vector<Finding> &Sink) const;
};

} // namespace conntidy::rules

#endif // CONNTIDY_RULES_LEAK_LEAK_H
